"""The four conversations a newcomer has, in a real browser with the whole product behind it."""

from __future__ import annotations

import os
import re
import signal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import shoot
from tests.e2e.product import Product

pytestmark = pytest.mark.e2e

ANSWER = 30_000  # milliseconds
NUMBER = re.compile(r"HY\d{8}-\d{6}-\d")


def say(page: Page, text: str) -> None:
    """Types a message, sends it and waits until the other side has answered."""
    before = (
        int(page.locator(".log li[data-seq]").last.get_attribute("data-seq") or 0)
        if (page.locator(".log li[data-seq]").count())
        else 0
    )
    page.get_by_label("输入消息").fill(text)
    page.get_by_role("button", name="发送").click()
    page.wait_for_function(
        """(before) => [...document.querySelectorAll('.log li[data-seq]:not(.me)')]
            .some((li) => Number(li.dataset.seq) > before + 1)""",
        arg=before,
        timeout=ANSWER,
    )
    page.wait_for_timeout(400)  # the rest of the same answer


def last_answer(page: Page) -> str:
    return page.locator(".log li[data-seq]:not(.me)").last.inner_text()


def summary(page: Page) -> str:
    """The rows of the newest summary card."""
    return page.locator(".card dl").last.inner_text()


def file_complaint(page: Page) -> str:
    """The complaint of the first conversation, to its number."""
    say(page, "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口")
    asked: list[str] = []
    for _ in range(8):
        question = last_answer(page)
        if "确认" in question:
            break
        assert question not in asked, f"asked twice: {question}"
        asked.append(question)
        assert "在哪" not in question, "the place was said already"
        if "电话" in question or "手机" in question or "联系方式" in question:
            say(page, "13800001234")
        elif "称呼" in question or "姓名" in question or "贵姓" in question:
            say(page, "我姓王")
        elif "时间" in question or "什么时候" in question:
            say(page, "昨晚11点到今天凌晨2点")
        else:
            say(page, "希望晚上停工")
    else:
        raise AssertionError(f"no summary after {asked}")
    assert len(asked) <= 4
    return summary(page)


def test_the_page_takes_messages_while_rasa_is_loading(product: Product, page: Page) -> None:
    """The first page is opened as soon as the gateway is up; the bot comes later."""
    page.goto(product.url)
    expect(page.get_by_role("heading", name="12345")).to_be_visible()
    product.wait_until_ready()
    say(page, "你好")
    shoot(page, "00-greeting")
    assert page.locator(".log li.bot[data-seq]").count() >= 1


def test_a_policy_question_is_answered_with_its_source(product: Product, page: Page) -> None:
    product.wait_until_ready()
    say(page, "身份证丢了怎么补办？要带什么材料？")
    citation = page.locator("figure.citation").last
    expect(citation).to_contain_text("身份证")
    expect(citation.locator("figcaption")).to_contain_text("来源")
    expect(citation.locator("figcaption")).to_contain_text("公安部")
    expect(citation.get_by_role("link")).to_have_attribute("href", re.compile("^https://"))
    expect(page.locator(".log")).to_contain_text("户口簿")
    shoot(page, "01-policy")


def test_a_complaint_becomes_a_work_order_whose_progress_can_be_seen(
    product: Product, page: Page
) -> None:
    product.wait_until_ready()
    assert "黄山路与科学大道交口" in file_complaint(page)
    shoot(page, "02-complaint-summary")
    say(page, "地址不对，是望江西路与科学大道交口")
    places = [line for line in summary(page).splitlines() if "交口" in line and "施工" not in line]
    assert places == ["蜀山区望江西路与科学大道交口"]  # the district was right
    say(page, "确认")
    number = NUMBER.search(page.locator(".log").inner_text())
    assert number, page.locator(".log").inner_text()
    shoot(page, "03-complaint-order")
    say(page, f"查一下工单 {number[0]}")
    assert "后四位" in page.locator(".log").inner_text()
    say(page, "1234")
    nodes = page.locator(".nodes").last
    expect(nodes).to_contain_text("受理")
    shoot(page, "04-progress")


def test_wrong_last_digits_show_nothing(product: Product, page: Page) -> None:
    product.wait_until_ready()
    file_complaint(page)
    say(page, "确认")
    number = NUMBER.search(page.locator(".log").inner_text())
    assert number
    say(page, f"查一下工单 {number[0]}")
    say(page, "9999")
    assert page.locator(".nodes").count() == 0


def test_a_lost_connection_in_mid_form_resumes_where_it_stopped(
    product: Product, page: Page
) -> None:
    product.wait_until_ready()
    say(page, "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口")
    question = last_answer(page)
    page.context.set_offline(True)
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".log li[data-seq]").last).to_contain_text(question.splitlines()[1][:8])
    assert page.locator(".log li.me").count() == 1
    say(page, "13800001234")
    assert "在哪" not in last_answer(page)


def test_killing_gateway_and_rasa_in_mid_form_loses_nothing(product: Product, page: Page) -> None:
    product.wait_until_ready()
    say(page, "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口")
    victims = product.pids("connectors.cli gateway") + product.pids("runtime run")
    assert len(victims) == 2
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    page.get_by_label("输入消息").fill("13800001234")
    page.get_by_role("button", name="发送").click()
    product.wait_until_ready(within=90)
    expect(page.locator(".card dl").last).to_contain_text("13800001234", timeout=60_000)
    assert page.locator(".log li.me").count() == 2
    assert page.locator(".card dl").count() == 1
    assert "黄山路与科学大道交口" in summary(page)


def test_a_person_takes_over_and_the_bot_is_silent_until_handed_back(
    product: Product, page: Page, browser: Browser
) -> None:
    product.wait_until_ready()
    made = product.huiying(
        "agent", "add", "desk1", "--name", "1号座席", "--password-stdin", stdin="a long password\n"
    )
    assert made.returncode == 0 or "already" in made.stderr, made.stderr
    say(page, "我想问问路灯的事")
    say(page, "转人工")
    expect(page.get_by_role("status").first).to_contain_text("等候")
    desk = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    desk.goto(f"{product.url}/desk")
    desk.get_by_label("账号").fill("desk1")
    desk.get_by_label("密码").fill("a long password")
    desk.get_by_role("button", name="登录").click()
    desk.locator("#waiting a").first.click()
    expect(desk.locator(".log")).to_contain_text("我想问问路灯的事")
    desk.get_by_role("button", name="接入").click()
    desk.get_by_label("回复内容").fill("您好，请问路灯在哪个路段？")
    desk.get_by_role("button", name="发送").click()
    expect(page.locator(".log li.agent").last).to_contain_text("哪个路段")
    bots = page.locator(".log li.bot").count()
    page.get_by_label("输入消息").fill("在望江西路")
    page.get_by_role("button", name="发送").click()
    expect(desk.locator(".log")).to_contain_text("在望江西路")
    page.wait_for_timeout(1500)
    assert page.locator(".log li.bot").count() == bots
    shoot(desk, "05-desk")
    shoot(page, "06-human")
    desk.get_by_role("button", name="交还智能助手").click()
    expect(page.get_by_role("status").first).to_contain_text("智能助手")
    say(page, "谢谢")
    assert page.locator(".log li.bot").count() > bots
    desk.context.close()
