"""Going on here with a complaint begun in another channel."""

from __future__ import annotations

import re
from dataclasses import replace

from rasa_sdk.events import ActiveLoop
from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection

from actions import offers
from actions.base import TurnAction, heard_as, set_slots
from actions.complaint import state as complaint_state
from actions.complaint.record.draft import Draft, Step
from actions.complaint.told import intake
from actions.complaint.wording import asked_of_us
from actions.services import Services
from actions.topics import topics
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.fields import Fields
from actions.understanding.text.folding import fold
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
        asks = not turn.is_payload and asked_of_us.asks_if_filed(fold(turn.text))
        if asks and await _found(self.services, turn, tracker) is None:
            return heard_as("query_progress", turn.text, turn, tracker)
        return await continue_events(self.services, turn, speaker, tracker)


_POINTS_BACK = re.compile(
    r"(?:昨[天晚日]|前[天晚]|上次|上回|之前|刚才|刚刚|那天|上周|前几天|早上|上午|下午)[^，。！？]{0,6}?(?:没?(?:说|讲|反映|登记|填|报|弄))[^，。！？]{0,6}?(?:那个|那件|的|没|了?一半|过|完)"
    r"|(?:昨[天晚日]|前[天晚]|上[次回]|之前|刚才|刚刚|那天|上周|前几天)(?:我|跟你们?|[，, ])*"
    r"(?:说|讲|聊|反映|登记|填|报)(?:到|起)"
    r"|没(?:说|讲|填|弄|登记|报|反映)完|(?:接着|继续)(?:说|填|讲|登记|报|弄|来|上次|上回|昨天|刚才|之前)"
    r"|^(?:那|我|请|好的?|嗯++|行|[，, ])*(?:继续|接着)[吧呀啊哈]?[。.!！]?$"
)


def speaks_of_it(text: str) -> bool:
    """Whether a text points back at what was being told before (我昨天说的那个车库的事)."""
    return _POINTS_BACK.search(fold(text)) is not None


async def comes_back(services: Services, turn: Turn, tracker: Tracker) -> bool:
    """Whether somebody with a complaint half told, in an earlier session or elsewhere, speaks of it
    (我昨天说的那个车库的事)."""
    if turn.is_payload or turn.active_form or not speaks_of_it(turn.text):
        return False
    return await _found(services, turn, tracker) is not None


async def left_here(services: Services, turn: Turn, tracker: Tracker) -> bool:
    """Whether an earlier session of this very conversation left a complaint half told, or one left
    elsewhere has just been offered."""
    found = None if turn.is_payload else await _found(services, turn, tracker)
    if found is None:
        return False
    offer = offers.standing(tracker)
    offered = offer is not None and offer["kind"] == offers.FORM
    return not found.elsewhere or offered or await was_offered(services, turn)


async def _found(services: Services, turn: Turn, tracker: Tracker) -> OpenForm | None:
    if turn.conversation_id is None or complaint_state.load(tracker) is not None:
        return None
    here, now, life = (
        turn.conversation_id,
        services.clock.now(),
        services.settings.dialogue.form_life,
    )
    return await services.database.read(
        lambda conn: open_forms.find(conn, here, turn.contact_id or "", now, life)
    )


def _with_what_is_told(services: Services, turn: Turn, draft: Draft) -> Draft:
    """The draft with where it is and whom to call, where who comes back tells that at once."""
    if turn.is_payload:
        return draft
    fields = complaint_state.understander(services, turn)(turn.text).fields
    told = replace(Fields(), place=fields.place, phone=fields.phone, name=fields.name)
    return intake.found(draft, told)


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
    if draft.step is Step.CANCELLING:  # who comes back to it has not given it up
        draft = replace(draft, step=Step.COLLECTING)
    draft = _with_what_is_told(services, turn, draft)
    draft = complaint_state.with_person(draft, tracker.get_slot("person"), turn.verified_phone)
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
