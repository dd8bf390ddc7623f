"""What a model thinks before it answers, where its server leaves that in the answer."""

from __future__ import annotations

import re

_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_END = "</think>"


def without_thoughts(text: str) -> str:
    """What is meant for the asker.  Some models' templates open the thought for them, so that only
    its end is to be seen; what stands before that was thought too."""
    return _THOUGHT.sub("", text).rpartition(_END)[2]
