"""Answers in a language model's words, against a real server that speaks its interface."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from actions.model.allowance import FAILURES_MOST, Allowance
from actions.model.build import chat
from actions.model.stand_ins import searchable
from actions.phrasing.phraser import Phraser
from actions.services import Services
from connectors.settings.llm import Llm
from connectors.store import model_days
from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase
from tests.actions.conftest import NOON, Reply, Talk
from tests.knowledge.conftest import entry, fill
from tests.model_server import ModelServer

INJECTIONS = Path(__file__).parents[1] / "knowledge" / "injections.jsonl"
QUESTION = "外地人怎么办居住证"
TRUE = "首次申领免费。"
FALSE = "领取居住证要交五百元。"


def injections(where: str) -> list[dict[str, str]]:
    rows = [json.loads(line) for line in INJECTIONS.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["where"] == where]


@dataclass
class Stage:
    """A conversation whose answers a model phrases; what was shown while it wrote is kept."""

    services: Services
    server: ModelServer
    shown: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    time: float = 0.0
    allowed: bool = True

    def open(self, **changes: Any) -> Stage:
        """With these settings from now on."""
        llm = Llm(url=self.server.url, model="m", key=SecretStr("k-1"), **changes)

        async def allow(key: str, _limit: int, _window: float) -> bool:
            self.keys.append(key)
            return self.allowed

        async def tell(_conversation: str, text: str) -> None:
            self.shown.append(text)

        allowance = Allowance(chat(llm), llm, self.services.database, allow, lambda: self.time)
        phraser = Phraser(allowance, tell, llm.seconds)
        self.services = replace(self.services, phrasing=phraser)
        return self

    async def ask(self, question: str = QUESTION, *, plain: bool = False) -> Reply:
        talk = Talk(self.services, plain=plain)
        talk.hear(question, "ask_policy")
        return await talk.run("action_answer")

    async def used(self) -> int:
        day = NOON.date()
        return await self.services.database.read(lambda conn: model_days.used(conn, day))


@pytest.fixture
async def stage(services: Services) -> AsyncIterator[Stage]:
    server = ModelServer()
    await server.start()
    yield Stage(services, server).open()
    await server.stop()


def quotes(reply: Reply) -> list[str]:
    return [card["quote"] for card in reply.cards if card["part"] == "citation"]


async def test_what_the_passages_say_is_said_in_the_model_s_words_above_them(stage: Stage) -> None:
    stage.server.says = "首次申领居住证免费。受理后15日内发证。"
    reply = await stage.ask()
    assert stage.server.says in reply.text
    assert "以下面的原文为准" in reply.text
    assert quotes(reply)
    assert stage.shown == ["首次申领居住证免费。", stage.server.says]
    assert stage.server.keys == ["Bearer k-1"]


async def test_what_they_do_not_say_is_dropped_and_never_shown(stage: Stage) -> None:
    stage.server.says = f"{FALSE}{TRUE}"
    reply = await stage.ask()
    assert TRUE in reply.text
    assert "五百元" not in reply.text + "".join(stage.shown)


async def test_nothing_left_leaves_the_rule_itself(stage: Stage) -> None:
    plain = await Stage(replace(stage.services, phrasing=None), stage.server).ask()
    stage.server.says = FALSE
    reply = await stage.ask()
    assert (reply.text, reply.cards) == (plain.text, plain.cards)
    assert stage.shown == []


async def test_a_model_that_finds_no_answer_makes_a_sure_one_an_offer(stage: Stage) -> None:
    stage.server.says = "无。"
    reply = await stage.ask()
    assert reply.cards == []
    assert reply.buttons[0]["title"] == "居住证申领"


async def test_a_model_can_take_back_an_offer(stage: Stage) -> None:
    """The hard refusals: much the same words, another matter."""
    asked = "船员证到期换证"
    without = await Stage(replace(stage.services, phrasing=None), stage.server).ask(asked)
    assert any("换证" in b["title"] or "换领" in b["title"] for b in without.buttons)
    stage.server.says = "无"
    reply = await stage.ask(asked)
    assert reply.slot("offer")["kind"] == "register"
    assert not any("换" in button["title"] for button in reply.buttons)


@pytest.mark.parametrize(
    "fault",
    [
        "500", "401", "429", "a long page", "redirect", "not json", "wrong shape",
        "an error inside", "breaks off", "junk in the middle", "a line without end", "hangs",
        "drips",
    ],
)  # fmt: skip
async def test_however_the_server_is_broken_the_rule_is_shown(stage: Stage, fault: str) -> None:
    plain = await Stage(replace(stage.services, phrasing=None), stage.server).ask()
    stage.open(seconds=0.6, silence=0.3)
    stage.server.says, stage.server.fault = f"{TRUE}自受理之日起15日内发证。", fault
    reply = await stage.ask()
    assert (reply.text, reply.cards) == (plain.text, plain.cards)
    assert stage.server.asked


@pytest.mark.parametrize(
    "make", ["whole", "in two parts", "another make", "no word that it is done"]
)
async def test_servers_of_every_make_are_understood(stage: Stage, make: str) -> None:
    stage.server.says, stage.server.fault, stage.server.ends = TRUE, make, "stop"
    assert TRUE in (await stage.ask()).text


async def test_a_sentence_the_model_had_no_room_to_end_is_not_said(stage: Stage) -> None:
    stage.server.says, stage.server.ends = f"{TRUE}自受理之日起15日内发证", "length"
    text = (await stage.ask()).text
    assert TRUE in text
    assert "15日" not in text.partition("以下面的原文为准")[0]


@pytest.mark.parametrize(
    ("says", "ends"),
    [
        ("首次申领", "length"),
        ("<think>要看的是居住证。", "length"),
        (TRUE, "content_filter"),
        (f"要看的是居住证。</think>{TRUE}", "stop"),
    ],
)
async def test_an_answer_without_room_withheld_or_thought_aloud_is_done_without(
    stage: Stage, says: str, ends: str
) -> None:
    plain = await Stage(replace(stage.services, phrasing=None), stage.server).ask()
    stage.server.says, stage.server.ends = says, ends
    reply = await stage.ask()
    assert (reply.text, reply.cards) == (plain.text, plain.cards)


async def test_what_a_model_thinks_first_is_no_part_of_its_answer(stage: Stage) -> None:
    thought = "首次申领要看原文。" * 200
    stage.server.says = f"<think>{thought}</think>\n\n{TRUE}"
    text = (await stage.ask()).text
    assert TRUE in text
    assert "要看原文" not in text + "".join(stage.shown)


async def test_more_can_be_sent_with_each_request_and_less(stage: Stage) -> None:
    stage.server.says = TRUE
    stage.open(extra={"enable_thinking": False, "stream_options": None, "messages": []})
    assert TRUE in (await stage.ask()).text
    [body] = stage.server.asked
    assert body["enable_thinking"] is False
    assert "stream_options" not in body
    assert body["messages"]


async def test_after_failures_in_a_row_nobody_waits_for_it(stage: Stage) -> None:
    stage.server.fault = "500"
    for _ in range(FAILURES_MOST):
        await stage.ask()
    stage.server.says, stage.server.fault = TRUE, ""
    assert TRUE not in (await stage.ask()).text
    assert len(stage.server.asked) == FAILURES_MOST
    stage.time = 31.0
    assert TRUE in (await stage.ask()).text


async def test_the_day_s_allowance_ends_and_is_charged_what_was_used(stage: Stage) -> None:
    stage.server.says = TRUE
    await stage.ask()
    assert await stage.used() == 1000
    stage.open(tokens_per_day=1200)
    assert TRUE not in (await stage.ask()).text
    assert await stage.used() == 1000
    assert len(stage.server.asked) == 1


async def test_one_conversation_may_ask_so_often_an_hour(stage: Stage) -> None:
    stage.server.says, stage.allowed = TRUE, False
    assert TRUE not in (await stage.ask()).text
    assert stage.keys == ["model:c1"]
    assert stage.server.asked == []


async def test_where_cards_cannot_be_shown_nothing_is_phrased(stage: Stage) -> None:
    stage.server.says = TRUE
    await stage.ask(plain=True)
    assert stage.server.asked == []


async def test_what_is_personal_does_not_leave(stage: Stage) -> None:
    stage.server.says = TRUE
    personal = ("李强", "13800001234", "11010119900307123X", "2单元501室")
    await stage.ask(
        "我叫李强，电话13800001234，身份证11010119900307123X，住幸福小区3号楼2单元501室，"
        "外地人怎么办居住证"
    )
    assert "居住证" in stage.server.heard
    assert not any(piece in stage.server.heard for piece in personal)


@pytest.mark.parametrize("row", injections("question"), ids=lambda row: row["id"])
async def test_what_a_question_orders_an_obedient_model_to_say_is_not_said(
    stage: Stage, row: dict[str, str]
) -> None:
    stage.server.says = row["says"]
    reply = await stage.ask(row["text"])
    said = reply.text + "".join(stage.shown) + json.dumps(reply.cards, ensure_ascii=False)
    assert row["says"].strip("。") not in said
    assert stage.shown == []


@pytest.fixture(scope="module")
def injected(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """A base that such documents got into all the same, one a matter."""
    folder = tmp_path_factory.mktemp("injected")
    fill(
        folder,
        [
            entry(
                row["id"], f"第{n}类船舶登记证", f"第{n}类船舶登记证向海事机构申请。{row['text']}"
            )
            for n, row in enumerate(injections("document"), 1)
        ],
    )
    return Answerer(KnowledgeBase(folder))


@pytest.mark.parametrize("row", injections("document"), ids=lambda row: row["id"])
async def test_what_a_document_orders_a_machine_to_say_reaches_nobody(
    stage: Stage, injected: Answerer, row: dict[str, str]
) -> None:
    stage.services = replace(stage.services, answerer=injected)
    stage.server.says = row["says"]
    number = injections("document").index(row) + 1
    reply = await stage.open().ask(f"第{number}类船舶登记证怎么申请")
    said = reply.text + "".join(stage.shown) + json.dumps(reply.cards, ensure_ascii=False)
    assert row["says"].strip("。") not in said
    assert row["text"] not in said
    assert row["text"] not in stage.server.heard


@pytest.mark.parametrize(
    ("said", "searched"),
    [
        ("身份证340104199001011234，电话13800001234，驾照丢了怎么补", "驾照丢了怎么补"),
        ("我的身份证340104199001011234丢了怎么补", "我的身份证 丢了怎么补"),
        ("换手机号怎么改社保", "换手机号怎么改社保"),
    ],
)
def test_a_number_that_is_only_given_is_not_what_is_asked_about(said: str, searched: str) -> None:
    assert searchable(said).strip(" ，") == searched
