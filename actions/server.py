"""The action server, inside the gateway: rasa_sdk's executor behind one aiohttp route.

Rasa calls ``POST /actions`` for every action of ours. No Sanic, no second process.
"""

from __future__ import annotations

import hmac
import logging
from typing import Any

from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from structlog.contextvars import bound_contextvars

from actions.registry import all_actions
from actions.services import Services
from connectors import metrics, tracing
from connectors.json_answer import json_answer
from connectors.json_codec import loads

logger = logging.getLogger(__name__)

_action_seconds = metrics.turn_seconds.labels("action")

_LOGGED = ("trace_id", "conversation_id", "message_id")
LARGEST_CALL = 16 * 2**20  # bytes; a call carries the conversation's whole tracker


def build_actions_app(services: Services, token: str = "") -> web.Application:
    """The internal application. With a ``token``, callers must show it (``?token=`` or bearer)."""
    executor = ActionExecutor()
    for action in all_actions(services):
        executor.register_action(action)

    async def run(request: web.Request) -> web.Response:
        if token and not _authorized(request, token):
            return json_answer({"error": "a token is needed"}, status=401)
        try:
            call = loads(await request.read())
            name = call["next_action"]
        except (ValueError, KeyError, TypeError):
            return json_answer({"error": "not an action call"}, status=400)
        # Rasa leaves the domain out (enable_selective_domain); the executor wants one.
        call.setdefault("domain", {})
        ids = _ids(call)
        with bound_contextvars(**ids):
            try:
                with (
                    _action_seconds.time(),
                    tracing.span("action", trace_id=ids.get("trace_id", ""), action=str(name)),
                ):
                    result = await executor.run(call)
            except ActionExecutionRejection as rejection:
                return json_answer(
                    {"error": rejection.message, "action_name": rejection.action_name}, status=400
                )
            except ActionNotFoundException as missing:
                logger.error("action_unknown name=%s", name)
                return json_answer({"error": missing.message, "action_name": name}, status=404)
            except Exception:
                # Where and what kind, for the operator; Rasa's channel makes it a failed turn.
                logger.exception("action_failed name=%s", name)
                return json_answer({"error": "internal", "action_name": name}, status=500)
        return json_answer(result.model_dump() if result else {"events": [], "responses": []})

    app = web.Application(client_max_size=LARGEST_CALL)
    app.add_routes([web.post("/actions", run)])
    return app


def _ids(call: dict[str, Any]) -> dict[str, str]:
    """What an action's logs carry of the message it answers: the trace begun at its arrival."""
    try:
        meta = call["tracker"]["latest_message"]["metadata"] or {}
    except (KeyError, TypeError):
        return {}
    return {key: str(meta[key]) for key in _LOGGED if meta.get(key)}


def _authorized(request: web.Request, token: str) -> bool:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    given = bearer if scheme.lower() == "bearer" else request.query.get("token", "")
    return hmac.compare_digest(given.encode(), token.encode())
