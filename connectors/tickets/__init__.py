"""Other people's ticket systems: what goes to them, what comes back, and our own served to them."""
