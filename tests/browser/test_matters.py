"""The needle in a browser: a petition from receipt to its second review, a refused task, and a closure that did not hold."""

import re
import subprocess
import sys
from typing import Any

import pytest

from tests.browser.hands import PHONE, open_step, open_window, press, sign_in
from tests.browser.site import Site

pytestmark = pytest.mark.browser

LEGACY = """
import django; django.setup()
from django.utils import timezone
from yizhen.matters.actions import assign_task
from yizhen.people.models import Account
from yizhen.places.models import Division
made = assign_task(
    Account.objects.get(username="emg"), townships=[Division.objects.get(code="990181101")], client_id="paper",
    title="每日拍照上报值班", text="每天拍照上报。", basis="电话通知", work_line="safety", due_on=timezone.localdate(),
)
print(made[0].number)
"""


@pytest.fixture(scope="module")
def desks(browser: Any, site: Site) -> dict[str, Any]:
    """City, county and township at their desks."""
    names = {"city": "组织部（评议办）", "county": "澄湖市", "office": "柳岸镇 办公室", "emg": "应急管理局"}
    return {desk: sign_in(browser, site, name) for desk, name in names.items()}


def take(desk: Any, number: str, words: str, said: str = "", **choices: str) -> None:
    """Take a step of a matter: its panel unfolded, its fields filled in, its button pressed."""
    desk.go(f"/matters/{number}/")
    step = open_step(desk, words)
    for name, value in choices.items():
        field = step.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    if said:
        step.locator("textarea[name=text]").fill(said)
    with desk.page.expect_navigation():
        step.get_by_role("button").last.click()
    assert desk.page.locator("#step-errors").count() == 0, desk.page.inner_text("main")[:400]


def follow(phone: Any, code: str) -> None:
    phone.go("/ask/follow/")
    phone.page.fill("#code", code)
    press(phone, "查询")


def test_petition_from_receipt_to_the_second_review(browser: Any, site: Site, desks: dict[str, Any]) -> None:
    county, office, city = desks["county"], desks["office"], desks["city"]
    county.go("/matters/register/petition/")
    for name, words in {
        "title": "征地补偿算少了",
        "text": "请复核补偿面积。",
        "requester": "某某 0990-0000000",
    }.items():
        county.page.fill(f"main [name={name}]", words)
    county.page.select_option("[name=division]", "990181101")
    county.page.select_option("[name=field_channel]", "来访")
    county.page.fill("[name=field_visitors]", "6")
    press(county, "登记")
    assert "二十条" in county.page.inner_text("main")  # five representatives at most
    county.page.fill("[name=field_visitors]", "5")
    press(county, "登记")
    code = county.page.locator("main b").last.inner_text()
    number = re.search(r"X\d{4}-\d+", county.page.inner_text("main"))[0]  # type: ignore[index]

    take(county, number, "立案受理", "材料齐全。")
    take(county, number, "派遣", recipient="place:990181101")
    take(office, number, "接收", "已受理，书面告知。")
    assert "某某" not in office.page.inner_text("main")
    take(
        office, number, "报告办结", "已重新丈量。", disposition="explained_not_entitled",
        field_facts="面积和登记一致。", field_opinion="不予支持", field_legal_basis="某某条例第九条",
    )  # fmt: skip
    take(county, number, "核验通过", "看过丈量记录。")
    county.page.get_by_role("link", name="处理意见书").click()
    county.page.wait_for_selector("article.report")
    assert "四、法律依据" in county.page.inner_text("article")

    phone = open_window(browser, site, PHONE)
    follow(phone, code)
    phone.page.fill("#text", "还有一块地没有量。")
    press(phone, "申请复查")
    take(city, number, "复查：维持", "那一块不在征收范围。")
    follow(phone, code)
    phone.page.fill("#text", "仍然不服。")
    press(phone, "申请复核")
    take(city, number, "复核：维持", "程序合法，事实清楚。")
    follow(phone, code)

    said = phone.page.inner_text("main")
    assert "已销号" in said
    assert "还没有人看过您的信息" in said
    assert phone.page.get_by_role("button", name="申请复核").count() == 0
    assert [window.errors for window in (phone, county, office, city)] == [[]] * 4


def test_task_outside_the_list_is_stopped_and_one_that_came_on_paper_is_refused(
    site: Site, desks: dict[str, Any]
) -> None:
    emg, office = desks["emg"], desks["office"]
    emg.go("/matters/assign/")
    emg.page.fill("main [name=title]", "每日拍照上报值班")
    emg.page.eval_on_selector("main [name=duty]", "field => field.removeAttribute('required')")
    emg.page.fill("main [name=text]", "每天拍照上报。")
    emg.page.fill("main [name=basis]", "电话通知")
    emg.page.fill("main [name=amount]", "5")
    emg.page.locator("main [name=townships]").first.check()
    press(emg, "交办")
    assert emg.page.url.endswith("/matters/assign/")
    assert "清单" in emg.page.locator(".has-error, .error").first.inner_text()

    command = [sys.executable, "-c", LEGACY]
    settings = site.environment | {"DJANGO_SETTINGS_MODULE": "yizhen.config.settings"}
    made = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
    number = made.stdout.split()[-1]
    office.go(f"/matters/{number}/refuse/")
    press(office, "查清单，写复函，退回")
    assert "请从清单里选" in office.page.inner_text("main")  # nobody claims by mistake that the list was looked at
    office.page.check("main [name=outside]")
    press(office, "查清单，写复函，退回")
    reply = office.page.inner_text("article")
    assert "属清单之外的任务" in reply
    with office.page.expect_download() as download:
        office.page.get_by_role("link", name="下载复函（.docx）").click()
    assert download.value.suggested_filename.endswith(".docx")
    emg.go(f"/matters/{number}/")
    assert "已退回" in emg.page.inner_text("main")
    assert office.errors == emg.errors == []


def test_closure_that_did_not_hold_is_opened_again_with_its_old_date(
    browser: Any, site: Site, desks: dict[str, Any]
) -> None:
    county, office = desks["county"], desks["office"]
    phone = open_window(browser, site, PHONE)
    phone.go("/ask/?place=990181101")
    phone.page.fill("[name=title]", "和平社区井盖松动")
    phone.page.fill("[name=text]", "三号楼前井盖一踩就响。")
    phone.page.select_option("[name=division]", "990181101")
    press(phone, "提交")
    code = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", phone.page.inner_text("main"))[0]  # type: ignore[index]
    number = re.search(r"S\d{4}-\d+", phone.page.inner_text("main"))[0]  # type: ignore[index]
    take(office, number, "接收")
    due = office.page.locator("dt:text-is('期限') + dd b").first.inner_text()
    take(office, number, "报告办结", "已垫平。", disposition="solved")
    take(county, number, "核验通过", "看过照片。")

    follow(phone, code)
    phone.page.fill("#text", "又响了。")
    press(phone, "没解决，重新办")
    office.go(f"/matters/{number}/")
    said = office.page.inner_text("main")
    assert "又响了" in said
    assert "1 次，期限不变" in said
    assert office.page.locator("dt:text-is('期限') + dd b").first.inner_text() == due
    assert phone.errors == office.errors == []
