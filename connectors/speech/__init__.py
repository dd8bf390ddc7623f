"""Speech: words read aloud, recordings understood, by servers an operator runs."""
