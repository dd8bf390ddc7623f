"""A known incident told inside the form, once place and matter are known; the person goes on."""

from __future__ import annotations

from sqlalchemy import Connection

from actions.complaint.record.draft import Draft, Field
from actions.incidents import Facts, first_about
from actions.services import Services
from actions.turn import Button, Speaker, Turn
from connectors.clock import in_china
from connectors.store import incidents
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


async def note_insisted(services: Services, talk: str) -> None:
    """Who files an order all the same, having been told, is counted."""
    since = services.clock.now() - services.settings.dialogue.session_idle
    await services.database.transact(lambda conn: incidents.note_insisted(conn, talk, since))
