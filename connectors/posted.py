"""JSON that others post to us, held to a form at the edge."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

F = TypeVar("F", bound=BaseModel)


class Malformed(Exception):
    """The bytes are not of the form; the text says where and why, not what was in them."""


def parsed(form: type[F], body: bytes) -> F:
    """What was posted, with or without a byte order mark.  Raises :class:`Malformed`."""
    try:
        return form.model_validate_json(body.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise Malformed(f"{where or 'body'}: {first['msg']}") from None
