"""The resident's door in a browser: 200 % zoom, large type, no script, nothing that axe objects to."""

from typing import Any

import pytest

from tests.browser.hands import DESK, open_window
from tests.browser.site import Site
from tests.browser.test_pages import broken, overflow

pytestmark = pytest.mark.browser
PAGES = (
    "/ask/", "/ask/?place=990181101", "/ask/follow/", "/ask/consultations/", "/ask/consultations/1/", "/ask/consultations/2/",
    "/ask/consultations/3/", "/ask/talents/", "/ask/?place=990181101&about=talent",
)  # fmt: skip
HALVES = {"desk at 200 %": {"width": 640, "height": 400}, "phone at 200 %": {"width": 180, "height": 370}}


def test_door_fits_at_double_zoom_and_in_large_type_and_axe_finds_nothing(browser: Any, site: Site) -> None:
    """Zoom to 200 % halves the pixels of a window: 1,280 wide becomes 640, a phone's 360 become 180."""
    wide, wrong = {}, {}
    for name, size in HALVES.items():
        window = open_window(browser, site, size)
        for page in PAGES:
            window.go(page)
            wide[f"{name} {page}"] = overflow(window)
    large = open_window(browser, site, DESK)
    large.page.set_viewport_size({"width": 640, "height": 400})
    large.go("/ask/large/?on=1&next=/ask/")
    for page in PAGES:
        large.go(page)
        wide[f"large {page}"] = overflow(large)
        wrong[page] = broken(large)
    assert {page: by for page, by in wide.items() if by > 0} == {}
    assert {page: found for page, found in wrong.items() if found} == {}


def test_request_goes_from_the_list_of_places_to_a_receipt_without_a_script(browser: Any, site: Site) -> None:
    phone = open_window(browser, site, {"width": 360, "height": 740}, java_script_enabled=False)
    phone.go("/ask/")
    phone.page.locator("summary").last.click()
    phone.page.get_by_role("link", name="柳岸镇").click()
    phone.page.select_option("select[name=division]", label="前湾村")
    phone.page.fill("input[name=title]", "校门口的斑马线看不清了")
    phone.page.fill("textarea[name=text]", "雨天更看不清，孩子过路危险。")
    phone.page.locator("input[name=title]").press("Enter")
    assert "已收到" in phone.page.inner_text("h1")
    assert len(phone.page.inner_text(".receipt")) == 11
