"""One of our platform messages as WeChat's fields: text, picture, voice, link, card or menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.channel import Rendered
from connectors.channels.wechat.api.wechat import Platform
from connectors.channels.wechat.arrivals import menu_id
from connectors.ids import MessageId
from connectors.messages import Attachment, Choice, Link, Part, plain_text
from connectors.settings.wechat_sending import Card

TITLE_MOST = 64  # characters of a card's title
CHOICES_MOST = 10  # of one menu

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """A message that is a file of ours, to be uploaded first: a picture or a voice."""

    attachment: Attachment
    kind: str


@dataclass(frozen=True, slots=True)
class CardOf:
    """A link to a page of the mini-program itself."""

    title: str
    page: str
    card: Card


Shape = Fields | File | CardOf
"""What is to be sent: WeChat's fields, or what a file has to be uploaded for first."""


def shape(
    parts: Sequence[Part],
    choices: Sequence[Choice],
    asked_by: MessageId,
    platform: Platform,
    cards: Sequence[Card] = (),
    link_picture: str = "",
) -> Shape:
    """The shape of one platform message. ``asked_by``: the message the choices belong to.
    ``link_picture``: the address of what a mini-program shows beside a link, which it must."""
    words = plain_text(parts)
    if choices:
        listed = [{"id": menu_id(asked_by, one.id), "content": one.label} for one in choices]
        menu = {"head_content": words, "list": listed, "tail_content": ""}
        return {"msgtype": "msgmenu", "msgmenu": menu}
    only = parts[0] if len(parts) == 1 else None
    if isinstance(only, Attachment) and (kind := _kind(only, platform)):
        return File(only, kind)
    if isinstance(only, Link):
        for card in cards:
            if only.url.startswith(card.link):
                rest = only.url.removeprefix(card.link)
                return CardOf(
                    (only.label or only.url)[:TITLE_MOST], card.page.replace("{rest}", rest), card
                )
        if platform is Platform.MINI and only.label and link_picture:
            return {
                "msgtype": "link",
                "link": {
                    "title": only.label[:TITLE_MOST],
                    "description": only.url[:120],
                    "url": only.url,
                    "thumb_url": link_picture,
                },
            }
    return {"msgtype": "text", "text": {"content": words}}


def in_words(rendered: Rendered) -> Fields | None:
    """A link as text; None for what is no link."""
    if rendered.choices or not all(isinstance(part, Link) for part in rendered.parts):
        return None
    return {"msgtype": "text", "text": {"content": plain_text(rendered.parts)}}


def _kind(attachment: Attachment, platform: Platform) -> str:
    """As what WeChat carries a file; empty when it does not."""
    if attachment.media in ("image/jpeg", "image/png", "image/gif"):
        return "image"
    voice = attachment.media in ("audio/amr", "audio/mpeg")
    return "voice" if voice and platform is Platform.OFFICIAL else ""
