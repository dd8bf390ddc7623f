"""The knowledge room: documents in, the one rule that holds here and today out.

It imports no other room.  Outsiders use :class:`knowledge.query.Query`,
:class:`knowledge.answer.Answerer` and, for tools, :class:`knowledge.base.KnowledgeBase`.
"""
