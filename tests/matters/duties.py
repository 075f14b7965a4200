"""Makers of duty lists, admissions and inspection plans, through the room's own actions."""

import itertools
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from tests import factories
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import ask_admission, draft_list, plan_inspection, put_in_force
from yizhen.matters.models import AdmissionRequest, DutyItem, DutyList, InspectionPlan
from yizhen.people.models import Account

_numbers = itertools.count(1)
ROWS = {"B-1": ("basic", ""), "C-1": ("cooperating", "EMG"), "C-2": ("cooperating", "HEA"), "W-1": ("withdrawn", "MKT")}


def at(day: str) -> Any:
    """Let something happen at noon of a day."""
    then = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return days_ago((timezone.now() - then).total_seconds() / 86_400)


def row(code: str, kind: str = "basic", lead: str = "", **fields: Any) -> dict[str, Any]:
    """Return the fields of an item."""
    content = {
        "code": code,
        "name_zh": f"事项{code}",
        "name_en": f"Item {code}",
        "kind": kind,
        "work_line": "safety",
        "lead": factories.unit(lead) if lead else None,
        "basis": "",
        "starts_on": None,
        "ends_on": None,
    }
    return content | fields


def draft(office: Account, edition: str = "2026年版", ago: int = 0, rows: Any = None, **fields: Any) -> DutyList:
    """Draft an edition that begins so many days ago; by default one item of each sort."""
    rows = [row(code, *kind) for code, kind in ROWS.items()] if rows is None else rows
    begins = timezone.localdate() - timedelta(days=ago)
    return draft_list(
        office, rows, **({"edition": edition, "basis": "清委办〔2026〕1号", "valid_from": begins} | fields)
    )


def in_force(office: Account, edition: str = "2026年版", ago: int = 10, rows: Any = None) -> dict[str, DutyItem]:
    """Put an edition in force and return its items by code."""
    made = put_in_force(office, draft(office, edition, ago, rows))
    return {item.code: item for item in made.items.select_related("duty_list", "lead")}


def asked(department: Account, starts_on: date | None = None, **fields: Any) -> AdmissionRequest:
    """Ask for work to be admitted; by default as early as it may start in any calendar."""
    starts_on = starts_on or timezone.localdate() + timedelta(days=90)
    content: dict[str, Any] = {
        "name_zh": "用气安全提醒",
        "purpose": "请社区协助通知。",
        "basis": "年度要点",
        "work_line": "safety",
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=30),
        "minutes": 20,
        "funds": Decimal(300),
        "client_id": f"test:{next(_numbers)}",
    }
    return ask_admission(department, **(content | fields))


def planned(actor: Account, townships: list[str], starts_on: date, ends_on: date, **fields: Any) -> InspectionPlan:
    """Plan an inspection."""
    content: dict[str, Any] = {
        "kind": "inspection",
        "title": "专项督查",
        "content": "抽查现场。",
        "scope": "今年以来",
        "basis": "年度计划",
        "designation": "清政办函〔2026〕3号",
        "townships": [factories.place(code) for code in townships],
        "starts_on": starts_on,
        "ends_on": ends_on,
        "client_id": f"test:{next(_numbers)}",
    }
    return plan_inspection(actor, **(content | fields))
