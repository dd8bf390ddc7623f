"""Photos, voice and places sent with a complaint: kept with it, each once, and said once."""

from __future__ import annotations

from typing import Any

from actions.complaint.record.draft import CONFIRMED, Field
from actions.work_orders.register import RecordKind
from tests.actions.conftest import Reply, Talk
from tests.actions.test_complaint_form import NOISE, answered, asked, filed, opened, order_of

NO_PLACE = "我们小区门口的路灯坏了一个月了，没人修"
HERE = {"latitude": 31.8206, "longitude": 117.2272}


def file(n: int, media: str = "image/jpeg", where: Any = None) -> dict[str, Any]:
    return {"id": f"f_{n}", "media": media, **(where or {})}


async def sent(talk: Talk, *files: dict[str, Any], location: Any = None) -> Reply:
    """A message of files, or of a place, without words."""
    talk.meta = {"files": list(files), **({"location": location} if location else {})}
    talk.hear("/send_files", "send_files", 1.0)
    talk.meta = {}
    if talk.loop:
        return await talk.run("validate_complaint_form")
    return await talk.run("action_receive_files")


async def test_a_photo_within_a_complaint_is_kept_with_it(talk: Talk) -> None:
    await opened(talk)
    reply = await sent(talk, file(1), file(2), file(3, "audio/amr"))
    assert reply.text == "收到2张照片、1段语音，和这件事放在一起。"
    assert talk.slots["requested_slot"] == Field.PHONE
    assert (await asked(talk)).text  # and the question comes again
    await answered(talk, "13800001234")
    rows = {row["key"]: row["value"] for row in (await asked(talk)).cards[0]["rows"]}
    assert rows["files"] == "2张照片、1段语音"
    order = await order_of(talk.services, (await filed(talk)).cards[0]["number"])
    assert order.filed.attachments == ("f_1", "f_2", "f_3")


async def test_the_same_photo_ten_times_is_kept_and_said_once(talk: Talk) -> None:
    await opened(talk)
    first = await sent(talk, file(1))
    again = [await sent(talk, file(1)) for _ in range(9)]
    assert "1张照片" in first.text
    assert {reply.text for reply in again} == {""}
    assert {card["effect"] for reply in again for card in reply.cards} == {"silence"}
    assert list(talk.slots["complaint"]["files"]) == ["f_1"]
    outside = Talk(talk.services)
    assert "1张照片" in (await sent(outside, file(1))).text
    assert (await sent(outside, file(1))).text == ""


async def test_a_photo_outside_asks_what_it_is_about_and_goes_with_the_answer(talk: Talk) -> None:
    reply = await sent(talk, file(1))
    assert "收到1张照片" in reply.text
    assert [b["payload"] for b in reply.buttons] == ["/complain"]
    await sent(talk, file(2))
    opening = await opened(talk)
    assert "2张照片" in opening.text
    assert list(talk.slots["complaint"]["files"]) == ["f_1", "f_2"]
    assert talk.slots["sent"] is None


async def test_a_photo_with_the_very_words_that_open_a_complaint(talk: Talk) -> None:
    talk.meta = {"files": [file(1)]}
    await opened(talk)
    assert list(talk.slots["complaint"]["files"]) == ["f_1"]


async def test_a_photo_with_words_about_something_else_waits(talk: Talk) -> None:
    talk.meta = {"files": [file(1)]}
    talk.hear("谢谢", "goodbye")
    await talk.run("action_goodbye")
    talk.meta = {}
    await opened(talk)
    assert list(talk.slots["complaint"]["files"]) == ["f_1"]


async def test_the_place_of_a_photo_is_offered_and_taken(talk: Talk) -> None:
    await opened(talk, NO_PLACE)
    assert talk.slots["requested_slot"] == Field.PLACE
    await sent(talk, file(1, where=HERE))
    assert talk.slots["requested_slot"] == CONFIRMED
    question = await asked(talk)
    assert "拍照的地方" in question.text
    assert "北纬" not in question.text
    talk.press(question.buttons[0]["payload"])
    await talk.run("validate_complaint_form")
    assert talk.slots["requested_slot"] == Field.PHONE
    order = await order_of(talk.services, (await filed(talk, "13800001234")).cards[0]["number"])
    assert (order.filed.latitude, order.filed.longitude) == (31.8206, 117.2272)


async def test_the_place_of_a_photo_is_refused_and_forgotten(talk: Talk) -> None:
    for no in ("不是", "不是这里"):
        other = Talk(talk.services)
        await opened(other, NO_PLACE)
        await sent(other, file(1, where=HERE))
        await answered(other, no, "deny")
        assert other.slots["requested_slot"] == Field.PLACE
        assert other.slots["complaint"]["spot"] == {}
    await opened(talk, NO_PLACE)
    await sent(talk, file(1, where=HERE))
    await answered(talk, "在望江西路和石台路交口")
    assert "望江西路" in talk.slots["place"]
    assert "31.8" not in str(talk.slots["complaint"])


async def test_a_place_already_told_is_not_asked_about_again(talk: Talk) -> None:
    await opened(talk)
    await sent(talk, file(1, where=HERE))
    assert talk.slots["requested_slot"] == Field.PHONE
    assert talk.slots["complaint"]["spot"] == {}


async def test_a_place_that_is_sent_is_the_matters(talk: Talk) -> None:
    await opened(talk, NO_PLACE)
    reply = await sent(talk, location={**HERE, "label": "三孝口地铁站"})
    assert "位置" in reply.text
    assert talk.slots["place"] == "三孝口地铁站"
    told = Talk(talk.services)
    await opened(told, NOISE)
    await sent(told, location=HERE)
    assert told.slots["place"] == "蜀山区黄山路与科学大道交口"  # the words stay, the point joins
    assert told.slots["complaint"]["values"]["place"]["detail"]["latitude"] == "31.820600"


async def test_a_place_before_any_matter_waits_for_it(talk: Talk) -> None:
    assert "位置" in (await sent(talk, location=HERE)).text
    await opened(talk, NO_PLACE)
    assert talk.slots["requested_slot"] == Field.PHONE
    assert talk.slots["complaint"]["values"]["place"]["detail"]["longitude"] == "117.227200"


async def test_a_photo_after_the_order_can_be_added_to_it(talk: Talk) -> None:
    await opened(talk)
    number = (await filed(talk, "13800001234")).cards[0]["number"]
    reply = await sent(talk, file(7))
    assert reply.buttons[0]["payload"] == "/supplement_order"
    await talk.services.work_orders.add(
        number, RecordKind.SUPPLEMENT, "1张照片", key="k", conversation_id="c1", files=("f_7",)
    )
    assert (await order_of(talk.services, number)).filed.attachments == ("f_7",)
