"""Parts and choices as words, for channels that cannot show them as they are.

A part that brings its own words (``text``) is given in these; the others are put into words here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from connectors.clock import in_china
from connectors.messages import (
    Attachment,
    Choice,
    Citation,
    Fields,
    Link,
    Location,
    OneTimeCode,
    OrderCard,
    Part,
    Progress,
    ProgressNode,
    Text,
)
from connectors.texts import Texts


class Wording:
    """Says parts in the variant of our texts that suits a channel ("text", "sms", "voice")."""

    def __init__(self, texts: Texts, variant: str, *, links: bool = True) -> None:
        """``links``: give the addresses of original documents too."""
        self._texts = texts
        self._variant = variant
        self._links = links

    def words(self, part: Part) -> str:
        """The part as text; empty when there is nothing to say."""
        match part:
            case Text() | OneTimeCode():
                return part.text
            case Citation():
                return self._citation(part)
            case Fields():
                return part.text or self._fields(part)
            case OrderCard():
                return part.text or self._say(
                    "order", number=part.number, title=part.title, status=part.status
                )
            case Progress():
                return part.text or self._progress(part)
            case Link():
                return self._say("link", label=part.label, url=part.url) if part.label else part.url
            case Location():
                place = part.label or f"{part.latitude:.6f},{part.longitude:.6f}"
                return self._say("location", place=place)
            case Attachment():
                return self._say("attachment", name=part.name or part.media)

    def choices(self, choices: Sequence[Choice]) -> list[str]:
        """A line for each choice, numbered from 1, and last how to answer."""
        lines = [
            self._say("choice", number=number, label=" ".join(choice.label.split()))
            for number, choice in enumerate(choices, 1)
        ]
        return [*lines, self._texts.say("gateway_choices_hint", self._variant)]

    def read_on(self, url: str) -> str:
        """Where the rest of a message is read."""
        return self._say("read_on", url=url)

    def whole(self, url: str) -> str:
        """Where all of a message is read, as a line of its own."""
        return self._say("whole", url=url)

    def _citation(self, part: Citation) -> str:
        flags = "".join(self._say(flag) for flag in ("historical", "sample") if getattr(part, flag))
        if part.text:
            # A list begins on a line of its own, or its first sign would be words.
            listed = flags and part.text.lstrip().startswith(("- ", "* ", "+ "))
            words = f"{flags}\n{part.text.lstrip()}" if listed else flags + part.text
        else:
            source = [
                part.issuer,
                self._say("title", title=part.document or part.title),
                part.document_number,
                self._since(part.effective_from),
            ]
            words = self._say(
                "citation",
                quote=flags + part.quote,
                source=" ".join(word for word in source if word),
            )
        if self._links and part.link and part.link not in words:
            words = f"{words}\n{self._say('original', url=part.link)}"
        return words

    def _since(self, iso: str | None) -> str:
        try:
            day = date.fromisoformat(iso or "")
        except ValueError:
            return ""
        return self._say("effective", year=day.year, month=day.month, day=day.day)

    def _fields(self, part: Fields) -> str:
        rows = [self._say("field", label=row.label, value=row.value) for row in part.rows]
        return "\n".join([part.title, *rows] if part.title else rows)

    def _progress(self, part: Progress) -> str:
        head = self._say("progress", number=part.number)
        if part.light and part.light != "green":
            head += self._say(f"light_{part.light}")
        return "\n".join([head, *(self._node(node) for node in part.nodes)])

    def _node(self, node: ProgressNode) -> str:
        about = [_moment(node.at), node.by, node.note]
        line = self._say(f"node_{node.state}", name=node.name)
        return " ".join([line, *(word for word in about if word)])

    def _say(self, key: str, **values: object) -> str:
        return self._texts.say(f"delivery_{key}", self._variant, **values)


def _moment(iso: str | None) -> str:
    """An ISO moment as month, day and time in China; as it is when it is not one."""
    if not iso:
        return ""
    try:
        return in_china(datetime.fromisoformat(iso)).strftime("%m-%d %H:%M")
    except ValueError:
        return iso
