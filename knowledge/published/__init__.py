"""A base kept and shown: entries in every version, and the index that says what they say."""
