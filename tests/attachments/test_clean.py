"""What is taken, what is refused and why, and what is left of what was taken."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from connectors.attachments.clean import clean
from connectors.attachments.refused import AttachmentRefused, Reason
from connectors.settings.attachments import Attachments
from connectors.texts import Texts
from tests.attachments import files
from tests.attachments.files import PLACE, SECRET

LIMITS = Attachments()


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (files.photo("JPEG"), "image/jpeg"),
        (files.photo("MPO"), "image/jpeg"),
        (files.photo("PNG"), "image/png"),
        (files.photo("WEBP"), "image/webp"),
        (files.photo("GIF"), "image/gif"),
        (files.moving(3), "image/gif"),
        (files.film(), "video/mp4"),
        (files.film(brand=b"qt  "), "video/quicktime"),
        (files.film(brand=b"3gp5"), "video/3gpp"),
        (files.film(brand=b"M4A ", handler=b"soun"), "audio/mp4"),
        (files.film(brand=b"3gp4", handler=b"soun"), "audio/3gpp"),
        (files.mp3(), "audio/mpeg"),
        (files.wav(), "audio/wav"),
        (files.AMR, "audio/amr"),
        (files.OGG, "audio/ogg"),
        (files.AAC, "audio/aac"),
        (files.WEBM, "audio/webm"),
        (files.PDF, "application/pdf"),
    ],
)
def test_the_type_is_told_by_content_and_what_was_written_beside_is_gone(
    data: bytes, media: str
) -> None:
    cleaned = clean(data, LIMITS)
    assert cleaned.media == media
    assert SECRET.encode() not in cleaned.data
    assert b"GPS" not in cleaned.data
    assert clean(cleaned.data, LIMITS).data == cleaned.data or media.startswith("image/")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_place_of_a_photo_is_read_and_stripped(form: str) -> None:
    cleaned = clean(files.photo(form), LIMITS)
    assert cleaned.place == pytest.approx(PLACE, abs=1e-4)
    again = clean(cleaned.data, LIMITS)
    assert again.place is None
    with Image.open(io.BytesIO(cleaned.data)) as kept:
        assert not dict(kept.getexif())


def test_south_and_west_are_below_zero_and_nonsense_is_no_place() -> None:
    assert clean(files.photo(place=(-33.8, -70.5)), LIMITS).place == pytest.approx((-33.8, -70.5))
    for place in ((95.0, 10.0), (10.0, 190.0), (0.0, 0.0), None):
        assert clean(files.photo(place=place), LIMITS).place is None


def test_the_place_of_a_film_is_read_and_blanked_and_nothing_moves() -> None:
    data = files.film()
    cleaned = clean(data, LIMITS)
    assert cleaned.place == (31.8206, 117.2272)
    assert b"117.2272" not in cleaned.data
    assert len(cleaned.data) == len(data)
    assert cleaned.data.index(b"mdat") == data.index(b"mdat")


def test_a_photo_on_its_side_stays_the_right_way_up() -> None:
    data = files.photo(turned=6)
    cleaned = clean(data, LIMITS)
    with Image.open(io.BytesIO(cleaned.data)) as kept, Image.open(io.BytesIO(data)) as was:
        assert dict(kept.getexif()) == {0x0112: 6}
        assert getattr(kept, "quantization") == getattr(was, "quantization")  # noqa: B009
        shift = ImageStat.Stat(ImageChops.difference(kept, was)).mean
        assert max(shift) < 2  # of 255: nobody sees it
    assert cleaned.small is not None
    with Image.open(io.BytesIO(cleaned.small)) as small:
        assert small.size == (48, 64)


def test_what_hangs_behind_a_picture_is_not_kept() -> None:
    cleaned = clean(files.photo() + b"PK\x03\x04 a program", LIMITS)
    assert b"program" not in cleaned.data


def test_a_moving_picture_still_moves() -> None:
    with Image.open(io.BytesIO(clean(files.moving(5), LIMITS).data)) as kept:
        assert getattr(kept, "n_frames", 1) == 5


@pytest.mark.parametrize(
    ("data", "limits", "reason"),
    [
        (b"", LIMITS, Reason.EMPTY),
        (b"MZ\x90\x00 a program", LIMITS, Reason.UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", LIMITS, Reason.UNKNOWN),
        (b"<html><script>alert(1)</script>", LIMITS, Reason.UNKNOWN),
        (b"PK\x03\x04 an archive", LIMITS, Reason.UNKNOWN),
        (files.box(b"ftyp", b"heic", bytes(4)), LIMITS, Reason.HEIC),
        (files.photo()[:400], LIMITS, Reason.DAMAGED),
        (files.photo("PNG")[:-300], LIMITS, Reason.DAMAGED),
        (b"\xff\xd8\xff\xe0 not a photo", LIMITS, Reason.DAMAGED),
        (files.film()[:150], LIMITS, Reason.DAMAGED),
        (b"ID3\x04\x00\x00\x00\x00\x00\x02ab", LIMITS, Reason.DAMAGED),
        (b"RIFF\x04\x00\x00\x00WAVE", LIMITS, Reason.DAMAGED),
        (b"%PDF-1.7 cut off", LIMITS, Reason.DAMAGED),
        (files.photo(size=(1200, 900)), Attachments(pixels_most=1_000_000), Reason.TOO_LARGE),
        (files.moving(12, (300, 300)), Attachments(pixels_most=1_000_000), Reason.TOO_LARGE),
        (files.photo(), Attachments(image_mb=0.0001), Reason.TOO_BIG),
        (files.film(), Attachments(video_mb=0.0001), Reason.TOO_BIG),
        (files.AMR, Attachments(audio_mb=0.00001), Reason.TOO_BIG),
        (files.PDF, Attachments(document_mb=0.00001), Reason.TOO_BIG),
        (files.film(seconds=500), LIMITS, Reason.TOO_LONG),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(
    data: bytes, limits: Attachments, reason: Reason
) -> None:
    with pytest.raises(AttachmentRefused) as refused:
        clean(data, limits)
    assert refused.value.reason is reason
    said = Texts.load().say(refused.value.key, **refused.value.values)
    assert "{" not in said


def test_a_picture_that_unpacks_to_gigabytes_is_refused_unopened() -> None:
    """A PNG that says it is 60,000 pixels wide and high, in 70 bytes."""
    whole = bytearray(files.photo("PNG"))
    whole[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(AttachmentRefused):
        clean(bytes(whole), LIMITS)


_SEEDS = [files.photo(), files.photo("PNG"), files.film(), files.mp3(), files.wav(), files.PDF]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(_SEEDS),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=12),
    st.integers(0, 4000),
)
def test_a_broken_file_is_refused_or_taken_and_never_anything_else(
    seed: bytes, flips: list[tuple[int, int]], length: int
) -> None:
    broken = bytearray(seed[:length])
    for at, value in flips:
        if at < len(broken):
            broken[at] = value
    with suppress(AttachmentRefused):
        assert clean(bytes(broken), LIMITS).data
