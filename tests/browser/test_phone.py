"""The phone's ballot when things go wrong: lost network, reload, two phones with one card, a wrong clock."""

import json
import sqlite3
import subprocess
import sys
from typing import Any

import pytest

from tests.browser.hands import PHONE, fill_sheet, open_window, until
from tests.browser.site import Site

pytestmark = pytest.mark.browser
OPEN = """
import django; django.setup()
from nacl.public import PrivateKey
from yizhen.people.models import Account
from yizhen.appraisals.models import Campaign, Speaker, Phase
from yizhen.appraisals.actions import carding
from yizhen.appraisals.actions import arrivals
from yizhen.appraisals.actions import session, ballot
office = Account.objects.get(username="office"); campaign = Campaign.objects.order_by("-pk").first()
session.begin_session(office, campaign)
session.draw_lots(office, campaign, "1")
session.move_to(office, campaign, Speaker.objects.filter(campaign=campaign, position=1).get(), Phase.REPORT)
print(campaign.token)
import sys
if "ballot" in sys.argv:
    carding.set_key(Account.objects.get(username="key"), campaign.rounds.get(), bytes(PrivateKey.generate().public_key).hex(), "甲乙丙")
    arrivals.mark_attendance(office, campaign, list(campaign.roll.values_list("pk", flat=True)), present=True, handed_out=True)
    ballot.open_ballot(office, campaign)
"""


def run(site: Site, script: str, *arguments: str) -> str:
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "yizhen.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def cards(site: Site) -> dict[str, list[str]]:
    """Open the ballot of the demo's session and return its cards."""
    run(site, OPEN, "ballot")
    codes: dict[str, list[str]] = json.loads((site.data / "demo-cards.json").read_text(encoding="utf-8"))["codes"]
    return codes


def sheets(site: Site) -> int:
    counted = "import django; django.setup()\nfrom yizhen.appraisals.models import *\n"
    counted += "print(SealedSheet.objects.filter(round__state='open').count())"
    return int(run(site, counted))


def at_sheet(browser: Any, site: Site, code: str, **options: Any) -> Any:
    phone = open_window(browser, site, PHONE, **options)
    phone.go(f"/b/#{code}")
    phone.page.wait_for_selector("[data-page=sheet]:not([hidden])")
    return phone


def excellent(_box: Any, _number: int) -> str:
    return "excellent"


def send(phone: Any) -> None:
    phone.page.click("[data-review]")
    phone.page.click("[data-send]")


def test_phone_draft_survives_a_reload_and_a_wrong_card_is_named(
    browser: Any, site: Site, cards: dict[str, list[str]]
) -> None:
    phone = at_sheet(browser, site, cards["A"][0])
    assert phone.page.url.endswith("/b/")  # the code is gone from the address
    phone.page.locator("section.speaker fieldset").first.locator("label:has(input[value=competent])").click()
    phone.page.reload()
    phone.page.fill("#code", cards["A"][0])
    phone.page.click("[data-enter]")
    phone.page.wait_for_selector("[data-page=sheet]:not([hidden])")
    assert phone.page.locator("section.speaker fieldset").first.locator("input[value=competent]").is_checked()
    wrong = open_window(browser, site, PHONE)
    wrong.go("/b/#222222222222")
    wrong.page.wait_for_selector("[data-enter-error]:not([hidden])")
    assert "没有这张票卡" in wrong.page.inner_text("[data-enter-error]")


def test_phone_network_cut_after_sending_gives_the_same_receipt(
    browser: Any, site: Site, cards: dict[str, list[str]]
) -> None:
    phone = at_sheet(browser, site, cards["B"][0])
    fill_sheet(phone, excellent)
    before, bodies = sheets(site), []

    def swallow(route: Any) -> None:
        """Let the server count the sheet, but lose its answer."""
        bodies.append(route.request.post_data)
        route.fetch()
        route.abort()

    phone.page.route("**/b/cast", swallow, times=1)
    send(phone)
    phone.page.wait_for_selector("[data-page=sending]:not([hidden])")
    phone.page.on(
        "request", lambda request: bodies.append(request.post_data) if request.url.endswith("/b/cast") else None
    )
    phone.page.wait_for_selector("[data-page=done]:not([hidden])")
    assert len(set(bodies)) == 1  # the very same bytes
    assert len(bodies) == 2
    assert sheets(site) == before + 1


def test_phone_sealed_sheet_survives_a_restart_of_the_browser(
    browser: Any, site: Site, cards: dict[str, list[str]]
) -> None:
    phone = at_sheet(browser, site, cards["B"][1])
    fill_sheet(phone, excellent)
    before = sheets(site)
    phone.page.route("**/b/cast", lambda route: route.abort())
    send(phone)
    phone.page.wait_for_selector("[data-page=sending]:not([hidden])")
    assert sheets(site) == before
    later = open_window(browser, site, PHONE, storage_state=phone.page.context.storage_state())
    later.go(f"/b/#{cards['B'][1]}")
    later.page.wait_for_selector("[data-page=done]:not([hidden])")
    assert sheets(site) == before + 1


def test_phone_sheet_that_came_too_late_does_not_keep_the_card_out_of_the_next_round(
    browser: Any, site: Site, cards: dict[str, list[str]]
) -> None:
    phone = at_sheet(browser, site, cards["D"][1])
    fill_sheet(phone, excellent)
    phone.page.route("**/b/cast", lambda route: route.fulfill(json={"state": "closed", "receipt": "", "short": ""}))
    send(phone)
    phone.page.wait_for_selector("[data-page=stop]:not([hidden])")

    def next_round(route: Any) -> None:
        answer = route.fetch().json()
        route.fulfill(json={**answer, "state": "ready", "round": answer["round"] + 1000})

    phone.page.route("**/b/form", next_round)
    phone.page.wait_for_selector("[data-page=sheet]:not([hidden])")
    assert phone.page.evaluate("Object.keys(localStorage).filter(name => name.includes('sealed')).length") == 0
    assert phone.page.locator("input:checked").count() == 0


def test_phone_sends_a_late_sheet_when_the_ballot_is_opened_again(
    browser: Any, site: Site, cards: dict[str, list[str]]
) -> None:
    phone, before = at_sheet(browser, site, cards["D"][2]), sheets(site)
    fill_sheet(phone, excellent)
    closed = {"state": "closed", "receipt": "", "short": ""}
    phone.page.route("**/b/cast", lambda route: route.fulfill(json=closed), times=1)
    send(phone)
    phone.page.wait_for_selector("[data-page=stop]:not([hidden])")
    phone.page.wait_for_selector("[data-page=done]:not([hidden])")
    assert sheets(site) == before + 1


def test_phone_seals_no_second_sheet_when_an_earlier_attempt_fails_after_the_receipt(
    browser: Any, site: Site, cards: dict[str, list[str]]
) -> None:
    phone = at_sheet(browser, site, cards["D"][3])
    fill_sheet(phone, excellent)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    phone.page.route("**/b/cast", hold, times=1)
    send(phone)
    phone.page.wait_for_selector("[data-page=sending]:not([hidden])")
    phone.page.click("[data-retry]")
    phone.page.wait_for_selector("[data-page=done]:not([hidden])")
    sent: list[str] = []
    phone.page.on("request", lambda request: sent.append(request.url))
    held[0].abort()
    phone.page.wait_for_timeout(6000)
    assert phone.page.locator("[data-page=done]").is_visible()
    assert not any(address.endswith("/b/cast") for address in sent)


def test_phone_answer_of_a_foreign_page_does_not_lose_the_sheet(
    browser: Any, site: Site, cards: dict[str, list[str]]
) -> None:
    phone = at_sheet(browser, site, cards["B"][2])
    fill_sheet(phone, excellent)
    phone.page.route("**/b/cast", lambda route: route.fulfill(status=200, body="<html>Wi-Fi log-in</html>"), times=1)
    send(phone)
    phone.page.wait_for_selector("[data-page=done]:not([hidden])")  # the retry reached the site


def test_phone_two_phones_with_one_card_count_once(browser: Any, site: Site, cards: dict[str, list[str]]) -> None:
    code, before = cards["C"][0], sheets(site)
    pair = [at_sheet(browser, site, code) for _unused in range(2)]
    for phone in pair:
        fill_sheet(phone, excellent)
        phone.page.click("[data-review]")
    for phone in pair:
        phone.page.evaluate("document.querySelector('[data-send]').click()")
    for phone in pair:
        phone.page.wait_for_selector("[data-page=done]:not([hidden]), [data-page=stop]:not([hidden])")
    shown = sorted(phone.page.locator("[data-page]:not([hidden])").get_attribute("data-page") for phone in pair)
    assert shown == ["done", "stop"]
    stopped = next(phone for phone in pair if phone.page.locator("[data-page=stop]").is_visible())
    assert "已经用过" in stopped.page.inner_text("[data-stop]")
    assert sheets(site) == before + 1


def test_phone_sends_no_cookie_and_first_load_is_small(browser: Any, site: Site, cards: dict[str, list[str]]) -> None:
    phone = open_window(browser, site, PHONE)
    sizes: list[int] = []
    phone.page.on("response", lambda answer: sizes.append(len(answer.body())))
    phone.go(f"/b/#{cards['D'][0]}")
    phone.page.wait_for_selector("[data-page=sheet]:not([hidden])")
    assert sum(sizes) < 100_000
    assert phone.page.context.cookies() == []
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("hours", [-1, 1])
def test_phone_countdown_is_right_with_a_wrong_clock(
    browser: Any, site: Site, cards: dict[str, list[str]], hours: int
) -> None:
    token = run(
        site,
        "import django; django.setup()\nfrom yizhen.appraisals.models import *\nprint(Campaign.objects.order_by('-pk').first().token)",
    )
    script = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from yizhen.appraisals.models import Campaign, Session
from yizhen.appraisals.actions.session import bump
from django.db import transaction
with transaction.atomic():
    bump(Campaign.objects.order_by("-pk").first(), ends_at=timezone.now() + timedelta(seconds=300))
"""
    phone = open_window(browser, site, PHONE)
    phone.page.add_init_script(f"const real = Date.now; Date.now = () => real() + {hours} * 3600e3;")
    run(site, script)
    phone.go(f"/now/{token}/")
    until(phone, "[data-clock]", "^0[45]:")


def test_phone_casting_leaves_no_line_in_the_log(site: Site, cards: dict[str, list[str]]) -> None:
    log = (site.data / "server.log").read_text(encoding="utf-8")
    assert "/b/" not in log.replace(site.address, "")
    if "YIZHEN_DATABASE_URL" not in site.environment:
        with sqlite3.connect(site.data / "yizhen.sqlite3") as database:
            events = {row[0] for row in database.execute("SELECT DISTINCT event FROM audit_record")}
        assert not any("cast" in event or "sheet" in event for event in events)
