"""Going on here with a complaint begun in another channel."""

from __future__ import annotations

from dataclasses import replace

from rasa_sdk.events import ActiveLoop
from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection

from actions import offers
from actions.base import TurnAction, set_slots
from actions.complaint import state as complaint_state
from actions.complaint.draft import Draft
from actions.fallback import topics
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from connectors.ids import ConversationId, MessageId
from connectors.messages import Author, Outbound, Purpose, Text
from connectors.store import conversations, messages
from connectors.store.identity import open_forms
from connectors.store.identity.open_forms import Busy, OpenForm, Taken

CONTINUE = "/continue_elsewhere"


class ContinueForm(TurnAction):
    """ "继续刚才的": the form begun elsewhere goes on here, where it stopped."""

    action_name = "action_continue_elsewhere"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        return await continue_events(self.services, turn, speaker, tracker)


async def continue_events(
    services: Services, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event]:
    """Takes the form over and starts it; says so where there is none."""
    held = complaint_state.load(tracker)
    if held is not None:
        speaker.say("form_resumes")
        return complaint_state.resume(turn, held)
    now, life = services.clock.now(), services.settings.dialogue.form_life
    here = ConversationId(turn.conversation_id or "")

    def unit(conn: Connection) -> tuple[OpenForm | None, Taken | Busy | None]:
        found = open_forms.find(conn, here, turn.contact_id or "", now, life)
        taken = open_forms.take(
            conn, here, turn.contact_id or "", MessageId(turn.message_id), now, life
        )
        if isinstance(taken, Taken) and taken.former is not None:
            _tell_former(conn, services, here, taken)
        return found, taken

    found, taken = await services.database.transact(unit)
    if isinstance(taken, Busy):
        speaker.say("form_busy", place=_place(speaker, found))
        return []
    if taken is None:
        return _nothing(services, turn, speaker)
    draft = replace(Draft.from_json(taken.draft), confirmed=False)
    if found is not None and found.elsewhere:
        speaker.say("form_taken_over", place=_place(speaker, found), kind=draft.kind.value)
    else:
        speaker.say("form_taken_back", kind=draft.kind.value)
    return [
        ActiveLoop(None),
        *set_slots(offer=None, failures=None),
        *complaint_state.resume(turn, draft, turn.verified_phone),
    ]


def _tell_former(conn: Connection, services: Services, here: ConversationId, taken: Taken) -> None:
    """Says where the form was begun that it goes on somewhere else."""
    former = conversations.get(conn, taken.former or "")
    now_in = conversations.get(conn, here)
    if former is None or now_in is None:
        return
    key = f"place_{now_in.channel}"
    texts = services.texts
    place = texts.say(key if key in texts else "place_elsewhere")
    said = texts.say("form_moved_away", place=place, kind=str(taken.draft.get("kind", "")))
    notice = Outbound((Text(said),), Author.SYSTEM, purpose=Purpose.NOTICE)
    messages.add(conn, former, notice, services.clock.now())


def _nothing(services: Services, turn: Turn, speaker: Speaker) -> list[Event]:
    if turn.verified_phone is None and services.verification.available:
        speaker.say("continue_unproved", (Button("button_verify", "/verify_phone"), *topics()[1:]))
        return [offers.make(turn, offers.VERIFY)]
    speaker.say("continue_nothing", topics())
    return []


async def offer_form(services: Services, turn: Turn, speaker: Speaker) -> list[Event]:
    """Asks whether to go on with a form begun elsewhere, if there is one; the events of it."""
    now, life = services.clock.now(), services.settings.dialogue.form_life
    here = turn.conversation_id or ""

    def unit(conn: Connection) -> OpenForm | None:
        found = open_forms.find(conn, here, turn.contact_id or "", now, life)
        if found is not None:
            open_forms.note_offer(conn, found, here)
        return found

    found = await services.database.transact(unit)
    if found is None:
        return []
    buttons = (Button("button_continue", CONTINUE), Button("button_not_now", "/deny"))
    kind = str(found.draft.get("kind", ""))
    if found.elsewhere:
        speaker.say("form_elsewhere", buttons, place=_place(speaker, found), kind=kind)
    else:
        speaker.say("form_elsewhere_here", buttons, kind=kind)
    return [offers.make(turn, offers.FORM)]


async def was_offered(services: Services, turn: Turn) -> bool:
    """Whether the last thing said here was the gateway's own question whether to go on."""
    if turn.conversation_id is None:
        return False
    here = turn.conversation_id
    last = await services.database.read(lambda conn: messages.latest_offer(conn, here, 2**31 - 1))
    return last is not None and any(choice.payload == CONTINUE for choice in last.choices)


def _place(speaker: Speaker, found: OpenForm | None) -> str:
    key = f"place_{found.channel}" if found is not None else ""
    return speaker.text(key if speaker.has(key) else "place_elsewhere")
