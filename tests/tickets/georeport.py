"""A GeoReport v2 server as some cities run them, with the ways they deviate from the standard."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web


@dataclass(frozen=True)
class Ways:
    """How this one behaves. As it stands: by the standard, in JSON."""

    created: bool = False  # 201 for a filed request
    detail: bool = False  # errors as {code, detail}
    xml: bool = False
    tokens: bool = False  # a token first; the number after the first look
    lists: bool = True  # service_request_id may name several
    shows: bool = True  # descriptions can be read by anybody
    unknown: int = 404  # status for an unknown service_code


@dataclass
class GeoReport:
    ways: Ways = Ways()
    key: str = "k" * 40
    services: dict[str, str] = field(default_factory=lambda: {"S1": "夜间施工噪声", "S9": "其他"})
    required: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    posts: int = 0
    calls: list[str] = field(default_factory=list)
    updates: list[dict[str, str]] = field(default_factory=list)
    lose_answers: int = 0  # posts that are taken and then break the connection

    def app(self) -> web.Application:
        app = web.Application()
        form = "{format:json|xml}"
        app.add_routes(
            [
                web.get(f"/discovery.{form}", self.discovery),
                web.get(f"/v2/services.{form}", self.list_services),
                web.get(f"/v2/services/{{code}}.{form}", self.definition),
                web.get(f"/v2/requests.{form}", self.list_requests),
                web.get(f"/v2/requests/{{id}}.{form}", self.one),
                web.post(f"/v2/requests.{form}", self.file),
                web.get(f"/v2/tokens/{{token}}.{form}", self.token),
                web.post(f"/v2/servicerequestupdates.{form}", self.update),
            ]
        )
        return app

    def answer(self, root: str, item: str, records: list[dict[str, Any]], status: int = 200) -> Any:
        if not self.ways.xml:
            return web.json_response(records, status=status)
        inner = "".join(
            f"<{item}>"
            + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in r.items())
            + f"</{item}>"
            for r in records
        )
        text = f'<?xml version="1.0" encoding="utf-8"?><{root}>{inner}</{root}>'
        return web.Response(text=text, content_type="text/xml", status=status)

    def error(self, status: int, words: str) -> Any:
        if self.ways.detail:
            return web.json_response({"code": status, "detail": words}, status=status)
        told = [{"code": status, "description": words}]
        return self.answer("errors", "error", told, status)

    async def discovery(self, request: web.Request) -> Any:
        return web.json_response(
            {
                "endpoints": [
                    {"specification": "http://other.example/", "url": "http://127.0.0.1:9/x"},
                    {
                        "specification": "http://wiki.open311.org/GeoReport_v2",
                        "url": str(request.url.with_path("/v2")),
                        "type": "production",
                    },
                ]
            }
        )

    async def list_services(self, _request: web.Request) -> Any:
        known = [
            {
                "service_code": code,
                "service_name": name,
                "metadata": str(code in self.required).lower(),
                "type": "realtime",
                "group": "城乡建设",
            }
            for code, name in self.services.items()
        ]
        return self.answer("services", "service", known)

    async def definition(self, request: web.Request) -> Any:
        code = request.match_info["code"]
        asked = self.required.get(code, [])
        if not self.ways.xml:
            return web.json_response({"service_code": code, "attributes": asked})
        inner = "".join(
            "<attribute>"
            + "".join(f"<{k}>{v}</{k}>" for k, v in one.items() if k != "values")
            + "<values>"
            + "".join(
                f"<value><key>{v['key']}</key><name>{v['name']}</name></value>"
                for v in one.get("values", [])
            )
            + "</values></attribute>"
            for one in asked
        )
        text = (
            f"<service_definition><service_code>{code}</service_code>"
            f"<attributes>{inner}</attributes></service_definition>"
        )
        return web.Response(text=text, content_type="text/xml")

    async def update(self, request: web.Request) -> Any:
        form = dict(await request.post())
        self.updates.append({name: str(value) for name, value in form.items()})
        return self.answer("service_request_updates", "request_update", [{"update_id": "1"}])

    async def file(self, request: web.Request) -> Any:
        form = dict(await request.post())
        self.posts += 1
        if form.get("api_key") != self.key:
            return self.error(403, "invalid api_key")
        if form.get("service_code") not in self.services:
            return self.error(self.ways.unknown, "service_code not found")
        if not form.get("description") or len(str(form["description"])) > 4000:
            return self.error(400, "description")
        if not (form.get("lat") or form.get("address_string") or form.get("address_id")):
            return self.error(400, "location")
        for one in self.required.get(str(form["service_code"]), []):
            if one["required"] and not form.get(f"attribute[{one['code']}]"):
                return self.error(400, f"attribute {one['code']}")
        number = str(len(self.requests) + 101)
        now = datetime.now(UTC).isoformat()
        self.requests[number] = {
            "service_request_id": number,
            "status": "open",
            "service_code": form["service_code"],
            "description": form["description"],
            "requested_datetime": now,
            "updated_datetime": now,
            "form": form,
        }
        if self.lose_answers:
            self.lose_answers -= 1
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if self.ways.tokens:
            self.pending[f"t{number}"] = number
            told: dict[str, Any] = {"token": f"t{number}"}
        else:
            told = {"service_request_id": number, "service_notice": ""}
        status = 201 if self.ways.created else 200
        return self.answer("service_requests", "request", [told], status)

    async def list_requests(self, request: web.Request) -> Any:
        self.calls.append(request.path_qs)
        asked = request.query.get("service_request_id")
        names = asked.split(",") if asked else list(self.requests)
        if not self.ways.lists:
            names = names if len(names) == 1 or not asked else []
        if request.query.get("page", "1") != "1":
            names = []
        found = [self.shown(self.requests[name]) for name in names if name in self.requests]
        return self.answer("service_requests", "request", found)

    async def one(self, request: web.Request) -> Any:
        found = self.requests.get(request.match_info["id"])
        if found is None:
            return self.error(404, "not found")
        return self.answer("service_requests", "request", [self.shown(found)])

    async def token(self, request: web.Request) -> Any:
        token = request.match_info["token"]
        if token not in self.pending:
            return self.error(404, "not found")
        told = {"service_request_id": self.pending[token], "token": token}
        return self.answer("service_requests", "request", [told])

    def shown(self, one: dict[str, Any]) -> dict[str, Any]:
        hidden = {"form"} if self.ways.shows else {"form", "description"}
        return {key: value for key, value in one.items() if key not in hidden}

    def move(self, number: str, **said: str) -> None:
        self.requests[number] |= {"updated_datetime": datetime.now(UTC).isoformat(), **said}
