"""Every text the actions may say is there, and no placeholder is left open."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
import yaml

from actions.complaint.record.draft import CONFIRMED, Field, Privacy
from actions.complaint.replies.questions import KEY
from actions.orders.lookup import Slot
from actions.understanding.fields import AppealType
from actions.work_orders.register import RecordKind
from connectors.settings import ROOT
from connectors.texts import Texts

ACTIONS = sorted((ROOT / "actions").rglob("*.py"))
_SAID = re.compile(
    r"(?:say|text|Line|Button)\(\s*\"([a-z_]+)\""
    r"|\"((?:answer|order|progress|form)_[a-z_]+)\" (?:if|else)"
)

MADE = [
    *(f"label_{name}" for name in (*Field, "kind", "on_behalf", "privacy")),
    *(f"value_{privacy}" for privacy in Privacy if privacy is not Privacy.OPEN),
    *(f"form_privacy_{privacy}" for privacy in Privacy),
    *(f"ask_{name}" for name in Field),
    *(f"why_{name}" for name in (*Field, CONFIRMED, *Slot)),
    *(f"explain_{name}" for name in (*Field, CONFIRMED, *Slot)),
    *(f"form_open_{KEY[kind]}_{told}" for kind, told in product(AppealType, ("told", "untold"))),
    *(f"form_needed_{name}" for name in (Field.MATTER, Field.PLACE, Field.PHONE)),
    *(f"order_{kind}_done" for kind in RecordKind),
    *(f"gateway_{alarm}" for alarm in ("emergency", "threat", "despair")),
    "order_is_withdrawn", "order_is_closed", "lookup_again_number", "lookup_again_phone_tail",
]  # fmt: skip


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


@pytest.mark.parametrize("key", MADE)
def test_texts_whose_key_is_put_together_are_there(texts: Texts, key: str) -> None:
    assert key in texts


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_named_in_the_code_are_there(texts: Texts, path: Path) -> None:
    for found in _SAID.finditer(path.read_text(encoding="utf-8")):
        key = next(group for group in found.groups() if group)
        assert key in texts, f"{path.name}: {key}"


def test_no_action_holds_citizen_facing_chinese() -> None:
    """Chinese in the code is patterns and data; what is said stands in bot/texts."""
    say = re.compile(r"(?:say_text|say|show)\([^)]*\"[^\"]*[\u4e00-\u9fff]")
    for path in ACTIONS:
        assert not say.search(path.read_text(encoding="utf-8")), path


def test_variants_of_a_text_take_the_same_values() -> None:
    for folder in (ROOT / "bot/texts", ROOT / "bot/domain"):
        for file in folder.glob("*.yml"):
            responses = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("responses")
            for key, variants in (responses or {}).items():
                known = set(re.findall(r"\{(\w+)\}", variants[0]["text"]))
                for variant in variants:
                    assert set(re.findall(r"\{(\w+)\}", variant["text"])) <= known, key


def test_buttons_of_the_responses_are_payloads_with_an_intent() -> None:
    domain = yaml.safe_load((ROOT / "bot/domain/responses.yml").read_text(encoding="utf-8"))
    intents = yaml.safe_load((ROOT / "bot/domain/intents.yml").read_text(encoding="utf-8"))
    for variants in domain["responses"].values():
        for variant in variants:
            for button in variant.get("buttons", ()):
                intent = re.match(r"/(\w+)", button["payload"])
                assert intent is not None
                assert intent[1] in intents["intents"]


def test_texts_are_short_enough_to_be_read_on_a_phone(texts: Texts) -> None:
    for file in ("complaint.yml", "orders.yml", "talk.yml"):
        content = yaml.safe_load((ROOT / "bot/texts" / file).read_text(encoding="utf-8"))
        for key, variants in content["responses"].items():
            for variant in variants:
                assert len(variant["text"]) <= 90, key


def test_the_variant_for_the_elderly_speaks_in_short_sentences() -> None:
    content = yaml.safe_load((ROOT / "bot/texts/complaint.yml").read_text(encoding="utf-8"))
    for key, variants in content["responses"].items():
        by_channel = {variant.get("channel", ""): variant["text"] for variant in variants}
        care = by_channel.get("care")
        if care is None:
            longest = max(map(len, re.split(r"[。？！]", by_channel[""])))
            spoken = key.startswith(("ask_", "form_")) and not key.startswith("form_incident")
            assert not spoken or longest <= 28, f"{key}: a shorter variant is missing"
            continue
        assert len(care) <= len(by_channel[""]), key


def test_no_sentence_for_the_elderly_is_long() -> None:
    for file in sorted((ROOT / "bot/texts").glob("*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for key, variants in content["responses"].items():
            for care in (one["text"] for one in variants if one.get("channel") == "care"):
                said = re.split(r"[。？！]", re.sub(r"\{[^}]*\}", "", care))
                assert max(map(len, said)) <= 26, key
