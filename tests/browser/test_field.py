"""A grid worker's day without a network: written with a photograph, the battery dies, sent once when there is one again."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.browser.hands import PHONE, Window, open_window, press, sign_in, until
from tests.browser.site import Site

pytestmark = pytest.mark.browser
# 127.0.0.1 counts as secure for browsers, so the service worker runs here as it does under HTTPS.
PAGE = "/matters/field/"


def photograph(size: tuple[int, int] = (2400, 1800)) -> dict[str, Any]:
    buffer = BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(buffer, "JPEG")
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def write(phone: Window, text: str) -> None:
    page = phone.page
    page.click("[data-new]")
    page.select_option("#kind", "grid_event")
    page.select_option("#place", "990181101201")
    page.fill("#text", text)
    page.fill("#own-spot", "前湾路口")
    page.select_option("#own-source", "网格员")


def kept(phone: Window) -> None:
    until(phone, "[data-kept]", "已存在手机上")


def drafts(phone: Window) -> list[str]:
    phone.page.wait_for_selector("[data-view=list]:not([hidden])")
    phone.page.wait_for_timeout(300)
    return [str(text) for text in phone.page.locator("[data-drafts] li").all_inner_texts()]


def test_report_is_written_without_a_network_and_sent_once(browser: Any, site: Site) -> None:
    phone = sign_in(browser, site, "柳岸镇 网格员", PHONE)
    page = phone.page
    phone.go(PAGE)
    until(phone, "[data-ready]", "没有网络也能打开")

    # Airplane mode. The page opens, and each change is on the disk at once: a reload is what a dead battery leaves.
    page.context.set_offline(True)
    page.reload()
    until(phone, "[data-network]", "没有网络")
    write(phone, "井盖破了，行人绕着走。")
    page.set_input_files("[data-add=open]", [photograph()])
    page.wait_for_selector("[data-photos=open] img")
    kept(phone)
    page.reload()
    page.wait_for_selector("[data-photos=open] img")
    assert page.input_value("#text") == "井盖破了，行人绕着走。"
    assert page.input_value("#own-spot") == "前湾路口"

    # What is missing is told without a network too.
    page.check("[data-field=solved]")
    page.click("[data-send]")
    until(phone, "[data-errors=how]", "请填写“怎么解决的”")
    page.fill("#how", "当场垫平。")
    page.click("[data-send]")
    until(phone, "[data-state]", "等待发送")

    # The network is back: nothing leaves by itself.
    page.context.set_offline(False)
    until(phone, "[data-network]", "有网络")
    page.click("[data-back]")
    assert [text.split("\n")[1] for text in drafts(phone)] == ["等待发送"]
    assert "井盖破了" not in page.request.get("/matters/").text()

    # The receipt is lost on the way; sent again by two taps, and in a second window: one matter.
    page.route("**/matters/field/send/", lambda route: (route.fetch(), route.abort()))
    page.click("[data-drafts] button")
    with page.expect_event(
        "requestfailed", lambda request: request.url.endswith("/send/")
    ):  # the note stands there already
        page.click("[data-send]")
    page.wait_for_selector("[data-send]:not([disabled])")
    until(phone, "[data-note]", "没有发出去")
    page.unroute("**/matters/field/send/")
    second = Window(page.context.new_page())
    second.go(page.url)
    second.page.wait_for_selector("[data-view=edit]:not([hidden])")
    page.dblclick("[data-send]")
    second.page.click("[data-send]")
    until(phone, "[data-state]", r"已发送，编号 W\d{4}-\d{5}")
    until(second, "[data-state]", r"已发送，编号 W\d{4}-\d{5}")
    listed = page.request.get("/matters/?kind=grid_event").text()
    assert listed.count("井盖破了，行人绕着走") == 1
    page.click("[data-state] a")
    page.wait_for_selector(".evidence img")
    assert page.locator(".evidence img").count() == 1
    assert "手机上的时间" in page.inner_text("main")
    second.page.close()

    # The server is drawing other phones' photographs: the page comes again by itself.
    phone.go(PAGE)
    write(phone, "路牌倒了。")
    asked: list[int] = []

    def later(route: Any) -> None:
        asked.append(1)
        if len(asked) < 3:
            route.fulfill(status=503, json={"error": "照片太多。", "again": 0.1})
        else:
            route.continue_()

    page.route("**/matters/field/send/", later)
    page.click("[data-send]")
    until(phone, "[data-state]", r"已发送，编号 W\d{4}-\d{5}")
    page.unroute("**/matters/field/send/")
    assert len(asked) == 3

    # The session ends: clear words, and the draft stays. Another post on the same phone neither sees nor sends it.
    phone.go(PAGE)
    write(phone, "护栏松了。")
    kept(phone)
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.click("[data-send]")
    until(phone, "[data-note]", "登录已到期")
    page.reload()
    until(phone, "[data-who]", "登录已到期")
    assert page.input_value("#text") == "护栏松了。"
    page.context.clear_cookies()
    page.context.add_cookies(cookies)
    phone.go("/")
    press(phone, "退出", "body")
    phone.go(PAGE)
    until(phone, "[data-who]", "没有人登录")
    assert page.locator("[data-drafts] li").count() == 0
    phone.go(site.links.pop("柳岸镇 前湾村"))
    page.click("main form button")
    page.wait_for_url("**/")
    phone.go(PAGE)
    until(phone, "[data-others]", "别的账号的草稿")
    assert drafts(phone) == []
    assert phone.errors == second.errors == []


def test_page_without_https_says_so_and_works_online(browser: Any, site: Site) -> None:
    phone = open_window(browser, site, PHONE)
    phone.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    phone.go(PAGE)

    until(phone, "[data-insecure]", "没有用 HTTPS")
    until(phone, "[data-who]", "没有人登录")
    assert phone.errors == []


def test_cache_holds_the_shell_and_nothing_private(browser: Any, site: Site) -> None:
    phone = open_window(browser, site, PHONE)
    phone.go(PAGE)
    until(phone, "[data-ready]", "没有网络也能打开")

    held = phone.page.evaluate(
        "caches.keys().then(function (names) { return Promise.all(names.map(function (name) { return caches.open(name)"
        ".then(function (cache) { return cache.keys(); }).then(function (all) { return all.map(function (one)"
        " { return new URL(one.url).pathname; }); }); })); })"
    )

    assert len(held) == 1
    assert [path for path in held[0] if not path.startswith(("/static/", "/matters/field/"))] == []
    assert "/matters/field/me/" not in held[0]
    phone.page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        phone.go("/matters/")
