"""A language model points at what a matter tells, where that is configured.

It is asked which words of a message say where, when, who and what is wanted. It only points: what
it names counts where it stands in the message, and is read by the same code as without a model
(:mod:`actions.understanding.pointed`).
"""
