"""WeChat as the platform: the strict double of ``tests/wechat``, in safe mode, on both its sides.

Its accounts push as WeChat does, five seconds for an answer and the same message three times more,
and take what people are sent with its quotas; a system that is busy, a token that ran out and an
answer of ours that got lost are part of its day. WeChat does not say which message an answer is to,
so what each line is answered with is asked of the product before anything is done to it, and the
judge reads what a person was shown as a sequence of these answers.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
from aiohttp import web

from connectors.texts import Texts
from tests.chaos.faults import Span, say
from tests.chaos.verdict import Verdict
from tests.wechat.api import Account, FakeWechat, Json
from tests.wechat.platform import AES_KEY, APPID, PATIENCE, TOKEN, Pushing, openid

Kind = Literal["mini", "official"]

SECRET = "app-secret-of-the-account"
PROBE = "asks-before-anything-is-done"
PROBED_WITHIN = 120.0  # seconds for one answer, while nothing is done to the product
NOTED_WITHIN = 2.0  # seconds until what the platform took is written down as sent
# What ends or stops a gateway: what it had not written down as sent is sent again.
HARMS = frozenset({"gateway", "clock-kill", "freeze"})
OUT_OF_ORDER = "out of order"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person was shown at ``at`` (seconds of the monotonic clock). ``told``: whether we were
    told that it was taken."""

    text: str
    at: float
    told: bool = True


class Wechat:
    """One account. ``trouble``: the share of our sends it does not take well."""

    def __init__(
        self,
        kind: Kind,
        url: str,
        *,
        trouble: float = 0.0,
        seed: int = 1,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._kind: Kind = kind
        self._url = f"{url}/wechat/{kind}/city"
        self._trouble = trouble
        self._random = random.Random(seed)
        self._tls = tls
        self._fake = FakeWechat()
        self._account: Account = self._fake.add(APPID, SECRET, kind)
        self._pushing: Pushing | None = None
        self._answers: dict[str, str] = {}  # by what was said
        texts = Texts.load()
        self._hint = texts.say("gateway_choices_hint")
        # What the gateway says by itself while the bot is away.
        self._noise = [texts.say("gateway_received")]
        self._names: dict[str, str] = {}  # of people, by their openid
        self.pushes = 0
        self.log: list[str] = []
        self.said: defaultdict[str, list[Said]] = defaultdict(list)
        self.shown: defaultdict[str, list[Shown]] = defaultdict(list)

    @staticmethod
    def settings(kind: Kind, port: int) -> dict[str, str]:
        account = {
            "appid": APPID,
            "secret": SECRET,
            "token": TOKEN,
            "encoding_aes_key": AES_KEY,
            "api_url": f"http://127.0.0.1:{port}",
            "insecure_http": True,
            # A gateway that is kept from its processor for a while did not fail to be answered.
            "timeout": 15,
        }
        return {f"HUIYING_WECHAT__{kind.upper()}": json.dumps({"city": account})}

    @asynccontextmanager
    async def open(self, port: int, lines: Sequence[str]) -> AsyncIterator[Wechat]:
        """WeChat listens at ``port`` and knows what each of ``lines`` is answered with."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._called)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        connector = aiohttp.TCPConnector(ssl=self._tls or True, limit=0)
        counting = aiohttp.TraceConfig()
        counting.on_request_start.append(self._count)
        async with aiohttp.ClientSession(connector=connector, trace_configs=[counting]) as http:
            # A gateway whose clock is wrong is understood all the same.
            self._pushing = Pushing(
                self._url, http, self._kind, apart=PATIENCE, leeway=float("inf")
            )
            await self._learn(lines)
            yield self
        await runner.cleanup()

    async def _count(self, *_: object) -> None:
        self.pushes += 1

    async def _learn(self, lines: Sequence[str]) -> None:
        trouble, self._trouble = self._trouble, 0.0
        for number, line in enumerate(lines):
            assert await self.push(PROBE, number, line), f"{line!r} was not taken"
            async with asyncio.timeout(PROBED_WITHIN):
                while not (answers := self._without_noise(PROBE)[number:]):
                    await asyncio.sleep(0.05)
            self._answers[line] = answers[0]
        self._trouble = trouble
        assert len({*self._answers.values()}) == len(lines), "two lines are answered alike"
        del self.said[PROBE], self.shown[PROBE]

    def _without_noise(self, person: str) -> list[str]:
        return [one.text for one in self.shown[person] if one.text not in self._noise]

    # What people do ----------------------------------------------------------------------------

    async def push(self, person: str, number: int, text: str) -> bool:
        """One message of a person, tried again until it is taken or given up; which."""
        assert self._pushing is not None
        del number  # WeChat counts by itself
        self._names[openid(person)] = person
        self._fake.wrote(self._account, openid(person))
        self.said[person].append(Said(text, taken=False))
        self._note(f"{person} writes {text}")
        told = await self._pushing.text(person, text)
        self._note(f"{person} {'is heard' if told.taken else 'gives up'}: {text}")
        if told.content:  # an answer in WeChat's own request
            self._show(person, Shown(told.content, time.monotonic()))
        self.said[person][-1] = Said(text, told.taken)
        return told.taken

    # What we do --------------------------------------------------------------------------------

    async def _called(self, request: web.Request) -> web.StreamResponse:
        dice = self._random.random()
        if dice < self._trouble / 10:
            self._fake.expire_tokens()
        elif dice < self._trouble / 2:
            return web.json_response({"errcode": -1, "errmsg": "system error"})
        before = len(self._fake.sent)
        response = await self._fake.handle(request)
        for sent in self._fake.sent[before:]:
            fails = dice < self._trouble
            shown = Shown(_words(sent, self._hint), time.monotonic(), told=not fails)
            self._show(self._names[sent["touser"]], shown)
            if fails:  # it took the message and fell over saying so
                return web.Response(status=502)
        return response

    def _show(self, person: str, shown: Shown) -> None:
        self.shown[person].append(shown)
        left = self._account.quotas[openid(person)].left
        doubt = "" if shown.told else ", which we are not told"
        self._note(f"{person} is shown {shown.text!r}, {left} sends left{doubt}")

    def _note(self, line: str) -> None:
        self.log.append(f"{time.time():.3f} {line}")

    # What came of it ---------------------------------------------------------------------------

    @property
    def heard(self) -> int:
        """How much people were shown so far."""
        return sum(len(shown) for shown in self.shown.values())

    def unanswered(self) -> bool:
        """Whether somebody still waits for an answer."""
        return any(self._judged(person, ()).lost for person in list(self.said))

    def verdict(self, spans: Iterable[Span]) -> Verdict:
        """Judges from what people were shown. ``spans``: what was done to the product, and when."""
        assert self._pushing is not None
        every = [line for said in self.said.values() for line in said]
        verdict = Verdict(
            sent=len(every),
            acknowledged=sum(line.taken for line in every),
            given_up=sum(not line.taken for line in every),
            pushes=self.pushes,
            answers=0,
        )
        harmed = [span for span in spans if span.name in HARMS]
        for person in self.said:
            one = self._judged(person, harmed)
            verdict.answers += one.answers
            verdict.lost += [f"{person}: {line}" for line in one.lost]
            verdict.answered_twice += [f"{person}: {line}" for line in one.twice]
            verdict.out_of_order += [person] if one.disorder else []
            verdict.repeated_at_the_edge += one.repeated
            verdict.strange += one.strange
        # That a person was shown it stands in ``given_up`` already.
        verdict.strange += [one for one in self._pushing.breaches if OUT_OF_ORDER not in one]
        verdict.strange += self._fake.breaches
        return verdict

    def _judged(self, person: str, harmed: Sequence[Span]) -> Judged:
        heard, strange = read(self.shown[person], self._answers, self._noise, harmed)
        return judge(self.said[person], heard, strange)


@dataclass(frozen=True, slots=True)
class Said:
    """A line, and whether WeChat was told that we have it."""

    line: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """That a line was answered. ``again``: so many answers from here on may be those before them
    once more, where the sender cannot know better."""

    line: str
    again: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """One person's talk. ``repeated``: how often something was sent again that may be."""

    answers: int
    lost: list[str]
    twice: list[str]
    disorder: bool
    repeated: int
    strange: list[str]


def judge(said: Sequence[Said], heard: Sequence[Heard], strange: list[str]) -> Judged:
    """What was taken is answered once, in order; what was given up once or not at all."""
    reached = {0: 0}  # how often something came again, by how many answers are accounted for
    for one in said:
        answered = {
            n + 1: times
            for n, times in reached.items()
            if n < len(heard) and heard[n].line == one.line
        }
        reached = _with_repeats(answered if one.taken else reached | answered, heard)
    if (repeated := reached.get(len(heard))) is not None:
        return Judged(len(heard), [], [], disorder=False, repeated=repeated, strange=strange)
    found = Counter(one.line for one in heard)
    lost = Counter(one.line for one in said if one.taken) - found
    twice = found - Counter(one.line for one in said)
    return Judged(
        len(heard),
        [*lost.elements()],
        [*twice.elements()],
        disorder=not (lost or twice),
        repeated=0,
        strange=strange,
    )


def _with_repeats(reached: dict[int, int], heard: Sequence[Heard]) -> dict[int, int]:
    found = dict(reached)
    for n, one in enumerate(heard):
        if n in found and one.again:
            further = n + one.again
            found[further] = min(found.get(further, len(heard)), found[n] + 1)
    return found


def read(
    shown: Sequence[Shown],
    answers: Mapping[str, str],
    noise: Sequence[str],
    harmed: Sequence[Span] = (),
) -> tuple[list[Heard], list[str]]:
    """What was answered by what a person was shown, and what is no answer; what waited may have
    been joined."""
    heard: list[Heard] = []
    strange: list[str] = []
    doubtful: list[str] = []  # the answers before, when it is not known that they arrived
    for one in shown:
        lines, rest = _lines(one.text, answers, noise)
        strange += [rest[:80]] if rest else []
        again = len(doubtful) if doubtful and lines[: len(doubtful)] == doubtful else 0
        heard += [Heard(line, 0 if n else again) for n, line in enumerate(lines)]
        doubtful = lines if _in_doubt(one, harmed) else []
    return heard, strange


def _lines(text: str, answers: Mapping[str, str], noise: Sequence[str]) -> tuple[list[str], str]:
    """The lines whose answers a text consists of, and what is left of it."""
    found: list[str] = []
    known = [(told, [line]) for line, told in answers.items()] + [(told, []) for told in noise]
    while text:
        told, line = next((one for one in known if text.startswith(one[0])), ("", []))
        if not told:
            break
        found += line
        text = text[len(told) :].lstrip("\n")
    return found, text


def _in_doubt(one: Shown, harmed: Sequence[Span]) -> bool:
    return not one.told or any(
        span.begin <= one.at + NOTED_WITHIN and one.at <= span.end for span in harmed
    )


def _words(sent: Json, hint: str) -> str:
    """What a person reads of a message; a menu as it is where it must go as words."""
    content: Any = sent[sent["msgtype"]]
    match sent["msgtype"]:
        case "text":
            return str(content["content"])
        case "msgmenu":
            numbered = [f"{n}. {one['content']}" for n, one in enumerate(content["list"], 1)]
            return "\n".join([content.get("head_content") or "", *numbered, hint])
        case kind:
            say(f"a {kind} was sent")
            return f"[{kind}]"
