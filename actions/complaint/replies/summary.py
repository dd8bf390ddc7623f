"""The summary a person confirms: short rows, readable on a phone and by ear."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from actions.complaint.record.draft import POINTED, Draft, Field, Privacy, State
from actions.understanding.fields import AppealType

Say = Callable[..., str]

_LONG_NUMBER = re.compile(r"[0-9]{11,17}[0-9Xx]?")  # of a person: an identity card, a telephone
FIRST_LIST = 9  # and one more button for the rest: the least that a channel with buttons holds
LONGEST_MATTER = 120  # characters of the matter shown; the order holds all of it


def rows(draft: Draft, say: Say) -> list[dict[str, str]]:
    """``[{"key", "label", "value"}]`` of everything said, plus what is needed but was skipped."""
    shown = [{"key": "kind", "label": say("label_kind"), "value": draft.kind.value}]
    for name in Field:
        value = draft.get(name)
        if value is None or (value.state is State.SKIPPED and name not in draft.needed):
            continue
        text = value.text if value.state is State.SAID else say("value_skipped")
        if pointed := value.detail.get(POINTED):
            text = say(f"value_place_{pointed}")
        shown.append({"key": name.value, "label": say(f"label_{name.value}"), "value": _cut(text)})
    if draft.files:
        counted = count_files(draft.files.values(), say)
        shown.append({"key": "files", "label": say("label_files"), "value": counted})
    if draft.on_behalf:
        shown.append(
            {"key": "on_behalf", "label": say("label_on_behalf"), "value": told_for(draft, say)}
        )
    if draft.privacy is not Privacy.OPEN:
        shown.append(
            {
                "key": "privacy",
                "label": say("label_privacy"),
                "value": say(f"value_{draft.privacy.value}"),
            }
        )
    return shown


def lists(draft: Draft, shown: Sequence[str]) -> tuple[list[str], list[str]]:
    """The keys of the lines that can be changed, as two lists of buttons: what is shown, as far as
    one message of every channel holds it, and then the rest with what may still be told."""
    told = [Field.PLACE, Field.TIME, Field.SUBJECT]
    if draft.kind not in (AppealType.PRAISE, AppealType.SUGGESTION):
        told.append(Field.WANTED)
    if draft.privacy is not Privacy.ANONYMOUS:
        told += [Field.NAME, Field.PHONE]
    unsaid = [name.value for name in told if name.value not in shown]
    unsaid += [key for key in ("files", "privacy") if key not in shown]
    return list(shown[:FIRST_LIST]), [*shown[FIRST_LIST:], *unsaid]


def count_files(media: Iterable[str], say: Say) -> str:
    """``2张照片、1段语音``."""
    counts = Counter(one.split("/")[0] for one in media)
    kinds = ((kind, counts[kind]) for kind in ("image", "video", "audio", "application"))
    return say("and").join(say(f"files_{kind}", count=str(n)) for kind, n in kinds if n)


def plain(draft: Draft, say: Say) -> str:
    """The same as text, each row one line whatever lines it was told in."""
    return "\n".join(
        " ".join(f"{row['label']}：{row['value']}".splitlines()) for row in rows(draft, say)
    )


def title(draft: Draft, say: Say) -> str:
    """A one-line title for the order: where and what, at most 40 characters."""
    matter = _LONG_NUMBER.sub("…", " ".join(draft.text(Field.MATTER).split()))
    head = draft.category[-1] if draft.category else draft.kind.value
    line = say("order_title", head=head, matter=matter)
    return line if len(line) <= 40 else line[:39] + "…"


def told_for(draft: Draft, say: Say) -> str:
    """For whom it is told, whether they agree, and how they are reached."""
    said = [draft.on_behalf or ""]
    if draft.consent is not None:
        said.append(say(f"value_consent_{draft.consent}"))
    return " ".join([*said, draft.their_phone]).strip()


def brief(draft: Draft) -> str:
    """The matter in at most 20 characters."""
    matter = " ".join(draft.text(Field.MATTER).split())
    return matter if len(matter) <= 20 else matter[:19] + "…"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_MATTER else text[: LONGEST_MATTER - 1] + "…"
