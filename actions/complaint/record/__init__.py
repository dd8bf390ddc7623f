"""The complaint as known so far, what it still needs, and its words for the record."""
