"""The trained model's understanding of texts, as JSON lines: ``python -m runtime nlu [--train]``.

Reads ``{"id", "text"}`` lines on standard input. The first line written is
``{"ready": true, "model": ...}``; then one line for each line read, in order::

    {"id", "intent": {"name", "confidence"}, "ranking": [[name, confidence], …6],
     "entities": [{"entity", "value", "start", "end"}]}

or ``{"id", "error"}`` for a line that is not ``{"id", "text"}``. Lines that have already arrived
are understood together, which is several times faster and gives the same results: every component
of the pipeline looks at one message at a time, the classifier at one row of a matrix.

Nothing else is ever written to standard output; logs go to standard error.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

BATCH = 64  # texts understood together at most
READ = 1 << 16  # bytes taken from standard input at once
RANKED = 6  # intents reported
LONGEST = 20_000  # characters understood; the gateway refuses longer messages
FALLBACK = "nlu_fallback"
DECIMALS = 6
COMMANDS = ".RegexMessageHandler"


class Nlu:
    """The NLU half of a trained model, loaded once.

    Only the components between a text and its intent are imported: Rasa's own loader would import
    those of training too, which takes longer than all the rest.
    """

    def __init__(self, archive: Path) -> None:
        import tarfile
        import tempfile

        from rasa.engine.graph import ExecutionContext, GraphSchema
        from rasa.engine.runner.dask import DaskGraphRunner
        from rasa.engine.storage.local_model_storage import LocalModelStorage
        from rasa.shared.core.trackers import DialogueStateTracker
        from runtime.patches import graph

        graph.install()
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(archive) as packed:
                packed.extractall(folder)  # noqa: S202  (our own training wrote it)
            metadata = json.loads((Path(folder) / "metadata.json").read_text(encoding="utf-8"))
            known = metadata["predict_schema"]["nodes"]
            self._target = before_commands(metadata["nlu_target"], known)
            nodes = leading_to(self._target, known)
            schema = GraphSchema.from_dict({"nodes": nodes})
            self._runner = DaskGraphRunner.create(
                schema,
                LocalModelStorage.create(Path(folder) / "components"),
                ExecutionContext(graph_schema=schema, model_id=metadata["model_id"]),
            )
        self._tracker = DialogueStateTracker.from_events("nlu", [])

    def understand(self, texts: list[str]) -> list[dict[str, Any]]:
        """One result for each text, in order, without ``id``."""
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER

        messages = [UserMessage(text=as_typed(text)) for text in texts]
        inputs = {PLACEHOLDER_MESSAGE: messages, PLACEHOLDER_TRACKER: self._tracker}
        parsed = self._runner.run(inputs=inputs, targets=[self._target])[self._target]
        return [
            result(text, message.as_dict(only_output_properties=True))
            for text, message in zip(texts, parsed)  # noqa: B905  (Python 3.10: same length)
        ]


def before_commands(target: str, nodes: dict[str, Any]) -> str:
    """The node before the one that takes "/intent" for a command: no such text comes here (see
    :func:`as_typed`), and for it alone the whole domain would be read."""
    node = nodes[target]
    return str(node["needs"]["messages"] if node["uses"].endswith(COMMANDS) else target)


def leading_to(target: str, nodes: dict[str, Any]) -> dict[str, Any]:
    """The nodes of a graph that are needed for one of them, itself included."""
    needed: dict[str, Any] = {}
    waiting = [target]
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in needed:
            needed[name] = nodes[name]
            waiting += nodes[name]["needs"].values()
    return needed


def as_typed(text: str) -> str:
    """A text as the gateway gives it to Rasa: a leading "/" would be read as a command."""
    cut = text[:LONGEST]
    return f"／{cut[1:]}" if cut.startswith("/") else cut


def result(text: str, parsed: dict[str, Any]) -> dict[str, Any]:
    intent = parsed.get("intent") or {}
    # Rasa strips the text before it looks for entities; offsets are into the text as given.
    shift = len(text) - len(text.lstrip())
    return {
        "intent": {
            "name": intent.get("name") or FALLBACK,
            "confidence": round(float(intent.get("confidence") or 0.0), DECIMALS),
        },
        "ranking": [
            [entry["name"], round(float(entry["confidence"]), DECIMALS)]
            for entry in (parsed.get("intent_ranking") or [])[:RANKED]
        ],
        "entities": [
            {
                "entity": entity["entity"],
                "value": entity["value"],
                "start": entity["start"] + shift,
                "end": entity["end"] + shift,
            }
            for entity in parsed.get("entities") or []
        ],
    }


def batches(source: BinaryIO) -> Iterator[list[bytes]]:
    """Lines as they arrive: all that are there already, at most :data:`BATCH` at once."""
    rest = b""
    descriptor = source.fileno()
    while chunk := os.read(descriptor, READ):
        *lines, rest = (rest + chunk).split(b"\n")
        for start in range(0, len(lines), BATCH):
            yield lines[start : start + BATCH]
    if rest.strip():
        yield [rest]


def answer(nlu: Nlu, lines: list[bytes]) -> list[dict[str, Any]]:
    """The output lines for a batch of input lines; blank lines have none."""
    answers: list[dict[str, Any]] = []
    asked: list[tuple[int, str]] = []
    for line in lines:
        if not line.strip():
            continue
        name, text = read(line)
        if text is None:
            answers.append({"id": name, "error": "not a line of id and text"})
            continue
        asked.append((len(answers), text))
        answers.append({"id": name})
    for (place, _), found in zip(asked, nlu.understand([text for _, text in asked])):  # noqa: B905
        answers[place].update(found)
    return answers


def read(line: bytes) -> tuple[Any, str | None]:
    """The id and the text of an input line; None for a text that is not there."""
    try:
        data = json.loads(line)
    except ValueError:
        return None, None
    if not isinstance(data, dict):
        return None, None
    text = data.get("text")
    return data.get("id"), text if isinstance(text, str) else None


def main(*, train_first: bool = False) -> int:
    """Serve until standard input ends. Returns the process's exit status."""
    from runtime import environment, paths, train

    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to standard error
    environment.quieten_structlog()
    if train_first:
        try:
            train.train()
        except train.TrainingFailed as error:
            print(f"training failed: {error}", file=sys.stderr)
            return 1
    archive = paths.model()
    if not archive.is_file():
        print("no trained model: run `python -m runtime train` first", file=sys.stderr)
        return 1
    nlu = Nlu(archive)
    nlu.understand(["您好"])  # the tokenizer loads its dictionary with the first text
    gc.freeze()  # what is loaded stays: it need not be looked through again and again
    gc.set_threshold(20_000, 20, 50)
    print(json.dumps({"ready": True, "model": archive.name}), file=out, flush=True)
    for lines in batches(sys.stdin.buffer):
        for line in answer(nlu, lines):
            print(json.dumps(line, ensure_ascii=False), file=out)
        out.flush()
    return 0
