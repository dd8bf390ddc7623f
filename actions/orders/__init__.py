"""Orders already filed: looked up, shown, urged, added to, withdrawn."""
