"""Serve the trained model: our input channel only, no HTTP API, no CORS, one process."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

from runtime import environment, patches, paths
from runtime.patches import action_call


def _settle_and_close() -> None:
    """What is done once the model is loaded, and when the server stops."""
    import rasa.core.run

    configure_app = rasa.core.run.configure_app

    def configured(*args: Any, **kwargs: Any) -> Any:
        app = configure_app(*args, **kwargs)

        @app.after_server_start
        async def settle(*_: object) -> None:
            # The model and Rasa itself stay: the garbage collector need not walk them again.
            gc.collect()
            gc.freeze()

        @app.after_server_stop
        async def close(*_: object) -> None:
            await action_call.close()

        return app

    rasa.core.run.configure_app = configured


def serve(interface: str, port: int) -> int:
    """Serve until stopped. Returns the process's exit status."""
    if not paths.model().is_file():
        print("no trained model: run `python -m runtime train` first", file=sys.stderr)
        return 1
    if not os.environ.get("HUIYING_INTERNAL_TOKEN"):
        print("HUIYING_INTERNAL_TOKEN is not set (`make run` sets it)", file=sys.stderr)
        return 1
    environment.quieten_structlog()
    patches.install(os.environ["HUIYING_RASA_DB"])
    _settle_and_close()

    import rasa
    import rasa.server
    from rasa.shared.exceptions import RasaException

    # Nothing in a browser may talk to Rasa: not even an empty CORS answer.
    rasa.server.configure_cors = lambda *_args, **_kwargs: None
    try:
        rasa.run(
            model=str(paths.model()),
            endpoints=str(paths.ENDPOINTS),
            credentials=str(paths.CREDENTIALS),
            interface=interface,
            port=port,
            enable_api=False,
        )
    except (RasaException, OSError) as error:
        print(f"Rasa could not start: {error}", file=sys.stderr)
        return 1
    return 0
