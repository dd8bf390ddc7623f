"""A base measured, tuned and explained, by the very path that answers people."""
