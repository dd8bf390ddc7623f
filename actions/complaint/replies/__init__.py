"""What people are asked and told: questions, the summary, checks, and notices in between."""
