"""Answers of an Open311 server: the same records as JSON or XML, and errors by the standard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from connectors.json_codec import dumps
from connectors.tickets.open311 import xml
from connectors.tickets.open311.xml import Record

FORMATS = {"json": "application/json", "xml": "text/xml"}
FORMAT = r"{format:(?:\.json|\.xml)?}"
"""The end of a path; without one it is XML, which the standard asks of every server."""


class Fault(Exception):
    """Why a request was not answered; the standard's status is the error's code too."""

    def __init__(self, status: int, description: str, **headers: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.headers = headers


def listed(request: web.Request, root: str, item: str, records: Sequence[Record]) -> web.Response:
    """A list of records, in the format of the request's path."""
    if _wants_json(request):
        return _answer("json", dumps(list(records)))
    return _answer("xml", xml.write(root, item, records))


def alone(request: web.Request, root: str, record: dict[str, Any]) -> web.Response:
    """One record that is no list."""
    if _wants_json(request):
        return _answer("json", dumps(record))
    return _answer("xml", xml.document(root, record))


def failed(request: web.Request, fault: Fault) -> web.Response:
    told: Record = {"code": fault.status, "description": fault.description}
    response = listed(request, "errors", "error", [told])
    response.set_status(fault.status)
    response.headers.update(fault.headers)
    return response


def _wants_json(request: web.Request) -> bool:
    named = request.match_info["format"]
    return named == ".json" or (not named and "json" in request.headers.get("Accept", ""))


def _answer(form: str, text: str) -> web.Response:
    return web.Response(
        text=text,
        content_type=FORMATS[form],
        charset="utf-8",
        headers={"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"},
    )
