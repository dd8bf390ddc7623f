"""Making the weights that ship with the judge."""
