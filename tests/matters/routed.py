"""Dispatch rules for tests: the shipped ones as the matcher reads them, and a small version of a test's own."""

from datetime import date, datetime

from tests import factories
from tests.factories import LIUAN, place
from yizhen.demo.routing import shipped_routing
from yizhen.matters.actions.routing import draft_routing, put_in_force, save_rule
from yizhen.matters.actions.routing_cases import add_case
from yizhen.matters.models import RoutingRuleSet
from yizhen.matters.routing.rules import Rule, Thing

LAMP = {"kind": "resident_request", "work_line": "livelihood", "on": date(2026, 3, 2), "hour": 9}


def shipped_rules() -> list[Rule]:
    """Return the demo's rules."""
    return [
        Rule(
            row["unit"],
            key,
            kind=row.get("kind", ""),
            line=row.get("work_line", ""),
            place=row.get("place", ""),
            months=frozenset(row.get("months", ())),
            weekdays=frozenset(row.get("weekdays", ())),
            hours=(row["hour_from"], row["hour_to"]) if "hour_from" in row else None,
            any_of=tuple(row["any_of"]),
            none_of=tuple(row["none_of"]),
        )
        for key, row in enumerate(shipped_routing()["rules"], start=1)
    ]


def shipped_cases() -> list[tuple[int, Thing, str]]:
    """Return the demo's cases: number, thing, expected unit."""
    return [
        (
            key,
            Thing(
                row["kind"],
                row["work_line"],
                row["place"],
                datetime.fromisoformat(row["on"]).replace(hour=row["hour"]),
                row["text"],
            ),
            row["expected"],
        )
        for key, row in enumerate(shipped_routing()["cases"], start=1)
    ]


def lamps_and_dykes(office, *, in_force: bool = False) -> RoutingRuleSet:
    """Draft two rules (lamps to HOU, dykes to WAT) with three cases that pass, one of them for people to decide."""
    rule_set = draft_routing(office, place(factories.CITY))
    for code, words in (("HOU", ["路灯"]), ("WAT", ["堤"])):
        save_rule(office, rule_set, unit=factories.unit(code), basis="职责（虚构）", any_of=words)
    for text, code in (("村口路灯不亮", "HOU"), ("东堤渗水", "WAT"), ("想办文化活动", "")):
        expected = factories.unit(code) if code else None
        add_case(office, rule_set, place=place(LIUAN), text=text, expected=expected, **LAMP)
    return put_in_force(office, rule_set, reason="首版") if in_force else rule_set
