"""Complaint understanding: from what a person says to the fields of a work order.

Pure functions: text in, typed spans out. Tables are loaded once, nothing is written or sent.
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
