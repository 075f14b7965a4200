"""Makers of fields, registered forms and collections for tests, through the room's own actions."""

from datetime import date, timedelta

from django.utils import timezone

from tests import factories
from yizhen.indicators.actions import Typed, Wanted, apply_for_form, decide_form, hand_in, open_collection, write_cells
from yizhen.indicators.models import Collection, RegisteredForm, Submission
from yizhen.people.models import Account

VILLAGES = sorted(factories.VILLAGES)
PERIOD = "2026Q3"


def soon(days: int = 30) -> date:
    return timezone.localdate() + timedelta(days=days)


def applied(lines: list[Wanted], *, actor: Account | None = None, code: str = "F-101", **fields) -> RegisteredForm:
    content = {
        "code": code, "name_zh": f"测试报表{code}", "department": factories.unit("ENV"), "purpose_zh": "测试",
        "basis_zh": "水污染防治法", "level": "village", "frequency": "quarterly", "minutes": 10, "expires_on": soon(400),
    }  # fmt: skip
    return apply_for_form(actor, lines, **(content | fields))


def registered(lines: list[Wanted], decision: str = "approved_master", **fields) -> RegisteredForm:
    return decide_form(None, applied(lines, **fields), decision)


def opened(form: RegisteredForm, period: str = PERIOD, days: int = 10) -> Collection:
    return open_collection(None, form, period=period, opens_on=timezone.localdate(), closes_on=soon(days))


def sheet(collection: Collection, village: str) -> Submission:
    return collection.submissions.get(division_id=village)


def codes(form: RegisteredForm) -> list[str]:
    return [str(code) for code in form.items.values_list("field_id", flat=True)]


def fill(actor: Account, collection: Collection, village: str, values: dict[str, object]) -> Submission:
    submission = sheet(collection, village)
    write_cells(actor, submission, {code: Typed(str(value)) for code, value in values.items()})
    return hand_in(actor, submission)
