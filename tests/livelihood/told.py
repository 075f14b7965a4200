"""Makers of livelihood projects and facilities for tests, through the room's own actions."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tests import factories
from tests.factories import CITY, LIUAN, place
from yizhen.livelihood.facilities.actions import open_facility
from yizhen.livelihood.models import Facility, Milestone, Project, Vote
from yizhen.livelihood.projects import actions
from yizhen.people.models import Account

_numbers = itertools.count(1)
People = dict[str, Account]


def number() -> str:
    """Return a number that no form has yet."""
    return f"{next(_numbers):024x}"


def ago(days: int) -> date:
    """Return a day in the past."""
    return timezone.localdate() - timedelta(days=days)


def candidate(people: People, township: str = LIUAN, by: Account | None = None, **changes: Any) -> Project:
    """Propose a candidate that the township leads."""
    proposer = by or (
        people["township_office"] if township == LIUAN else factories.account("township_office", township)
    )
    fields: dict[str, Any] = {
        "name_zh": "示例污水管网", "year": 2026, "kind": "sewage", "what": "新铺管网 6 公里。", "lead_unit": None,
        "acceptance_unit": None, "budget": Decimal(100), "money_source": "镇级财政", "indicator": None,
    }  # fmt: skip
    return actions.propose(proposer, client_id=number(), division=place(township), **(fields | changes))


def voted(people: People, votes: dict[int, int], **changes: Any) -> Vote:
    """Record a vote of the city's congress: one hundred deputies, ninety ballots, as many seats as candidates."""
    fields: dict[str, Any] = {
        "client_id": number(), "division": place(CITY), "body": "示例人代会", "held_on": ago(0), "seats": len(votes), "entitled": 100,
        "present": 90, "ballots": 90, "invalid": 0, "minutes": "示例纪要 1 号",
    }  # fmt: skip
    return actions.record_vote(people["city_office"], votes=votes, **(fields | changes))


def listed(people: People, township: str = LIUAN, **changes: Any) -> Project:
    """Return a project that deputies chose."""
    project = candidate(people, township, **changes)
    voted(people, {project.pk: 80})
    project.refresh_from_db()
    return project


def leader(people: People, project: Project) -> Account:
    """Return an account of who leads a project of 柳岸镇 or of the department."""
    return people["department"] if project.lead_unit_id else people["township_office"]


def milestone(people: People, project: Project, planned_on: date, name: str = "主体完工") -> Milestone:
    """Plan a milestone."""
    return actions.add_milestone(leader(people, project), project, client_id=number(), name=name, planned_on=planned_on)


def building(people: People, planned_on: date | None = None, started: int = 60, **changes: Any) -> Project:
    """Return a project whose works have begun, with one milestone."""
    project = listed(people, **changes)
    milestone(people, project, planned_on or ago(-30))
    return actions.start(leader(people, project), project, ago(started))


def photographed(people: People, project: Project, moment: str = "after", **fields: Any) -> Any:
    """Keep a photograph of a project."""
    return actions.keep_photograph(
        leader(people, project),
        project,
        client_id=number(),
        moment=moment,
        caption="示例照片",
        file=factories.upload(**fields),
    )


def reported(people: People, **changes: Any) -> Project:
    """Return a project that was reported done."""
    project = building(people, **changes)
    doer = leader(people, project)
    actions.finish_milestone(doer, project, milestone=project.milestones.get(), actual_on=ago(1))
    photographed(people, project)
    return actions.report_done(doer, project)


def accepted(people: People, *, public: bool = True, **changes: Any) -> Project:
    """Return a project that the city's office has accepted."""
    project = reported(people, **changes)
    actions.accept(people["city_office"], project, client_id=number(), passed=True, text="现场看过。")
    if public:
        actions.publish(people["city_office"], project, public=True)
    project.refresh_from_db()
    return project


def facility(people: People, **changes: Any) -> Facility:
    """Enter a facility of 柳岸镇."""
    fields: dict[str, Any] = {
        "name_zh": "示例处理厂", "kind": "sewage", "capacity": Decimal(100), "capacity_unit": "吨/日", "opened_on": date(2020, 1, 1),
        "source": "台账", "indicator": None,
    }  # fmt: skip
    return open_facility(people["township_office"], client_id=number(), division=place(LIUAN), **(fields | changes))
