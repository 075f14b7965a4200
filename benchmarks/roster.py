"""Statistics of a roster of 20,000 appointments, as of any day, beside its own queries, bare.

    python benchmarks/roster.py

Limit: the 95th percentile of the page at most 3 times that of its queries bare (their rows fetched as plain tuples) and of
making the figures once; the number of queries is that of a roster of two.
"""

import os
import random
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]
OFFICIALS, APPOINTMENTS, RUNS, MOST = 8_000, 20_000, 20, 3.0


def main() -> int:
    """Fill a site, measure, print."""
    with tempfile.TemporaryDirectory(prefix="yzr-") as directory:
        os.environ |= {
            "YIZHEN_DATA": directory,
            "DJANGO_SETTINGS_MODULE": "yizhen.config.settings",
            "YIZHEN_TESTING": "1",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        fill()
        measure()
    return 0


def fill() -> None:
    """Make a city of 150 townships and its roster."""
    from yizhen.people.actions import open_account
    from yizhen.people.models import Appointment, Official
    from yizhen.people.roster.posts import DEGREES, POSTS
    from yizhen.places.models import Division

    chance = random.Random(5)
    city = Division.objects.create(code="9901", name_zh="测市", name_en="Test City", level="prefecture")
    counties = [
        Division.objects.create(
            code=f"9901{n:02d}", name_zh=f"测县{n}", name_en=f"County {n}", level="county", parent=city
        )
        for n in range(1, 11)
    ]
    towns = [
        Division.objects.create(code=f"{county.code}{n:03d}", name_zh=f"测镇{n}", name_en=f"Town {n}", level="township", parent=county)
        for county in counties
        for n in range(100, 115)
    ]  # fmt: skip
    open_account(None, username="office", display_name="组织部", role="city_office", scope=city)
    degrees = list(DEGREES)
    Official.objects.bulk_create(
        Official(
            number=f"G{n:05d}", name=f"示例{n}", birth_month=f"{chance.randrange(1960, 1998)}-{chance.randrange(1, 13):02d}",
            education=chance.choice(degrees),
        )
        for n in range(OFFICIALS)
    )  # fmt: skip
    people, made = list(Official.objects.values_list("pk", flat=True)), []
    for n in range(APPOINTMENTS):
        began = date(2004, 1, 1) + timedelta(days=chance.randrange(8_000))
        ended = began + timedelta(days=chance.randrange(300, 2_500))
        post = chance.choices(list(POSTS), (3, 3, 2, 2))[0]
        place = chance.choice(counties if post == "county_leader" else towns)
        made.append(
            Appointment(
                official_id=people[n % OFFICIALS], post=post, title="职务", division=place, began_on=began + timedelta(days=n % 7),
                ended_on=ended if ended < date(2026, 1, 1) else None,
            )
        )  # fmt: skip
    Appointment.objects.bulk_create(made, ignore_conflicts=True)


def measure() -> None:
    """Print the page beside its queries and the counting itself, on several days."""
    from django.test import Client
    from matters import ask, percentiles, statements

    from yizhen.people.models import Account, Appointment
    from yizhen.people.roster.reading import held_in
    from yizhen.people.roster.statistics import careers, summary

    office, browser = Account.objects.get(username="office"), Client()
    browser.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    print(f"{Appointment.objects.count()} appointments; load {os.getloadavg()[0]:.1f}")
    print(f"{'as of':<12} {'in office':>9} {'page p95':>10} {'bare':>9} {'counting':>9} {'ratio':>6} {'queries':>8}")
    for day in ("2010-06-30", "2018-12-31", "2026-03-31"):

        def visit(day: str = day) -> None:
            assert browser.get("/officials/figures/", {"as_of": day}).status_code == 200

        visit()
        asked = statements(visit)
        page, bare = percentiles((visit, lambda asked=asked: ask(asked)), RUNS)
        held = held_in(office)
        begin = perf_counter()
        now = summary(held, date.fromisoformat(day))
        careers(held, date.fromisoformat(day), date(2021, 1, 1), date(2021, 12, 31))
        counting = perf_counter() - begin
        ratio = page / (bare + counting)
        mark = " " if ratio <= MOST else "!"
        print(
            f"{day:<12} {len(now.chiefs):9d} {page * 1e3:8.1f}ms {bare * 1e3:7.1f}ms {counting * 1e3:7.1f}ms {ratio:6.2f}{mark} {len(asked):7d}"
        )


if __name__ == "__main__":
    sys.exit(main())
