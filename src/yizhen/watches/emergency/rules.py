"""Who may do what with emergency plans and duty rosters."""

import re

from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.watches.models import Plan, Roster
from yizhen.watches.series.rules import READING

MOBILE = re.compile(r"(\+?86)?1[3-9]\d{9}")
TELEPHONE = re.compile(r"\+?[0-9][0-9\-]{2,18}[0-9]|[0-9]{3}")


def may_read(user: Account) -> bool:
    """Return whether plans and rosters are shown to this role at all."""
    return user.is_active and user.role in READING


def own_office(user: Account) -> tuple[Division, Unit | None]:
    """Return whose plans and roster the user keeps: its department's, or those of its place's own office."""
    return user.scope, user.unit if user.role == "department" else None


def may_keep_plan(user: Account, plan: Plan) -> bool:
    """Return whether the user issues the next version of a plan: the office whose plan it is."""
    return may_read(user) and _is_own(user, plan.division_id, plan.office_id)


def may_keep_roster(user: Account, roster: Roster) -> bool:
    """Return whether the user keeps a roster: the office whose roster it is."""
    return may_read(user) and _is_own(user, roster.division_id, roster.office_id)


def _is_own(user: Account, division: str, office: str | None) -> bool:
    if user.role == "department":
        return office is not None and office == user.unit_id
    return office is None and division == user.scope_id


def wrong_telephone(text: str) -> str:
    """Return what is wrong with an office's telephone: ``mobile`` (a person's), ``telephone`` (none), or an empty text."""
    plain = text.replace(" ", "")
    if MOBILE.fullmatch(plain.replace("-", "")):
        return "mobile"
    return "" if TELEPHONE.fullmatch(plain) else "telephone"
