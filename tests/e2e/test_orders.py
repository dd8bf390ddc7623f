"""An order from the complaint to the rating: the citizen's browser and the desk's side by side."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import shoot
from tests.e2e.product import Product
from tests.e2e.test_conversations import ANSWER, NUMBER, file_complaint, say

pytestmark = pytest.mark.e2e


def at_the_desk(product: Product, browser: Browser, login: str, role: str) -> Page:
    made = product.huiying(
        "agent", "add", login, "--role", role, "--password-stdin", stdin="a long password\n"
    )
    assert made.returncode == 0 or "already" in made.stderr, made.stderr
    desk = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    desk.goto(f"{product.url}/desk")
    desk.get_by_label("账号").fill(login)
    desk.get_by_label("密码").fill("a long password")
    desk.get_by_role("button", name="登录").click()
    return desk


def test_an_order_goes_its_way_and_its_person_says_it_is_solved(
    product: Product, page: Page, browser: Browser
) -> None:
    product.wait_until_ready()
    file_complaint(page)
    say(page, "确认")
    number = NUMBER.search(page.locator(".log").inner_text())
    assert number
    desk = at_the_desk(product, browser, "desk2", "supervisor")
    desk.get_by_role("link", name="工单").click()
    desk.get_by_role("link", name=number[0]).click()
    desk.get_by_role("button", name="查重通过").click()
    desk.get_by_label("承办单位").fill("区城市管理局")
    desk.get_by_role("button", name="派单").click()
    expect(page.locator(".log")).to_contain_text("已派给区城市管理局", timeout=ANSWER)
    desk.get_by_role("button", name="签收").click()
    desk.get_by_label("答复内容").fill("已要求工地夜间停工，并派人巡查。")
    shoot(desk, "07-order-answer")
    desk.get_by_role("button", name="提交答复").click()
    desk.get_by_label(re.compile("实质办结")).check()
    desk.get_by_role("button", name="同意办结").click()
    expect(page.locator(".log")).to_contain_text("问题解决了吗", timeout=ANSWER)
    expect(page.locator(".log")).to_contain_text("已要求工地夜间停工")
    page.get_by_role("button", name="解决了", exact=True).click()
    page.get_by_role("button", name="5分 非常满意").click(timeout=ANSWER)
    expect(page.locator(".log")).to_contain_text("收到您的评价", timeout=ANSWER)
    shoot(page, "08-follow-up")
    desk.reload()
    expect(desk.locator("main")).to_contain_text("已归档")
    expect(desk.locator("main")).to_contain_text("5 分")
    shoot(desk, "09-order-archived")
    desk.get_by_role("link", name="看板").click()
    expect(desk.locator("main")).to_contain_text("近30天解决率")
    shoot(desk, "10-board")
    desk.context.close()
