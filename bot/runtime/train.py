"""Train the bot, but only if something it is trained from has changed.

The model replaces its predecessor in one step, when it is complete; beside it lies the fingerprint
of what it was trained from. A running Rasa keeps the model it has loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from runtime import environment, paths


class TrainingFailed(Exception):
    """Nothing was trained; the message says why in one line."""


def sources() -> list[Path]:
    """Every file the model is made from, in a fixed order."""
    folders = (paths.DOMAIN, paths.DATA, paths.BOT / "components")
    files = [path for folder in folders for path in folder.rglob("*") if _counts(path)]
    return [paths.CONFIG, *sorted(files)]


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix in {".yml", ".yaml", ".txt", ".py"}


def fingerprint() -> str:
    """A digest of all sources, their places and the versions that train."""
    digest = hashlib.sha256(f"rasa {version('rasa')} python {sys.version_info[:2]}".encode())
    for path in sources():
        digest.update(path.relative_to(paths.ROOT).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _fingerprint_file() -> Path:
    return paths.model().with_suffix("").with_suffix(".fingerprint")


def is_up_to_date() -> bool:
    """Whether the model on disk was trained from the sources as they are now."""
    try:
        known = json.loads(_fingerprint_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return paths.model().is_file() and known.get("sources") == fingerprint()


def train(*, force: bool = False) -> bool:
    """Bring the model up to date. Returns whether anything was trained.

    Raises :class:`TrainingFailed` when the data or the disk do not allow it; an older model then
    stays where it was.
    """
    if not force and is_up_to_date():
        return False
    environment.quieten_structlog()
    if not paths.CONFIG.is_file():
        raise TrainingFailed(f"{paths.CONFIG.name} is missing at the top of the repository")
    trained_from = fingerprint()
    paths.models().mkdir(parents=True, exist_ok=True)
    for left in paths.models().glob(".training-*"):  # by a training that was killed
        shutil.rmtree(left, ignore_errors=True)
    # Same file system as the models, so that the last step is a rename.
    with tempfile.TemporaryDirectory(prefix=".training-", dir=paths.models()) as work:
        with _progress("training the bot"):
            archive = _train_into(Path(work))
        archive.replace(paths.model())
        record = Path(work) / "fingerprint"
        record.write_text(json.dumps({"sources": trained_from}), encoding="utf-8")
        record.replace(_fingerprint_file())
    return True


def _train_into(folder: Path) -> Path:
    from rasa.model_training import train as rasa_train
    from rasa.shared.exceptions import RasaException

    # Rasa caches trained components in a folder of its own; ours lies beside the models.
    cache = paths.models() / "cache"
    os.environ["RASA_CACHE_DIRECTORY"] = str(cache)
    with warnings.catch_warnings():
        # scikit-learn says so when it stops at max_iter: the pipeline means to.
        warnings.filterwarnings("ignore", message="lbfgs failed to converge")
        try:
            result = rasa_train(
                domain=str(paths.DOMAIN),
                config=str(paths.CONFIG),
                training_files=[str(paths.DATA)],
                output=str(folder),
                fixed_model_name="huiying",
            )
        except (RasaException, ValueError, OSError) as error:
            raise TrainingFailed(" ".join(str(error).split())) from error
        except SystemExit as error:  # Rasa prints its reason and exits
            raise TrainingFailed("Rasa refused the data; its reason stands above") from error
    if result.code != 0 or not result.model:
        raise TrainingFailed("Rasa trained no model; its reason stands above")
    return Path(result.model)


@contextmanager
def _progress(what: str) -> Iterator[None]:
    """Say every few seconds that work goes on; on a terminal, on one line."""
    started = time.monotonic()
    done = threading.Event()
    live = sys.stderr.isatty()

    def say(ending: str) -> None:
        seconds = time.monotonic() - started
        print(f"\r{what} … {seconds:3.0f} s", end=ending, file=sys.stderr, flush=True)

    def tick() -> None:
        while not done.wait(1.0 if live else 5.0):
            say("" if live else "\n")

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
        say("\n")
