"""Take the pictures of README and docs from a fresh demo: ``make screenshots``. Every place and person is fictional."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.browser.hands import HALL, PHONE, Window, enter_staff_mode, make_key, open_window, press, sign_in  # noqa: E402
from tests.browser.site import Site, made, served  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
OLD_HALL = {"width": 1024, "height": 768}


def take(window: Window, name: str, *, whole: bool = False) -> None:
    """Keep one picture."""
    window.page.wait_for_timeout(700)
    window.page.screenshot(path=FOLDER / f"{name}.png", full_page=whole, animations="disabled")
    print(f"  docs/pictures/{name}.png", flush=True)


def before_the_session(browser: Any, site: Site) -> Window:
    """Take what a township and the office see before the session. Returns the host's window."""
    head = sign_in(browser, site, "柳岸镇 党委书记")
    take(head, "today")
    head.go("/township/990181101/")
    take(head, "township")
    head.go("/indicators/L01/990181101/")
    take(head, "figure")
    head.go("/indicators/S06/compare/")
    take(head, "compare", whole=True)
    head.go("/")
    with head.page.expect_navigation():
        head.page.get_by_role("link", name="去写").click()
    take(head, "report-writing")
    small = open_window(browser, site, PHONE, storage_state=head.page.context.storage_state())
    small.go("/matters/queue/")
    take(small, "queue-phone")
    head.go("/matters/?kind=petition")
    with head.page.expect_navigation():
        head.page.locator("main table a[href^='/matters/X']").first.click()
    take(head, "matter", whole=True)
    grid = sign_in(browser, site, "柳岸镇 网格员", PHONE)
    grid.go("/matters/field/")
    take(grid, "field-phone")
    host = sign_in(browser, site, "组织部（评议办）")
    enter_staff_mode(host, "office")
    host.go("/appraisals/1/results/")
    take(host, "results")
    host.page.locator("#firmness").screenshot(path=FOLDER / "firmness.png", animations="disabled")
    host.go("/appraisals/1/feedback/")
    take(host, "rectification")
    host.go("/appraisals/1/proof/")
    take(host, "proof")
    host.go("/appraisals/1/secrecy/")
    take(host, "secrecy")
    host.go("/appraisals/1/papers/")
    take(host, "papers")
    host.go("/appraisals/1/papers/print/ballots/?class=A")
    take(host, "paper-sheet")
    host.go("/matters/board/")
    take(host, "work-board")
    host.go("/matters/rates/")
    take(host, "rates")
    host.go("/matters/kinds/petition/")
    take(host, "kind")
    host.go("/indicators/overview/?domain=safety")
    take(host, "overview")
    host.go("/indicators/forms/")
    take(host, "forms")
    host.go("/indicators/burden/")
    take(host, "burden")
    village = sign_in(browser, site, "柳岸镇 前湾村")
    clerk = open_window(browser, site, PHONE, storage_state=village.page.context.storage_state())
    clerk.go("/indicators/filling/2/990181101201/")
    take(clerk, "sheet-phone")
    board = open_window(browser, site, HALL, storage_state=host.page.context.storage_state())
    board.go("/indicators/board/990181101/")
    take(board, "board")
    host.go("/indicators/indices/fazhan/1/")
    take(host, "index")
    host.go("/indicators/schemes/chabie/")
    take(host, "scheme")
    host.go("/headquarters/")
    take(host, "headquarters")
    return host


FOUR_BOARDS = {
    "boards": "/township/990181101/#boards", "industry": "/growth/industry/990181101/", "park": "/growth/parks/1/",
    "policies": "/growth/policies/1/", "livelihood": "/livelihood/gaps/990181101/",
    "project": "/livelihood/projects/1/", "watch": "/watches/1/990181101/", "party": "/party/990181101/", "practice": "/exchange/1/",
}  # fmt: skip


def four_boards(browser: Any, site: Site, host: Window) -> None:
    """Take the pages of growth, livelihood and people in posts, and what a resident is asked."""
    for name, address in FOUR_BOARDS.items():
        host.go(address)
        if name == "boards":
            host.page.locator("#boards").scroll_into_view_if_needed()
        take(host, name)
    host.go("/officials/figures/")
    take(host, "roster")
    resident = open_window(browser, site, PHONE)
    for name, address in (
        ("door-phone", "/ask/"),
        ("consultation-phone", "/ask/consultations/1/"),
        ("projects-phone", "/ask/projects/1/"),
    ):
        resident.go(address)
        take(resident, name)


def the_session(browser: Any, site: Site, host: Window) -> None:
    """Take the console, the projector in both ratios, and the phone."""
    script = ROOT / "tests" / "browser" / "test_phone.py"
    opening = script.read_text(encoding="utf-8").split('OPEN = """')[1].split('"""')[0]
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "yizhen.config.settings"}
    subprocess.run([sys.executable, "-c", opening], env=environment, check=True, capture_output=True)
    host.go("/appraisals/2/console/")
    take(host, "console")
    state = host.page.context.storage_state()
    for size, name in ((HALL, "projector"), (OLD_HALL, "projector-4x3")):
        hall = open_window(browser, site, size, storage_state=state)
        hall.go("/appraisals/2/projector/")
        take(hall, name)
    scrutineer = sign_in(browser, site, "监票人")
    scrutineer.go("/appraisals/2/key/")
    scrutineer.page.click("[data-make-key]")
    take(scrutineer, "key")
    scrutineer.page.reload()
    make_key(scrutineer)
    for code in "ABCDE":
        host.go(f"/appraisals/2/attendance/?class={code}")
        host.page.check("[data-check-all]")
        press(host, "到会并已抽票卡")
    host.go("/appraisals/2/console/")
    press(host, "开启投票")
    card = json.loads((site.data / "demo-cards.json").read_text(encoding="utf-8"))["codes"]["A"][0]
    phone = open_window(browser, site, PHONE)
    phone.go(f"/b/#{card}")
    phone.page.wait_for_selector("[data-page=sheet]:not([hidden])")
    for group in phone.page.locator("section.speaker fieldset").all()[:3]:
        group.locator("label").first.click()
    phone.page.evaluate("window.scrollTo(0, 150)")
    take(phone, "ballot-phone")
    phone.page.click("[data-review]")
    phone.page.click("[data-send]")
    phone.page.wait_for_selector("[data-page=done]:not([hidden])")
    take(phone, "receipt-phone")
    press(host, "结束投票")
    hall = open_window(browser, site, HALL, storage_state=state)
    hall.go("/appraisals/2/projector/")
    take(hall, "projector-closed")


def main() -> int:
    """Take all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = next(
        (p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if Path(p).exists()),
        None,
    )
    if chromium is None:
        print("需要 Chromium · Chromium is needed: apt-get install chromium fonts-noto-cjk", file=sys.stderr)
        return 2
    os.environ.pop("YIZHEN_DATABASE_URL", None)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(made(Path(folder))) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        host = before_the_session(browser, site)
        four_boards(browser, site, host)
        the_session(browser, site, host)
        browser.close()
    big = [p.name for p in FOLDER.glob("*.png") if p.stat().st_size > 500_000]
    assert not big, f"over 500 KB: {big}"
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
