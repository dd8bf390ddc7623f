"""Every text the code says is written down, and every text written down is said."""

from __future__ import annotations

import ast
import re
from functools import cache
from string import Formatter
from typing import Any

import pytest
import yaml

from connectors.texts import FOLDER
from tests.miniprogram import words
from tests.structure.source import ROOT, Module, modules, spelt
from tests.structure.spoken import GAP, Asked, asked_for, gapped

IN_TEMPLATE = re.compile(r"\bsay\(\s*['\"]([a-z0-9_]+)['\"]")
IN_SCRIPT = re.compile(r"\bsay\(\"([a-z0-9_]+)\"(?:, \{([^}]*))?")


@cache
def texts() -> dict[str, frozenset[str]]:
    """Every key of ``bot/texts`` with the placeholders of all its variants."""
    found: dict[str, frozenset[str]] = {}
    for file in sorted(FOLDER.glob("*.yml")):
        responses = yaml.safe_load(file.read_text(encoding="utf-8"))["responses"]
        for key, variants in responses.items():
            found[key] = frozenset(
                name.split(".")[0]
                for variant in variants
                for _, name, _, _ in Formatter().parse(variant["text"])
                if name
            )
    return found


def domain(part: str) -> Any:
    return yaml.safe_load((ROOT / "bot" / "domain" / f"{part}.yml").read_text(encoding="utf-8"))


@cache
def templates() -> tuple[tuple[str, str], ...]:
    """(where, key) of every text a page's template says."""
    return tuple(
        (file.relative_to(ROOT).as_posix(), key)
        for file in sorted((ROOT / "connectors").rglob("*.html"))
        for key in IN_TEMPLATE.findall(file.read_text(encoding="utf-8"))
    )


@cache
def scripts() -> tuple[tuple[str, str], ...]:
    """(where, source) of every script of a page, without its comments."""
    return tuple(
        (file.relative_to(ROOT).as_posix(), re.sub(r"(?m)(^|\s)//.*$", "", file.read_text("utf-8")))
        for folder in ("channels/webchat/page", "desk/static")
        for file in sorted((ROOT / "connectors" / folder).glob("*.js"))
    )


def test_scripts_say_what_is_written_down_and_nothing_else() -> None:
    wrong = []
    for where, source in scripts():
        for key, values in IN_SCRIPT.findall(source):
            needs = texts().get(key)
            given = {name for name in needs or () if re.search(rf"\b{name}\b", values)}
            if needs is None or given != needs:
                wrong.append(f"{where}: {key} {needs}")
        wrong += [f"{where}: {said}" for said in re.findall(r"[\u4e00-\u9fff]+", source)]
    assert not wrong, "\n".join(wrong)


def unknown(module: Module) -> list[str]:
    """Keys a module asks for that are in no file of texts."""
    return [
        f"{asked.where}: {asked.key}"
        for asked in asked_for(module)
        if not any(asked.matches(key) for key in texts())
    ]


def unfilled(module: Module) -> list[str]:
    """Texts a module says without giving every value they need."""
    return [
        f"{asked.where}: {asked.key} needs {', '.join(sorted(texts()[asked.key] - asked.values))}"
        for asked in asked_for(module)
        if asked.values is not None and texts().get(asked.key, frozenset()) - asked.values
    ]


def test_every_text_that_is_said_is_written_down() -> None:
    missing = [line for module in modules() for line in unknown(module)]
    missing += [f"{where}: {key}" for where, key in templates() if key not in texts()]
    assert not missing, "\n".join(missing)


def test_every_placeholder_is_given_its_value() -> None:
    wanting = [line for module in modules() for line in unfilled(module)]
    assert not wanting, "\n".join(wanting)


@cache
def patterns() -> tuple[Asked, ...]:
    """Every key the code puts together, wherever it hands it on."""
    given = [asked for module in modules() for asked in asked_for(module)]
    made = [
        Asked(module.path, key, None)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.JoinedStr) and (key := gapped(node))
    ]
    return tuple(asked for asked in (*given, *made) if asked.key != GAP)


def can_say(asked: Asked, key: str) -> bool:
    """Whether the pattern gives the key with words that stand somewhere in the code.

    What fills a gap is a field, a state, a code; at the start of a key it is a shorter key.
    """
    found = asked.matches(key)
    if found is None:
        return False
    gaps = list(found.groups())
    if asked.key.startswith(GAP) and gaps.pop(0) not in texts():
        return False
    return set(gaps) <= spelt()


def test_every_text_written_down_is_said() -> None:
    said_by_pages = {key for _, key in templates()} | {words.PREFIX + name for name in words.used()}
    said_by_pages |= {key for _, source in scripts() for key, _ in IN_SCRIPT.findall(source)}
    unsaid = [
        key
        for key in texts()
        if key not in spelt() | said_by_pages
        and not any(can_say(asked, key) for asked in patterns())
    ]
    assert not unsaid, "nobody says: " + ", ".join(unsaid)


def test_a_text_needs_the_very_words_that_lead_to_it() -> None:
    asked = Asked("", "ask_{}", None)
    assert can_say(asked, "ask_place")
    assert not can_say(asked, "ask_something_nobody_spells")


def test_what_the_rules_utter_is_in_the_domain_and_all_of_it_is_uttered() -> None:
    rules = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("rules.yml", "stories")
        for file in _files(folder)
    )
    uttered = set(re.findall(r"action:\s*(utter_\w+)", rules))
    written = set(domain("responses")["responses"])
    assert uttered <= written, f"not in the domain: {uttered - written}"
    assert written <= uttered | spelt(), f"nobody utters: {written - uttered - spelt()}"


def _files(name: str) -> list[Any]:
    path = ROOT / "bot" / "data" / name
    return sorted(path.rglob("*.yml")) if path.is_dir() else [path] if path.exists() else []


def test_the_reader_sees_enough_of_the_code_to_mean_something() -> None:
    seen = {asked.key for module in modules() for asked in asked_for(module)}
    assert len(seen) > 80


@pytest.mark.parametrize(
    "text",
    [
        'speaker.say("no_such_text")',
        'speaker.say("answer_what" if sure else "no_such_text")',
        'speaker.say(f"no_such_{kind}")',
        'raise Refused("no_such_text")',
        'Button("no_such_text", "/affirm")',
        'def _note(key: str) -> str:\n    return texts.say(key)\n_note("no_such_text")',
        'def _note(code: str) -> str:\n    return texts.say(f"webchat_{code}")\n_note("no_such")',
    ],
)
def test_a_text_nobody_wrote_is_noticed(text: str) -> None:
    assert unknown(Module.of("actions.new", text))


@pytest.mark.parametrize(
    "text",
    [
        'speaker.say("gateway_handoff_started")',
        'def _note(key, **v):\n    return texts.say(key, **v)\n_note("answer_found", x=1)',
    ],
)
def test_a_placeholder_left_empty_is_noticed(text: str) -> None:
    assert unfilled(Module.of("actions.new", text))
