"""Whether what was found answers the question: the evidence, and the verdict."""
