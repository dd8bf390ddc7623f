"""How long a sound in MP3 lasts, by its frames; for platforms that limit the seconds.

The tables are of ISO/IEC 11172-3 and 13818-3 (MPEG audio, layer III).
"""

from __future__ import annotations

from typing import Final

# Kilobits a second by the header's index, for MPEG 1 and for MPEG 2 and 2.5.
_BITRATES: Final = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_LAYER_III: Final = 1
_TAG: Final = 10  # bytes of the header of an ID3 tag


def seconds(sound: bytes) -> float | None:
    """The length of a sound; None when it is no MP3. What follows its last frame (an old tag, half
    a frame) is not counted."""
    at, length = _after_tag(sound), 0.0
    found = False
    while (frame := _frame(sound[at : at + 4])) is not None:
        size, lasts = frame
        at, length, found = at + size, length + lasts, True
    return length if found else None


def _after_tag(sound: bytes) -> int:
    if len(sound) < _TAG or not sound.startswith(b"ID3"):
        return 0
    size = 0
    for byte in sound[6:_TAG]:
        size = size << 7 | byte & 0x7F
    return _TAG + size


def _frame(header: bytes) -> tuple[int, float] | None:
    """Bytes and seconds of the frame a header begins; None when it begins none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version not in _RATES or layer != _LAYER_III or not 0 < bitrate < 15 or rate == 3:
        return None
    whole = version == 3  # MPEG 1 has twice the samples in a frame
    hertz = _RATES[version][rate]
    size = (144 if whole else 72) * _BITRATES[whole][bitrate] * 1000 // hertz
    return size + (header[2] >> 1 & 1), (1152 if whole else 576) / hertz
