"""One product and one browser for the whole end-to-end suite."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.product import ROOT, Product, copy_tree, running

SCREENSHOTS = Path(os.environ.get("HUIYING_SCREENSHOTS", ROOT / "var" / "screenshots"))


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("clone")
    copy_tree(folder)
    with running(folder) as started:
        started.wait_until_open()
        yield started


# Playwright's synchronous face keeps an event loop running in the main thread for as long as it is
# open, and no asyncio test can run beside it: it must be shut when this folder's tests are done.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "install Chromium: bash scripts/apt_install.sh chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, product: Product) -> Iterator[Page]:
    """A fresh visitor's chat page; errors in its console fail the test."""
    context = browser.new_context(viewport={"width": 430, "height": 860}, locale="zh-CN")
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.goto(product.url)
    yield opened
    context.close()
    assert problems == []


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
