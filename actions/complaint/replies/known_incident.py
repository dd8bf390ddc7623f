"""A known incident told inside the form, once place and matter are known; the person goes on."""

from __future__ import annotations

from sqlalchemy import Connection

from actions.complaint import state as complaint_state
from actions.complaint.record.draft import Draft, Field
from actions.incidents import Facts, first_about
from actions.services import Services
from actions.turn import Button, Speaker, Turn
from connectors.clock import in_china
from connectors.messages import plain_text
from connectors.store import incidents, messages
from connectors.store.incidents import Notice


async def tell(services: Services, turn: Turn, draft: Draft, speaker: Speaker) -> None:
    """Says a notice that is about this matter, once in a conversation."""
    talk, now = turn.conversation_id, services.clock.now()
    if not draft.text(Field.MATTER) or talk is None:
        return

    def fresh(conn: Connection) -> list[Notice]:
        standing = incidents.standing(conn, now)
        return incidents.untold(conn, standing, talk, turn.message_id) if standing else []

    place = draft.get(Field.PLACE)
    facts = Facts(
        draft.text(Field.MATTER),
        place.detail.get("region") if place else None,
        draft.text(Field.PLACE),
        draft.category,
    )
    known = first_about(facts, services.settings.region, await services.database.read(fresh))
    if known is None:
        return
    speaker.say(
        "form_incident",
        (Button("button_no_need", "/cancel"),),
        text=known.said.text.rstrip("。"),
        until=in_china(known.said.until),
    )
    await services.database.transact(
        lambda conn: incidents.note_told(conn, known.id, talk, turn.message_id, now)
    )


async def with_what_was_told(services: Services, turn: Turn, text: str) -> str:
    """What insists on a matter right after a notice was told, with that matter before it (四里河停水了
    · 不行，我要投诉，没有提前通知); what names a place of its own is another."""
    talk = turn.conversation_id
    if talk is None or complaint_state.understander(services, turn)(text).fields.place:
        return text

    def unit(conn: Connection) -> str:
        told = incidents.told_last(conn, talk)
        before = messages.before(conn, talk, turn.message_id)
        if told is None or before is None or before.id != told:
            return ""
        return plain_text(before.parts)

    before = await services.database.read(unit)
    return f"{before.strip()}，{text}" if before else text


async def note_insisted(services: Services, talk: str) -> None:
    """Who files an order all the same, having been told, is counted."""
    since = services.clock.now() - services.settings.dialogue.session_idle
    await services.database.transact(lambda conn: incidents.note_insisted(conn, talk, since))
