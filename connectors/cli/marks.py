"""What erasing puts where words were, and how it knows which ones lead to somebody."""

from __future__ import annotations

from connectors.store.privacy.erase import Marks
from connectors.texts import Texts


def marks() -> Marks:
    from actions.model.stand_ins import personal  # takes its time; only erasing needs it

    texts = Texts.load()
    return Marks(texts.say("privacy_erased"), texts.say("privacy_hidden"), personal)
