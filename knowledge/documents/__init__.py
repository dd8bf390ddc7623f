"""Documents into a base: read by :mod:`knowledge.sources`, checked, kept, published; a report."""
