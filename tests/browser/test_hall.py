"""Twelve windows in one hall: host, two projectors, scrutineer, a follower and seven voters; and every page by axe."""

import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.hands import (
    DESK,
    HALL,
    PHONE,
    enter_staff_mode,
    make_key,
    open_window,
    press,
    sign_in,
    until,
    vote,
)
from tests.browser.site import Site

pytestmark = pytest.mark.browser
OLD_HALL = {"width": 1024, "height": 768}
OFFICE_PAGES = (
    "", "attendance/", "cards/", "conflicts/", "versions/", "rights/", "console/", "wizard/classes/", "wizard/rules/",
)  # fmt: skip
HELD_PAGES = (
    "", "results/", "opinions/", "feedback/", "papers/", "proof/", "secrecy/", "objections/", "common-problems/",
)  # fmt: skip


@pytest.fixture(scope="module")
def host(browser: Any, site: Site) -> Any:
    """The organisation office at its desk; its link works once."""
    desk = sign_in(browser, site, "组织部（评议办）")
    enter_staff_mode(desk, "office")
    return desk


def good(_box: Any, _number: int) -> str:
    return "excellent"


FIGURE_PAGES = (
    "overview/", "forms/", "forms/new/", "forms/F-063/", "fields/", "fields/new/", "burden/", "filling/", "filling/2/",
    "filling/2/990181101201/", "indices/", "indices/fazhan/1/", "indices/fazhan/2/edit/", "schemes/chabie/", "S06/", "S06/thresholds/", "neighbours/990181101/",
    "board/990181101/", "import/",
)  # fmt: skip


def overflow(window: Any) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def broken(window: Any) -> list[str]:
    """Return what axe finds wrong on the page, serious and critical."""
    found = Axe().run(window.page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"][:2]
    ]


def test_a_session_in_twelve_windows(browser: Any, site: Site, host: Any) -> None:
    scrutineer = sign_in(browser, site, "监票人")
    scrutineer.go("/appraisals/2/key/")
    shares = make_key(scrutineer)
    assert len({share.split()[0] for share in shares}) == 3
    for code in "ABCDE":
        host.go(f"/appraisals/2/attendance/?class={code}")
        host.page.check("[data-check-all]")
        press(host, "到会并已抽票卡")
    state = host.page.context.storage_state()
    wide, old = (
        open_window(browser, site, HALL, storage_state=state),
        open_window(browser, site, OLD_HALL, storage_state=state),
    )
    for hall in (wide, old):
        hall.go("/appraisals/2/projector/")
    host.go("/appraisals/2/console/")
    token = re.search(r"/now/(\w+)/", host.page.content())[1]  # type: ignore[index]
    follower = open_window(browser, site, PHONE)
    follower.go(f"/now/{token}/")

    # A wrong step and back: the whole hall follows.
    press(host, "宣布开会")
    host.page.fill("#seed", "4-2-6")
    press(host, "抽签排定次序")
    press(host, "请他述职")
    until(follower, "[data-phase]", "^述职$")
    host.page.locator("h1").click()
    with host.page.expect_navigation():
        host.page.keyboard.press("n")
    until(follower, "[data-phase]", "^现场提问$")
    with host.page.expect_navigation():
        host.page.keyboard.press("u")
    until(follower, "[data-phase]", "^述职$")
    with host.page.expect_navigation():
        host.page.keyboard.press("n")

    # A question goes from a phone through the host to the screen; a notice goes to everybody.
    press(host, "开放手机提问")
    follower.page.wait_for_selector("[data-questions]:not([hidden])")
    follower.page.fill("#text", "路灯什么时候修？")
    follower.page.click("[data-questions] button")
    host.go("/appraisals/2/console/")
    press(host, "选用")
    wide.page.wait_for_selector(".asked")
    assert "路灯什么时候修？" in wide.page.inner_text(".asked")
    host.page.fill("#message", "休息十分钟")
    press(host, "发出")
    for window in (wide, old, follower):
        until(window, "[data-message]", "休息十分钟")
    assert [hall.page.evaluate("document.documentElement.scrollHeight - innerHeight") for hall in (wide, old)] == [0, 0]

    # Seven voters of five classes.
    press(host, "进入点评")
    press(host, "开启投票")
    heap = json.loads((site.data / "demo-cards.json").read_text(encoding="utf-8"))["codes"]
    cards = [*(heap[name][0] for name in "ABCDE"), heap["E"][1], heap["E"][2]]
    voters = [open_window(browser, site, PHONE) for _unused in cards]
    receipts = [vote(window, code, good) for window, code in zip(voters, cards, strict=True)]
    assert len(set(receipts)) == 7
    for hall in (wide, old):
        until(hall, "footer [data-turnout]", "^7/47$")
    with host.page.expect_navigation():
        host.page.get_by_role("button", name="结束投票", exact=True).click()
    root = wide.page.wait_for_selector(".root").inner_text()

    # Closed by mistake: opened again, one more votes, and the root is another one.
    with host.page.expect_navigation():
        host.page.get_by_role("button", name=re.compile("撤销：结束投票")).click()
    until(wide, "footer [data-turnout]", "^7/47$")
    eighth = open_window(browser, site, PHONE)
    vote(eighth, heap["B"][1], good)
    press(host, "结束投票")
    until(wide, ".root", "^(?!" + root + ")")
    scrutineer.go("/appraisals/2/key/")
    scrutineer.page.fill("#share-1", shares[2])
    scrutineer.page.fill("#share-2", shares[0])
    press(scrutineer, "开启计票")
    windows = [host, wide, old, scrutineer, follower, *voters, eighth]
    assert [window.errors for window in windows] == [[]] * 13


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_serious_on_any_page(browser: Any, site: Site, host: Any, language: str) -> None:
    state = host.page.context.storage_state()
    desk = open_window(browser, site, DESK, storage_state=state)
    desk.page.context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
    desk.go("/appraisals/2/")
    token = re.search(r"/now/(\w+)/", desk.page.content())
    assert token is not None
    pages = [
        *(f"/appraisals/2/{page}" for page in OFFICE_PAGES),
        *(f"/appraisals/1/{page}" for page in HELD_PAGES),
        "/indicators/S06/compare/", "/appraisals/", "/appraisals/new/", "/officials/", "/b/", f"/now/{token[1]}/", f"/now/{token[1]}/receipts/",
        "/appraisals/2/projector/",
        *(f"/indicators/{page}" for page in FIGURE_PAGES), "/places/changes/", "/ask/figures/S06/", "/township/990181101/", "/headquarters/",
    ]  # fmt: skip
    found = {}
    for page in pages:
        desk.go(page)
        found[page] = broken(desk)
    assert {page: wrong for page, wrong in found.items() if wrong} == {}


def test_large_type_and_double_zoom_keep_pages_inside_their_window(browser: Any, site: Site, host: Any) -> None:
    """200 % zoom of a desk's window is half as many pixels; a phone with large type is the narrowest case."""
    state = host.page.context.storage_state()
    wide = {}
    for name, size in (("zoom", {"width": 720, "height": 450}), ("phone", PHONE)):
        window = open_window(browser, site, size, storage_state=state)
        window.go("/appraisals/2/")
        if name == "phone":
            window.page.evaluate("document.documentElement.classList.add('large-type')")
        for page in OFFICE_PAGES:
            window.go(f"/appraisals/2/{page}")
            if name == "phone":
                window.page.evaluate("document.documentElement.classList.add('large-type')")
            if overflow(window) > 0:
                wide[f"{name} {page}"] = overflow(window)
    assert wide == {}


def test_the_ballot_in_large_type_keeps_its_thumb_sized_choices(browser: Any, site: Site, host: Any) -> None:
    phone = open_window(browser, site, {"width": 320, "height": 640})
    phone.go("/b/")
    phone.page.evaluate("document.documentElement.classList.add('large-type')")
    assert overflow(phone) <= 0
    assert phone.page.locator("[data-enter]").bounding_box()["height"] >= 44
