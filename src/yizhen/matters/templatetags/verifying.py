"""What the matter page's panels show, so that its view need not know them."""

from typing import Any

from django import template

from yizhen.matters.exclusions import may_ask, may_decide, may_decide_appeal
from yizhen.matters.models import Matter
from yizhen.matters.models.exclusion import REASONS
from yizhen.matters.models.whistle import LEVELS
from yizhen.matters.recusals import aside_on, has_recused, may_recuse, stands_aside
from yizhen.matters.teams.rules import may_end_team, may_form_team
from yizhen.matters.whistles import may_rate, may_whistle
from yizhen.people.models import Account

register = template.Library()


@register.simple_tag
def whistle_of(user: Account, matter: Matter) -> dict[str, Any]:
    """Return the calls below a matter, and what the user may do about them or about the call that it is."""
    is_call = matter.kind == "whistle"
    calls = [] if is_call else list(matter.children.filter(kind="whistle").select_related("addressee", "frozen"))
    rating = getattr(matter, "whistle_rating", None) if is_call else None
    return {
        "calls": calls,
        "may_call": may_whistle(user, matter),
        "may_rate": rating is None and matter.state == "closed" and may_rate(user, matter),
        "rating": rating,
        "levels": list(LEVELS.items()),
        "is_shown": bool(calls) or rating is not None,
    }


@register.simple_tag
def exclusion_of(user: Account, matter: Matter) -> dict[str, Any]:
    """Return the requests to leave a matter out of the rates, and what the user may do about them."""
    rows = [
        {"one": one, "may_decide": may_decide(user, one), "may_decide_appeal": may_decide_appeal(user, one)}
        for one in matter.exclusions.select_related("matter", "asked_by", "decided_by", "appeal_decided_by")
    ]
    return {"rows": rows, "may_ask": may_ask(user, matter), "reasons": list(REASONS.items())}


@register.simple_tag
def recusals_of(user: Account, matter: Matter) -> dict[str, Any]:
    """Return which posts stand aside from a matter, and whether the user does so too or may."""
    mine = has_recused(user, matter)
    return {
        "rows": aside_on(user, matter),
        "may_recuse": may_recuse(user, matter),
        "named": not mine and may_recuse(user, matter) and stands_aside(user, matter),
    }


@register.simple_tag
def teams_of(user: Account, matter: Matter) -> dict[str, Any]:
    """Return the teams on a matter, those at work first, and what the user may do about them."""
    rows = sorted(matter.teams.select_related("unit"), key=lambda team: team.ended_on is not None)
    return {"rows": rows, "may_form": may_form_team(user, matter), "may_end": may_end_team(user, matter)}
