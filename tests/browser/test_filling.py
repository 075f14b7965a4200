"""A village fills a form in a browser: cells are kept without a network, two windows, and what is right is locked."""

from typing import Any

import pytest

from tests.browser.hands import PHONE, open_window, press, sign_in
from tests.browser.site import Site

pytestmark = pytest.mark.browser
SHEET = "/indicators/filling/2/990181101201/"
CELL = "[data-cell=SEWAGE_HOUSEHOLDS]"


def leave(window: Any, text: str) -> None:
    """Type into the cell and leave it."""
    window.page.fill(CELL, text)
    window.page.locator(CELL).blur()


def state(window: Any) -> str:
    return str(window.page.get_attribute(CELL, "data-state") or "")


def becomes(window: Any, wanted: str) -> None:
    """Wait until the cell is in a state."""
    for _ in range(60):
        if state(window) == wanted:
            return
        window.page.wait_for_timeout(100)
    message = f"the cell is still {state(window)!r}, not {wanted!r}"
    raise AssertionError(message)


def test_a_sheet_survives_the_network_and_a_second_window(browser: Any, site: Site) -> None:
    first = sign_in(browser, site, "柳岸镇 前湾村", PHONE)
    first.go(SHEET)
    known = first.page.locator(".line.given").all_inner_texts()
    assert len(known) == 2  # what the county has is shown, and not asked

    # A cell is saved as it is left.
    leave(first, "２00")
    becomes(first, "saved")

    # Without a network it stays on the device, through a reload, and is sent when the network is back.
    first.page.context.set_offline(True)
    leave(first, "210")
    becomes(first, "kept")
    first.page.context.set_offline(False)
    becomes(first, "saved")
    first.page.reload()
    assert first.page.input_value(CELL) == "210"
    first.page.evaluate("localStorage.setItem('sheet-2-990181101201-SEWAGE_HOUSEHOLDS', '215')")
    first.page.reload()
    assert first.page.input_value(CELL) == "215"
    assert state(first) == "kept"
    leave(first, "216")
    becomes(first, "saved")

    # A second window is told what the first one wrote, and overwrites nothing.
    second = open_window(browser, site, PHONE, storage_state=first.page.context.storage_state())
    second.go(SHEET)
    leave(first, "220")
    becomes(first, "saved")
    leave(second, "999")
    becomes(second, "wrong")
    assert "220" in second.page.inner_text("[data-findings=SEWAGE_HOUSEHOLDS]")
    assert second.page.input_value(CELL) == "999"

    # A rule between cells stops the form; what is right is handed in, and locked.
    first.page.reload()
    leave(first, "999999")
    becomes(first, "saved")
    press(first, "报送")
    assert "接入户不能多于常住户" in first.page.inner_text("main")
    first.page.fill(CELL, "230")
    press(first, "报送")
    first.go(SHEET)
    assert first.page.locator("[data-cell]").count() == 0
    assert "230" in first.page.inner_text("main")
    assert first.errors == second.errors == []
