"""Answers in a language model's words, where one is configured; without one nothing changes.

A question leaves without what is personal in it, an allowance and a time limit hold, and whatever
goes wrong the rule itself is shown, as without a model.
"""
