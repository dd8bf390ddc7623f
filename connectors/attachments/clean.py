"""One file from outside: recognised, measured, and without what it should not tell."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.attachments.boxes import Place, clean_boxes
from connectors.attachments.images import clean_image
from connectors.attachments.refused import AttachmentRefused, Reason
from connectors.attachments.sniff import Family, sniff
from connectors.attachments.sounds import clean_mp3, clean_wav
from connectors.settings.attachments import Attachments

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``small``: a JPEG to show in lists, of pictures only. ``place``: where it was taken, which is
    no longer in ``data``."""

    data: bytes
    media: str
    small: bytes | None = None
    place: Place | None = None


def clean(data: bytes, limits: Attachments) -> Cleaned:
    """Takes up to a second for a large photo: not for the event loop.

    Raises :class:`AttachmentRefused`.
    """
    family, media = sniff(data)
    match family:
        case Family.IMAGE:
            _small_enough(data, limits.image_mb)
            picture = clean_image(data, limits.pixels_most)
            return Cleaned(picture.data, picture.media, picture.small, picture.place)
        case Family.BOXES:
            _small_enough(data, max(limits.video_mb, limits.audio_mb))
            film = clean_boxes(data)
            video = film.media.startswith("video/")
            _small_enough(data, limits.video_mb if video else limits.audio_mb)
            if film.seconds > limits.video_seconds:
                raise AttachmentRefused(Reason.TOO_LONG, most=f"{limits.video_seconds}")
            return Cleaned(film.data, film.media, place=film.place)
        case Family.WEBM:
            if b"webm" not in data[:64]:
                raise AttachmentRefused(Reason.UNKNOWN)
            video = b"V_" in data[:4096]
            _small_enough(data, limits.video_mb if video else limits.audio_mb)
            return Cleaned(data, media if video else "audio/webm")
        case Family.PDF:
            _small_enough(data, limits.document_mb)
            if b"%%EOF" not in data[-2048:]:
                raise AttachmentRefused(Reason.DAMAGED)
            return Cleaned(data, media)
    _small_enough(data, limits.audio_mb)
    if family is Family.MP3:
        data = clean_mp3(data)
    elif family is Family.WAV:
        data = clean_wav(data)
    return Cleaned(data, media)


def _small_enough(data: bytes, most_mb: float) -> None:
    if len(data) > most_mb * MB:
        raise AttachmentRefused(Reason.TOO_BIG, most=f"{most_mb:g}")
