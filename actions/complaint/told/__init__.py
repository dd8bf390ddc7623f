"""What a message tells, as values of a complaint: what was asked for, and what stands beside it."""
