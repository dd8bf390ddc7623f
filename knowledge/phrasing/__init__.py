"""A language model's words for an answer, each sentence held to the passages shown.

The model phrases; it never decides what is official.  What it writes that the passages do not say
is dropped (:mod:`knowledge.phrasing.support`), and what is written *to* it inside a document is not
handed to it (:mod:`knowledge.phrasing.orders`).
"""
