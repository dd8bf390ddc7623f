"""The search index: postings, hard masks, and immutable segments on disk."""
