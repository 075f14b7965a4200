"""The two clocks of an admission: how long before the work starts it is asked, and how soon it is decided."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop

from yizhen.clocks import Deadline, DeadlineRule, Unit, compute_deadline


@dataclass(frozen=True)
class Terms:
    """Working days that a city gives, and where they come from."""

    lead_days: int = 30
    decide_days: int = 15
    source: str = gettext_noop("参照北京市西城区社区工作准入的做法（地方规定，可改）")


def earliest_start(terms: Terms, applied: date) -> Deadline:
    """Return the first day on which work asked for on a day may begin, with its derivation."""
    rule = DeadlineRule("applied", terms.lead_days, Unit.WORKING_DAY, "work_starts", source=terms.source)
    return compute_deadline(rule, applied)


def decision_due(terms: Terms, applied: date) -> Deadline:
    """Return the day by which an application is decided, with its derivation."""
    rule = DeadlineRule("applied", terms.decide_days, Unit.WORKING_DAY, "decided", source=terms.source)
    return compute_deadline(rule, applied)
