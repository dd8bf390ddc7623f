"""The look-up itself: what each message means, and what is asked next."""

from __future__ import annotations

import re
from dataclasses import replace

from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.interfaces import Tracker

from actions import sent
from actions.base import TurnAction
from actions.complaint import opening
from actions.complaint.replies.summary import count_files
from actions.complaint.wording import asked_of_us, phrases
from actions.orders import notices, wording
from actions.orders.about import SURE, leaves
from actions.orders.lookup import MOST_MISSES, MOST_TRIES, TASK_WORDS, Lookup, Slot, Task, secret_in
from actions.orders.opening import met_again
from actions.orders.own import asks_for_all, own_order
from actions.orders.reading import read
from actions.orders.state import FORM, forget, load, project
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.people.contact import find_phone
from actions.understanding.text.folding import fold
from actions.work_orders import number

# Inside the look-up these have answers of their own; everything else comes back to the question.
_INTERRUPTIONS = frozenset(
    {
        "abuse", "ask_capability", "ask_human", "ask_identity", "ask_policy", "ask_wait_time",
        "chitchat", "despair", "emergency", "explain_again", "greet", "rate_bad", "rate_good",
        "send_files", "speak_language", "speak_slower", "thank", "threat", "verify_phone",
        "why_need_info",
    }
)  # fmt: skip


LONGEST_WISH = 8  # characters of a message that may want something else with the order


class ValidateOrderForm(TurnAction):
    """Decide what each message inside the look-up means."""

    action_name = "validate_order_form"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        lookup = load(tracker)
        if lookup is None:
            return [SlotSet("requested_slot", None)]
        if lookup.seen == turn.message_id:
            return project(lookup)
        lookup = replace(lookup, seen=turn.message_id)
        text = fold(turn.text).strip()
        asked = lookup.next_slot()
        if _stops(turn, text, asked):
            speaker.say("lookup_stopped")
            return forget()
        before = lookup
        if not turn.is_payload and await notices.chosen(self.services, turn, speaker, tracker):
            return project(lookup)
        if asked is Slot.DETAIL and lookup.task is Task.SUPPLEMENT and (other := _other_task(text)):
            lookup = replace(lookup, task=other)
            asked = lookup.next_slot()
            if asked is None:
                return project(lookup)
        if asked is Slot.DETAIL:
            return self._detail(lookup, turn, text, speaker)
        if not turn.is_payload and asks_for_all(text):
            own = await own_order(self.services, lookup.task, turn, speaker, tracker)
            if own:
                return project(own) if isinstance(own, Lookup) else forget()
        if not turn.is_payload and leaves(self.services, turn, text):
            events = await opening.open_events(self.services, turn, turn.text, speaker, tracker)
            return [*forget(), *events]  # FinishOrder goes on with it
        if not turn.is_payload:
            lookup = await read(self.services, lookup, turn, speaker)
        if lookup.tries >= MOST_TRIES:
            speaker.say("lookup_given_up")
            speaker.effect({"effect": "handoff", "skill": "general", "reason": "lookup"})
            return forget()
        unfound = lookup == before or lookup.number is None
        if unfound and asked is Slot.NUMBER:
            met = await met_again(self.services, turn, speaker, tracker)
            if met is not None:  # 就是洗车店那个; FinishOrder goes on with it
                return [*forget(), *met]
        if unfound and not turn.is_payload and _has_no_number(text):
            return self._without_number(lookup, turn, speaker)
        if lookup != before:
            lookup = replace(lookup, misses=0)
            # A look-up that failed has said what to do; asking again would only repeat it.
            quiet = lookup.tries > before.tries
            return [*project(lookup), SlotSet("hush", turn.message_id if quiet else None)]
        if turn.intent in _INTERRUPTIONS and (turn.is_payload or turn.confidence >= SURE):
            if _NO_LONGER.match(text) or turn.intent in ("rate_bad", "rate_good"):
                return [*forget(), ActionExecutionRejected(FORM)]
            return [SlotSet("order", lookup.to_json()), ActionExecutionRejected(FORM)]
        if tracker.get_slot("complaint") and turn.intent != "repeat_last":
            return forget()  # no number after all: back to the complaint that was left open
        if turn.intent == "repeat_last":
            return project(lookup)
        return self._missed(replace(lookup, misses=lookup.misses + 1), turn, speaker)

    def _missed(self, lookup: Lookup, turn: Turn, speaker: Speaker) -> list[Event]:
        """A message that says nothing of the order: asked once more, then nobody is held to it."""
        if lookup.misses >= MOST_MISSES:
            speaker.say("lookup_let_go", (Button("button_human", "/ask_human"),))
            return forget()
        speaker.say(f"lookup_again_{lookup.next_slot() or Slot.NUMBER}")
        return [*project(lookup), SlotSet("hush", turn.message_id)]

    def _without_number(self, lookup: Lookup, turn: Turn, speaker: Speaker) -> list[Event]:
        """Neither number nor digits are to be had: what else there is, and no question again."""
        human = Button("button_human", "/ask_human")
        if self.services.verification.available and turn.verified_phone is None:
            verify = Button("button_verify", "/verify_phone")
            speaker.say("lookup_by_phone", (verify, human))
        else:
            speaker.say("lookup_without", (human,))
        return [*project(lookup), SlotSet("hush", turn.message_id)]

    def _detail(self, lookup: Lookup, turn: Turn, text: str, speaker: Speaker) -> list[Event]:
        """The text of a supplement, or yes or no to withdrawing."""
        if lookup.task is Task.SUPPLEMENT:
            if turn.intent == "ask_human" and turn.confidence >= SURE:
                return [SlotSet("order", lookup.to_json()), ActionExecutionRejected(FORM)]
            words = turn.text.strip()
            if turn.intent == "send_files":
                words = count_files((one.media for one in sent.files(turn)), speaker.text)
            return project(replace(lookup, detail=words or speaker.text("label_place")))
        wants = _TAKES_BACK.search(text) is not None and not wording.keeps(text)
        if turn.intent == "affirm" or phrases.is_yes(text) or phrases.is_cancel(text) or wants:
            return project(replace(lookup, detail="yes"))
        lookup = replace(lookup, misses=lookup.misses + 1)
        given_up = turn.intent == "deny" or phrases.is_no(text) or wording.keeps(text)
        if given_up or lookup.misses >= MOST_MISSES:
            speaker.say("withdraw_not")
            return forget()
        speaker.say("form_again")
        return project(lookup)


_TAKES_BACK = re.compile(r"撤(?!诉状|离|资)")
_NOT_AT_HAND = re.compile(
    r"(?:哪(?:里|儿)?|怎么|咋|谁)(?:还|会|能)?记得|(?:没(?:有)?|冇|莫得|哪有)(?:工单|查询)?(?:编号|单号|号码?)|没(?:有)?(?:记|存|留|截)(?:下|住|图|过)?(?:工单|查询)?(?:编号|单号|号码?)|没(?:有)?(?:记|存|留|截)(?:下|住|图|过)?(?:$|[，,。了啊呀这那])|(?:记|找)不(?:住|到|着|起来|得)|(?:不在|没在)(?:手边|身边|手上)"
    r"|(?:用|凭|拿|按|报|输)(?:我的?|这个)?(?:手机号?|电话号?码?|号码|名字|姓名|身份证号?)[^，。]{0,4}(?:查|找)|(?:编号|单号|工单号)(?:早就|已经|也|都|我)*(?:没|丢|忘|删)"
)


def _has_no_number(text: str) -> bool:
    """Whether a message says that the number is not to be had (我哪记得编号), asks for another way
    (用手机号查行吗), or takes one by giving a telephone number."""
    phone = find_phone(text)
    gives_phone = phone is not None and phone.valid and number.read(text) is None
    plainly = phrases.is_skip(text) or asked_of_us.at_a_loss(text)
    return plainly or gives_phone or _NOT_AT_HAND.search(text) is not None


def _other_task(text: str) -> Task | None:
    """What a short message wants with the order instead of adding to it (催一下, 撤回)."""
    if len(text) > LONGEST_WISH:
        return None
    wanted = next((task for task, words in TASK_WORDS if words.search(text)), None)
    return wanted if wanted is not Task.SUPPLEMENT else None


_NO_LONGER = re.compile(r"^(?:那|我|就|还是|先)*(?:算了|不查了?|不用查了?|不问了?|不催了?|取消)")
"""Said before a question, it is asked instead (算了不查了，问下社保卡丢了怎么补)."""


def _stops(turn: Turn, text: str, asked: Slot | None) -> bool:
    if asked is Slot.DETAIL:
        return False
    return phrases.is_cancel(text) or (
        turn.intent in ("cancel", "goodbye", "start_over")
        and (turn.is_payload or turn.confidence >= SURE)
        and secret_in(text) is None
        and len(text) <= phrases.SHORT
    )


class AskOrderSlot(TurnAction):
    """Ask for one slot of the look-up."""

    def __init__(self, services: Services, slot: Slot) -> None:
        super().__init__(services)
        self.slot = slot

    def name(self) -> str:
        return f"action_ask_order_form_{self.slot}"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        lookup = load(tracker)
        if lookup is None or tracker.get_slot("hush") == turn.message_id:
            return []
        match self.slot:
            case Slot.NUMBER:
                speaker.say("ask_order_number")
            case Slot.TAIL:
                speaker.say("ask_order_secret", number=lookup.number or "")
            case Slot.DETAIL if lookup.task is Task.WITHDRAW:
                speaker.say(
                    "ask_withdraw",
                    (Button("button_withdraw_yes", "/affirm"), Button("button_keep", "/deny")),
                    number=lookup.number or "",
                )
            case Slot.DETAIL:
                speaker.say("ask_supplement", number=lookup.number or "")
        return []
