"""Numbers that cannot be right, noticed when they are said: which one, and what is wrong with it."""

from __future__ import annotations

from actions.complaint.steering.moves import DIGITS_OF_A_TRY, digits
from actions.turn import Speaker
from actions.understanding.people.contact import find_id_number, find_phone
from actions.understanding.people.enterprise import find_credit_code
from actions.understanding.text.folding import fold


def warn(
    text: str, speaker: Speaker, *, phone_asked: bool = False, code_asked: bool = False
) -> None:
    """Says so of an identity number whose check character is wrong, and of a telephone number with
    too few or too many digits, and of a credit code that does not check. ``phone_asked``,
    ``code_asked``: the form's own question deals with it."""
    folded = fold(text)
    identity = find_id_number(folded)
    if identity is not None and not identity.valid:
        speaker.say("form_id_wrong", tail=identity.value[-4:])
    code = find_credit_code(folded) if identity is None else None
    phone = find_phone(folded)
    dealt_with = code_asked or (phone_asked and phone is None)
    if code is not None and not code.valid and not dealt_with:
        speaker.say("form_credit_code_wrong", digits=str(len(code.value)))
        return
    phone = None if phone_asked else phone
    if phone is not None and not phone.valid and len(digits(phone.value)) >= DIGITS_OF_A_TRY:
        speaker.say("form_phone_wrong_beside", digits=str(len(digits(phone.value))))
