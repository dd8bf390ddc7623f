"""Open311 as a client: what the standard leaves open, and what servers do otherwise."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from actions.work_orders.tickets import (
    Change,
    ChangeKind,
    File,
    Misconfigured,
    OrderRefused,
    Papers,
    Status,
    TicketError,
    Unreachable,
)
from connectors.clock import SystemClock
from connectors.outward import Answer
from connectors.settings.tickets import Open311System
from connectors.store.tickets import Ticket
from connectors.store.work_orders import WorkOrder
from connectors.tickets.open311 import wire, xml
from connectors.tickets.open311.client import Open311Tickets
from tests.house import the_texts
from tests.tickets.georeport import GeoReport, Ways
from tests.tickets.subjects import SECRET, new_order, serving

NOW = SystemClock().now()
NUMBER = "HY20261122-000001-5"
OTHER_XML = Ways(created=True, detail=True, xml=True, unknown=400)


def order(**more: Any) -> WorkOrder:
    return WorkOrder(NUMBER, NOW, "open", None, new_order(**more), ticket=Ticket(NUMBER, "city"))


@dataclass
class City:
    server: GeoReport
    system: Open311Tickets

    async def file(self, one: WorkOrder, *, again: bool = False, **papers: Any) -> str | None:
        return (await self.system.file(one, Papers(**papers), again=again)).receipt

    @property
    def form(self) -> dict[str, str]:
        """What was posted last."""
        form: dict[str, str] = list(self.server.requests.values())[-1]["form"]
        return form


@contextlib.asynccontextmanager
async def city(ways: Ways = Ways(), **settings: Any) -> AsyncIterator[City]:  # noqa: B008
    server = GeoReport(ways)
    async with serving(server.app()) as at, aiohttp.ClientSession() as http:
        given = {"url": str(at.make_url("/v2")), "api_key": SECRET, "timeout": 10} | settings
        given["format"] = "xml" if ways.xml else "json"
        system = Open311Tickets(
            Open311System.model_validate(given), http, SystemClock(), the_texts(), "合肥市"
        )
        yield City(server, system)


async def test_a_service_of_the_categorys_name_is_taken() -> None:
    async with city() as c:
        await c.file(order())
        assert c.form["service_code"] == "S1"
        assert c.form["address_string"] == "黄山路1号"
        assert "地点：黄山路1号" in c.form["description"]


async def test_the_settings_go_before_names_and_the_longest_path_wins() -> None:
    services = {"城乡建设": "S1", "城乡建设/施工管理": "S9"}
    async with city(services=services) as c:
        await c.file(order())
        assert c.form["service_code"] == "S9"


async def test_an_order_without_a_service_is_refused_with_what_to_set() -> None:
    async with city() as c:
        with pytest.raises(OrderRefused, match="default_service"):
            await c.file(order(category=("卫生健康", "医疗服务", "挂号")))
    async with city(default_service="S404") as c:
        with pytest.raises(OrderRefused, match="S404"):
            await c.file(order(category=()))


async def test_a_long_order_is_cut_but_keeps_place_link_and_number() -> None:
    async with city() as c:
        await c.file(order(content="水" * 6000), transcript="https://x.example/t")
        said = c.form["description"]
        assert len(said) == 4000
        assert "地点：黄山路1号" in said
        assert "https://x.example/t" in said
        assert said.endswith(f"回应编号：{NUMBER}")


async def test_a_place_on_the_map_a_file_and_a_name_go_along_but_of_no_anonymous_person() -> None:
    async with city() as c:
        files = (File("1", "https://x.example/1"), File("2", "https://x.example/2"))
        await c.file(order(latitude=31.8, longitude=117.2), files=files)
        assert (c.form["lat"], c.form["long"]) == ("31.800000", "117.200000")
        assert c.form["media_url"] == "https://x.example/1"
        assert "https://x.example/2" in c.form["description"]
        assert (c.form["last_name"], c.form["phone"]) == ("张先生", "13800001234")
        await c.file(order(anonymous=True, place_text=None))
        assert not {"last_name", "phone"} & set(c.form)
        assert c.form["address_string"] == "合肥市"


@pytest.mark.parametrize("ways", [Ways(), OTHER_XML], ids=["json", "xml"])
async def test_an_order_that_got_through_unseen_is_found_and_not_posted_again(ways: Ways) -> None:
    async with city(ways) as c:
        c.server.lose_answers = 1
        with pytest.raises(Unreachable):
            await c.file(order())
        assert await c.file(order(), again=True) == "101"
        assert c.server.posts == 1


async def test_where_requests_cannot_be_read_it_is_posted_again() -> None:
    async with city(Ways(shows=False)) as c:
        c.server.lose_answers = 1
        with pytest.raises(Unreachable):
            await c.file(order())
        assert await c.file(order(), again=True) == "102"


@pytest.mark.parametrize("ways", [Ways(tokens=True), Ways(tokens=True, xml=True)])
async def test_a_token_becomes_a_number_later(ways: Ways) -> None:
    async with city(ways) as c:
        taken = await c.system.file(order(), Papers(), again=False)
        assert (taken.receipt, taken.token) == (None, "t101")
        news = await c.system.look([Ticket(NUMBER, "city", token="t101")])
        assert news[NUMBER].receipt == "101"
        assert await c.system.look([Ticket(NUMBER, "city", token="gone")]) == {}


ASKED = [
    {"code": "time", "datatype": "string", "required": True, "variable": True, "description": "t"},
    {"code": "WHEN", "datatype": "datetime", "required": True, "variable": True, "description": ""},
    {"code": "K", "datatype": "singlevaluelist", "required": True, "variable": True,
     "description": "", "values": [{"key": "1", "name": "工地"}, {"key": "2", "name": "其他"}]},
    {"code": "notify", "datatype": "singlevaluelist", "required": False, "variable": True,
     "description": "", "values": [{"key": one, "name": one} for one in ("steps", "caller")]},
    {"code": "NOTE", "datatype": "string", "required": False, "variable": False,
     "description": "only to be shown"},
]  # fmt: skip


@pytest.mark.parametrize("ways", [Ways(), OTHER_XML], ids=["json", "xml"])
async def test_attributes_are_answered_from_the_order(ways: Ways) -> None:
    async with city(ways) as c:
        c.server.required["S1"] = ASKED
        await c.file(order())
        assert c.form["attribute[time]"] == "昨晚十一点"
        assert c.form["attribute[K]"] == "1"
        assert c.form["attribute[notify]"] == "caller", "we ask our person ourselves"
        assert c.form["attribute[WHEN]"].endswith("+08:00")
        assert "attribute[NOTE]" not in c.form


async def test_an_attribute_nobody_can_answer_is_named() -> None:
    asked = {"code": "N", "datatype": "number", "required": True, "variable": True}
    async with city() as c:
        c.server.required["S1"] = [asked]
        with pytest.raises(OrderRefused, match=r"attributes\.N"):
            await c.file(order())
    async with city(attributes={"N": "=3"}) as c:
        c.server.required["S1"] = [asked]
        await c.file(order())
        assert c.form["attribute[N]"] == "3"


@pytest.mark.parametrize("unknown", [400, 404])
async def test_services_that_changed_are_asked_for_anew(unknown: int) -> None:
    async with city(Ways(unknown=unknown, detail=True)) as c:
        await c.file(order())
        c.server.services = {"N1": "夜间施工噪声", "S9": "其他"}
        with pytest.raises(Unreachable, match="changed"):
            await c.file(order())
        assert await c.file(order()) == "102"
        assert c.form["service_code"] == "N1"


async def test_a_wrong_key_is_the_operators_business() -> None:
    async with city(Ways(detail=True)) as c:
        c.server.key = "another"
        with pytest.raises(Misconfigured, match="invalid api_key"):
            await c.file(order())


async def test_open_and_closed_are_read_with_what_stands_beside_them() -> None:
    async with city() as c:
        receipt = await c.file(order())
        ticket = Ticket(NUMBER, "city", receipt)
        assert (await c.system.look([ticket]))[NUMBER].status is Status.ACCEPTED
        c.server.move(
            "101",
            agency_responsible="区城管局",
            expected_datetime="2026-12-01T00:00:00Z",
            extended_attributes={"helpers": "供电公司、街道"},
        )
        news = (await c.system.look([ticket]))[NUMBER]
        assert (news.status, news.unit) == (Status.SIGNED, "区城管局")
        assert news.helpers == ("供电公司", "街道")
        assert news.due_at is not None
        c.server.move("101", status="closed", status_notes="已处理")
        news = (await c.system.look([ticket]))[NUMBER]
        assert (news.status, news.answer, news.note) == (Status.CLOSED, "已处理", "")
        assert await c.system.look([Ticket(NUMBER, "city", "999")]) == {}


BOMB = b'<!DOCTYPE a [<!ENTITY b "bb">]><services><service>&b;</service></services>'


@pytest.mark.parametrize(
    "body",
    [BOMB, b"<services><service>", b"<" * 3, b"<a>" * 40 + b"</a>" * 40, b"{", b"", b"OK", b"\xff"],
)
def test_an_answer_that_is_none_is_taken_for_none(body: bytes) -> None:
    with pytest.raises(TicketError):
        wire.services(Answer(200, {}, body), NOW)


ERRORS = {
    "the standard's, JSON": b'[{"code":403,"description":"no key"}]',
    "the standard's, XML": b"<errors><error><code>403</code><description>no key</description>"
    b"</error></errors>",
    "a dialect": b'{"code":403,"detail":"no key"}',
}


@pytest.mark.parametrize("body", ERRORS.values(), ids=ERRORS.keys())
@pytest.mark.parametrize("status", [200, 403])
def test_an_error_is_one_even_inside_a_200(body: bytes, status: int) -> None:
    with pytest.raises(Misconfigured, match="no key"):
        wire.records(Answer(status, {}, body), "request", NOW)


def test_what_is_written_as_xml_is_read_the_same() -> None:
    said = {"service_code": "1", "service_name": '<水> & "电"\x0b', "group": None, "metadata": True}
    written = xml.write("services", "service", [said])
    (read,) = wire.services(Answer(200, {}, written.encode()), NOW)
    assert (read.name, read.group, read.metadata) == ('<水> & "电"', "", True)


@pytest.mark.parametrize(
    ("kind", "solved", "status", "words"),
    [
        (ChangeKind.FOLLOW_UP, True, "CLOSED", "解决了"),
        (ChangeKind.FOLLOW_UP, None, "CLOSED", "没有回复"),
        (ChangeKind.REOPEN, False, "OPEN", "重新办理"),
        (ChangeKind.URGE, None, "OPEN", "催办"),
        (ChangeKind.WITHDRAW, None, "CLOSED", "撤回"),
    ],
)
async def test_an_update_says_whether_there_is_anything_left_to_do(
    kind: ChangeKind, solved: bool | None, status: str, words: str
) -> None:
    async with city(updates="service_request_updates") as c:
        await c.system.update(order(), Change(kind, "k:1", NOW, solved=solved))
        (form,) = c.server.updates
        assert form["status"] == status
        assert words in form["description"]
