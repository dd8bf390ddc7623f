"""How a look-up begins: with whatever the message says of the order."""

from __future__ import annotations

import re
from dataclasses import replace

from rasa_sdk.events import ActiveLoop, FollowupAction
from rasa_sdk.interfaces import Tracker

from actions import sent
from actions.answer import more, of_the_rule
from actions.base import TurnAction, heard_as
from actions.complaint import opening
from actions.complaint import state as complaint_state
from actions.complaint.replies import repeats
from actions.complaint.replies.summary import count_files
from actions.complaint.wording import appeal_words, asked_of_us
from actions.identity.moving import comes_back
from actions.orders import notices
from actions.orders.about import CERTAIN, asks_about_a_rule, names_an_order, tells_a_matter
from actions.orders.lookup import TASK_WORDS, Lookup, Task
from actions.orders.own import own_order
from actions.orders.reading import read
from actions.orders.state import FORM, forget, load, project
from actions.services import Services
from actions.turn import Event, Speaker, Turn
from actions.understanding.text.folding import fold
from actions.work_orders import number

_HOW_FAR = re.compile(
    r"怎么样|咋样|进度|进展|结果|处理|解决|办[到好了理]|几时|什么时候|催|撤|编号|工单|单号"
)


def _asks_how_far(text: str) -> bool:
    """Whether what was said before is asked after as something handed in."""
    return _HOW_FAR.search(text) is not None


class OpenOrder(TurnAction):
    """Begin a look-up with whatever the message says of it."""

    action_name = "action_open_order"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if await notices.chosen(self.services, turn, speaker, tracker):
            return [ActiveLoop(None), *forget()]
        filed = tracker.get_slot("last_order")
        if filed and not turn.is_payload and asked_of_us.asks_if_filed(fold(turn.text)):
            speaker.say("order_is_filed", number=filed)
            return [ActiveLoop(None), *forget()]
        intent, _ = turn.best_intent()
        said = "" if turn.is_payload else appeal_words.supplement(fold(turn.text))
        if said:
            return await self._supplement(said, turn, speaker, tracker)
        if not _asks_how_far(turn.text) and await comes_back(self.services, turn, tracker):
            return [ActiveLoop(None), *heard_as("continue_elsewhere", turn.text, turn, tracker)]
        task = Task(intent) if intent in set(Task) else Task.PROGRESS
        if turn.confidence < CERTAIN:
            task = next((t for t, words in TASK_WORDS if words.search(turn.text)), task)
        if task is Task.SUPPLEMENT and asks_about_a_rule(turn):
            return [ActiveLoop(None), *heard_as("ask_policy", turn.text, turn, tracker)]
        if tells_a_matter(self.services, turn, tracker):
            events = await opening.open_events(self.services, turn, turn.text, speaker, tracker)
            return [ActiveLoop(None), *events, FollowupAction(complaint_state.FORM)]
        if not names_an_order(turn.text):
            # "几天能办好" after a rule was shown asks about the rule.
            answered = await more(self.services, turn, speaker, tracker)
            if answered is None:  # 照片要几张
                answered = await of_the_rule(self.services, turn, speaker, tracker)
            if answered is not None:
                return [ActiveLoop(None), *answered, *forget()]
        own = await own_order(self.services, task, turn, speaker, tracker)
        if isinstance(own, Lookup):
            if task is Task.SUPPLEMENT and (files := sent.files(turn)):
                said = count_files((one.media for one in files), speaker.text)
                own = replace(own, detail=said)  # the photos that wait are what is added
            return [ActiveLoop(None), *project(own, requested=False)]
        if own:  # the form finds nothing to look up and is over
            return [ActiveLoop(None), *forget()]
        if (met := await met_again(self.services, turn, speaker, tracker)) is not None:
            return [ActiveLoop(None), *met, FollowupAction(complaint_state.FORM)]
        return await open_events(self.services, task, turn, speaker, tracker)

    async def _supplement(
        self, said: str, turn: Turn, speaker: Speaker, tracker: Tracker
    ) -> list[Event]:
        """ "补充一下，4栋也没水": the order is looked up, and what is added is said already."""
        own = await own_order(self.services, Task.SUPPLEMENT, turn, speaker, tracker)
        if own is True:
            return [ActiveLoop(None), *forget()]
        if own is False:
            own = await _begun(self.services, Task.SUPPLEMENT, turn, speaker, tracker)
        events = project(replace(own, detail=said), requested=False)
        return [ActiveLoop(None), *events, FollowupAction(FORM)]


async def met_again(
    services: Services, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event] | None:
    """Of an order told by its matter instead of its number, what the person may do with it; None
    where none of theirs is meant."""
    if turn.is_payload or number.read(turn.text) is not None:
        return None
    read_text = complaint_state.understander(services, turn)(turn.text)
    earlier = await repeats.spoken_of(services, turn, read_text, of_an_order=True)
    if earlier is None:
        return None
    return await opening.open_events(services, turn, turn.text, speaker, tracker, earlier=earlier)


async def open_events(
    services: Services, task: Task, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event]:
    """Put a look-up into the tracker; the form is still to be started."""
    lookup = await _begun(services, task, turn, speaker, tracker)
    return [ActiveLoop(None), *project(lookup, requested=False)]


async def open_lookup(
    services: Services, task: Task, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event]:
    """The same where no rule starts the form."""
    events = await open_events(services, task, turn, speaker, tracker)
    return [*events, FollowupAction(FORM)]


async def _begun(
    services: Services, task: Task, turn: Turn, speaker: Speaker, tracker: Tracker
) -> Lookup:
    """The look-up with what the message, and the talk before it, say of the order."""
    known = load(tracker)
    lookup = Lookup(task, seen=turn.message_id)
    given = known is not None and known.secret is not None
    if not turn.is_payload:
        lookup = await read(services, lookup, turn, speaker)
    if given and known is not None and lookup.number is None and number.read(turn.text) is None:
        # What is pressed or said of an order just shown is about it, and its digits were given.
        lookup = replace(lookup, number=known.number, secret=known.secret)
    if lookup.number is None and number.read(turn.text) is None:
        lookup = replace(lookup, number=tracker.get_slot("last_order"))
    return lookup
