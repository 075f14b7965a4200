"""The demo's forms: six that asked to be registered, one that is being filled today; a threshold, two open indicators."""

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from yizhen.indicators.actions import (
    Typed,
    Wanted,
    apply_for_form,
    approve,
    decide_form,
    drop_lines,
    hand_in,
    open_collection,
    publish_indicator,
    refuse_form,
    set_rules,
    set_threshold,
    write_cells,
)
from yizhen.indicators.models import Collection, Indicator, RegisteredForm
from yizhen.indicators.periods import before, containing
from yizhen.people.models import Account, Unit

from .clock import days_ago

LINES: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "forms.json").read_text(encoding="utf-8"))
REFUSED = "没有法律、文件依据；所列内容已在数据目录中，可直接查用。"


def register_forms(accounts: dict[str, Account], story: dict[str, Any]) -> None:
    """Play the demo's register through the real gate, and fill what is left to fill."""
    office = accounts["office"]
    wanted = {row["code"]: row for row in story["form_registry_examples"]}
    with days_ago(140):
        base = _registered(office, wanted["F-001"], "village", 60, [_line(name) for name in LINES["village_base"]])
    with days_ago(130):
        _fill(accounts, base, before(containing(timezone.localdate(), "yearly"), "yearly"), _village_base)
    with days_ago(60):
        _registered(office, wanted["F-014"], "village", 25, [_line(name) for name in LINES["old_age"]])
        surplus = [Wanted(f"林下经济第{number}项", kind="amount") for number in range(1, 63)]
        lines = [*(_line(name) for name in [*LINES["forestry_kept"], *LINES["forestry_new"]]), *surplus]
        _registered(office, wanted["F-027"], "village", 90, lines, keep=8)
        _registered(
            office, wanted["F-033"], "village", 40, [_line(name) for name in LINES["village_base"][:12]] + _new(3)
        )
        roster = [
            Wanted("微网格员姓名", kind="text", personal=True),
            Wanted("微网格员联系电话", kind="text", personal=True),
        ]
        _registered(office, wanted["F-041"], "village", 30, [*(_line(name) for name in LINES["grid_known"]), *roster])
        _registered(office, wanted["F-052"], "township", 120, [Wanted("临时情况", kind="text")])
    with days_ago(20):
        refuse_form(
            accounts["liuan"], department=Unit.objects.get(code="EMG"), title="安全检查周报(纸质)",
            received_on=timezone.localdate(),
        )  # fmt: skip
    with days_ago(12):
        _sewage(accounts, office)
    with days_ago(5):
        _watch(accounts)


def _watch(accounts: dict[str, Account]) -> None:
    """Set a threshold by the department that answers for the figure, and open two indicators to residents."""
    events = Indicator.objects.get(code="S06")
    set_threshold(
        accounts["soc"],
        indicator=events,
        side="below",
        level=88,
        release=92,
        days=20,
        text_zh="请查明哪一类事件处置慢，报措施。",
    )
    for code in ("S06", "S07"):
        publish_indicator(accounts["office"], Indicator.objects.get(code=code), public=True)


def _line(name: str) -> Wanted:
    money = name.endswith("收入")
    unit = "亩" if name in LINES["areas"] else LINES["units"].get(name, "万元" if money else "")
    kind = "amount" if unit else "count"
    return Wanted(name, unit, kind, difference=LINES["differences"].get(name, ""))


def _new(number: int) -> list[Wanted]:
    return [Wanted(f"本周检查第{one}项") for one in range(1, number + 1)]


def _registered(
    office: Account, row: dict[str, Any], level: str, minutes: int, lines: list[Wanted], *, keep: int = 0
) -> RegisteredForm:
    """Apply for a form in its department's name, and let the office decide as the register has it."""
    department = Unit.objects.filter(code=row["dept"]).first() or Unit.objects.get(code="GOV")
    form = apply_for_form(
        Account.objects.filter(unit=department).first(),
        lines,
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=LINES["english"][row["code"]],
        department=department,
        purpose_zh="汇总全市情况" if row["decision"] == "refused" else "掌握基础情况，供各部门共用",
        basis_zh="" if row["basis_zh"] == "无" else row["basis_zh"],
        level=level,
        frequency=row["frequency"],
        minutes=minutes,
        expires_on=timezone.localdate() + timedelta(days=500),
    )
    if keep:
        drop_lines(office, form, range(keep + 1, len(lines) + 1))
    return decide_form(office, form, row["decision"], REFUSED if row["decision"] == "refused" else "")


def _fill(accounts: dict[str, Account], form: RegisteredForm, period: str, values: Any) -> Collection:
    """Fill a form everywhere: offices type for their villages, heads, counties and the department approve."""
    today = timezone.localdate()
    made = open_collection(
        accounts["office"], form, period=period, opens_on=today, closes_on=today + timedelta(days=20)
    )
    chance = random.Random(form.code)
    offices = {one.scope_id: one for one in Account.objects.filter(role="township_office")}
    for submission in made.submissions.select_related("division"):
        office = offices[submission.division_id[:9]]
        write_cells(office, submission, values(chance, form))
        hand_in(office, submission)
    for head in Account.objects.filter(role="township_head").select_related("scope"):
        approve(head, made, head.scope)
    return made


def _village_base(chance: random.Random, form: RegisteredForm) -> dict[str, Typed]:
    people = chance.randint(1_100, 4_800)
    shares = {
        "户籍户数": 0.36, "常住户数": 0.33, "农村常住户": 0.31, "村常住人口": 1, "男性人口": 0.5, "女性人口": 0.5,
        "六十岁以上人口": 0.24, "八十岁以上人口": 0.045, "十六岁以下人口": 0.13, "党员人数": 0.035, "耕地面积": 0.9,
    }  # fmt: skip
    typed = {}
    for item in form.items.filter(asks=True):
        share = shares.get(item.name_zh)
        number = round(people * share * chance.uniform(0.97, 1.03)) if share else chance.randint(0, 24)
        typed[str(item.field_id)] = Typed(str(number))
    return typed


def _sewage(accounts: dict[str, Account], office: Account) -> None:
    """Open the one form of today: three villages of Liu'an know most of it already, and are asked one number."""
    department = accounts["env"]
    form = apply_for_form(
        department,
        [Wanted("农村常住户", "户"), Wanted("污水处理设施数", "座"), Wanted("污水已接入且正常运行户", "户"),
         Wanted("本季维修次数", "次", required=False)],
        code="F-063",
        name_zh="农村生活污水治理季报",
        name_en="Quarterly form on rural sewage",
        department=Unit.objects.get(code="ENV"),
        purpose_zh="计算农村生活污水集中处理率，安排维修",
        basis_zh="水污染防治法",
        level="village",
        frequency="quarterly",
        minutes=5,
        expires_on=timezone.localdate() + timedelta(days=700),
    )  # fmt: skip
    form = decide_form(office, form, "approved_share")
    base, connected = (
        item.field_id
        for item in form.items.filter(name_zh__in=["农村常住户", "污水已接入且正常运行户"]).order_by("position")
    )
    set_rules(department, form, [f"{connected} <= {base} | 接入户不能多于常住户"])
    today: date = timezone.localdate()
    period = before(containing(today + timedelta(days=12), "quarterly"), "quarterly")
    made = open_collection(department, form, period=period, opens_on=today, closes_on=today + timedelta(days=18))
    chance = random.Random(63)
    offices = {one.scope_id: one for one in Account.objects.filter(role="township_office")}
    for submission in made.submissions.select_related("division").order_by("division"):
        if submission.division.name_zh in {"前湾村", "和平社区"} and submission.division_id.startswith("990181"):
            continue
        office_there = offices[submission.division_id[:9]]
        typed = {str(connected): Typed(str(chance.randint(180, 330)))}
        write_cells(office_there, submission, typed)
        hand_in(office_there, submission)
    for head in Account.objects.filter(role="township_head").exclude(scope__code__startswith="990181"):
        approve(head, made, head.scope)
