"""Pictures made anew from their pixels: whatever else was in the file is not in what is kept.

A JPEG is written with its own quantisation tables, so it looks as it did; of its EXIF only which
side is up remains. Where it was taken is read before and offered to the person.
"""

from __future__ import annotations

import io
import logging
import math
from dataclasses import dataclass
from typing import Any, Final

from PIL import (
    ExifTags,
    GifImagePlugin,
    Image,
    ImageOps,
    ImageSequence,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from connectors.attachments.boxes import Place
from connectors.attachments.refused import AttachmentRefused, Reason

# Imported by name: what is not loaded, Pillow does not know. The JPEG one reads MPO too.
_READERS: Final = (
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    WebPImagePlugin.WebPImageFile,
    GifImagePlugin.GifImageFile,
)
logging.getLogger("PIL").setLevel(logging.INFO)  # it would log what EXIF says, places among it
FORMATS: Final = tuple(reader.format for reader in _READERS)
SMALL: Final = (320, 320)  # pixels a small picture fits into
_MEDIA: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
_SHOWS: Final = ("transparency", "duration", "loop", "background", "disposal")


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    media: str
    small: bytes  # a JPEG to show in lists
    place: Place | None


def clean_image(data: bytes, pixels_most: int) -> Picture:
    """Raises :class:`AttachmentRefused`: too many pixels in all frames together, or not whole."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            frames = 1 if image.format in ("JPEG", "MPO") else getattr(image, "n_frames", 1)
            if image.width * image.height * frames > pixels_most:
                raise AttachmentRefused(Reason.TOO_LARGE, most=f"{pixels_most // 1_000_000}")
            exif = image.getexif()
            place = _place(exif)
            turned = exif.get(ExifTags.Base.Orientation, 1)
            image.load()
            form = "JPEG" if image.format in ("JPEG", "MPO") else str(image.format)
            kept = _jpeg(image, turned) if form == "JPEG" else _frames(image, form, frames)
            image.seek(0)
            return Picture(kept, _MEDIA[form], _small(image, turned), place)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise AttachmentRefused(Reason.TOO_LARGE, most=f"{pixels_most // 1_000_000}") from None
    except AttachmentRefused:
        raise
    except Exception as error:  # a broken file may fail anywhere in a decoder
        raise AttachmentRefused(Reason.DAMAGED) from error


def _jpeg(image: Image.Image, turned: int) -> bytes:
    image.info = {}
    exif = Image.Exif()
    if turned in range(2, 9):
        exif[ExifTags.Base.Orientation] = turned
    out = io.BytesIO()
    if image.format == "JPEG" and image.mode in ("L", "RGB"):
        image.save(out, "JPEG", quality="keep", exif=exif.tobytes())
    else:
        image.convert("RGB").save(out, "JPEG", quality=90, exif=exif.tobytes())
    return out.getvalue()


def _frames(image: Image.Image, form: str, frames: int) -> bytes:
    out = io.BytesIO()
    if frames == 1:
        image = ImageOps.exif_transpose(image)
        image.info = {k: v for k, v in image.info.items() if k == "transparency"}
        image.save(out, form, **({"quality": 90} if form == "WEBP" else {}))
        return out.getvalue()
    loop = image.info.get("loop")
    copies, pauses = [], []
    for frame in ImageSequence.Iterator(image):
        copy = frame.copy()
        pauses.append(frame.info.get("duration", 100))
        copy.info = {k: v for k, v in frame.info.items() if k in _SHOWS}
        copies.append(copy)
    options: dict[str, Any] = {} if loop is None else {"loop": loop}
    copies[0].save(out, form, save_all=True, append_images=copies[1:], duration=pauses, **options)
    return out.getvalue()


def _small(image: Image.Image, turned: int) -> bytes:
    small = image.copy()
    small.thumbnail(SMALL)
    if turned in range(2, 9):
        small.getexif()[ExifTags.Base.Orientation] = turned
        small = ImageOps.exif_transpose(small)
    if small.mode in ("RGBA", "LA", "P", "PA"):
        coloured = small.convert("RGBA")
        ground = Image.new("RGB", coloured.size, "white")
        ground.paste(coloured, mask=coloured.getchannel("A"))
        small = ground
    small = small.convert("RGB")
    small.info = {}
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _place(exif: Image.Exif) -> Place | None:
    """WGS-84 degrees (EXIF 2.32, 4.6.6), or None where they are not there or make no sense."""
    try:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
        longitude = _degrees(
            gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W"
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, SyntaxError):
        return None
    whole = math.isfinite(latitude) and math.isfinite(longitude)
    if not whole or abs(latitude) > 90 or abs(longitude) > 180 or (latitude, longitude) == (0, 0):
        return None
    return round(latitude, 6), round(longitude, 6)


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value
