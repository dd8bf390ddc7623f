"""The gateway: everything between a person's device and the dialogue."""
