"""The knowledge room: documents in, the one rule that holds here and today out.

It imports no other room.  Outsiders use :class:`knowledge.query.Query`,
:class:`knowledge.answer.Answerer` and, for tools, :class:`knowledge.base.KnowledgeBase`.
A test holds that every module stands in its place here, and that its folders make no circle:

- what a base is made of: model, codec, passages, names, regions, standing, succession, clock
- its words: text, table_words, lexicon/, matters, yaml_file
- documents in: sources/, documents/
- kept and published: published/, index/, vectors/, errors
- what a question asks, and what must fit besides its words: questions/, fitting/
- found: base, query, rank, hit, tuning, retriever
- judged: judging/, calibration/, training/
- answered: answer, citing, excerpt, phrasing/
- measured: evaluation/, labelled
- ``huiying knowledge``: cli/
"""
