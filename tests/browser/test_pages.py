"""Every page by axe, in large type, at 200 % zoom, and on the narrowest phone."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.hands import DESK, PHONE, open_window
from tests.browser.site import Site

pytestmark = pytest.mark.browser
OFFICE_PAGES = (
    "", "attendance/", "cards/", "conflicts/", "versions/", "rights/", "console/", "wizard/classes/", "wizard/rules/",
)  # fmt: skip
HELD_PAGES = (
    "", "results/", "opinions/", "feedback/", "papers/", "proof/", "secrecy/", "objections/", "common-problems/",
)  # fmt: skip
FIGURE_PAGES = (
    "overview/", "forms/", "forms/new/", "forms/F-063/", "fields/", "fields/new/", "burden/", "filling/", "filling/2/",
    "filling/2/990181101201/", "indices/", "indices/fazhan/1/", "indices/fazhan/2/edit/", "schemes/chabie/", "S06/", "S06/thresholds/", "neighbours/990181101/",
    "board/990181101/", "import/",
)  # fmt: skip
NARROW = (
    "overview/", "forms/", "forms/F-063/", "fields/", "burden/", "filling/", "filling/2/", "indices/", "schemes/", "S06/thresholds/",
    "neighbours/990181101/", "board/990181101/", "import/",
)  # fmt: skip

WORK_PAGES = (
    "", "queue/", "board/", "register/", "register/petition/", "register/grid_event/", "kinds/", "kinds/petition/", "lifecycle/",
    "duties/", "admissions/", "inspections/", "routing/", "routing/try/", "bounces/", "rates/", "rates/weights/", "call-backs/", "whistle/",
    "teams/", "grids/", "grids/services/", "grids/990181101201001/", "signals/", "clock/", "searches/", "digest/", "calendar/",
)  # fmt: skip
# A page or two of each room of the four boards.
ROOM_PAGES = (
    "/growth/projects/", "/growth/projects/1/", "/growth/projects/4/", "/growth/projects/rule/", "/growth/projects/new/",
    "/livelihood/projects/1/", "/livelihood/gaps/990181101/", "/ask/projects/2/", "/party/", "/party/990181101/", "/exchange/",
    "/exchange/1/", "/officials/commitments/", "/watches/5/990181101/", "/growth/enterprises/", "/growth/enterprises/1/",
    "/growth/enterprises/1/visit/", "/growth/enterprises/import/", "/growth/enterprises/payments/1/", "/growth/policies/",
    "/growth/policies/5/", "/growth/policies/new/", "/growth/policies/procurement/", "/growth/industry/",
    "/growth/industry/990181101/", "/growth/parks/1/", "/ask/", "/ask/?place=990181101", "/ask/consultations/1/",
    "/ask/talents/", "/ask/policies/", "/needs/consultations/", "/needs/consultations/1/", "/needs/talents/", "/needs/behalf/", "/boards/",
)  # fmt: skip


def overflow(window: Any) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def broken(window: Any) -> list[str]:
    """Return what axe finds wrong on the page, serious and critical."""
    found = Axe().run(window.page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"][:2]
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_serious_on_any_page(browser: Any, site: Site, host: Any, language: str) -> None:
    state = host.page.context.storage_state()
    desk = open_window(browser, site, DESK, storage_state=state)
    desk.page.context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
    desk.go("/appraisals/2/")
    token = re.search(r"/now/(\w+)/", desk.page.content())
    assert token is not None
    zh = language == "zh-hans"  # English is looked at where words are long: what is coloured is the same in both
    pages = [
        *(f"/appraisals/2/{page}" for page in OFFICE_PAGES),
        *(f"/appraisals/1/{page}" for page in HELD_PAGES),
        "/indicators/S06/compare/", "/appraisals/", "/appraisals/new/", "/officials/", "/officials/figures/", "/officials/figures/count/",
        "/officials/import/", "/b/", f"/now/{token[1]}/", f"/now/{token[1]}/receipts/", "/appraisals/2/projector/", "/ask/grids/", "/ask/excluded/",
        "/matters/field/", "/matters/field/setup/", "/places/changes/", "/ask/figures/S06/", "/township/990181101/", "/headquarters/",
        *(f"/indicators/{page}" for page in FIGURE_PAGES if zh), *(f"/matters/{page}" for page in WORK_PAGES if zh),
        *(page for page in ROOM_PAGES if zh),
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


def test_pages_of_figures_and_matters_fit_an_old_phone(browser: Any, site: Site, host: Any) -> None:
    office = open_window(browser, site, PHONE, storage_state=host.page.context.storage_state())
    wide = {}
    for language in ("zh-hans", "en"):
        office.page.context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
        office.go("/matters/?kind=petition")
        petition = office.page.locator("main table a[href^='/matters/X']").first.get_attribute("href") or "/matters/"
        work = [f"/matters/{page}" for page in WORK_PAGES]
        for page in (
            *(f"/indicators/{page}" for page in NARROW),
            "/ask/figures/S06/",
            "/needs/consultations/",
            "/needs/talents/",
            "/places/changes/",
            petition,
            *work,
            "/ask/grids/",
        ):
            office.go(page)
            by = office.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if by > 0:
                wide[f"{language} {page}"] = by
    assert wide == {}
    assert office.errors == []
