"""What people of WeCom's customer service are sent.

``msgid`` is made from our key, the same at each try, in the 32 letters WeCom allows: it comes back
when a message could not be delivered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from connectors import logs
from connectors.channel import ContentRefused, RecipientRefused, Rendered, Sent
from connectors.channels.wechat.api.errcodes import MediaGone
from connectors.channels.wechat.api.wechat import Platform
from connectors.channels.wechat.api.wecom import WecomApi
from connectors.channels.wechat.arrivals import menu_id
from connectors.channels.wechat.kf.arrivals import parted
from connectors.channels.wechat.shaping import CardOf, Fields, File, in_words, shape
from connectors.channels.wechat.uploads import CannotShow, Uploads
from connectors.ids import MessageId
from connectors.messages import Attachment, Choice, plain_text
from connectors.settings.wechat import KfAccount

log = logs.get(__name__)


async def send(api: WecomApi, account: KfAccount, uploads: Uploads, rendered: Rendered) -> Sent:
    """Sends one message; a card that cannot be shown as one goes in words. Raises send errors."""
    try:
        open_kfid, user = parted(rendered.person.address)
    except ValueError as error:
        raise RecipientRefused(str(error)) from None
    to: Fields = {"touser": user, "open_kfid": open_kfid, "msgid": msgid(rendered.key)}
    try:
        try:
            taken = await api.send(to | await _fields(account, uploads, rendered))
        except MediaGone:
            taken = await api.send(to | await _fields(account, uploads, rendered, anew=True))
    except (ContentRefused, CannotShow) as refused:
        words = in_words(rendered)
        if words is None:
            raise
        log.warning("wechat.link_in_words", account=rendered.person.account, reason=str(refused))
        taken = await api.send(to | words)
    return Sent(taken or to["msgid"])


def msgid(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def menu(words: str, choices: Sequence[Choice], asked_by: str) -> Fields:
    """A menu people tap in."""
    clicks = [{"id": menu_id(MessageId(asked_by), one.id), "content": one.label} for one in choices]
    listed = [{"type": "click", "click": click} for click in clicks]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": words, "list": listed}}


async def _fields(
    account: KfAccount, uploads: Uploads, rendered: Rendered, *, anew: bool = False
) -> Fields:
    if rendered.choices:
        return menu(plain_text(rendered.parts), rendered.choices, rendered.asks.id)
    made = shape(rendered.parts, (), rendered.message.id, Platform.OFFICIAL, account.cards)
    if isinstance(made, File) and (made.kind == "image" or made.attachment.media == "audio/amr"):
        media_id = await uploads.attachment(made.attachment, made.kind, anew=anew)
        return {"msgtype": made.kind, made.kind: {"media_id": media_id}}
    if isinstance(made, CardOf):
        thumb = await uploads.picture(made.card.picture, anew=anew)
        card = {
            "appid": made.card.appid,
            "title": made.title,
            "pagepath": made.page,
            "thumb_media_id": thumb,
        }
        return {"msgtype": "miniprogram", "miniprogram": card}
    only = rendered.parts[0] if len(rendered.parts) == 1 else None
    if isinstance(only, Attachment):
        return {"msgtype": "text", "text": {"content": uploads.link_to(only)}}
    return {"msgtype": "text", "text": {"content": plain_text(rendered.parts)}}
