"""The verdict's thresholds for one base: by labelled questions, or by its own."""
