"""The house's order: who may import whom, which words stand where."""
