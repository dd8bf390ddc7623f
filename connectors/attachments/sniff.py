"""What a file is, by its first bytes."""

from __future__ import annotations

from enum import StrEnum

from connectors.attachments.refused import AttachmentRefused, Reason


class Family(StrEnum):
    """Files that are checked and cleaned the same way."""

    IMAGE = "image"
    BOXES = "boxes"  # MP4, QuickTime, 3GP, M4A: ISO base media files
    WEBM = "webm"
    MP3 = "mp3"
    WAV = "wav"
    PLAIN_SOUND = "plain_sound"  # nothing in it but sound
    PDF = "pdf"


# ISO/IEC 23008-12: pictures in the same boxes videos are in.
_PICTURE_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
_STARTS: tuple[tuple[bytes, Family, str], ...] = (
    (b"\xff\xd8\xff", Family.IMAGE, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", Family.IMAGE, "image/png"),
    (b"GIF87a", Family.IMAGE, "image/gif"),
    (b"GIF89a", Family.IMAGE, "image/gif"),
    (b"#!AMR-WB\n", Family.PLAIN_SOUND, "audio/amr-wb"),  # RFC 4867, section 5
    (b"#!AMR\n", Family.PLAIN_SOUND, "audio/amr"),
    (b"OggS", Family.PLAIN_SOUND, "audio/ogg"),
    (b"ID3", Family.MP3, "audio/mpeg"),
    (b"%PDF-", Family.PDF, "application/pdf"),
    (b"\x1a\x45\xdf\xa3", Family.WEBM, "video/webm"),
)


def sniff(data: bytes) -> tuple[Family, str]:
    """The family and media type. Raises :class:`AttachmentRefused`."""
    if not data:
        raise AttachmentRefused(Reason.EMPTY)
    for start, family, media in _STARTS:
        if data.startswith(start):
            return family, media
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Family.IMAGE, "image/webp"
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return Family.WAV, "audio/wav"
    if data[4:8] in (b"ftyp", b"moov", b"wide", b"mdat"):
        if data[4:8] == b"ftyp" and data[8:12] in _PICTURE_BRANDS:
            raise AttachmentRefused(Reason.HEIC)
        return Family.BOXES, "video/mp4"
    if len(data) > 4 and data[0] == 0xFF:
        if data[1] & 0xF6 == 0xF0:  # ADTS
            return Family.PLAIN_SOUND, "audio/aac"
        if data[1] & 0xE0 == 0xE0 and data[1] & 0x06 and data[2] & 0xF0 != 0xF0:
            return Family.MP3, "audio/mpeg"
    raise AttachmentRefused(Reason.UNKNOWN)
