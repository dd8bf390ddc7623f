"""Process environment every command starts from. Must run before Rasa is imported."""

from __future__ import annotations

import logging
import os
import sys
import warnings

from runtime import paths

DEFAULTS = {
    # Nothing is ever reported to Rasa's makers.
    "RASA_TELEMETRY_ENABLED": "false",
    # Rasa 3.6 is written for SQLAlchemy 1.4 and says so on every start.
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SQLALCHEMY_WARN_20": "0",
    # Where a form's turns survive a restart.
    "HUIYING_RASA_DB": str(paths.ROOT / "var" / "rasa.db"),
    "HUIYING_ACTIONS_URL": "http://127.0.0.1:8081/actions",
    # A conversation turn may take several actions (answer, then the form's question).
    "MAX_NUMBER_OF_PREDICTIONS": "12",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "LOG_LEVEL_MATPLOTLIB": "ERROR",
    "LOG_LEVEL": "WARNING",  # Rasa shows its own progress bars from INFO down; train.py shows ours
}

# A line here silences one known, harmless message of a pinned library; nothing wider.
KNOWN_NOISE: tuple[tuple[str, type[Warning]], ...] = (
    ("pkg_resources is deprecated", UserWarning),
    # Said of every domain with slots, whatever they are.
    ("Slot auto-fill has been removed in 3.0", UserWarning),
    # Entities come from patterns (RegexEntityExtractor), which need no trained extractor.
    (".*does not include an entity extractor trained on your training data", UserWarning),
)


def prepare(*, verbose: bool = False) -> None:
    """Set what Rasa and its libraries read from the environment, and quieten their logs.

    Citizens' texts never reach the log: Rasa prints them at DEBUG, and below WARNING nothing
    of Rasa's is printed.
    """
    for key, value in DEFAULTS.items():
        os.environ.setdefault(key, value)
    import sanic  # noqa: F401  (turns deprecation warnings of all libraries on, when imported)

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    for message, category in KNOWN_NOISE:
        warnings.filterwarnings("ignore", message=message, category=category)
    # Channel, components and runtime are importable wherever the command was started from.
    if str(paths.BOT) not in sys.path:
        sys.path.insert(0, str(paths.BOT))
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    for name in ("matplotlib", "apscheduler", "asyncio", "sanic.access"):
        logging.getLogger(name).setLevel(logging.ERROR)
    _quieten_jieba()


def _quieten_jieba() -> None:
    """jieba logs its start at DEBUG through a handler of its own."""
    import jieba

    jieba.setLogLevel(logging.ERROR)
    jieba.default_logger.propagate = False


def quieten_structlog() -> None:
    """Keep Rasa's structured log at WARNING and on stderr; embedded it prints every text."""
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
