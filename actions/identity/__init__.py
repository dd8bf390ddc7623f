"""Proving a phone, and going on in one channel with what was begun in another."""
