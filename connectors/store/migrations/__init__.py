"""The schema's history, one revision a file; what they add up to is ``metadata``."""
