"""Files made on the spot: photos with everything a phone writes into them, films, voice, papers."""

from __future__ import annotations

import io
import struct
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin

SECRET = "SECRET-IN-THE-FILE"
PLACE = (31.820_556, 117.227_222)  # degrees north and east


def colours(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A picture that is not the same on its head."""
    image = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", (image, image.rotate(90), Image.new("L", size, 90)))


def exif(place: tuple[float, float] | None = PLACE, turned: int = 1) -> Image.Exif:
    written = Image.Exif()
    written[ExifTags.Base.Make] = SECRET
    written[ExifTags.Base.Orientation] = turned
    if place is not None:
        gps = written.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if place[0] >= 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = sexagesimal(place[0])
        gps[ExifTags.GPS.GPSLongitudeRef] = "E" if place[1] >= 0 else "W"
        gps[ExifTags.GPS.GPSLongitude] = sexagesimal(place[1])
    return written


def sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(abs(degrees) * 60, 60)
    return whole, float(int(rest)), round((rest - int(rest)) * 60, 3)


def photo(form: str = "JPEG", *, size: tuple[int, int] = (64, 48), **described: Any) -> bytes:
    """A picture with EXIF (a place in it, unless told), and a comment."""
    out = io.BytesIO()
    options: dict[str, Any] = {"exif": exif(**described)}
    if form == "JPEG":
        options |= {"comment": SECRET.encode(), "xmp": f"<x>{SECRET}</x>".encode()}
    if form == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", SECRET)
    if form == "GIF":
        options = {"comment": SECRET.encode()}
    colours(size).save(out, form, **options)
    return out.getvalue()


def moving(frames: int, size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    pictures = [colours(size).rotate(n * 7) for n in range(frames)]
    pictures[0].save(
        out, "GIF", save_all=True, append_images=pictures[1:], duration=80, loop=0,
        comment=SECRET.encode(),
    )  # fmt: skip
    return out.getvalue()


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def film(*, brand: bytes = b"mp42", handler: bytes = b"vide", seconds: int = 12) -> bytes:
    """The boxes of a phone's film: where it was taken in ``udta``, who made it in ``meta``."""
    header = box(b"mvhd", bytes(12), struct.pack(">II", 600, 600 * seconds), bytes(80))
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12))))
    udta = box(b"udta", box(b"\xa9xyz", b"\x00\x12\x15\xc7+31.8206+117.2272/"))
    meta = box(b"meta", bytes(4), SECRET.encode())
    return (
        box(b"ftyp", brand, bytes(4), b"isom")
        + box(b"mdat", b"\x00\x01" * 50)
        + box(b"moov", header, track, udta, meta)
    )


def mp3() -> bytes:
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 0, 30]) + SECRET.encode().ljust(30, b"\0")
    return tag + b"\xff\xfb\x90\x64" + bytes(400) + (b"TAG" + SECRET.encode()).ljust(128, b"\0")


def wav() -> bytes:
    chunks = (
        b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        + b"LIST" + struct.pack("<I", len(SECRET)) + SECRET.encode()
        + b"data" + struct.pack("<I", 100) + bytes(100)
    )  # fmt: skip
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


AMR = b"#!AMR\n" + bytes(64)
OGG = b"OggS" + bytes(64)
AAC = b"\xff\xf1\x50\x80" + bytes(64)
WEBM = b"\x1a\x45\xdf\xa3" + bytes(12) + b"\x42\x82\x84webm" + bytes(40) + b"A_OPUS" + bytes(64)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"
