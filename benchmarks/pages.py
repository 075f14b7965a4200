"""Profile and overview over a large city: 1,500 townships × 60 indicators × 60 months, beside the bare queries.

    python benchmarks/pages.py [--places 1500] [--indicators 60] [--months 60]

Limit: the 95th percentile of a page at most 3 times that of the bare queries that it needs (their rows fetched as plain
tuples), and as many queries as with a tenth of the townships. On SQLite, in one process.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]
MOST = 3.0
RUNS = 20


def main() -> int:
    """Make the city, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, default=1500)
    parser.add_argument("--indicators", type=int, default=60)
    parser.add_argument("--months", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"YIZHEN_DATA": folder, "DJANGO_SETTINGS_MODULE": "yizhen.config.settings", "YIZHEN_TESTING": "1"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        office = make_city(options.places, options.indicators, options.months)
        measure(office, options)
    return 0


def make_city(places: int, indicators: int, months: int) -> Any:
    """Fill the database with a fictional city and return its office; figures are inserted as plain rows."""
    from django.db import connection, transaction

    from yizhen.indicators.models import Indicator
    from yizhen.people.actions import open_account
    from yizhen.people.models import Unit
    from yizhen.places.actions import load_categories
    from yizhen.places.models import Category, Division

    load_categories(None)
    city = Division.objects.create(code="9901", name_zh="基准市", level="prefecture", kind="prefecture_city")
    counties = [
        Division(code=f"9901{n:02d}", name_zh=f"县{n:02d}", level="county", kind="county", parent=city)
        for n in range(1, 16)
    ]
    Division.objects.bulk_create(counties)
    categories = list(Category.objects.all())
    towns = [
        Division(
            code=f"9901{n % 15 + 1:02d}{n // 15 + 1:03d}", name_zh=f"镇{n:04d}", level="township", kind="town",
            parent=counties[n % 15], category=categories[n % len(categories)],
        )
        for n in range(places)
    ]  # fmt: skip
    Division.objects.bulk_create(towns, batch_size=500)
    unit = Unit.objects.create(code="STA", name_zh="统计局", division=city)
    domains = ("development", "livelihood", "safety", "party_style")
    Indicator.objects.bulk_create(
        Indicator(
            code=f"I{n:02d}", name_zh=f"指标{n:02d}", name_en=f"Indicator {n}", domain=domains[n % 4], unit="%", direction="up",
            frequency="monthly", source=unit, per=100, chance="share",
        )
        for n in range(indicators)
    )  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO indicators_observation (indicator_id, division_id, period, value, numerator, denominator,"
            " source_id, as_of, note) VALUES (%s, %s, %s, %s, %s, %s, 'STA', '2026-01-31', '')",
            rows([town.code for town in towns], indicators, months),
        )
        cursor.execute("ANALYZE")
    return open_account(None, username="office", display_name="评议办", role="city_office", scope=city)


def rows(towns: list[str], indicators: int, months: int) -> Iterator[tuple[Any, ...]]:
    """Yield figures town by town."""
    generator = np.random.default_rng(1)
    names = [f"{2020 + month // 12}-{month % 12 + 1:02d}" for month in range(months)]
    for town in towns:
        tops = generator.integers(40, 100, (indicators, months))
        for number in range(indicators):
            for month, name in enumerate(names):
                top = int(tops[number, month])
                yield f"I{number:02d}", town, name, top, top, 100


def percentile(work: Callable[[], Any]) -> float:
    """Return the 95th percentile of some runs, in seconds, after one that warms up."""
    work()
    taken = []
    for _ in range(RUNS):
        begin = perf_counter()
        work()
        taken.append(perf_counter() - begin)
    return float(np.percentile(taken, 95))


def bare(work: Callable[[], Any]) -> tuple[Callable[[], None], int]:
    """Return a function that runs the page's own queries again and fetches their rows, and how many there are."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seen: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with CaptureQueriesContext(connection), connection.execute_wrapper(note):
        work()

    def again() -> None:
        with connection.cursor() as cursor:
            for sql, params in seen:
                cursor.execute(sql, params)
                cursor.fetchall()

    return again, len(seen)


def measure(office: Any, options: Any) -> None:
    """Print each page beside its bare queries, and how many queries it takes with all and with few townships."""
    from django.test import Client

    from yizhen.places.models import Division

    browser = Client()
    browser.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    town = Division.objects.filter(level="township").values_list("code", flat=True)[0]
    addresses = {
        "profile of a township": f"/township/{town}/",
        "overview of a county": "/indicators/overview/?domain=safety&place=990101",
        "overview of the city": "/indicators/overview/?domain=safety",
        "an indicator compared": "/indicators/I00/compare/",
        "one figure": f"/indicators/I00/{town}/",
    }
    number = options.places * options.indicators * options.months
    print(f"{options.places} townships, {options.indicators} indicators, {options.months} months: {number:,} figures")
    print(f"{'page':<24} {'p95':>9} {'bare queries':>13} {'ratio':>6} {'queries':>8}")
    over = 0
    for name, address in addresses.items():

        def visit(address: str = address) -> None:
            answer = browser.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        again, queries = bare(visit)
        page, alone = percentile(visit), percentile(again)
        over += page > MOST * alone
        mark = "!" if page > MOST * alone else ""
        print(f"{name:<24} {page * 1e3:7.0f}ms {alone * 1e3:11.0f}ms {page / alone:6.2f}{mark:<1} {queries:7d}")
    print("all within 3 times the bare queries" if not over else f"{over} over 3 times the bare queries (marked !)")


if __name__ == "__main__":
    sys.exit(main())
