"""Matching 50,000 firms against 300 policies, beside the same conditions as bare NumPy.

    python benchmarks/policies.py

Limit: at most 2 times the bare evaluation, for matching alone and for the whole way from the stored rows to the answers, which
is beside fetching the same rows as plain tuples, making columns of them, and the bare evaluation. Bare is two-valued: it takes
what is not known as failed, which the product never does.
"""

import os
import random
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from timing import seconds

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]
FIRMS, POLICIES, MOST = 50_000, 300, 2.0
TODAY = date(2031, 3, 3)


def main() -> int:
    """Fill a site, measure, print."""
    with tempfile.TemporaryDirectory(prefix="yzp-") as directory:
        os.environ |= {
            "YIZHEN_DATA": directory,
            "DJANGO_SETTINGS_MODULE": "yizhen.config.settings",
            "YIZHEN_TESTING": "1",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        measure(fill())
    return 0


def fill() -> list[Any]:
    """Make a city of 150 townships with its firms, each fact missing in a tenth, and return the policies' rules."""
    from django.utils import timezone

    from yizhen.growth.models import Enterprise
    from yizhen.growth.policies.conditions import CHOICE, DATE, FACTS, FLAG, Condition, PolicyRule
    from yizhen.people.actions import open_account
    from yizhen.places.models import Division

    chance = random.Random(5)
    city = Division.objects.create(code="9901", name_zh="测市", name_en="Test City", level="prefecture")
    towns = []
    for n in range(1, 11):
        county = Division.objects.create(
            code=f"9901{n:02d}", name_zh=f"测县{n}", name_en=f"County {n}", level="county", parent=city
        )
        towns += [
            Division.objects.create(
                code=f"{county.code}{m:03d}", name_zh=f"测镇{m}", name_en=f"Town {m}", level="township", parent=county
            )
            for m in range(100, 115)
        ]
    office = open_account(None, username="office", display_name="组织部", role="city_office", scope=city)

    def value(name: str) -> Any:
        kind, choices = FACTS[name]
        if chance.random() < 0.1:
            return "" if kind == CHOICE else None
        if kind == CHOICE:
            return chance.choice(choices)
        if kind == FLAG:
            return chance.random() < 0.5
        return TODAY + timedelta(days=chance.randrange(-30, 200)) if kind == DATE else chance.randrange(100)

    now = timezone.now()
    Enterprise.objects.bulk_create(
        (
            Enterprise(
                client_id=f"{n}", credit_code=f"{n:018d}", name_zh=f"示例{n}", division=chance.choice(towns), source="x",
                as_of=TODAY, registered_by=office, registered_at=now, changed_at=now, **{name: value(name) for name in FACTS},
            )
            for n in range(FIRMS)
        ),
        batch_size=1000,
    )  # fmt: skip

    def condition() -> Condition:
        name = chance.choice(list(FACTS))
        kind, choices = FACTS[name]
        if kind == CHOICE:
            return Condition(name, "in", tuple(sorted(chance.sample(choices, chance.randrange(1, len(choices))))))
        if kind == FLAG:
            return Condition(name, "is", chance.random() < 0.5)
        if kind == DATE:
            return Condition(name, "within_days", chance.choice((30, 60, 90)))
        return Condition(name, chance.choice(("min", "max")), chance.randrange(100))

    places = ["9901", "990101", "990105"]
    return [
        PolicyRule(n, chance.choice(places), tuple(condition() for _one in range(chance.randrange(1, 6))))
        for n in range(POLICIES)
    ]


def bare(table: Any, rules: list[Any]) -> Any:
    """Evaluate every condition of every policy on plain arrays, two-valued."""
    from yizhen.growth.policies.matching import CODES

    found = np.ones((len(rules), len(table)), bool)
    reached = {place: np.char.startswith(table.places, place) for place in {rule.place for rule in rules}}
    for row, rule in enumerate(rules):
        answers = found[row]
        for one in rule.conditions:
            column = table.columns[one.fact]
            if one.operator == "in":
                told = np.zeros(len(CODES[one.fact]) + 1, bool)
                told[[CODES[one.fact][code] for code in one.value]] = True
                answers &= told[column]
            elif one.operator == "within_days":
                answers &= (column >= 0) & (column <= one.value)
            elif one.operator == "min":
                answers &= column >= one.value
            elif one.operator == "max":
                answers &= column <= one.value
            else:
                answers &= column == one.value
        answers &= reached[rule.place]
    return found


def measure(rules: list[Any]) -> None:
    """Print matching beside the bare evaluation, and the whole way beside its bare one."""
    from django.db import connection

    from yizhen.growth.enterprises.queries import facts_rows
    from yizhen.growth.models import Enterprise
    from yizhen.growth.policies.conditions import FACTS, Answer, explain
    from yizhen.growth.policies.matching import FirmTable, match

    firms = Enterprise.objects.all()
    rows = facts_rows(firms)
    table = FirmTable.of([row[1:] for row in rows], TODAY)
    answers = match(table, rules)
    agreed = bool(((answers == Answer.MET) == bare(table, rules)).all())
    for number in range(0, FIRMS, FIRMS // 20):  # and the same as explained
        facts = dict(zip(FACTS, rows[number][2:], strict=True))
        agreed &= [explain(rule, facts, str(rows[number][1]), TODAY).answer for rule in rules] == answers[
            :, number
        ].tolist()
    columns = ", ".join(f'"{name}"' for name in ("id", "division_id", *FACTS))

    def fetched() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {columns} FROM growth_enterprise ORDER BY "division_id", "id"')
            return cursor.fetchall()

    plain = [(row[1:]) for row in rows]
    print(f"{FIRMS} firms × {POLICIES} policies; load {os.getloadavg()[0]:.1f}; the same answers: {agreed}")
    lines = (
        ("matching alone", lambda: match(table, rules), lambda: bare(table, rules)),
        (
            "from stored rows to answers",
            lambda: match(FirmTable.of([row[1:] for row in facts_rows(firms)], TODAY), rules),
            lambda: (fetched(), bare(FirmTable.of(plain, TODAY), rules)),
        ),
    )
    print(f"{'':<30} {'took':>10} {'bare':>10} {'ratio':>6}")
    for name, ours, theirs in lines:
        took, peer = seconds(ours), seconds(theirs)
        print(
            f"{name:<30} {took * 1e3:8.1f}ms {peer * 1e3:8.1f}ms {took / peer:6.2f}{' ' if took / peer <= MOST else '!'}"
        )


if __name__ == "__main__":
    sys.exit(main())
