"""A text made ready for reading: folded, cut into sentences and words."""
