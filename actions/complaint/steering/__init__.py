"""What a message changes: an answer kept, a value put right, the form stepped aside from."""
