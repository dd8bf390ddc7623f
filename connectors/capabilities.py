"""What a channel can show and do, and how much it may send: core code asks this, never a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from enum import StrEnum

from connectors.messages import Purpose, Stored


class Addresses(StrEnum):
    """What the addresses of a channel are."""

    OPAQUE = "opaque"  # ids that mean something to the platform only
    PHONES = "phones"  # telephone numbers: whoever writes from one has it


class TextUnit(StrEnum):
    """What a platform counts when it limits the length of a text."""

    CHARACTERS = "characters"  # Unicode code points
    UTF16 = "utf16"  # UTF-16 code units: an emoji is two
    UTF8 = "utf8"  # bytes: a Chinese character is three
    SMS_SEGMENTS = "sms_segments"  # what a carrier bills, by the rules of segments


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one account may send. The outbox waits for its turn; it never drops for a limit.

    ``per_second``: platform messages a second, evenly spaced, over all gateways together.
    ``per_day``: platform messages in a calendar day of China; the rest waits for midnight.
    ``per_reply_window``: platform messages after each message of the person; once used up, what
    follows falls back to another address or waits until the person writes again.
    """

    per_second: float | None = None
    per_day: int | None = None
    per_reply_window: int | None = None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Manners:
    """What goes for messages we begin ourselves, answers and codes excepted.

    ``quiet``: from when until when, on China's clock, none is sent. ``per_day``: how many one
    person is sent in a day. ``opt_out``: people may refuse them by a word.
    """

    quiet: tuple[time, time] | None = None
    per_day: int | None = None
    opt_out: bool = False


NO_MANNERS = Manners()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show and do; the renderer and the worker ask this, never a name.

    ``max_text`` is the most text of one platform message, counted in ``text_unit``; ``signature``
    is what the channel will add to each message and therefore counts too. ``max_choices`` is how
    many buttons one message may carry (0: choices become numbered text). ``rich_parts`` names the
    part kinds shown as they are; all others are turned into text. ``parts_together``: one platform
    message may carry several parts. ``reply_window`` is how long after a person's message we may
    still write. ``may_begin``: we may write to somebody who has not written first, so the channel
    is a place to fall back to. ``join_burst`` joins quick messages of one person into one turn.

    ``joins_turn``: all that is said in one turn goes as one message. ``accounts_for`` names the
    accounts that may carry a message to an address, the first to be tried in front: what one cannot
    send goes by the next.

    ``elsewhere`` gives the address of a page that shows the whole of a message. With it a message
    too long for one platform message is one all the same: its beginning, and where to read on.
    ``elsewhere_at_need``: only when the sends that are left do not carry all of it; what waits for
    one person is then joined, and the longest parts of it are cut.

    ``carries_shut``: for which purposes the channel may still have a way when the reply window is
    shut (a message by a template the person agreed to).

    ``same_people``: channels on which the same address, on the account of the same name, is the
    same person.

    ``fetched``: a page of ours, to which people come and look: what is sent there is theirs only
    once it is seen, and we are told when that is.

    ``account_choices``: ``max_choices`` of accounts that differ from the channel's.

    ``queue``: where everybody who comes by this channel waits for an agent, if it has a queue of
    its own (connectors/conversation/skills.py).

    ``addresses``: what a person's address is. Phone numbers that exist are kept in E.164, whatever
    spelling the channel hands in. ``begins_from`` is the account from which we write to a number
    that never wrote to us (a code, say); empty while none is set up.
    """

    max_text: int = 2000
    text_unit: TextUnit = TextUnit.CHARACTERS
    signature: str = ""
    max_choices: int = 0
    rich_parts: frozenset[str] = frozenset()
    parts_together: bool = False
    markdown: bool = False
    emoji: bool = True
    typing: bool = False
    receipts: bool = False
    voice: bool = False
    fetched: bool = False
    may_begin: bool = False
    addresses: Addresses = Addresses.OPAQUE
    begins_from: str = ""
    same_people: frozenset[str] = frozenset()
    reply_window: timedelta | None = None
    join_burst: timedelta = timedelta(0)
    queue: str = ""
    texts: str = "text"  # which variant of our texts suits: "text", "sms", "voice"
    joins_turn: bool = False
    manners: Manners = NO_MANNERS
    accounts_for: Callable[[str], tuple[str, ...]] | None = None
    elsewhere: Callable[[Stored], str] | None = None
    elsewhere_at_need: bool = False
    carries_shut: frozenset[Purpose] = frozenset()
    limits: Limits = NO_LIMITS
    account_limits: Mapping[str, Limits] = field(default_factory=dict)
    account_choices: Mapping[str, int] = field(default_factory=dict)

    def of(self, account: str) -> Capabilities:
        """What one account can show: the channel's, with its own ``max_choices`` if it has any."""
        own = self.account_choices.get(account)
        return self if own is None else replace(self, max_choices=own)

    def limits_of(self, account: str) -> Limits:
        """The limits of one account: its own where it has some, else the channel's."""
        return self.account_limits.get(account, self.limits)
