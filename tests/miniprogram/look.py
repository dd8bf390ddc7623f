"""Pictures of the mini-program's pages: ``python -m tests.miniprogram.look FOLDER``.

The pages are laid out by WeChat's own template compiler and drawn by Chromium at 375 pixels, in
plain and in 关怀模式. How WeChat draws its own elements differs a little on each telephone.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.miniprogram.test_app import HERE
from tests.structure.source import ROOT

WIDTH, HEIGHT = 375, 720


def main(folder: Path) -> None:
    subprocess.run(["bash", ROOT / "scripts/node.sh", HERE], check=True)
    subprocess.run(["node", "build.js"], cwd=HERE, check=True)
    subprocess.run(["node", "look.js", folder.resolve()], cwd=HERE, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for html in sorted(folder.glob("*.html")):
            page.goto(html.resolve().as_uri())
            page.evaluate(
                "document.querySelectorAll('wx-scroll-view').forEach(e => e.scrollTop = 1e6)"
            )
            page.screenshot(path=html.with_suffix(".png"), full_page=True)
            sys.stdout.write(f"{html.with_suffix('.png')}\n")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
