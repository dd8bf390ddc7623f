"""The knowledge room: documents in, the one rule that holds here and today out.

It imports no other room.  Outsiders use :class:`knowledge.query.Query`,
:class:`knowledge.answer.Answerer` and, for tools, :class:`knowledge.base.KnowledgeBase`.
A test holds that every module stands in its place here:

- what a base is made of: model, codec, names, regions, standing, succession, clock
- its words: text, lexicon/, matters, yaml_file
- documents in: sources/, ingest, pieces, passages, written, sample
- kept and published: store, publish, index/, merging, editor
- its vectors: embeddings, vectors, mirror, following, dense, errors
- what a question asks: query, question, follow_up, spelling, sounds, moments
- what must fit besides its words: acts, objects, particulars, purposes, whom, locality, offices
- found: base, rank, hit, retriever
- judged: judge, signals, inquiry, demands, learn, probes, calibrate, selfcheck, tuning
- taught to judge: training, judge_training
- answered: answer, excerpt, table_words, phrasing/
- measured: evaluate, labelled, tune, explain
- ``huiying knowledge``: commands, editor_commands, measure_commands, console
"""
