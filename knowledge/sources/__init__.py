"""Readers: one per file format, each turning a file into raw entries or a clear refusal."""
