"""What is sent with a complaint beside words: files, and where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from actions.complaint.record.draft import POINTED, Draft, Field, State, Step, Value
from actions.complaint.replies.summary import count_files
from actions.turn import SentFile, Speaker, Spot


def enclose(
    draft: Draft, files: Iterable[SentFile], location: Spot | None, speaker: Speaker
) -> Draft:
    """The draft with what was sent; says what came.

    A place the person sent is the matter's; one that stands in a photo is only offered, and only
    while no place is told.
    """
    fresh = {one.id: one for one in files if one.id not in draft.files}
    if fresh:
        kept = {one.id: one.media for one in fresh.values()}
        draft = replace(draft, files={**draft.files, **kept}, confirmed=False)
        speaker.say("form_files_kept", what=count_files(kept.values(), speaker.text))
    if location is not None:
        speaker.say("form_location_kept")
        return _with_location(draft, location, speaker)
    taken_at = next((one.taken_at for one in fresh.values() if one.taken_at), None)
    place = draft.get(Field.PLACE)
    unsaid = place is None or place.state is State.SKIPPED
    if taken_at is not None and unsaid and draft.step is Step.COLLECTING:
        return replace(draft, step=Step.PLACING, spot=_told(taken_at, speaker, "photo"))
    return draft


def _with_location(draft: Draft, where: Spot, speaker: Speaker) -> Draft:
    told, known = _told(where, speaker, "sent"), draft.get(Field.PLACE)
    said = known is not None and known.state is State.SAID
    text = known.text if known is not None and said else told["text"]
    pointed = {POINTED: told[POINTED]} if POINTED in told and not said else {}
    detail = {
        **(known.detail if known is not None else {}),
        "latitude": told["latitude"],
        "longitude": told["longitude"],
        **pointed,
    }
    draft = draft.with_value(Field.PLACE, Value(text, detail=detail))
    return replace(draft, last=Field.PLACE, confirmed=False)


def _told(where: Spot, speaker: Speaker, source: str) -> Mapping[str, str]:
    """In words: no gazetteer of ours knows coordinates, so a bare point is told by its degrees, and
    where it comes from is noted for the person, who reads no degrees."""
    latitude, longitude = f"{where.latitude:.6f}", f"{where.longitude:.6f}"
    north, east = f"{where.latitude:.4f}", f"{where.longitude:.4f}"  # some ten metres
    point = speaker.text("place_on_map", latitude=north, longitude=east)
    told = {"text": where.label or point, "latitude": latitude, "longitude": longitude}
    return told if where.label else {**told, POINTED: source}
