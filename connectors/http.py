"""Health, metrics and the address book of the HTTP side; errors in one shape."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from connectors import logs, metrics
from connectors.ids import new_id
from connectors.json_answer import json_answer
from connectors.store.database import StoreUnavailable

log = logs.get(__name__)

Check = Callable[[], Awaitable[str | None]]
"""A readiness check: None when ready, else why not."""

CHECK_TIMEOUT = 3.0  # seconds
CONTENT_TYPE_MOST = 256  # characters; its parameters are read in a time of their number's square

_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
        "connect-src 'self' ws: wss:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Health:
    """``/health/live``, ``/health/ready`` (each component, or why not) and ``/metrics``."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        essential: frozenset[str],
        elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        """``essential``: the checks without which no message can be taken in.

        The others are reported, but while the store is there messages are accepted and wait.
        ``elsewhere``: what all gateways share and can do without for a while, and other people's
        systems: taking this gateway out of service would mend nothing.
        """
        self._checks = checks
        self._essential = essential
        self._elsewhere = elsewhere

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/health/live", self._live),
            web.get("/health/ready", self._ready),
            web.get("/metrics", self._metrics),
        ]

    async def look(self) -> dict[str, str | None]:
        """Why each component is not ready; None for those that are."""

        async def one(check: Check) -> str | None:
            try:
                async with asyncio.timeout(CHECK_TIMEOUT):
                    return await check()
            except TimeoutError:
                return f"no answer within {CHECK_TIMEOUT:.0f} s"
            except Exception as error:
                return f"{type(error).__name__}: {error}"

        found = await asyncio.gather(*(one(check) for check in self._checks.values()))
        return dict(zip(self._checks, found, strict=True))

    async def _live(self, _request: web.Request) -> web.Response:
        return json_answer({"status": "live"})

    async def _ready(self, _request: web.Request) -> web.Response:
        found = await self.look()
        broken = {name for name, why in found.items() if why}
        components = {
            name: {
                "ready": why is None,
                **({"why": why} if why else {}),
                **({"elsewhere": True} if name in self._elsewhere else {}),
            }
            for name, why in found.items()
        }
        status = "not_ready" if broken & self._essential else "degraded" if broken else "ready"
        return json_answer(
            {"status": status, "components": components},
            status=200 if broken <= self._elsewhere else 503,
        )

    async def _metrics(self, _request: web.Request) -> web.Response:
        from prometheus_client import generate_latest

        for name, why in (await self.look()).items():
            metrics.component_up.labels(name).set(why is None)
        return web.Response(body=generate_latest(metrics.registry), content_type="text/plain")


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No exception leaves as a bare 500: a code, a trace id for the log, and no internals."""
    if (refusal := _refusal(request)) is not None:
        status, code, why = refusal
        return json_answer({"error": {"code": code, "message": why}}, status=status)
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except StoreUnavailable as error:
        log.error("store.unavailable", path=_pattern(request), reason=str(error))
        _break_off(request)
        return json_answer(
            {"error": {"code": "store_unavailable", "message": "try again later"}},
            status=503,
            headers={"Retry-After": "5"},
        )
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:  # of a page's file
            raise web.HTTPNotFound from None
        if isinstance(error, ConnectionError) and _gone(request):
            log.debug("http.left", path=_pattern(request))
            return web.Response(status=499)  # nobody reads it
        trace_id = new_id("t")
        log.exception("http.failed", path=_pattern(request), trace_id=trace_id)
        _break_off(request)
        return json_answer(
            {"error": {"code": "internal", "message": "see the log", "trace_id": trace_id}},
            status=500,
        )


def _refusal(request: web.Request) -> tuple[int, str, str] | None:
    """Why no handler should see a request: status, code, reason."""
    if "\0" in request.path:  # PostgreSQL has no place for it
        return 400, "malformed", "a zero byte in the address"
    if len(request.headers.get("Content-Type", "")) > CONTENT_TYPE_MOST:
        return 400, "malformed", "a Content-Type without end"
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        return 415, "compressed", "send the body as it is, without Content-Encoding"
    return None


def _gone(request: web.Request) -> bool:
    """Whether whoever asked has left before the answer."""
    return request.transport is None or request.transport.is_closing()


def _break_off(request: web.Request) -> None:
    """An answer that has begun cannot become another: whoever reads it sees that it broke off."""
    if request.writer.output_size and request.transport is not None:
        request.transport.close()


def _pattern(request: web.Request) -> str:
    """The path as it was declared: what stands in its places may be a secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


@web.middleware
async def security_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Says with every answer how a browser must take it; a channel's own word goes before."""
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        _secure(answer)
        raise
    _secure(response)
    return response


def _secure(response: web.StreamResponse) -> None:
    if not response.prepared:
        for name, value in _SECURITY.items():
            response.headers.setdefault(name, value)


class Unquoted(logging.Filter):
    """Tells of a request that is no HTTP without its first line, which the server would quote: a
    secret may stand there, or what a person said."""

    def filter(self, record: logging.LogRecord) -> bool:
        fault = record.exc_info[1] if record.exc_info else None
        if isinstance(fault, HttpProcessingError):
            record.msg, record.args = "http.malformed: %s", (type(fault).__name__,)
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.exc_info = None
        return True


server_log = logging.getLogger(f"{__name__}.server")
server_log.addFilter(Unquoted())
