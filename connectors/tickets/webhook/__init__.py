"""A ticket system reached by signed posts of JSON, which tells us the same way."""
