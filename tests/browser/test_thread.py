"""The whole thread in Chromium: data, reports, session, six phones, results, rectification."""

import json
import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests.browser.hands import (
    DESK,
    HALL,
    PHONE,
    enter_staff_mode,
    make_key,
    open_step,
    open_window,
    press,
    sign_in,
    until,
    vote,
)
from tests.browser.site import Site

pytestmark = pytest.mark.browser
GRADES = ["excellent", "excellent", "competent", "excellent", "competent"]


def good(_box: Any, number: int) -> str:
    return GRADES[number % len(GRADES)]


def sparing(_box: Any, number: int) -> str | None:
    """Leave one item blank and know nothing about another."""
    return {0: "basically_competent", 1: None, 2: "not_informed"}.get(number, "competent")


def test_thread_from_the_data_to_the_rectification(browser: Any, site: Site) -> None:
    # Look at the data: the township's own page, one click from a number to its source.
    head = sign_in(browser, site, "柳岸镇 党委书记")
    head.go("/township/990181101/")
    assert "366" in head.page.inner_text("main")
    with head.page.expect_navigation():
        head.page.locator(".gap a[href*='/indicators/L01/']").first.click()
    assert "卫生健康委" in head.page.inner_text("main")
    head.page.wait_for_selector(".chart canvas, .chart svg")

    # All townships beside one another, unranked, with what chance explains.
    head.go("/indicators/S06/compare/")
    head.page.wait_for_selector("#funnel canvas, #funnel svg")
    assert head.page.locator(".compare .span .range").count() == 12

    # Write and submit the report that the system has drafted.
    head.go("/")
    with head.page.expect_navigation():
        head.page.get_by_role("link", name="去写").click()
    first = head.page.locator("textarea[data-section]").first
    assert "工业集中区3家企业环保隐患整改反复" in first.input_value()
    plans = head.page.locator("textarea[data-section]").last
    plans.click()
    head.page.locator("[data-insert^='{{L01']").first.click()
    assert "{{L01}}" in plans.input_value()
    plans.fill(plans.input_value() + "年内先补60张。")
    press(head, "保存并提交（锁定）")
    report = head.page.url
    assert head.page.locator(".report .uncited", has_text="60").count() == 1
    with head.page.expect_navigation():
        head.page.locator(".report a.cite").first.click()
    assert "快照" in head.page.inner_text("main")

    # The scrutineer makes the key in the browser; only the public half is posted.
    scrutineer = sign_in(browser, site, "监票人")
    with scrutineer.page.expect_navigation():
        scrutineer.page.get_by_role("link", name="去办").first.click()
    shares = make_key(scrutineer)
    campaign = int(re.search(r"/appraisals/(\d+)/key/", scrutineer.page.url)[1])  # type: ignore[index]

    # The host checks in, draws lots, gives the floor.
    host = sign_in(browser, site, "组织部（评议办）")
    enter_staff_mode(host, "office")
    for code in "ABCDE":
        host.go(f"/appraisals/{campaign}/attendance/?class={code}")
        host.page.check("[data-check-all]")
        press(host, "到会并已抽票卡")
    hall = open_window(browser, site, HALL, storage_state=host.page.context.storage_state())
    hall.go(f"/appraisals/{campaign}/projector/")
    console = f"/appraisals/{campaign}/console/"
    host.go(console)
    press(host, "宣布开会")
    host.page.fill("#seed", "4-2-6")
    press(host, "抽签排定次序")
    press(host, "请他述职")
    hall.page.wait_for_selector(".speaker h1")
    until(hall, "[data-clock]", r"^0[78]:\d\d$")
    phone = open_window(browser, site, PHONE)
    token = re.search(r"/now/(\w+)/", host.page.content())[1]  # type: ignore[index]
    phone.go(f"/now/{token}/")
    until(phone, "[data-phase]", "述职")
    press(host, "进入提问")
    host.page.fill("#question", "床位缺口怎么补？")
    press(host, "记录")
    press(host, "已答")
    press(host, "进入点评")
    host.page.fill("#strengths", "敢讲问题，数字实。")
    host.page.fill("#fact", "每万人口床位低于市均")
    host.page.fill("#requirement", "年底前完成新楼主体")
    press(host, "保存点评")  # owner and date are missing: refused, and what was typed is still there
    assert host.page.locator(".notice-error").count() >= 1
    assert host.page.input_value("#fact") == "每万人口床位低于市均"
    host.page.fill("#owner", "卫生院")
    host.page.fill("#due_on", host.page.evaluate("new Date(Date.now()+2592e6).toISOString().slice(0,10)"))
    press(host, "保存点评")
    press(host, "转为整改事项")
    matter = host.page.locator("a[href^='/matters/Z']").first.inner_text()

    # The ballot: six phones of different classes, the rest of the demo's voters after them.
    press(host, "开启投票")
    hall.page.wait_for_selector("text=请投票")
    heap = json.loads((site.data / "demo-cards.json").read_text(encoding="utf-8"))["codes"]
    receipts = {}
    phones = [open_window(browser, site, PHONE) for _unused in range(6)]
    for window, code in zip(phones, [*(heap[name][0] for name in "ABCDE"), heap["E"][1]], strict=True):
        receipts[code] = vote(window, code, sparing if code == heap["D"][0] else good)
    assert len(set(receipts.values())) == 6
    host.go("/demo/")
    press(host, "让其余演示投票人投票")
    until(hall, "[data-turnout]", "^47/47$")
    host.go(console)
    press(host, "结束投票")
    hall.page.wait_for_selector(".root")
    root = hall.page.inner_text(".root")

    # Every receipt shown is in the published list; there are as many as sheets.
    phones[0].go(f"/now/{token}/receipts/")
    listed = phones[0].page.locator(".receipts li").all_inner_texts()
    assert len(listed) == 47
    assert all(any(receipt in line for line in listed) for receipt in receipts.values())
    assert root in phones[0].page.inner_text("main")

    # Counting needs the paper key; a mistyped one is refused.
    scrutineer.go(f"/appraisals/{campaign}/key/")
    scrutineer.page.fill("#share-1", shares[0].replace(shares[0][2], "7" if shares[0][2] != "7" else "A"))
    scrutineer.page.fill("#share-2", shares[2])
    press(scrutineer, "开启计票")
    assert scrutineer.page.locator(".notice-error").count() == 1
    scrutineer.page.fill("#share-1", shares[0].lower())
    scrutineer.page.fill("#share-2", shares[2])
    press(scrutineer, "开启计票")
    assert scrutineer.page.locator("#picture .span .rule").count() == 9

    # Nobody who reports sees a result before it is issued.
    assert head.go(f"/appraisals/{campaign}/results/").status == 403
    host.go(f"/appraisals/{campaign}/results/")
    with host.page.expect_download() as download:
        host.page.get_by_role("link", name="导出 Excel").click()
    sheet = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes())).worksheets[0]
    assert sheet.max_row == 10
    press(host, "反馈结果")
    assert matter[:1] == "Z"
    assert "每万人口床位低于市均" in host.page.inner_text("main")
    head.go(f"/appraisals/{campaign}/results/")
    assert head.page.locator("main table").first.locator("tbody tr").count() == 1
    with head.page.expect_navigation():
        head.page.locator("main table a").first.click()
    assert root in head.page.inner_text("main")

    # Rectification: the township reports it done, and somebody else verifies.
    speaker = host.page.locator(f"a[href='/matters/{matter}/']").locator("xpath=..").inner_text()
    assert "卫生院" in speaker
    head.go(report)
    assert head.page.locator(".cite").count() > 10
    for window in (head, scrutineer, host, hall, phone, *phones):
        assert window.errors == []


def test_thread_matter_is_closed_by_somebody_else_than_its_doer(browser: Any, site: Site) -> None:
    office = sign_in(browser, site, "柳岸镇 办公室")
    office.go("/matters/?kind=rectification&state=handling")
    with office.page.expect_navigation():
        office.page.locator("main table a[href^='/matters/Z']").first.click()
    number = re.search(r"/matters/(Z\S+)/", office.page.url)[1]  # type: ignore[index]
    step = open_step(office, "报告办结")
    step.locator("select[name=disposition]").select_option("solved")
    step.locator("textarea[name=text]").fill("已引入第三方验收。")
    with office.page.expect_navigation():
        step.get_by_role("button").last.click()
    assert office.page.locator("details", has_text="核验通过").count() == 0
    county = sign_in(browser, site, "澄湖市", DESK)
    county.go(f"/matters/{number}/")
    step = open_step(county, "核验通过")
    step.locator("textarea[name=text]").fill("现场查看三家，属实。")
    with county.page.expect_navigation():
        step.get_by_role("button").last.click()
    assert "已销号" in county.page.inner_text("main")
    assert office.errors == county.errors == []
