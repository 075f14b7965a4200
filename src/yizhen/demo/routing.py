"""The fictional city's dispatch rules, proven by their cases and put in force through the real actions."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.matters.actions.routing import draft_routing, put_in_force, save_rule
from yizhen.matters.actions.routing_cases import import_cases
from yizhen.matters.models import RoutingRuleSet
from yizhen.matters.routing.sheets import SHEET, TITLES
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

FIELDS = ("kind", "work_line", "place", "on", "hour", "text", "expected")


@cache
def shipped_routing() -> dict[str, Any]:
    """Return the demo's rules and cases."""
    path = Path(__file__).parent / "data" / "routing.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def make_routing(office: Account, city: Division) -> RoutingRuleSet:
    """Draft the rules, upload the cases as an official would, and put the first version in force."""
    content = shipped_routing()
    units = Unit.objects.in_bulk()
    rule_set = draft_routing(office, city)
    for rule in content["rules"]:
        save_rule(office, rule_set, **{**rule, "unit": units[rule["unit"]]})
    rows = [["", *(case[field] for field in FIELDS)] for case in content["cases"]]
    places = Division.objects.in_bulk()
    import_cases(office, rule_set, write_workbook([Sheet(SHEET, [list(TITLES), *rows])]), units, places)
    return put_in_force(office, rule_set, reason="首版，依据各部门职责（虚构）")
