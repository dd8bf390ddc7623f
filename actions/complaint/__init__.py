"""A complaint: what is understood of a text, and the form that takes it.

A test holds that every module stands in its place here, and that understanding knows nothing of the
form.

Understanding, text in and typed spans out; pure functions, their tables loaded once:

- the whole of it: understand, fields, missing, prefill
- the text: folding, sentences, segment, words, runs, cleaning, meant
- where: place, place_unit, place_units, place_words, place_behind, place_hamlet, place_parts
- names of places: place_features, place_tagger, place_tagged, gazetteer
- when: times, time_atoms, time_reading, time_recurring, durations, calendar_zh
- who: contact, enterprise, parties, subject
- what about: appeal, category, category_tree, leaves, asides, scenery, wanted
- how grave: risk, flags
- whose duty: duty, duties
- learnt from texts: linear, sparse, training, category_training
- names of places learnt: place_training, place_composed, place_made_up

The form:

- what is known so far: draft, state, intake, needs, on_record, places_told, where
- what a message does: dialogue, moves, interruptions, corrections, putting_right, noted
- what an answer does: answering, read_answer, keep_answer, no_answer, answers, contacts_told
- how people talk to us: phrases, talk, asked_of_us, appeal_words
- what they are asked and told: questions, summary, checks, known, repeats, outside, fraud
- the actions: opening, matters, enclosed, form, handing_in
"""

from actions.complaint.fields import Alarm, AppealType, Fields, Risk, Span, Urgency
from actions.complaint.understand import Nlu, Understanding, understand, warm_up

__all__ = [
    "Alarm",
    "AppealType",
    "Fields",
    "Nlu",
    "Risk",
    "Span",
    "Understanding",
    "Urgency",
    "understand",
    "warm_up",
]
