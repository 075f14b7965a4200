"""What people do in a browser, as functions."""

import re
import time
from dataclasses import dataclass, field
from typing import Any

from tests.browser.site import Site

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
HALL = {"width": 1920, "height": 1080}


@dataclass
class Window:
    """A browser window of its own (its own cookies), which notes every script error."""

    page: Any
    errors: list[str] = field(default_factory=list)

    def go(self, address: str) -> Any:
        return self.page.goto(address, wait_until="load")


def open_window(browser: Any, site: Site, size: dict[str, int], **options: Any) -> Window:
    context = browser.new_context(viewport=size, base_url=site.address, accept_downloads=True, **options)
    context.set_default_timeout(20_000)
    window = Window(context.new_page())
    window.page.on("pageerror", lambda error: window.errors.append(str(error)))
    window.page.on("dialog", lambda dialog: dialog.accept())
    return window


def sign_in(browser: Any, site: Site, role: str, size: dict[str, int] = DESK) -> Window:
    """Sign in with a link of the demo; each works once."""
    window = open_window(browser, site, size)
    window.go(site.links.pop(role))
    window.page.click("main form button")
    window.page.wait_for_url("**/")
    return window


def enter_staff_mode(window: Window, username: str) -> None:
    window.go("/staff-mode/")
    window.page.fill("main input[name=confirm]", username)
    window.page.click("main form button")
    window.page.wait_for_selector(".staff-mode")


def press(window: Window, name: str, within: str = "main") -> None:
    """Press a button by its words and wait for the page that follows."""
    with window.page.expect_navigation():
        window.page.locator(within).get_by_role("button", name=name, exact=True).first.click()


def fill_sheet(phone: Window, choose: Any) -> None:
    """Mark every row; ``choose(speaker, item)`` names the grade's value or None for a blank."""
    for box in phone.page.locator("section.speaker").all():
        for number, group in enumerate(box.locator("fieldset").all()):
            value = choose(box, number)
            if value is not None:
                group.locator(f"label:has(input[value={value}])").click()


def vote(phone: Window, code: str, choose: Any) -> str:
    """Vote with a card from its QR address to the receipt."""
    phone.go(f"/b/#{code}")
    phone.page.wait_for_selector("[data-page=sheet]:not([hidden])")
    fill_sheet(phone, choose)
    phone.page.click("[data-review]")
    phone.page.click("[data-send]")
    phone.page.wait_for_selector("[data-page=done]:not([hidden])")
    return str(phone.page.inner_text("[data-receipt]"))


def open_step(window: Window, words: str) -> Any:
    """Return the panel of one step of a matter, unfolded."""
    step = window.page.locator("details", has_text=words).first
    if step.get_attribute("open") is None:
        step.locator("summary").click()
    return step


def until(window: Window, selector: str, pattern: str, seconds: float = 20) -> None:
    """Wait until the text of a place fits a pattern. (Playwright's own waiting for a script needs eval, which CSP forbids.)"""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        text = window.page.locator(selector).first.inner_text()
        if re.search(pattern, text):
            return
        window.page.wait_for_timeout(200)
    message = f"{selector} still says {text!r}, not {pattern!r}"
    raise AssertionError(message)


def make_key(scrutineer: Window) -> list[str]:
    """Make the ballot's key in the browser, hand its shares to three people, and return their words."""
    page = scrutineer.page
    page.click("[data-make-key]")
    shares = []
    for name in ("监票人甲", "监票人乙", "监票人丙"):
        shares.append(page.inner_text("[data-key-text]"))
        page.fill("[data-key-holder]", name)
        page.fill("[data-key-check]", shares[-1].split()[-1])
        page.click("[data-key-next]")
    with page.expect_navigation():
        page.click("[data-key-save] button")
    return shares
