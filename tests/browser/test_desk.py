"""The queue by keyboard and without script; a reply template that fills the text box and keeps what was typed."""

from typing import Any

import pytest

from tests.browser.hands import DESK, PHONE, open_window, sign_in
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def office(browser: Any, site: Site) -> Any:
    """A township's office at its desk."""
    return sign_in(browser, site, "柳岸镇 办公室")


def test_queue_is_gone_through_by_keyboard_until_that_is_switched_off(office: Any) -> None:
    page = office.page
    office.go("/matters/queue/")
    titles = page.locator("[data-open]").all_inner_texts()

    for key in ("j", "j", "x", "k"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.innerText") == titles[0]
    assert page.locator(".pick").evaluate_all("boxes => boxes.map(box => box.checked)").index(True) == 1
    assert page.inner_text("[data-picked]").startswith("已选 1 件")

    page.keyboard.press("?")
    page.uncheck("[data-keys-on]")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.hasAttribute('data-keys-on')")
    page.check("[data-keys-on]")
    page.fill("#q", "")
    page.type("#q", "jx?")
    assert page.input_value("#q") == "jx?"
    assert office.errors == []


def test_matters_are_chosen_and_looked_at_without_script(browser: Any, site: Site, office: Any) -> None:
    state = office.page.context.storage_state()
    phone = open_window(browser, site, PHONE, storage_state=state, java_script_enabled=False)
    phone.go("/matters/queue/")

    phone.page.locator(".pick").first.check()
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="批量办理所选").click()

    assert "选了 1 件" in phone.page.inner_text("main")
    assert not phone.page.locator("[data-keys]").count()


def test_template_fills_the_box_after_what_was_typed(browser: Any, site: Site, office: Any) -> None:
    desk = open_window(browser, site, DESK, storage_state=office.page.context.storage_state())
    desk.go("/matters/replies/")
    desk.page.fill("main [name=title]", "收到")
    desk.page.fill("main [name=text]", "{place}已收到。")
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="存下").click()
    desk.go("/matters/queue/")
    with desk.page.expect_navigation():
        desk.page.locator("[data-open]").first.click()
    step = desk.page.locator("details.step").first
    if step.get_attribute("open") is None:
        step.locator("summary").first.click()

    step.locator("textarea[name=text]").fill("现场看过。")
    step.locator("[data-replies] select").select_option(label="收到")

    assert step.locator("textarea[name=text]").input_value() == "现场看过。\n柳岸镇已收到。"
    assert step.locator("[data-without-script]").is_hidden()
    assert desk.errors == []


def test_pages_are_no_wider_than_a_phone(browser: Any, site: Site, office: Any) -> None:
    phone = open_window(browser, site, PHONE, storage_state=office.page.context.storage_state())
    wide = {}
    for page in ("queue/", "board/", "calendar/", "searches/", "digest/?since=2026-01-01", "replies/", "bulk/", ""):
        phone.go(f"/matters/{page}")
        wide[page] = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    assert wide == dict.fromkeys(wide, 0)
