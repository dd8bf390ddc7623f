"""What a person says of an order they have handed in, with no form open and no number: how far it
is, more of it, that nobody has come, how satisfied they are (几天能来人, 有新情况, 菜市场那个呢).

It is looked at before the actions whose intents such words are taken for. Nothing is shown that an
order asks digits for: where it stands and until when, whoever it came from may know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rasa_sdk.events import ActiveLoop, FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from rasa_sdk.types import DomainDict
from sqlalchemy import Connection

from actions.answer import offered_before, shown_before
from actions.base import TurnAction, heard_as, set_slots
from actions.complaint import opening
from actions.complaint import state as complaint_state
from actions.complaint.wording import appeal_words, asked_of_us
from actions.identity.moving import comes_back
from actions.orders import contact, progress, verdicts, wording
from actions.orders.lookup import Lookup, Task
from actions.orders.own import MINE, filed_by, secret_of
from actions.orders.state import FORM, forget, project
from actions.orders.wording import About
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.text.folding import fold
from actions.understanding.understand import Understanding
from actions.work_orders import alike, number
from connectors.store import work_orders
from connectors.store.order_matters import Sketch
from connectors.store.work_orders import WorkOrder

ANOTHER = 0.7  # of the category's first level, where words are of another matter
_LAST_DIGITS = re.compile("(?:尾号|后四位|后4位)[^0-9]{0,4}[0-9]{4}(?![0-9])")
LONGEST_MORE = 40  # characters of what may only go on with a matter just handed in


class OrdersFirst(TurnAction):
    """An action before which it is looked whether the message is about an order handed in."""

    def __init__(self, action: TurnAction) -> None:
        super().__init__(action.services)
        self._action = action

    def name(self) -> str:
        return self._action.name()

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[Event]:
        turn = Turn.of(tracker, self.services.clock)
        speaker = Speaker(dispatcher, self.services.texts, turn.variant)
        events = await heard(self.services, turn, speaker, tracker)
        if events is None:
            return await self._action.run(dispatcher, tracker, domain)
        # What was looked up before is over: the form that may follow finds nothing to do again.
        return [ActiveLoop(None), *forget(), *events]


@dataclass(frozen=True, slots=True)
class _Said:
    """A message, the open orders of whoever says it, the latest first, and the one it means.

    ``last``: handed in, or spoken of, in this very session; ``called``: by words of its own.
    """

    text: str
    orders: tuple[Sketch, ...]
    order: WorkOrder
    last: bool
    called: bool


async def heard(
    services: Services, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event] | None:
    """What follows from words about an order; None where the message is not about one."""
    if turn.active_form or turn.is_payload or tracker.get_slot("complaint"):
        return None
    text = fold(turn.text).strip()
    if not text or number.read(turn.text) is not None or asked_of_us.wants_a_person(text):
        return None
    if _LAST_DIGITS.search(text):  # 查一下GD-2026/77，尾号1234, by another's number: a look-up
        return None
    if (judged := await verdicts.heard(services, turn, text, speaker, tracker)) is not None:
        return judged
    if (changed := await contact.heard(services, turn, text, speaker, tracker)) is not None:
        return changed
    if wording.asks_if_any(text):
        mine = {"choice": MINE}
        return heard_as("query_progress", "/query_progress", turn, tracker, entities=mine)
    if turn.intent in ("rate_good", "rate_bad") and await verdicts.waits(services, turn):
        return None
    if tracker.get_slot("last_order") and wording.thanks(text):
        return heard_as("thank", turn.text, turn, tracker)
    about = wording.about(text)
    if about is None and wording.is_solved(text):
        about = About.SOLVED
    last = tracker.get_slot("last_order")
    if about is None and last and wording.may_ask_how_far(text):
        about = About.STANDS
    if about is None and last and wording.refers_back(text):
        about = About.NEWS
    named = wording.which(text)
    asks = named is not None and wording.asks_of_it(named[1])
    if about is None and not asks and not last:
        return None
    if shown_before(tracker) or offered_before(tracker):  # 要多久, of the rule just shown
        return None
    said = await _meant(services, turn, text, named[0] if named and asks else "", last)
    if said is None or await comes_back(services, turn, tracker):
        return None
    if asks and named is not None:
        about = About.STANDS
    match about:
        case About.STANDS if not (_read(services, turn).fields.place and not said.called):
            return _stands(said, turn, speaker)
        case About.NUMBER:
            speaker.say("order_number_again", number=said.order.receipt)
        case About.KEPT if said.last:
            speaker.say("withdraw_not")
        case About.PRIVATE if said.last:
            speaker.say("order_private")
        case About.FILES:
            count = len(said.order.filed.attachments)
            speaker.say("order_files" if count else "order_no_files", count=str(count))
        case About.SOLVED if said.called or said.last:
            keep = (Button("button_withdraw", "/withdraw_order"), Button("button_keep", "/deny"))
            speaker.say("order_solved_early", keep, number=said.order.receipt)
        case About.OVER if not _tells_another(services, turn, said):
            return _looked_up(Lookup(Task.WITHDRAW, seen=turn.message_id), said, sure=said.last)
        case About.NEWS if not _tells_another(services, turn, said):
            detail = wording.news_in(turn.text) or None
            return _looked_up(Lookup(Task.SUPPLEMENT, detail=detail, seen=turn.message_id), said)
        case About.UNHEARD if not _tells_another(services, turn, said):
            return await _met(services, turn, said, speaker, tracker)
        case None if (
            said.last and wording.goes_on(text) and not _tells_another(services, turn, said)
        ):
            return _looked_up(
                Lookup(Task.SUPPLEMENT, detail=turn.text.strip(), seen=turn.message_id), said
            )
        case None if said.last and _goes_on(services, turn, said):
            return await _met(services, turn, said, speaker, tracker)
        case _:
            return None
    return set_slots(last_order=said.order.number, failures=None)


async def _meant(
    services: Services, turn: Turn, text: str, called: str, last: str | None
) -> _Said | None:
    """The order that is meant: the one whose words are said, else the one spoken of last. What is
    ``called`` something must be found by that."""

    def unit(conn: Connection) -> _Said | None:
        orders = filed_by(conn, turn, last)
        known = {one.number for one in orders}
        if not orders:
            return None
        pointed = alike.pointed_at(called or text, orders)
        if called and pointed is None:
            return None
        if pointed is not None:
            chosen = pointed.number
        else:
            chosen = last if last in known else orders[0].number
        order = work_orders.by_number(conn, chosen)
        if order is None:
            return None
        return _Said(text, tuple(orders), order, chosen == last, pointed is not None)

    return await services.database.read(unit)


def _stands(said: _Said, turn: Turn, speaker: Speaker) -> list[Event]:
    """How far it is, who has it and until when; and that whoever has it will call."""
    if len(said.orders) > 1:
        speaker.say("order_stands_of", title=said.order.filed.title)
    progress.tell_standing(said.order, turn.now, speaker)
    return set_slots(last_order=said.order.number, failures=None)


def _looked_up(lookup: Lookup, said: _Said, *, sure: bool = True) -> list[Event]:
    """The form with what it asks for known: whoever filed the order says so here. ``sure``: the
    digits need not be asked."""
    order = said.order
    known = replace(lookup, number=order.number, secret=secret_of(order) if sure else None)
    return [*project(known, requested=False), FollowupAction(FORM)]


async def _met(
    services: Services, turn: Turn, said: _Said, speaker: Speaker, tracker: Tracker
) -> list[Event]:
    """The order shown, to be urged or added to, or another to be filed."""
    events = await opening.open_events(
        services, turn, turn.text, speaker, tracker, earlier=said.order
    )
    return [*events, FollowupAction(complaint_state.FORM)]


def _goes_on(services: Services, turn: Turn, said: _Said) -> bool:
    """Whether a statement with no place and no other matter in it may go on with what was just
    handed in (就换了一盏，糊弄人)."""
    if len(said.text) > LONGEST_MORE or appeal_words.another_matter(said.text) is not None:
        return False
    read = _read(services, turn)
    asks = asked_of_us.is_question(said.text)
    told = read.appeal_type is not None and not asks and not appeal_words.complains(said.text)
    return told and read.fields.place is None and not _another(read, said)


def _tells_another(services: Services, turn: Turn, said: _Said) -> bool:
    """Whether what sounds like more of the order tells another matter (路灯坏了没人修)."""
    if appeal_words.another_matter(said.text) is not None:
        return True
    return _another(_read(services, turn), said)


def _another(read: Understanding, said: _Said) -> bool:
    """Whether a place of its own, or surely another part of the tree, says that it is another."""
    if said.called:
        return False
    mine, theirs = read.category.path, said.order.filed.category
    elsewhere = bool(mine) and read.category.confidence[0] >= ANOTHER and mine[0] not in theirs
    return elsewhere or read.fields.place is not None


def _read(services: Services, turn: Turn) -> Understanding:
    return complaint_state.understander(services, turn)(turn.text)
