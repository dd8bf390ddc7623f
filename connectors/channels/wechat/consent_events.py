"""Events in which WeChat tells what people agreed to be sent (订阅消息).

``subscribe_msg_popup_event``: they were asked; ``subscribe_msg_change_event``: they changed it in
WeChat's settings; ``subscribe_msg_sent_event``: what became of a message. In XML their list stands
within an element named after the event, in JSON beside the other fields, and one thing may stand
without a list.
"""

from __future__ import annotations

from typing import Final

from connectors import logs
from connectors.channels.wechat.arrivals import Happened, each, word
from connectors.channels.wechat.subscriptions import Subscriptions
from connectors.channels.wechat.xml import Fields

log = logs.get(__name__)

_INNER: Final = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
NAMES: Final = frozenset(_INNER)


async def take(subscriptions: Subscriptions, account: str, what: Happened) -> None:
    """Notes what one of the events tells. Raises ``StoreUnavailable``."""
    rows = _rows(what)
    match what.name:
        case "subscribe_msg_popup_event":
            answers = {word(row, "TemplateId"): _answer(row) for row in rows}
            await subscriptions.answered(account, what.person, answers, what.external_id)
        case "subscribe_msg_change_event":
            for row in rows:
                if _answer(row) == "reject":
                    template = word(row, "TemplateId")
                    await subscriptions.withdrew(account, what.person, template, what.external_id)
        case _:
            for row in rows:
                if word(row, "ErrorCode") not in ("", "0"):
                    log.warning(
                        "wechat.subscription_not_shown",
                        account=account,
                        code=word(row, "ErrorCode")[:12],
                        status=word(row, "ErrorStatus")[:40],
                    )


def _rows(what: Happened) -> list[Fields]:
    inner = each(what.fields, _INNER[what.name])
    return [row for fields in (inner or [what.fields]) for row in each(fields, "List")]


def _answer(row: Fields) -> str:
    return word(row, "SubscribeStatusString").lower()
