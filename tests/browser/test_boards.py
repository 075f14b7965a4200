"""The four boards of a township's command post, each in a browser: what is done on its pages shows on the board."""

import re
from typing import Any

import pytest

from tests.browser.hands import PHONE, Window, open_window, press, sign_in
from tests.browser.site import Site

pytestmark = pytest.mark.browser
POST = "/township/990181101/"


@pytest.fixture(scope="module")
def town(browser: Any, site: Site) -> Window:
    return sign_in(browser, site, "柳岸镇 办公室")


def board(town: Window, code: str) -> Any:
    town.go(POST)
    return town.page.locator(f"[data-board={code}]")


def line(town: Window, code: str, name: str) -> str:
    """Return what a board says beside a name."""
    return str(board(town, code).locator("li", has=town.page.get_by_role("link", name=name, exact=True)).inner_text())


def number(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    assert found, text
    return int(found[1])


def test_what_a_firm_asks_is_a_matter_on_the_board_of_development(town: Window) -> None:
    requests = r"企业诉求 (\d+)"
    before = number(board(town, "development").inner_text(), requests)

    board(town, "development").get_by_role("link", name="企业", exact=True).click()
    town.page.get_by_role("link", name="柳岸示例机械厂").click()
    assert "小微企业信贷担保延期" in town.page.inner_text("main")
    town.page.locator("main a[href$='/ask/']").first.click()
    town.page.fill("[name=title]", "厂区门口限行")
    town.page.fill("[name=text]", "货车早上进不来，请协调时段。")
    town.page.locator("[name=field_topic]").select_option(index=1)
    press(town, "登记")

    assert "厂区门口限行" in town.page.inner_text("main")
    assert number(board(town, "development").inner_text(), requests) == before + 1


def test_a_resident_answers_on_a_phone_and_the_office_counts_it(
    browser: Any, site: Site, town: Window, host: Window
) -> None:
    answers = r"已收到\s*(\d+) 份"
    board(town, "livelihood").get_by_role("link", name="问需问计", exact=True).click()
    town.page.get_by_role("heading", name="问需于民、问计于民").wait_for()
    host.go("/needs/consultations/")
    with host.page.expect_navigation():
        host.page.locator("main tr", has_text="正在答").first.get_by_role("link").first.click()
    before = number(host.page.inner_text("main"), answers)

    phone = open_window(browser, site, PHONE, java_script_enabled=False)
    phone.go(host.page.url.replace("/needs/", "/ask/"))
    phone.page.locator("[name=choices]").first.check()
    press(phone, "提交")
    assert phone.page.locator("main .error").count() == 0

    host.page.reload()
    assert number(host.page.inner_text("main"), answers) == before + 1


def test_a_shift_with_nobody_is_seen_on_the_board_of_safety_until_it_is_filled(town: Window) -> None:
    board(town, "safety").get_by_role("link", name="应急值守", exact=True).click()

    town.go("/watches/duty/mine/")
    for field, value in (("post_", "值班员"), ("telephone_", "0990-7000801")):
        for box in town.page.locator(f"main input[name^={field}]").all():
            box.fill(value)
    press(town, "保存")
    assert "没有人" not in line(town, "safety", "应急值守")

    town.go("/watches/duty/mine/")
    for field in ("post_", "telephone_"):
        town.page.locator(f"main input[name^={field}]").last.fill("")
    press(town, "保存")
    assert "1 班没有人" in line(town, "safety", "应急值守")


def test_what_the_town_reports_counts_on_the_board_of_conduct_once_another_has_checked_it(
    town: Window, host: Window
) -> None:
    checked = r"(\d+) / \d+ 项已核对"
    before = number(line(town, "party_style", "主体责任清单"), checked)
    town.page.get_by_role("link", name="主体责任清单", exact=True).click()
    town.page.get_by_role("link", name="报告完成").first.click()
    town.page.fill("[name=evidence]", "已完成，见会议纪要（虚构）。")
    press(town, "保存")
    assert number(line(town, "party_style", "主体责任清单"), checked) == before

    host.go("/party/990181101/")
    host.page.get_by_role("link", name="核对").first.click()
    host.page.locator("main form textarea").first.fill("看了纪要，属实。")
    with host.page.expect_navigation():
        host.page.locator("main form button").first.click()

    assert number(line(town, "party_style", "主体责任清单"), checked) == before + 1
    assert town.errors == host.errors == []
