"""Trained weights as tables of text, and the arithmetic that reads them."""
