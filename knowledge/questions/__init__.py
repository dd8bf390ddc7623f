"""What a question asks: its subject, slips put right, the day meant, what it goes on from."""
