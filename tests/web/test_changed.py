"""Who changes what somebody else has changed since it was read: the page says how it stands, keeps what was typed, and takes it."""

from decimal import Decimal

import pytest

from tests import factories
from tests.factories import LIUAN, place, signed_in
from tests.growth.firms import draft
from tests.watches.watched import watched
from yizhen.exchange.actions import write_note
from yizhen.growth.parks.actions import register_park
from yizhen.growth.projects.actions import register_project

NOTE = {
    "work_line": "livelihood", "title": "示例", "problem": "难", "steps": "做", "cost": Decimal(1), "person_days": 2, "failed": "弯路",
    "contact": "党政办",
}  # fmt: skip


def project(people):
    made = register_project(
        people["township_office"], client_id="p", division=place(LIUAN), name_zh="示例项目", source="申请报告"
    )
    return "township_office", f"/growth/projects/{made.pk}/change/", made


def park(people):
    names = {"name_zh": "示例集中区", "industry_zh": "电池"}
    made = register_park(people["city_office"], client_id="p", division=place(LIUAN), **names)
    return "township_office", f"/growth/parks/{made.pk}/change/", made


def policy(people):
    made = draft(people["department"])
    return "department", f"/growth/policies/{made.pk}/change/", made


def note(people):
    made = write_note(people["township_office"], client_id="n", **NOTE)
    return "township_office", f"/exchange/{made.pk}/change/", made


def watch(people):
    made = watched(people["city_office"])
    return "city_office", f"/watches/{made.pk}/change/", made


@pytest.mark.parametrize(
    ("make", "first", "second"),
    [
        (project, "name_zh", "source"),
        (park, "name_zh", "industry_zh"),
        (policy, "name_zh", "benefit_zh"),
        (note, "title", "problem"),
        (watch, "name_zh", "source"),
    ],
)
def test_stale_form_says_what_stands_now_keeps_what_was_typed_and_is_sent_again(db, make, first, second):
    factories.fictional_city()
    role, page, made = make(people := factories.everybody())
    browser = signed_in(people[role])
    form = browser.get(page).context["form"]
    typed = {name: value for name in form.fields if (value := form[name].value()) is not None}
    assert browser.post(page, typed | {first: "别人写的"}).status_code == 302
    stale = browser.post(page, typed | {second: "我写的"})
    found = stale.context["form"]
    assert (stale.status_code, found.errors[first]) == (400, ["现在是：别人写的"])
    assert (found[first].value(), found[second].value()) == (typed[first], "我写的")
    again = typed | {first: "别人写的", second: "我写的", "seen": found["seen"].value()}
    assert browser.post(page, again).status_code == 302
    made.refresh_from_db()
    assert (getattr(made, first), getattr(made, second)) == ("别人写的", "我写的")
