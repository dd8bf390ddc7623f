"""A language model asked on somebody's behalf, where one is configured.

A text leaves without what is personal in it; an allowance and a time limit hold; whatever goes
wrong, the caller does without.
"""
