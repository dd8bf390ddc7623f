"""A photo sent within a complaint is with the order on the desk, and tells no more where it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.attachments import files
from tests.e2e.conftest import shoot
from tests.e2e.product import Product
from tests.e2e.test_conversations import ANSWER, NUMBER, say
from tests.e2e.test_orders import at_the_desk

pytestmark = pytest.mark.e2e


def test_a_photo_gives_the_place_and_goes_with_the_order_without_its_exif(
    product: Product, page: Page, browser: Browser, tmp_path: Path
) -> None:
    product.wait_until_ready()
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(files.photo(size=(1200, 900)))
    log = page.locator(".log")
    say(page, "我们小区门口的路灯坏了一个月了，没人修")
    expect(log).to_contain_text("事情发生在哪里", timeout=ANSWER)
    page.locator("input[type=file]").set_input_files(photo)
    expect(log).to_contain_text("收到1张照片", timeout=ANSWER)
    shoot(page, "13-photo")
    page.get_by_role("button", name="是这里").click()
    expect(log).to_contain_text("是这里", timeout=ANSWER)
    expect(log).to_contain_text("怎么联系您", timeout=ANSWER)
    say(page, "13800001234")
    page.get_by_role("button", name="确认提交").click(timeout=ANSWER)
    expect(log).to_contain_text("工单已受理", timeout=ANSWER)
    number = NUMBER.search(log.inner_text())
    assert number
    desk = at_the_desk(product, browser, "desk4", "agent")
    desk.goto(f"{product.url}/desk/orders/{number[0]}")
    expect(desk.locator("main")).to_contain_text("北纬 31.8205")
    shoot(desk, "14-photo-on-the-desk")
    opened = desk.request.get(product.url + str(desk.locator("a.file").get_attribute("href")))
    assert opened.headers["content-type"] == "image/jpeg"
    assert files.SECRET.encode() not in opened.body()
    assert b"GPS" not in opened.body()
    desk.context.close()
