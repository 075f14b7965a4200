"""The demo's composite index and its assessment scheme, made through the actions of the indicators room."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from yizhen.indicators.actions.indices import design_index, edit_index, freeze_index, new_version
from yizhen.indicators.actions.schemes import add_item, decide_entry, enter_item, make_scheme
from yizhen.indicators.indices.timing import last_ended
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

PILLARS = {"development": 30.0, "livelihood": 30.0, "safety": 25.0, "party_style": 15.0}
# Indicator: pillar, weight, the least acceptable value and the target of the (fictional) plan.
GOALPOSTS = {
    "D01": ("development", 1.0, 2.0, 10.0),
    "D02": ("development", 1.0, 20.0, 90.0),
    "D06": ("development", 1.0, 5.0, 16.0),
    "D09": ("development", 1.0, 70.0, 100.0),
    "L01": ("livelihood", 1.0, 10.0, 90.0),
    "L03": ("livelihood", 1.0, 40.0, 110.0),
    "L05": ("livelihood", 1.0, 30.0, 80.0),
    "L10": ("livelihood", 1.0, 60.0, 95.0),
    "S01": ("safety", 2.0, 80.0, 100.0),
    "S04": ("safety", 1.0, 75.0, 100.0),
    "S06": ("safety", 1.0, 75.0, 100.0),
    "P01": ("party_style", 1.0, 70.0, 100.0),
    "P03": ("party_style", 1.0, 60.0, 10.0),
}


def make_indices(accounts: dict[str, Account], today: date) -> None:
    """Design an index, freeze it, start its next version, and assess with it: a bonus, a deduction, a veto."""
    office = accounts["office"]
    period = last_ended("quarterly", today - timedelta(days=1))
    draft = design_index(
        office, code="fazhan", name_zh="乡镇高质量发展指数", name_en="Township development index",
        division=office.scope, period=period,
    )  # fmt: skip
    draft = edit_index(office, draft, _spec(draft.spec))
    frozen = freeze_index(office, draft, "市委常委会第31次会议纪要（虚构）", draws=2000)
    following = new_version(office, frozen.design)
    changed = {**following.spec, "means": {"2": "arithmetic", "3": "arithmetic"}}
    edit_index(office, following, changed)
    _scheme(accounts, frozen, today)


def _spec(spec: dict[str, Any]) -> dict[str, Any]:
    groups = [{**group, "weight": PILLARS[group["code"]]} for group in spec["groups"]]
    indicators = [
        {"code": code, "parent": pillar, "weight": weight, "worst": worst, "best": best}
        for code, (pillar, weight, worst, best) in GOALPOSTS.items()
    ]
    return {**spec, "groups": groups, "indicators": indicators, "imputation": "median"}


def _scheme(accounts: dict[str, Account], index: Any, today: date) -> None:
    office, emergency, people = accounts["office"], accounts["emg"], accounts["gov"]
    units = Unit.objects.in_bulk()
    scheme = make_scheme(
        office, code="chabie", name_zh="乡镇差别化考核方案", name_en="Differentiated assessment of townships",
        index=index, bonus_cap=Decimal(3), deduction_cap=Decimal(3),
    )  # fmt: skip
    year_end = date(today.year, 12, 31)
    pilot = add_item(
        office, scheme, kind="bonus", name_zh="承担省级以上改革试点并通过验收", name_en="Passed a provincial reform pilot",
        basis="清办〔2026〕3号第5条（虚构）", cap=Decimal(2), approver=units["GOV"], expires_on=year_end,
    )  # fmt: skip
    late = add_item(
        office, scheme, kind="deduction", name_zh="防汛物资未按时备齐", name_en="Flood supplies not ready in time",
        basis="清应急〔2026〕2号第8条（虚构）", cap=Decimal(2), approver=units["EMG"], expires_on=year_end,
    )  # fmt: skip
    accident = add_item(
        office, scheme, kind="veto", name_zh="发生较大以上生产安全责任事故", name_en="A major work accident through fault",
        basis="地方党政领导干部安全生产责任制规定第二十三条", cap=None, approver=units["EMG"], expires_on=year_end,
    )  # fmt: skip
    places = {place.name_zh: place for place in Division.objects.filter(level="township", code__startswith="9901")}
    for item, name, points, reason, evidence, approver in (
        (pilot, "柳岸镇", Decimal(2), "农村产权交易改革试点通过省级验收", "验收意见书（虚构）", people),
        (late, "古渡镇", Decimal(1), "汛前检查时编织袋缺额未补", "检查记录第12号（虚构）", emergency),
        (accident, "石门峪镇", Decimal(0), "某工地事故，调查认定属地责任", "事故调查报告（虚构）", emergency),
    ):
        if name in places:
            entry = enter_item(
                office, item, places[name], points=points, happened_on=today - timedelta(days=30),
                reason=reason, evidence=evidence,
            )  # fmt: skip
            decide_entry(approver, entry, approved=True)
    if "江风街道" in places:  # one still waits, so that approving can be tried out
        enter_item(
            office, pilot, places["江风街道"], points=Decimal(1), happened_on=today - timedelta(days=12),
            reason="社区食堂改革试点", evidence="试点批复（虚构）",
        )  # fmt: skip
