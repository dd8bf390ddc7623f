"""What a person says, understood: each field by itself, and all of them on the gold set."""
