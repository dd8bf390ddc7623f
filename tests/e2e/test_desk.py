"""The desk by keyboard, and what an automatic check of accessibility says of its pages."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import shoot
from tests.e2e.product import Product
from tests.e2e.test_conversations import ANSWER, say
from tests.e2e.test_orders import at_the_desk

pytestmark = pytest.mark.e2e

PHONE = "13800001234"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = tuple(f"/desk/{page}" for page in ("board", "agents", "hours", "audit", "orders", "calls"))
CHECK = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((n) => n.target).join(", ")}`);
}"""


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core's script, from the package registry; without one there is nothing to check with."""
    folder = tmp_path_factory.mktemp("axe")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    got = subprocess.run(
        [npm, "pack", "axe-core@4", "--silent"], cwd=folder, capture_output=True, timeout=60
    )
    if got.returncode:
        pytest.skip("the package registry does not give axe-core")
    (package,) = folder.glob("axe-core-*.tgz")
    with tarfile.open(package) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    return [f"{page.url}: {one}" for one in page.evaluate(CHECK, WCAG)]


def test_a_talk_is_taken_answered_and_passed_on_by_keyboard(
    product: Product, page: Page, browser: Browser, axe: str
) -> None:
    product.wait_until_ready()
    say(page, f"路灯坏了三天没人修，我的电话{PHONE}")
    say(page, "转人工")
    expect(page.locator(".log")).to_contain_text("正在为您转接工作人员", timeout=ANSWER)
    expect(page.locator(".log")).to_contain_text("您是下一位")
    desk = at_the_desk(product, browser, "desk3", "supervisor")
    problems: list[str] = []
    desk.on("pageerror", lambda error: problems.append(str(error)))
    found = violations(desk, axe)
    desk.locator("body").press("n")  # whoever has waited longest
    expect(desk.locator(".log")).to_contain_text("138****1234")
    desk.locator("body").press("t")
    expect(desk.locator("#mine")).to_contain_text("访客", timeout=ANSWER)
    desk.get_by_label("回复内容").fill("您好，请问是哪条路？")
    desk.keyboard.press("Control+Enter")
    expect(page.locator(".log")).to_contain_text("请问是哪条路", timeout=ANSWER)
    page.get_by_label("输入消息").fill("望江西路")
    page.get_by_role("button", name="发送").click()
    expect(desk.locator(".log")).to_contain_text("望江西路", timeout=ANSWER)
    expect(desk.locator("#summary")).to_contain_text("路灯坏了三天", timeout=ANSWER)
    expect(desk.locator(".log .agent .state")).to_contain_text("已", timeout=ANSWER)
    found += violations(desk, axe)
    shoot(desk, "11-desk-talk")
    desk.keyboard.press("Escape")
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_be_visible()
    found += violations(desk, axe)
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="显示号码").click()
    expect(desk.locator(".log")).to_contain_text(PHONE)
    desk.get_by_label("地点").fill("望江西路5号")
    desk.get_by_label("地点").press("Tab")
    expect(desk.locator(".fields [role=status]")).to_have_text("已保存")
    desk.set_viewport_size({"width": 820, "height": 1180})
    shoot(desk, "12-desk-tablet")
    wide = desk.evaluate("document.documentElement.scrollWidth - innerWidth")
    desk.set_viewport_size({"width": 1366, "height": 768})
    for path in PAGES:
        desk.goto(f"{product.url}{path}")
        found += violations(desk, axe)
        shoot(desk, f"13-desk{path.replace('/', '-')}")
    desk.goto(f"{product.url}/desk/audit?event=talk.revealed")
    expect(desk.locator("table")).to_contain_text("talk.revealed")
    desk.context.close()
    assert (wide, problems) == (0, [])
    assert found == [], json.dumps(found, ensure_ascii=False, indent=1)
