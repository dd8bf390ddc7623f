"""Our register by Open311: who may read what, who may file, and errors by the standard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import aiohttp
import pytest
from sqlalchemy import Engine, event

from actions.work_orders import steps
from actions.work_orders.steps import Said
from actions.work_orders.way import Step
from connectors.clock import SystemClock
from connectors.settings.tickets import Served
from connectors.store import work_orders
from connectors.store.work_orders import WorkOrder
from connectors.tickets.open311 import incoming
from tests.house import House, house
from tests.tickets.subjects import KEY, SECRET, new_order, register

SECRETS = ("张先生", "13800001234", "睡不着", "黄山路1号", "31.8")


@pytest.fixture
async def h(tmp_path: Path) -> AsyncIterator[House]:
    served = Served(public=True, api_keys={"portal": SECRET})
    async with house(tmp_path, open311=served) as opened:
        yield opened


async def get(h: House, path: str, **query: str) -> tuple[int, Any]:
    async with h.client.get(f"/open311/v2/{path}", params=query) as answer:
        body = await answer.text()
        return answer.status, await answer.json() if path.endswith("json") else body


async def post(h: House, path: str = "requests.json", **form: str) -> tuple[int, Any]:
    headers = {"Idempotency-Key": form.pop("idempotency")} if "idempotency" in form else {}
    data = {name.replace("__", "[") + "]" if "__" in name else name: said
            for name, said in form.items()}  # fmt: skip
    async with h.client.post(f"/open311/v2/{path}", data=data, headers=headers) as answer:
        return answer.status, await answer.json()


async def service(h: House, name: str = "") -> dict[str, str]:
    _, services = await get(h, "services.json")
    found: dict[str, str] = next(one for one in services if name in one["service_name"])
    return found


async def filed(h: House, **more: str) -> tuple[int, Any]:
    given = {
        "api_key": KEY,
        "service_code": (await service(h))["service_code"],
        "description": "路灯坏了三天，晚上看不见路",
        "address_string": "黄山路1号",
        "phone": "13800001234",
        "last_name": "张",
    }
    return await post(h, **given | more)


async def stored(h: House, number: str) -> WorkOrder:
    found = await h.database.read(lambda conn: work_orders.by_number(conn, number))
    assert found is not None
    return found


async def test_it_is_found_by_discovery_and_lists_its_services(h: House) -> None:
    async with h.client.get("/open311/discovery.json") as answer:
        (endpoint,) = (await answer.json())["endpoints"]
    assert endpoint["url"].endswith("/open311/v2")
    assert endpoint["specification"].endswith("GeoReport_v2")
    async with h.client.get("/open311/discovery.xml") as answer:
        assert ElementTree.fromstring(await answer.text()).findtext(".//endpoint/formats/format")
    status, services = await get(h, "services.json")
    assert status == 200
    assert len(services) >= 300
    assert len({one["service_code"] for one in services}) == len(services)
    _, text = await get(h, "services.xml")
    assert len(ElementTree.fromstring(text)) == len(services)
    code = services[0]["service_code"]
    _, definition = await get(h, f"services/{code}.json")
    assert [one["code"] for one in definition["attributes"]][:2] == ["kind", "time"]
    _, text = await get(h, f"services/{code}.xml")
    assert ElementTree.fromstring(text).findtext(".//attribute/values/value/key")


async def test_a_request_is_a_work_order_and_its_number_is_final(h: House) -> None:
    status, answer = await filed(h, attribute__kind="投诉", attribute__time="昨晚", lat="31.8",
                                 long="117.2")  # fmt: skip
    assert status == 200
    order = await stored(h, answer[0]["service_request_id"])
    assert (order.filed.kind, order.filed.channel, order.filed.time_text) == (
        "投诉",
        "open311",
        "昨晚",
    )
    assert (order.filed.contact_phone, order.filed.latitude) == ("13800001234", 31.8)
    assert order.filed.category[-1] == (await service(h))["service_name"]
    _, token = await get(h, f"tokens/{order.number}.json")
    assert token == [{"service_request_id": order.number, "token": order.number}]


async def test_a_repeat_with_its_key_is_one_order(h: House) -> None:
    first = await filed(h, idempotency="r-1")
    assert await filed(h, idempotency="r-1") == first
    assert (await filed(h, idempotency="r-2"))[1] != first[1]


async def test_orders_about_one_matter_are_linked_wherever_they_come_from(h: House) -> None:
    _, ((first,)) = await filed(h, address_string="蜀山区黄山路1号小区门口", last_name="李")
    _, ((second,)) = await filed(
        h,
        address_string="蜀山区黄山路1号小区门口",
        description="小区门口的路灯坏了好几天，看不见路",
        phone="13900005678",
    )
    _, ((other,)) = await filed(h, address_string="庐阳区长江路200号门口")
    number, of = first["service_request_id"], second["service_request_id"]
    assert (await stored(h, of)).filed.related == (number,)
    assert (await stored(h, other["service_request_id"])).filed.related == ()


async def test_without_a_phone_the_answer_says_the_query_code(h: House) -> None:
    _, answer = await filed(h, phone="")
    order = await stored(h, answer[0]["service_request_id"])
    assert order.query_code is not None
    assert order.query_code in answer[0]["service_notice"]


async def test_nobody_reads_words_or_names_of_others(h: House) -> None:
    files = register(h).file
    public = await files(new_order(key="a", latitude=31.8, longitude=117.2, place_region="340104"))
    hidden: tuple[dict[str, Any], ...] = (
        {"confidential": True},
        {"anonymous": True},
        {"kind": "举报"},
        {"risk": ("threat",)},
        {"category": ()},
    )
    for n, more in enumerate(hidden):
        await files(replace(new_order(key=f"h{n}"), **more))
    _, listed = await get(h, "requests.json")
    assert [one["service_request_id"] for one in listed] == [public.number]
    assert listed[0]["service_name"] == "夜间施工噪声"
    assert "蜀山区" in listed[0]["address"]
    _, text = await get(h, "requests.xml")
    _, alone = await get(h, f"requests/{public.number}.json", extensions="true")
    for secret in SECRETS:
        assert secret not in str(listed)
        assert secret not in text
        assert secret not in str(alone)
    assert alone[0]["extended_attributes"]["detailed_status"] == "accepted"


async def test_whose_key_filed_it_reads_it_all_and_nobody_elses(h: House) -> None:
    _, answer = await filed(h, attribute__kind="举报", attribute__confidential="true")
    number = answer[0]["service_request_id"]
    assert (await get(h, f"requests/{number}.json"))[0] == 404
    status, (one,) = await get(h, f"requests/{number}.json", api_key=KEY)
    assert (status, one["description"], one["address"]) == (
        200,
        "路灯坏了三天，晚上看不见路",
        "黄山路1号",
    )
    assert "13800001234" not in str(one)


async def test_how_a_request_stands_is_told(h: House) -> None:
    _, answer = await filed(h)
    number = answer[0]["service_request_id"]
    for step, said in (
        (Step.CHECK, Said()),
        (Step.DISPATCH, Said(unit="区路灯所", helpers=("供电公司", "街道"))),
        (Step.SIGN, Said()),
        (Step.ANSWER, Said(note="已更换灯头")),
        (Step.APPROVE, Said(outcome="solved")),
    ):
        now = SystemClock().now()
        await h.database.transact(
            lambda conn, step=step, said=said, now=now: steps.take(  # type: ignore[misc]
                conn, h.texts, number, step, said, actor="a_1", now=now
            )
        )
    _, (own,) = await get(h, f"requests/{number}.json", api_key=KEY)
    assert (own["status"], own["status_notes"], own["agency_responsible"]) == (
        "closed",
        "已更换灯头",
        "区路灯所",
    )
    assert own["updated_datetime"].endswith("+08:00")
    _, (more,) = await get(h, f"requests/{number}.json", extensions="true")
    assert more["extended_attributes"]["helpers"] == "供电公司、街道"
    _, (public,) = await get(h, f"requests/{number}.json")
    assert "更换灯头" not in str(public)
    assert [one["status"] for one in (await get(h, "requests.json", status="closed"))[1]] == [
        "closed"
    ]
    assert (await get(h, "requests.json", status="open"))[1] == []


async def test_a_long_list_costs_no_more_look_ups_than_a_short_one(h: House) -> None:
    for _ in range(8):
        await filed(h)
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        counts = []
        for size in ("1", "8"):
            asked.clear()
            _, found = await get(h, "requests.json", page_size=size)
            assert len(found) == int(size)
            counts.append(len([one for one in asked if "work_order" in one or "tickets" in one]))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert counts[0] == counts[1] <= 6


async def test_lists_are_filtered_and_paged(h: House) -> None:
    numbers = [(await filed(h))[1][0]["service_request_id"] for _ in range(3)]
    code = (await service(h))["service_code"]
    other = next(o["service_code"] for o in (await get(h, "services.json"))[1] if o["service_code"]
                 != code)  # fmt: skip

    async def ids(**query: str) -> list[str]:
        _, found = await get(h, "requests.json", **query)
        return [one["service_request_id"] for one in found]

    assert await ids() == numbers[::-1]
    assert await ids(page_size="2") == numbers[:0:-1]
    assert await ids(page_size="2", page="2") == numbers[:1]
    assert await ids(service_request_id=f"{numbers[0]},{numbers[2]}") == [numbers[2], numbers[0]]
    assert await ids(service_code=code) == numbers[::-1]
    assert await ids(service_code=other) == []
    assert await ids(end_date="2020-01-01T00:00:00Z") == []
    assert await ids(start_date="2020-01-01T00:00:00+08:00") == numbers[::-1]


WRONG: dict[str, tuple[dict[str, str], int]] = {
    "no key": ({"api_key": ""}, 403),
    "a wrong key": ({"api_key": "x" * 40}, 403),
    "no service": ({"service_code": ""}, 400),
    "a service nobody knows": ({"service_code": "nope"}, 404),
    "no description": ({"description": " "}, 400),
    "a description too long": ({"description": "水" * 4001}, 400),
    "no place": ({"address_string": ""}, 400),
    "half a place": ({"lat": "31.8"}, 400),
    "no place on earth": ({"lat": "nan", "long": "117"}, 400),
    "a phone that is none": ({"phone": "call me"}, 400),
    "a kind nobody knows": ({"attribute__kind": "吐槽"}, 400),
    "a file that is none": ({"media_url": "javascript:alert(1)"}, 400),
}


@pytest.mark.parametrize(("more", "status"), WRONG.values(), ids=WRONG.keys())
async def test_what_cannot_be_filed_is_refused_by_the_standard(
    h: House, more: dict[str, str], status: int
) -> None:
    found, answer = await filed(h, **more)
    assert found == status
    assert answer[0]["code"] == status
    assert answer[0]["description"]


async def test_errors_of_questions_are_the_standards_too(h: House) -> None:
    for path, query, status in (
        ("services/nope.json", {}, 404),
        ("requests/HY0.json", {}, 404),
        ("tokens/nope.json", {}, 404),
        ("requests.json", {"status": "half"}, 400),
        ("requests.json", {"start_date": "yesterday"}, 400),
        ("requests.json", {"start_date": "0001-01-01T00:00:00+14:00"}, 400),
        ("requests.json", {"page": "0"}, 400),
        ("requests.json", {"service_code": "nope"}, 404),
        ("requests.json", {"api_key": "x" * 40}, 403),
    ):
        assert (await get(h, path, **query))[0] == status, path
    _, text = await get(h, "services/nope.xml")
    assert ElementTree.fromstring(text).findtext("error/code") == "404"
    async with h.client.post("/open311/v2/requests.json", json={}) as answer:
        assert answer.status == 400


async def test_a_jurisdiction_is_asked_for_where_there_is_one(tmp_path: Path) -> None:
    served = Served(public=True, jurisdiction_id="hefei.example")
    async with house(tmp_path, open311=served) as h:
        assert (await get(h, "services.json"))[0] == 400
        assert (await get(h, "services.json", jurisdiction_id="x"))[0] == 404
        assert (await get(h, "services.json", jurisdiction_id="hefei.example"))[0] == 200


async def test_it_is_served_to_nobody_unless_the_settings_say_so(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.client.get("/open311/v2/services.json") as answer:
        assert answer.status == 404
    (tmp_path / "b").mkdir()
    async with house(tmp_path / "b", open311=Served(api_keys={"portal": SECRET})) as h:
        assert (await get(h, "requests.json"))[0] == 403
        assert (await get(h, "requests.json", api_key=KEY))[0] == 200


async def test_a_path_without_a_format_is_answered_in_xml_or_as_asked(h: House) -> None:
    async with h.client.get("/open311/v2/services") as answer:
        assert answer.content_type == "text/xml"
        assert len(ElementTree.fromstring(await answer.text())) >= 300
    code = (await service(h))["service_code"]
    async with h.client.get(
        f"/open311/v2/services/{code}", headers={"Accept": "application/json"}
    ) as answer:
        assert (await answer.json())["service_code"] == code
    async with h.client.get("/open311/v2/requests/HY1.2-3") as answer:
        assert answer.status == 404
        assert ElementTree.fromstring(await answer.text()).findtext("error/code") == "404"


async def test_a_form_with_parts_is_read_and_a_file_in_it_told(h: House) -> None:
    code = (await service(h))["service_code"]
    with aiohttp.MultipartWriter("form-data") as parts:
        for name, said in (("service_code", code), ("description", "路灯坏了")):
            parts.append(said).set_content_disposition("form-data", name=name)
        parts.append("黄山路").set_content_disposition("form-data", name="address_string")
        async with h.client.post(
            "/open311/v2/requests.json", params={"api_key": KEY}, data=parts
        ) as answer:
            assert answer.status == 200, await answer.text()
            number = (await answer.json())[0]["service_request_id"]
    assert (await stored(h, number)).filed.content == "路灯坏了"
    with aiohttp.MultipartWriter("form-data") as parts:
        part = parts.append(b"\x89PNG")
        part.set_content_disposition("form-data", name="media", filename="a.png")
        async with h.client.post(
            "/open311/v2/requests.json", params={"api_key": KEY}, data=parts
        ) as answer:
            assert answer.status == 400
            assert "media_url" in await answer.text()


async def test_a_form_with_parts_that_never_ends_is_given_up(
    h: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "BODY_WITHIN", 0.05)
    given_up = asyncio.Event()

    async def half_a_form() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\n'
        await given_up.wait()

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with (
        asyncio.timeout(5),
        h.client.post(
            "/open311/v2/requests.json",
            params={"api_key": KEY},
            data=half_a_form(),
            headers=headers,
        ) as answer,
    ):
        assert answer.status == 408
        assert "did not arrive" in await answer.text()
        given_up.set()


async def test_strangers_behind_a_proxy_are_counted_each_by_their_address(tmp_path: Path) -> None:
    served = Served(public=True, per_minute=2)
    async with house(tmp_path, open311=served) as opened:

        async def ask(address: str) -> int:
            headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
            async with opened.client.get("/open311/v2/requests.json", headers=headers) as answer:
                return answer.status

        assert [await ask("203.0.113.1") for _ in range(3)] == [200, 200, 429]
        assert await ask("203.0.113.2") == 200
    other = tmp_path / "b"
    other.mkdir()
    async with house(other, open311=served, trusted_proxies=["192.0.2.0/24"]) as opened:
        assert [await ask(f"203.0.113.{n}") for n in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("said", "kept", "every_step"),
    [("", "closing", False), ("steps", "steps", True), ("caller", "caller", False)],
)
async def test_who_files_says_what_the_phone_is_told(
    h: House, said: str, kept: str, every_step: bool
) -> None:
    more = {"attribute__notify": said} if said else {}
    status, answer = await filed(h, **more)
    assert status == 200
    order = await stored(h, answer[0]["service_request_id"])
    assert (order.filed.notify, order.every_step) == (kept, every_step)


async def test_what_the_phone_is_told_is_one_of_three(h: House) -> None:
    status, answer = await filed(h, attribute__notify="daily")
    assert status == 400
    assert "steps, closing, caller" in answer[0]["description"]
