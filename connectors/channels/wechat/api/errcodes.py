"""What the numbers mean that WeChat and WeCom answer with (``errcode``, always in an HTTP 200).

One table for both platforms: the send error a number becomes, and what the operator does about it.
The numbers are of the platforms' own tables of return codes; 95000 and above are WeCom's customer
service, known at second hand. What is not in the table counts as :class:`ConnectionFailed`: it is
tried again, goes another way, and the number stands in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from connectors.channel import (
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    RecipientRefused,
    SendError,
    Throttled,
    WindowClosed,
)

TOKEN_REFUSED: Final = frozenset({40001, 40014, 42001})
"""The token, not the call, is what the platform refuses: once it is fetched anew."""

TYPING_HARMLESS: Final = frozenset({45072, 45080, 45081})
"""The typing indicator could not be shown, and nothing follows from that."""

NOT_SEEN_LATELY: Final = 61010
"""The content check knows people of the last two hours only."""

DAY_IS_OVER: Final = 45009
"""The day's calls are used up; the count begins again at midnight in China."""

NOT_SUBSCRIBED: Final = 43101
MEDIA_GONE: Final = 40007


class MediaGone(ContentRefused):
    """The uploaded file a message names is no longer there; it can be uploaded again."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """``fix`` is for the operator, empty where there is nothing to mend. ``wait`` goes with
    :class:`Throttled`; without it the outbox chooses. ``person``: the limit is one person's."""

    error: type[SendError]
    means: str
    fix: str = ""
    wait: timedelta | None = None
    person: bool = False


_CREDENTIALS = "compare appid and secret with the console (or corp_id and secret of WeCom)"
_WHITELIST = "add the gateway's public address to the IP whitelist of the console"
_PERMISSION = "look in the console whether the account is verified and has this permission"
_MEDIA = "send a JPG or PNG of at most 10 MB"

MEANINGS: Final[dict[int, Meaning]] = {
    -1: Meaning(ConnectionFailed, "the platform is busy"),
    # The account ------------------------------------------------------------------------------
    40001: Meaning(MisconfiguredAccount, "the secret or the token is not accepted", _CREDENTIALS),
    40002: Meaning(MisconfiguredAccount, "the kind of token is not accepted", _CREDENTIALS),
    40013: Meaning(MisconfiguredAccount, "there is no such appid or corp_id", _CREDENTIALS),
    40014: Meaning(
        MisconfiguredAccount,
        "the token is not accepted, not even a new one",
        "stop other programs that fetch a token of this account by force, or give each its own",
    ),
    40125: Meaning(MisconfiguredAccount, "the secret is wrong", _CREDENTIALS),
    40164: Meaning(MisconfiguredAccount, "our address is not on the whitelist", _WHITELIST),
    40243: Meaning(
        MisconfiguredAccount,
        "the secret is frozen",
        "unfreeze it in the console, or make another",
    ),
    41001: Meaning(MisconfiguredAccount, "the token is missing", _CREDENTIALS),
    41002: Meaning(MisconfiguredAccount, "the appid is missing", _CREDENTIALS),
    41004: Meaning(MisconfiguredAccount, "the secret is missing", _CREDENTIALS),
    42001: Meaning(
        MisconfiguredAccount,
        "the token has run out, even a new one",
        "set the machine's clock; stop other programs that fetch tokens of this account by force",
    ),
    48001: Meaning(MisconfiguredAccount, "the account may not use this interface", _PERMISSION),
    48004: Meaning(
        MisconfiguredAccount,
        "the interface is blocked for a breach of the rules",
        "read the notice in the console and appeal there",
    ),
    48005: Meaning(MisconfiguredAccount, "the interface is not open to this account", _PERMISSION),
    50001: Meaning(MisconfiguredAccount, "the account may not use this interface", _PERMISSION),
    60011: Meaning(MisconfiguredAccount, "the application lacks the right", _PERMISSION),
    60020: Meaning(MisconfiguredAccount, "our address is not allowed", _WHITELIST),
    65400: Meaning(
        MisconfiguredAccount,
        "customer service is not switched on",
        "switch the new customer service on in the console",
    ),
    89501: Meaning(MisconfiguredAccount, "our address waits for approval", _WHITELIST),
    89503: Meaning(
        MisconfiguredAccount,
        "our address waits for the administrator's approval",
        "let the administrator approve the call in WeChat",
    ),
    89506: Meaning(MisconfiguredAccount, "our address was refused for a day", _WHITELIST),
    89507: Meaning(MisconfiguredAccount, "our address was refused for an hour", _WHITELIST),
    # Limits -----------------------------------------------------------------------------------
    DAY_IS_OVER: Meaning(
        Throttled,
        "the day's calls are used up",
        "set per_day below the console's limit; the console can clear the count ten times a month",
    ),
    45011: Meaning(
        Throttled, "too many calls in a minute", "lower per_second", timedelta(minutes=1)
    ),
    44991: Meaning(
        Throttled, "too many content checks in a minute", "lower per_second", timedelta(minutes=1)
    ),
    45033: Meaning(
        Throttled, "too many calls at once", "lower outbox.parallel", timedelta(seconds=10)
    ),
    # The window -------------------------------------------------------------------------------
    45015: Meaning(WindowClosed, "the person has not written within the reply window"),
    45047: Meaning(WindowClosed, "no send is left until the person writes again"),
    95001: Meaning(WindowClosed, "no send is left until the person writes again"),
    95002: Meaning(WindowClosed, "the person has not written within the reply window"),
    NOT_SUBSCRIBED: Meaning(WindowClosed, "the person did not consent to this template"),
    # The person -------------------------------------------------------------------------------
    40003: Meaning(RecipientRefused, "there is no such openid on this account"),
    40096: Meaning(RecipientRefused, "there is no such external_userid"),
    43004: Meaning(RecipientRefused, "the person no longer follows the account"),
    48002: Meaning(RecipientRefused, "the person has switched messages off"),
    50002: Meaning(RecipientRefused, "the person's account is frozen or closed"),
    84061: Meaning(RecipientRefused, "the person is no contact of the company"),
    # What we send -----------------------------------------------------------------------------
    40004: Meaning(ContentRefused, "this type of media is not carried", _MEDIA),
    40005: Meaning(ContentRefused, "this type of file is not carried", _MEDIA),
    40006: Meaning(ContentRefused, "the file is empty or too large", _MEDIA),
    MEDIA_GONE: Meaning(MediaGone, "the uploaded file is no longer there"),
    40008: Meaning(ContentRefused, "this kind of message is not carried"),
    40009: Meaning(ContentRefused, "the picture is too large", _MEDIA),
    40035: Meaning(ContentRefused, "a value is not accepted"),
    40058: Meaning(ContentRefused, "a value is not accepted"),
    44002: Meaning(ContentRefused, "nothing was sent"),
    44004: Meaning(ContentRefused, "the text is empty"),
    45001: Meaning(ContentRefused, "the file is too large", _MEDIA),
    45002: Meaning(ContentRefused, "the text is too long"),
    45003: Meaning(ContentRefused, "the title is too long"),
    45004: Meaning(ContentRefused, "the description is too long"),
    45005: Meaning(ContentRefused, "the link is too long"),
    45007: Meaning(ContentRefused, "the voice is longer than 60 seconds"),
    47001: Meaning(ContentRefused, "the platform could not read the request"),
    NOT_SEEN_LATELY: Meaning(
        ContentRefused, "the content check knows people of the last two hours only"
    ),
    87014: Meaning(ContentRefused, "the content check refused it"),
    # Subscription messages --------------------------------------------------------------------
    40037: Meaning(
        MisconfiguredAccount,
        "there is no such template",
        "copy the template's id from the console into templates",
    ),
    41030: Meaning(
        MisconfiguredAccount,
        "there is no such page in the published mini-program",
        "correct the template's page; it must be in the app.json that is online",
    ),
    43107: Meaning(
        MisconfiguredAccount,
        "subscription messages are blocked for this account",
        "read the notice in the console and appeal there",
    ),
    47003: Meaning(
        ContentRefused,
        "a field of the template is empty or not of its type",
        "compare the template's fields with the console; the platform names the field",
    ),
    # Log-in -----------------------------------------------------------------------------------
    40029: Meaning(ContentRefused, "the log-in code is not one, or of another mini-program"),
    40163: Meaning(ContentRefused, "the log-in code was used already"),
    40226: Meaning(RecipientRefused, "the platform blocks this person as a risk"),
    # WeCom's customer service -----------------------------------------------------------------
    95000: Meaning(
        MisconfiguredAccount,
        "there is no such customer service account",
        "look in WeCom whether the account was deleted or the application lost it",
    ),
    95007: Meaning(ConnectionFailed, "the token of the event has run out"),
    95013: Meaning(WindowClosed, "the conversation is over until the person writes again"),
    95014: Meaning(
        MisconfiguredAccount,
        "this member of the company does not serve that account",
        "correct servicer, or add the member in WeCom",
    ),
    95016: Meaning(WindowClosed, "the conversation cannot go from its state to that one"),
    95017: Meaning(
        MisconfiguredAccount,
        "the interface is switched off for that account",
        "let WeCom's console hand customer service to the interface (API)",
    ),
    95018: Meaning(WindowClosed, "a person of WeCom's has the conversation"),
}


class PlatformRefused(Exception):
    """The platform answered, and said no. ``error`` is what the outbox is told."""

    def __init__(self, code: int, said: str, *, until_midnight: timedelta | None = None) -> None:
        super().__init__(f"errcode {code}")
        self.code = code
        self.error = error_of(code, said, until_midnight=until_midnight)


def error_of(code: int, said: str, *, until_midnight: timedelta | None = None) -> SendError:
    """The send error of a number. ``said`` is the platform's ``errmsg``."""
    meaning = MEANINGS.get(code)
    if meaning is None:
        return ConnectionFailed(f"errcode {code}: {_short(said)}")
    detail = f"errcode {code}: {meaning.means}"
    if code == 47003:  # only the platform knows which field it was
        detail += f" ({_short(said)})"
    if meaning.fix:
        detail += f"; {meaning.fix}"
    if meaning.error is Throttled:
        wait = until_midnight if code == DAY_IS_OVER else meaning.wait
        return Throttled(detail, retry_after=wait, this_person=meaning.person)
    return meaning.error(detail)


def _short(said: str) -> str:
    """What the platform said, without the number of the request that it adds."""
    return " ".join(said.partition(" rid:")[0].split())[:120]
