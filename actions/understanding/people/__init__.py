"""Who speaks, how to reach them, for whom, and who or what is complained of."""
