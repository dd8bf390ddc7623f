"""What the launcher changes in Rasa is there to be changed, and changes no answer."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from connectors import bot_process
from connectors.settings import ROOT
from tests.bot.test_project import inside

pytestmark = [pytest.mark.rasa, pytest.mark.usefixtures("trained")]


def test_the_worker_understands_as_rasas_own_loader_does() -> None:
    heldout = (ROOT / "tests/bot/dialogue_heldout.jsonl").read_text(encoding="utf-8")
    texts = [json.loads(line)["text"] for line in heldout.splitlines()[60:90]]
    code = f"""
import json, tempfile, nlu_worker
from rasa.engine import loader
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
texts = json.loads({json.dumps(json.dumps(texts))})
ours = nlu_worker.Nlu(paths.model())
few = len(ours._runner._graph_schema.nodes)
answers = ours.understand(texts)
with tempfile.TemporaryDirectory() as folder:
    _, ours._runner = loader.load_predict_graph_runner(
        Path(folder), paths.model(), LocalModelStorage, DaskGraphRunner
    )
assert few < len(ours._runner._graph_schema.nodes)
print(json.dumps([answers, ours.understand(texts)]))
"""
    done = inside(code)
    assert done.returncode == 0, done.stderr
    ours, rasas = json.loads(done.stdout.splitlines()[-1])
    assert len(ours) == 30
    assert ours == rasas


def test_the_worker_reads_the_same_without_what_only_training_needs() -> None:
    lines = '{"id": 1, "text": "楼下工地半夜打桩"}\n{"id": 2, "text": "/inform"}\n'
    worker = subprocess.run(
        bot_process.command("nlu"),
        cwd=bot_process.folder(),
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    code = f"""
import json, nlu_worker
nlu = nlu_worker.Nlu(paths.model())
for line in nlu_worker.answer(nlu, {lines!r}.encode().splitlines()):
    print(json.dumps(line))
"""
    done = inside(code)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in worker.stdout.splitlines()[1:]]
    assert told == [json.loads(line) for line in done.stdout.splitlines()]


def test_what_training_needs_is_left_out_only_where_nothing_reads_by_it() -> None:
    code = """
from runtime import without_training
print(without_training.suffices(may_train=False))
config = paths.CONFIG.read_text(encoding="utf-8")
paths.CONFIG = Path(paths.models()) / ".other.yml"
try:
    paths.CONFIG.write_text(config.replace("- name: Fallback", "- name: LogisticRegression"))
    print(without_training.suffices(may_train=False))
finally:
    paths.CONFIG.unlink()
without_training.install()
from sklearn.linear_model import LogisticRegression
try:
    LogisticRegression()
except RuntimeError as error:
    print(error)
"""
    done = inside(code)
    assert done.stdout.splitlines()[:2] == ["True", "False"], done.stderr
    assert "LogisticRegression is for training and serving" in done.stdout


def test_a_library_of_a_chat_platform_is_hollow_and_says_so() -> None:
    code = """
from runtime import without_platforms
without_platforms.install()
import rasa.core.channels
from slack_sdk.web.async_client import AsyncWebClient
try:
    AsyncWebClient("token")
except RuntimeError as error:
    print(error)
"""
    done = inside(code)
    assert "AsyncWebClient is a library of a chat platform" in done.stdout, done.stderr


PATCHED = (
    "rasa.core.actions.action.RemoteAction._validate_action_result",
    "rasa.core.actions.action.RemoteAction.action_response_format_spec",
    "rasa.core.actions.action.RemoteAction.run",
    "rasa.core.agent.Agent._create_tracker_store",
    "rasa.core.lock_store.LockStore._acquire_lock",
    "rasa.core.processor.MessageProcessor._run_action",
    "rasa.core.processor.MessageProcessor.predict_next_with_tracker_if_should",
    "rasa.core.tracker_store.create_engine_kwargs",
    "rasa.core.tracker_store.SQLTrackerStore._retrieve",
    "rasa.core.tracker_store.SQLTrackerStore.save",
    "rasa.engine.runner.dask.DaskGraphRunner.run",
    "rasa.shared.utils.common.all_subclasses",
    "rasa.utils.endpoints.EndpointConfig.session",
)


def test_what_is_patched_is_rasas_own() -> None:
    """In the pinned version each name is defined where the patch replaces it."""
    code = f"""
import importlib, json
def found(path):
    *module, holder, name = path.split(".")
    try:
        owner = getattr(importlib.import_module(".".join(module)), holder)
    except AttributeError:
        owner = importlib.import_module(".".join([*module, holder]))
    return owner, name
places = {{path: found(path) for path in {PATCHED!r}}}
before = {{path: vars(owner)[name] for path, (owner, name) in places.items()}}
from runtime import patches
patches.install(":memory:")
same = [p for p, (owner, name) in places.items() if vars(owner)[name] is before[p]]
print(json.dumps(same))
"""
    done = inside(code)
    same = json.loads(done.stdout.splitlines()[-1])
    assert same == ["rasa.core.actions.action.RemoteAction.action_response_format_spec"], (
        done.stderr
    )


def test_of_two_workers_with_one_message_only_one_writes(tmp_path: Path) -> None:
    """Two processes share the file of a cluster; here two stores, each with its own connection."""
    code = f"""
import asyncio
from runtime.patches import tracker_file, tracker_store
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered

tracker_file.install({str(tmp_path / "rasa.db")!r})
tracker_store.install()
domain = Domain.from_dict({{"slots": {{}}}})
workers = [SQLTrackerStore(domain, db={str(tmp_path / "rasa.db")!r}) for _ in range(2)]

def say(tracker, n):
    tracker.update(ActionExecuted("action_listen"))
    tracker.update(UserUttered(str(n), {{"name": "inform"}}, [], message_id=str(n)), domain)

async def main():
    first, second = workers
    for fresh in (True, False):
        one, other = [await worker.get_or_create_tracker("s") for worker in workers]
        if fresh:
            for tracker in (one, other):
                tracker.update(SessionStarted())
        say(one, 1), say(other, 1)
        await second.save(other)
        try:
            await first.save(one)
        except tracker_store.Overtaken:
            one = await first.retrieve("s")
            assert one.events[-1].message_id == "1"
            say(one, 2)
            await first.save(one)
            await first.save(one)
        else:
            raise SystemExit("both were written")
    said = [e.message_id for e in (await second.retrieve_full_tracker("s")).events
            if isinstance(e, UserUttered)]
    print(said)

asyncio.run(main())
"""
    done = inside(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "['1', '2', '1', '2']"


def test_the_tracker_store_reads_and_writes_as_rasas_own_does(tmp_path: Path) -> None:
    """Rasa's own store and the patched one, on one file, over two sessions of a dialogue."""
    code = f"""
import asyncio, json
from runtime.patches import tracker_file, tracker_store
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

plain = {{name: vars(SQLTrackerStore)[name] for name in ("_retrieve", "save")}}
tracker_file.install({str(tmp_path / "rasa.db")!r})
tracker_store.install()
ours = {{name: vars(SQLTrackerStore)[name] for name in ("_retrieve", "save")}}
domain = Domain.from_dict({{"slots": {{"matter": {{"type": "any", "mappings": []}}}}}})
store = SQLTrackerStore(domain, db={str(tmp_path / "rasa.db")!r})

def using(functions):
    for name, function in functions.items():
        setattr(SQLTrackerStore, name, function)

def turn(n):
    said = UserUttered(f"第{{n}}句", {{"name": "inform"}}, [], timestamp=n + 0.1, message_id=str(n))
    return [
        ActionExecuted("action_listen", timestamp=n + 0.05),
        said,
        SlotSet("matter", {{"n": n}}, timestamp=n + 0.2),
        BotUttered("好", timestamp=n + 0.3),
    ]

async def dialogue(sender, ways):
    for n, way in enumerate(ways):
        using(way)
        tracker = await store.retrieve(sender)
        if tracker is None:
            tracker = DialogueStateTracker.from_events(sender, [], domain.slots)
        if n % 3 == 0:
            tracker.update(SessionStarted(timestamp=n + 0.01))
        for event in turn(n):
            tracker.update(event, domain)
        await store.save(tracker)
        if n % 3:
            await store.save(tracker)  # nothing new: nothing is written twice
    seen = []
    for way in (plain, ours):
        using(way)
        for whole in (store.retrieve, store.retrieve_full_tracker):
            found = await whole(sender)
            seen.append([event.as_dict() for event in found.events])
    using(ours)
    assert await store.retrieve("nobody") is None
    with store.engine.connect() as connection:
        rows = connection.execute(
            "select type_name, timestamp, intent_name, action_name, data from events"
            " where sender_id = ? order by id", sender).all()
    return seen, [tuple(row) for row in rows]

async def main():
    a, b = await dialogue("a", [plain] * 5), await dialogue("b", [ours] * 5)
    c = await dialogue("c", [plain, ours, ours, plain, ours])
    assert a == b == c
    session, everything, *_ = a[0]
    assert a[0] == [session, everything] * 2
    assert 0 < len(session) < len(everything) == len(a[1]) == 5 * 4 + 2
    print("the same")

asyncio.run(main())
"""
    done = inside(code)
    assert done.stdout.splitlines()[-1:] == ["the same"], done.stderr


def test_a_text_is_scored_as_scikit_learn_scores_it() -> None:
    """To the last bit, over the texts held out from training."""
    heldout = (ROOT / "tests/bot/dialogue_heldout.jsonl").read_text(encoding="utf-8")
    texts = [json.loads(line)["text"] for line in heldout.splitlines()]
    texts += ["", "？", "a a", "😀", "重复重复重复重复"]
    code = f"""
import json, nlu_worker
import numpy as np
from components import linear_intents
texts = json.loads({json.dumps(json.dumps(texts))})
nodes = nlu_worker.Nlu(paths.model())._runner._instantiated_nodes
(ours,) = [n._component for n in nodes.values() if "LinearIntent" in str(n._component)]
by_word, by_character = linear_intents._vectorizers()
for theirs, table in ((by_word, ours._words), (by_character, ours._characters)):
    theirs.vocabulary = table.vocabulary
    theirs.idf_ = table.idf
for text in texts:
    folded, words = ours._reader.folded(text), list(text)
    features = linear_intents._joined(
        by_word.transform([words]), by_character.transform([folded])
    )
    shares = 1.0 / (1.0 + np.exp(-(features @ ours._weights + ours._bias)))
    shares /= shares.sum(axis=1, keepdims=True)
    assert np.array_equal(shares[0], ours._shares(folded, words)), text
print(len(texts))
"""
    done = inside(code)
    assert done.stdout.splitlines()[-1:] == [str(len(texts))], done.stderr


def test_traditional_characters_are_understood_as_simplified_ones() -> None:
    """The texts held out from training, written in Traditional: the same intent."""
    heldout = (ROOT / "tests/bot/dialogue_heldout.jsonl").read_text(encoding="utf-8")
    texts = [json.loads(line)["text"] for line in heldout.splitlines()]
    code = f"""
import json, nlu_worker
from components.simplified import simplified
from opencc import OpenCC
from runtime import paths
texts = json.loads({json.dumps(json.dumps(texts))})
writer, nlu = OpenCC("s2t"), nlu_worker.Nlu(paths.model())
pairs = [(text, writer.convert(text)) for text in texts]
pairs = [(text, traditional) for text, traditional in pairs if text != traditional]
assert all(len(simplified(traditional)) == len(traditional) for _, traditional in pairs)
one, other = (nlu.understand(list(side)) for side in zip(*pairs))
same = sum(a["intent"]["name"] == b["intent"]["name"] for a, b in zip(one, other))
print(len(pairs), same / len(pairs))
"""
    done = inside(code)
    assert done.returncode == 0, done.stderr
    count, same = done.stdout.split()[-2:]
    assert int(count) > 100
    assert float(same) >= 0.98
