"""Makers of consultations for tests."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.factories import place
from yizhen.demo.clock import days_ago
from yizhen.needs.consultations.actions import draft_consultation, give_answer, open_consultation
from yizhen.needs.models import Consultation
from yizhen.people.models import Account


def in_days(days: int) -> date:
    """Return the day in so many days."""
    return timezone.localdate() + timedelta(days=days)


def drafted(office: Account, *, places: tuple[str, ...] = (), **changes: Any) -> Consultation:
    """Draft a question that can be answered from today on."""
    written = {
        "title": "文化站周末开到几点", "text": "说明", "options": ["六点", "八点", "九点"], "several": False, "wants_text": True,
        "audience": "everybody", "by_lot": False, "opens_on": in_days(0), "closes_on": in_days(7),
    }  # fmt: skip
    where = [place(code) for code in places]
    number = Consultation.objects.count()
    return draft_consultation(office, client_id=f"c{number}", places=where, **(written | changes))


def opened(office: Account, **changes: Any) -> Consultation:
    """Open such a question."""
    return open_consultation(office, drafted(office, **changes))


def ended(office: Account, days: int = 1, answers: tuple[int, ...] = (), **changes: Any) -> Consultation:
    """Open a question that ended some days ago, with so many answers for each option."""
    with days_ago(days + 7):
        found = opened(office, **changes)
        ticks = [number for number, count in enumerate(answers) for _each in range(count)]
        for number, tick in enumerate(ticks):
            give_answer(found, client_id=f"a{number}", choices=[tick], place=(changes.get("places") or ("",))[0])
    return found
