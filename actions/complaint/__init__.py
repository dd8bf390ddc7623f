"""The complaint form: from the first message of a matter to its order.

A test holds that every module stands in its place here, and that its folders make no circle:

- Rasa's actions: opening, form, matters, enclosed, handing_in, next_matter
- before there is a form, and its first draft: outside_form, asked_instead, first_draft
- what a message does, one pure function, and what stays in the tracker: dialogue, state
- what is known so far: record/
- how people talk to us: wording/
- what a message tells: told/
- what it changes: steering/
- what people are asked and told: replies/
"""
