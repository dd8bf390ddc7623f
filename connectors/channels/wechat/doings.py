"""What people do in an official account instead of writing: follow it, scan a code, tap its menu.

A menu's key and a code's scene stand for words of a person's, set in the configuration; they are
then taken as if the person had written them. Without words the person is greeted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors.channels.wechat.arrivals import Happened
from connectors.settings.wechat import OfficialAccount

_FOLLOWED_BY_CODE: Final = "qrscene_"

# Events that ask nothing of us: told for statistics, or beside a message that comes by itself.
QUIET: Final = frozenset(
    {
        "unsubscribe", "view", "view_miniprogram", "location", "location_select",
        "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin",
        "kf_create_session", "kf_close_session", "kf_switch_session",
        "templatesendjobfinish", "masssendjobfinish", "user_authorization_revoke",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meant:
    """``greet``: say who we are. ``words``: take these as the person's; empty: none."""

    greet: bool = False
    words: str = ""


def meant(what: Happened, account: OfficialAccount) -> Meant | None:
    """What a doing of a person's asks of us; None for what is no doing of this kind."""
    if not what.person:
        return None
    match what.name:
        case "subscribe":
            scene = what.key.removeprefix(_FOLLOWED_BY_CODE) if what.key else ""
            return Meant(greet=True, words=account.scenes.get(scene, ""))
        case "scan":
            words = account.scenes.get(what.key, "")
            return Meant(greet=not words, words=words)
        case "click":
            words = account.menu.get(what.key, "")
            return Meant(greet=not words, words=words)
        case _:
            return None
