"""The environment our pages are rendered in: everything escaped, nothing undefined passed over."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import jinja2


class _Compiled(jinja2.BytecodeCache):
    """What has been compiled, for every environment of this process."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        if code := self._code.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Final = _Compiled()


def environment(folder: Path) -> jinja2.Environment:
    """The templates of a folder; filters and globals are the caller's to add."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
