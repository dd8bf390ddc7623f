"""What the launcher changes in Rasa is there to be changed, and changes no answer."""

from __future__ import annotations

import json

import pytest

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


@pytest.mark.parametrize(
    "path",
    [
        "rasa.core.actions.action.RemoteAction._validate_action_result",
        "rasa.core.actions.action.RemoteAction.action_response_format_spec",
        "rasa.core.actions.action.RemoteAction.run",
        "rasa.core.agent.Agent._create_tracker_store",
        "rasa.core.lock_store.LockStore._acquire_lock",
        "rasa.core.processor.MessageProcessor._run_action",
        "rasa.core.processor.MessageProcessor.predict_next_with_tracker_if_should",
        "rasa.shared.utils.common.all_subclasses",
    ],
)
def test_what_is_patched_is_rasas_own(path: str) -> None:
    """In the pinned version each name is defined where the patch replaces it."""
    code = f"""
import importlib
*module, holder, name = {path!r}.split(".")
try:
    owner = getattr(importlib.import_module(".".join(module)), holder)
except AttributeError:
    owner = importlib.import_module(".".join([*module, holder]))
before = vars(owner)[name]
from runtime import serve
serve.install_patches()
print("replaced" if vars(owner)[name] is not before else "the same")
"""
    done = inside(code)
    expected = "the same" if path.endswith("spec") else "replaced"
    assert done.stdout.splitlines()[-1] == expected, done.stderr
