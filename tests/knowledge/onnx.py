"""The smallest ONNX model that embeds: a table looked up by token, written by hand."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path


def model_folder(folder: Path) -> Path:
    """A model that knows 犬 and 车."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    letters = {"[UNK]": 0, "犬": 1, "车": 2}
    tokenizer = Tokenizer(models.WordLevel(letters, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    folder.mkdir(exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(lookup_model([[1.0, 0.0], [3.0, 4.0], [0.0, 2.0]]))
    return folder


def lookup_model(table: Sequence[Sequence[float]]) -> bytes:
    """A model that gives each token its row of the table, shape ``(batch, tokens, size)``."""
    raw = b"".join(struct.pack("<f", x) for row in table for x in row)
    tensor = (
        _number(1, len(table)) + _number(1, len(table[0])) + _number(2, 1)
        + _part(8, b"table") + _part(9, raw)
    )  # fmt: skip
    node = _part(1, b"table") + _part(1, b"input_ids") + _part(2, b"out") + _part(4, b"Gather")
    graph = (
        _part(1, node)
        + _part(2, b"lookup")
        + _part(5, tensor)
        + _part(11, _value(b"input_ids", 7, (b"batch", b"tokens")))
        + _part(12, _value(b"out", 1, (b"batch", b"tokens", b"size")))
    )
    opset = _part(1, b"") + _number(2, 13)
    return _number(1, 8) + _part(7, graph) + _part(8, opset)


def _value(name: bytes, kind: int, axes: Sequence[bytes]) -> bytes:
    shape = b"".join(_part(1, _part(2, axis)) for axis in axes)
    return _part(1, name) + _part(2, _part(1, _number(1, kind) + _part(2, shape)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
