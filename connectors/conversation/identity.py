"""Who is writing: phone addresses in one spelling, and what their person left open elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connectors import phones
from connectors.channel import Addresses, Capabilities, Channel
from connectors.clock import in_china
from connectors.conversation.turn import Voice
from connectors.ids import new_id
from connectors.messages import Author, Choice, Inbound, Outbound, Text
from connectors.phones import Phone
from connectors.store.conversations import Contact, Conversation
from connectors.store.identity import holders, open_forms
from connectors.store.turns import Account

CONTINUE = "/continue_elsewhere"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is done to a message before it is accepted: telephone numbers get one spelling, and who
    is known on another channel of the same platform is known here."""

    capabilities: Callable[[str], Capabilities]
    phone_lapses: timedelta

    def phone(self, inbound: Inbound) -> Phone | None:
        """The phone the message came from, if it came from one."""
        if self.capabilities(inbound.channel).addresses is not Addresses.PHONES:
            return None
        return phones.normal(inbound.address)

    def elsewhere(self, inbound: Inbound) -> frozenset[str]:
        """The channels on which the address is the same person."""
        return self.capabilities(inbound.channel).same_people

    def arrive(self, conn: Connection, inbound: Inbound, phone: Phone, now: datetime) -> Inbound:
        """The message under the number's one spelling; its conversation is the phone's person's."""
        holders.arrive(conn, inbound.channel, inbound.account, phone, now, self.phone_lapses)
        return replace(inbound, address=phone)


def phone_account(channels: Mapping[str, Channel]) -> Account | None:
    """The channel and account from which a message to any phone goes out; None: there is none."""
    for name, channel in channels.items():
        able = channel.capabilities
        if able.addresses is Addresses.PHONES and able.may_begin and able.begins_from:
            return name, able.begins_from
    return None


def offer_elsewhere(
    conn: Connection,
    conversation: Conversation,
    contact: Contact,
    voice: Voice,
    now: datetime,
    life: timedelta,
) -> Outbound | None:
    """Asks, once in each conversation, whether to go on here with a form begun elsewhere.

    Only of somebody whose phone is proved: nobody else is known on several channels.
    """
    if contact.verified_phone is None:
        return None
    found = open_forms.find(conn, conversation.id, contact.id, now, life)
    if found is None or not found.elsewhere or found.offered_to == conversation.id:
        return None
    open_forms.note_offer(conn, found, conversation.id)
    variant = voice.capabilities(conversation.channel).texts
    key = f"place_{found.channel}"
    place = voice.texts.say(key if key in voice.texts else "place_elsewhere", variant)
    asked = voice.texts.say(
        "form_elsewhere", variant, place=place, kind=found.draft.get("kind", "")
    )
    return _whether(asked, voice, variant)


def offer_left(
    conn: Connection, conversation: Conversation, session: int, voice: Voice
) -> Outbound | None:
    """Asks, once, whether to go on with a form left here when an earlier session ended."""
    found = open_forms.waiting(conn, conversation.id, session)
    if found is None:
        return None
    draft, left_at = found
    open_forms.note_left_offer(conn, conversation.id)
    variant = voice.capabilities(conversation.channel).texts
    day = in_china(left_at)
    kind = draft.get("kind", "")
    asked = voice.texts.say(
        "form_left_here", variant, month=str(day.month), day=str(day.day), kind=kind
    )
    return _whether(asked, voice, variant)


def _whether(asked: str, voice: Voice, variant: str) -> Outbound:
    return Outbound(
        (Text(asked),),
        Author.BOT,
        (
            Choice(new_id("k"), voice.texts.say("button_continue", variant), CONTINUE),
            Choice(new_id("k"), voice.texts.say("button_not_now", variant), "/deny"),
        ),
    )
