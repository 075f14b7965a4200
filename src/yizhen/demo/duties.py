"""The demo's duty list, admissions and inspections, played through the real actions."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yizhen.matters.actions import (
    ask_admission,
    conclude_inspection,
    decide_admission,
    draft_list,
    plan_inspection,
    put_in_force,
)
from yizhen.matters.duties.clocks import Terms, earliest_start
from yizhen.matters.models import DutyItem
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

from .clock import days_ago

TOWNSHIP = "township"


def make_duty_list(office: Account, story: dict[str, Any]) -> dict[str, DutyItem]:
    """Put the story's items in force, and return them by code."""
    units = Unit.objects.in_bulk()
    items = [
        {
            "code": row["code"],
            "name_zh": row["name_zh"],
            "name_en": row["name_en"],
            "kind": row["kind"],
            "work_line": row["line"],
            "lead": None if row["lead"] == TOWNSHIP else units[row["lead"]],
            "basis": "",
            "starts_on": None,
            "ends_on": None,
        }
        for row in story["duty_items"]
    ]
    today = timezone.localdate()
    draft = draft_list(
        office, items, edition=f"{today.year}年版（示例）", basis="清委办〔2026〕1号（虚构）", valid_from=today
    )
    return {item.code: item for item in put_in_force(office, draft).items.all()}


def ask_admissions(accounts: dict[str, Account]) -> None:
    """Let three departments ask: one was admitted, one refused, one waits."""
    with days_ago(80):
        granted = _ask(
            accounts["emg"], "独居老人用气安全上门提醒", "Gas safety visits to people living alone", 20, "300"
        )
        refused = _ask(accounts["soc"], "村（社区）微信群活跃度月报", "Monthly report on group chats", 120, "0")
    with days_ago(70):
        decide_admission(accounts["office"], granted, granted=True, reason="有经费，时限明确。")
        decide_admission(accounts["office"], refused, granted=False, reason="没有法律依据，属于指尖上的形式主义。")
    with days_ago(6):
        _ask(accounts["hrs"], "返乡人员就业意向入户登记", "Door-to-door survey of returning workers", 90, "0")


def _ask(actor: Account, name_zh: str, name_en: str, minutes: int, funds: str) -> Any:
    start = earliest_start(Terms(), timezone.localdate()).due
    return ask_admission(
        actor,
        name_zh=name_zh,
        name_en=name_en,
        purpose="请村（社区）协助通知和登记，由部门人员上门办理。",
        basis="部门年度工作要点（虚构）",
        work_line="safety" if actor.unit_id == "EMG" else "livelihood",
        starts_on=start,
        ends_on=start + timedelta(days=180),
        minutes=minutes,
        funds=Decimal(funds),
        client_id=f"demo:admission:{name_zh}",
    )


PLANS = (  # who, kind, title, townships, begins in so many days, lasts
    ("office", "assessment", "年度综合考核", (), 30, 20),
    ("emg", "inspection", "企业安全生产专项督查", ("柳岸镇", "西塘桥镇", "沙洲口镇"), 0, 9),
    ("env", "inspection", "污水设施运行督查", ("柳岸镇", "桑榆浦镇", "北圩镇"), 1, 6),
    ("wat", "inspection", "防汛准备督查", ("石门峪镇", "古渡镇", "桑榆浦镇"), 45, 10),
    ("ind", "assessment", "产业发展综合考核", ("柳岸镇", "西塘桥镇"), 34, 5),
)


def plan_inspections(accounts: dict[str, Account]) -> None:
    """Register plans of this year; in some months two come to the same township, and say so."""
    townships = {division.name_zh: division for division in Division.objects.filter(level="township")}
    with days_ago(40):
        made = _plan(
            accounts["wat"], "inspection", "山洪灾害点抽查", [townships["石门峪镇"], townships["古渡镇"]], 5, 8
        )
    with days_ago(20):
        conclude_inspection(accounts["wat"], made, "抽查6处，5处值守到位；1处警示牌损坏，已要求七日内更换。")
    with days_ago(2):
        for username, kind, title, names, ahead, days in PLANS:
            places = [townships[name] for name in names] or list(townships.values())
            _plan(accounts[username], kind, title, places, ahead + 2, days)


def _plan(actor: Account, kind: str, title: str, places: list[Division], ahead: int, days: int) -> Any:
    first: date = timezone.localdate() + timedelta(days=ahead)
    return plan_inspection(
        actor,
        kind=kind,
        title=title,
        content="看清单事项落实情况，随机抽查现场，不听汇报，不要求准备材料。",
        scope="今年以来的工作；每个乡镇（街道）不超过两处",
        basis="年度督查检查考核计划（虚构）",
        designation="清政办函〔2026〕3号（虚构）",
        townships=places,
        starts_on=first,
        ends_on=first + timedelta(days=days),
        coordination="已和其他单位商定同日前往，合并听取情况。",
        client_id=f"demo:inspection:{title}",
    )
