"""What is said of an order once handed in: how far it is, more of it, how satisfied they are."""

from __future__ import annotations

import pytest

from actions.complaint.record.draft import Step
from actions.orders import wording
from actions.orders.wording import About
from actions.services import Services
from actions.understanding.text.folding import fold
from connectors.store import order_work
from connectors.store.work_orders import NewWorkOrder
from tests.actions.conftest import Reply, Talk
from tests.actions.test_follow_up import asked_about, look


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("几天能来人", About.STANDS),
        ("会是哪个部门来管", About.STANDS),
        ("他们会打我电话吗", About.STANDS),
        ("编号我没记住，再发一遍", About.NUMBER),
        ("照片收到没", About.FILES),
        ("有新情况，今天烟囱改到我家窗户这边了", About.NEWS),
        ("三天了没一个人联系我，你们到底办不办", About.UNHEARD),
        ("那个不用处理了，人已经走了", About.OVER),
        ("都四天了也没见谁来通", About.UNHEARD),
        ("有消息了通知我", About.STANDS),
        ("不会告诉棋牌室是我说的吧", About.PRIVATE),
        ("不撤了，留着吧", About.KEPT),
        ("身份证多久能办好", None),
        ("你们几点下班", None),
        ("谢谢了", None),
        ("路灯坏了", None),
    ],
)
def test_what_is_said_of_an_order(text: str, about: About | None) -> None:
    assert wording.about(fold(text)) is about


@pytest.mark.parametrize(
    ("text", "solved", "stars"),
    [
        ("现在清了", True, 0),
        ("确实不吵了", True, 0),
        ("还是一盏不亮", False, 0),
        ("来了一趟没弄", False, 0),
        ("看到了，装上了", True, 0),
        ("很满意", True, 5),
        ("还行", None, 3),
        ("非常差", None, 1),
        ("四分", None, 4),
        ("4", None, 4),
        ("路灯什么时候修好", None, 0),
    ],
)
def test_satisfaction_in_words_of_ones_own(text: str, solved: bool | None, stars: int) -> None:
    assert (wording.is_solved(fold(text)), wording.stars(fold(text))) == (solved, stars)


async def filed(
    services: Services, key: str, content: str, place: str, category: tuple[str, ...]
) -> str:
    order = await services.work_orders.file(
        NewWorkOrder(
            key=key,
            channel="webchat",
            kind="投诉",
            title=content,
            content=content,
            conversation_id="c1",
            contact_id="p1",
            contact_phone="13800001234",
            place_text=place,
            category=category,
        )
    )
    return order.number


@pytest.fixture
async def toilet(services: Services, talk: Talk) -> str:
    number = await filed(
        services, "k1", "公厕一直锁着，厕所脏", "骆岗街道健康路",
        ("市容环卫与城市管理", "环境卫生", "公共厕所"),
    )  # fmt: skip
    talk.slots["last_order"] = number
    return number


async def said(talk: Talk, text: str, action: str, intent: str = "nlu_fallback") -> Reply:
    talk.hear(text, intent)
    return await talk.run(action)


async def test_when_somebody_comes_is_answered_with_how_far_it_is(talk: Talk, toilet: str) -> None:
    reply = await said(talk, "几天能来人", "action_wait_time", "ask_wait_time")
    assert toilet in reply.text
    assert "办结" in reply.text
    assert [button["payload"] for button in reply.buttons] == [
        *("/urge_order", "/supplement_order", "/query_progress")
    ]


async def test_the_other_order_is_meant_by_its_name(
    talk: Talk, toilet: str, services: Services
) -> None:
    market = await filed(
        services, "k2", "菜市场门口电动车乱停", "明光路", ("交通管理", "交通秩序与拥堵")
    )
    reply = await said(talk, "菜市场那个呢", "action_fallback")
    assert market in reply.text
    assert toilet not in reply.text
    reply = await said(talk, "公厕那个怎么样了", "action_open_order", "query_progress")
    assert toilet in reply.text
    await said(talk, "厕所锁着的再催催", "action_open_order", "urge_order")
    assert talk.slots["number"] == toilet
    await said(talk, "催一下菜市场的", "action_open_order", "urge_order")
    assert talk.slots["number"] == market


async def test_news_goes_to_the_order_and_opens_no_other(
    talk: Talk, toilet: str, services: Services
) -> None:
    reply = await said(talk, "有新情况，今天门口还堆了垃圾", "action_open_complaint", "complain")
    assert reply.has("followup", name="order_form")
    await talk.run("action_finish_order")
    records = await services.database.read(lambda conn: order_work.records(conn, toilet))
    assert [record.text for record in records] == ["有新情况，今天门口还堆了垃圾"]


async def test_nobody_came_asks_what_shall_become_of_the_order(talk: Talk, toilet: str) -> None:
    await said(talk, "三天了没一个人联系我，你们到底办不办", "action_open_complaint", "complain")
    assert talk.slots["complaint"]["step"] == Step.SAME
    assert talk.slots["complaint"]["earlier"]["number"] == toilet


@pytest.mark.parametrize(
    "text", ["望江西路路灯坏了没人修", "还有一件事，楼道里堆满了纸箱没人管", "小区水压太低没人修"]
)
async def test_another_matter_is_none_of_the_order(talk: Talk, toilet: str, text: str) -> None:
    await said(talk, text, "action_open_complaint", "complain")
    assert talk.slots["complaint"]["step"] != Step.SAME


async def test_shown_one_order_the_other_can_be_meant(
    talk: Talk, toilet: str, services: Services
) -> None:
    market = await filed(
        services, "k2", "菜市场门口电动车乱停", "明光路", ("交通管理", "交通秩序与拥堵")
    )
    await said(talk, "公厕那里三天了没人来", "action_open_complaint", "complain")
    assert talk.slots["complaint"]["earlier"]["number"] == toilet
    talk.loop = "complaint_form"
    talk.hear("菜市场那个呢")
    await talk.run("validate_complaint_form")
    assert talk.slots["complaint"]["earlier"]["number"] == market


async def test_solved_in_words_nobody_listed_settles_the_order(
    talk: Talk, services: Services
) -> None:
    number = await asked_about(services)
    reply = await said(talk, "现在亮了", "action_fallback")
    assert reply.has("user", text="现在亮了")  # taken anew as content
    talk.hear("现在亮了", "rate_good")
    await talk.run("action_rate_good")
    await said(talk, "很满意", "action_rate_good", "rate_good")
    order = await look(services, number)
    assert (order.status, order.handling.rating) == ("closed", 5)


async def test_why_it_is_not_solved_may_be_said_in_words(talk: Talk, services: Services) -> None:
    number = await asked_about(services)
    await said(talk, "没修好", "action_rate_bad", "rate_bad")
    reply = await said(talk, "就换了一个灯泡，糊弄人", "action_open_complaint", "complain")
    assert "糊弄人" in reply.text
    records = await services.database.read(lambda conn: order_work.records(conn, number))
    assert "就换了一个灯泡，糊弄人" in records[-1].text


async def test_urging_by_words_opens_a_dossier_the_fifth_time(
    talk: Talk, toilet: str, services: Services
) -> None:
    for _ in range(6):
        await said(talk, "催一下", "action_open_order", "urge_order")
        await talk.run("action_finish_order")
    records = await services.database.read(lambda conn: order_work.records(conn, toilet))
    assert [record.kind for record in records].count("supplement") == 1


async def test_a_question_right_after_filing_is_about_the_order(talk: Talk, toilet: str) -> None:
    reply = await said(talk, "会派人到现场看吗", "action_open_complaint", "complain")
    assert toilet in reply.text
    assert talk.slots.get("complaint") is None


async def test_taking_it_back_is_confirmed_in_any_words(
    talk: Talk, toilet: str, services: Services
) -> None:
    await said(talk, "单子撤掉吧，我们自己谈好了", "action_open_order", "withdraw_order")
    talk.loop = "order_form"
    talk.hear("对，撤")
    await talk.run("validate_order_form")
    await talk.run("action_finish_order")
    assert (await look(services, toilet)).status == "withdrawn"


async def test_photos_that_wait_are_what_is_added(talk: Talk, toilet: str) -> None:
    talk.slots["sent"] = {"files": {"f1": "image/jpeg"}, "spots": {}, "location": None}
    await said(talk, "加到刚才那个工单", "action_open_order", "supplement_order")
    assert talk.slots["order_detail"] == "1张照片"


async def test_who_was_shown_an_order_may_say_more_and_thank(
    talk: Talk, toilet: str, services: Services
) -> None:
    await said(talk, "三天了没一个人联系我", "action_open_complaint", "complain")
    talk.loop = "complaint_form"
    for text, intent in (("门口都发臭了路过都绕着走", "complain"), ("好，谢谢你们", "thank")):
        talk.hear(text, intent)
        await talk.run("validate_complaint_form")
    records = await services.database.read(lambda conn: order_work.records(conn, toilet))
    assert "门口都发臭了路过都绕着走" in records[-1].text


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("刚才电话留错了，应该是13900005678", "13900005678"),
        ("号码最后两位错了，是99", "13800001299"),
    ],
)
async def test_a_wrong_number_is_put_right_on_the_order(
    services: Services, talk: Talk, toilet: str, said: str, phone: str
) -> None:
    talk.hear(said, "supplement_order")
    reply = await talk.run("action_open_order")
    assert phone in reply.text
    order = await look(services, toilet)
    assert order.filed.contact_phone == phone


async def test_a_number_said_to_be_wrong_is_asked_for(
    services: Services, talk: Talk, toilet: str
) -> None:
    talk.hear("我刚才电话留错了", "supplement_order")
    assert "号码" in (await talk.run("action_open_order")).text
    talk.hear("13900005678", "inform")
    assert "13900005678" in (await talk.run("action_open_order")).text
    assert (await look(services, toilet)).filed.contact_phone == "13900005678"


async def test_nobody_changes_the_number_of_an_order_that_is_not_theirs(
    services: Services, talk: Talk
) -> None:
    number = await filed(services, "k9", "路灯坏了", "健康路", ())
    talk.hear("电话留错了，应该是13900005678", "supplement_order")
    await talk.run("action_open_order")
    assert (await look(services, number)).filed.contact_phone == "13800001234"
