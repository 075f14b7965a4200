"""Twelve windows in one hall: host, two projectors, scrutineer, a follower and seven voters; and nothing is lost."""

import json
import re
from typing import Any

import pytest

from tests.browser.hands import (
    HALL,
    PHONE,
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


def good(_box: Any, _number: int) -> str:
    return "excellent"


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
