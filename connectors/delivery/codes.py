"""A code that proves a phone, said for the moment of sending only: nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from connectors.messages import OneTimeCode, Part, Stored
from connectors.one_time_code import code_of
from connectors.texts import Texts


@dataclass(frozen=True, slots=True)
class Codes:
    """``key``: the house's key, the same one with which codes are compared."""

    key: bytes
    texts: Texts

    def filled(self, message: Stored, variant: str) -> Stored:
        """The message with its code in it, in the variant of texts that suits the channel."""
        if not any(isinstance(part, OneTimeCode) for part in message.parts):
            return message
        return replace(message, parts=tuple(self._filled(one, variant) for one in message.parts))

    def _filled(self, part: Part, variant: str) -> Part:
        if not isinstance(part, OneTimeCode):
            return part
        code = code_of(self.key, part.nonce)
        words = self.texts.say("identity_code", variant, code=code, minutes=part.minutes)
        return replace(part, code=code, text=words)
