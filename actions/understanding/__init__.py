"""What a text says: text in, typed spans out; pure functions, their tables loaded once.

It knows nothing of the form or of Rasa's trackers. A test holds that every module
stands in its place here, and that its folders make no circle:

- the whole of it: understand, fields, missing, prefill
- a second reader, where there is one: pointed
- slips put right, and Chinese typed in Latin letters: meant, dictionary, pinyin/
- characters, sentences and words: text/
- where: places/
- when: times/
- who: people/
- what about, whose duty: matter/
- how grave: danger/
- weights and how they are read: learning/
- making the weights: training
"""

from actions.understanding.fields import Alarm, AppealType, Fields, Risk, Span, Urgency
from actions.understanding.understand import Nlu, Understanding, understand, warm_up

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
