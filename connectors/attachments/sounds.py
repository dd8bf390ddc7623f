"""Voice without what its file tells beside the sound."""

from __future__ import annotations

import struct

from connectors.attachments.refused import AttachmentRefused, Reason

_SOUND = frozenset({b"fmt ", b"fact", b"data"})


def clean_mp3(data: bytes) -> bytes:
    """Without ID3 tags in front and behind (id3.org, ID3v2.4 section 3.1)."""
    while data[:3] == b"ID3" and len(data) > 10:
        size = 0
        for byte in data[6:10]:
            size = size << 7 | byte & 0x7F
        data = data[10 + size + (10 if data[5] & 0x10 else 0) :]
    data = data.lstrip(b"\0")
    if data[-128:-125] == b"TAG":
        data = data[:-128]
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        raise AttachmentRefused(Reason.DAMAGED)
    return data


def clean_wav(data: bytes) -> bytes:
    """Only the chunks that are sound."""
    kept, at = b"", 12
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        chunk = data[at + 8 : at + 8 + size]
        if kind in _SOUND:
            kept += struct.pack("<4sI", kind, len(chunk)) + chunk + b"\0" * (len(chunk) % 2)
        at += 8 + size + size % 2
    if b"fmt " not in kept[:4] or b"data" not in kept:
        raise AttachmentRefused(Reason.DAMAGED)
    return b"RIFF" + struct.pack("<I", 4 + len(kept)) + b"WAVE" + kept
