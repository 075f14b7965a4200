"""How long the page of a composite index takes: 1,500 townships, 60 indicators, 10,000 replications, on screen.

    python benchmarks/indices.py [--places 1500] [--indicators 60] [--runs 10000]

Limit: evaluation of ranks under 10,000 other choices within 4 seconds of the mathematics; the page reads 90,000 figures,
and says besides who moves under each single choice and which choice matters most. A second look is free: it was kept.
Compared with the bare queries and with the robustness runs alone, in the same process.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]
LIMIT = 4.0


def main() -> int:
    """Make the city, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, default=1500)
    parser.add_argument("--indicators", type=int, default=60)
    parser.add_argument("--runs", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"YIZHEN_DATA": folder, "DJANGO_SETTINGS_MODULE": "yizhen.config.settings", "YIZHEN_TESTING": "1"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        version, office = make_city(options.places, options.indicators)
        measure(version, office, options.runs)
    return 0


def make_city(places: int, indicators: int) -> tuple[Any, Any]:
    """Return a draft of an index with two levels over a fictional city, and the office that designed it."""
    from datetime import date

    from yizhen.indicators.actions.indices import design_index, edit_index
    from yizhen.indicators.indices.spec import EMPTY
    from yizhen.indicators.models import Indicator, Observation
    from yizhen.people.actions import open_account
    from yizhen.people.models import Unit
    from yizhen.places.actions import load_categories
    from yizhen.places.models import Category, Division

    generator = np.random.default_rng(1)
    load_categories(None)
    city = Division.objects.create(code="9901", name_zh="基准市", level="prefecture", kind="prefecture_city")
    counties = [Division(code=f"9901{at:02d}", name_zh=f"县{at}", level="county", kind="county", parent=city)
                for at in range(1, places // 15 + 2) if at < 100]  # fmt: skip
    Division.objects.bulk_create(counties)
    categories = list(Category.objects.all())
    towns = [
        Division(code=f"{counties[at % len(counties)].code}{at // len(counties) + 1:03d}", name_zh=f"镇{at}", level="township",
                 kind="town", parent=counties[at % len(counties)], category=categories[at % len(categories)])
        for at in range(places)
    ]  # fmt: skip
    Division.objects.bulk_create(towns, batch_size=500)
    for number, category in enumerate(categories):
        category.not_applicable = [f"X{number:02d}"]
        category.save()
    source = Unit.objects.create(code="STA", name_zh="统计局", division=city)
    listed = [
        Indicator(code=f"X{at:02d}", name_zh=f"指标{at}", name_en=f"Indicator {at}", domain="development", unit="%",
                  direction="up", frequency="yearly", source=source)
        for at in range(indicators)
    ]  # fmt: skip
    Indicator.objects.bulk_create(listed)
    values = generator.normal(50, 15, (places, indicators)) + generator.normal(0, 6, (places, 1))
    Observation.objects.bulk_create(
        (
            Observation(indicator=one, division=town, period="2025", value=round(float(values[row, at]), 2), source=source,
                        as_of=date(2025, 12, 31))
            for row, town in enumerate(towns) for at, one in enumerate(listed)
        ),
        batch_size=2000,
    )  # fmt: skip
    office = open_account(None, username="office", display_name="评议办", role="city_office", scope=city)
    draft = design_index(office, code="bench", name_zh="基准", name_en="Benchmark", division=city, period="2025")
    spec = json.loads(json.dumps(EMPTY)) | {
        "period": "2025",
        "groups": [
            {"code": f"g{at}", "parent": "", "weight": 1.0, "name_zh": f"组{at}", "name_en": f"g{at}"}
            for at in range((indicators + 7) // 8)
        ],
        "indicators": [
            {"code": one.code, "parent": f"g{at // 8}", "weight": 1.0, "worst": 0.0, "best": 100.0}
            for at, one in enumerate(listed)
        ],
    }  # fmt: skip
    return edit_index(office, draft, spec), office


def measure(version: Any, office: Any, runs: int) -> None:
    """Print how long each part takes, and the page as a browser asks for it."""
    from django.test import Client

    from yizhen.indicators.indices.analysis import _choices, _plan, ranks_of
    from yizhen.indicators.indices.gathering import gather
    from yizhen.indicators.indices.model import build

    def timed(name: str, work: Any) -> Any:
        begin = perf_counter()
        made = work()
        print(f"{name:<52} {perf_counter() - begin:6.2f} s", flush=True)
        return made

    data = timed("the figures, read and laid out", lambda: gather(version.spec, version.design.division_id))
    model = timed("the index itself", lambda: build(version.spec, data))
    choices, _skipped = _choices(model)
    print(f"varied together: {', '.join(choices.factors)}")
    timed(
        f"{runs:,} replications (limit {LIMIT:.0f} s)",
        lambda: ranks_of(*_plan(model, choices, runs), groups=model.groups),
    )
    client = Client()
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/indicators/indices/{version.design_id}/{version.number}/"
    for query, name in (("", "the page, 1,000 replications"), ("?runs=10000", "the page, 10,000 replications")):
        for when in ("first", "again"):
            answer = timed(f"{name}, {when}", lambda query=query: client.get(address + query))
            assert answer.status_code == 200


if __name__ == "__main__":
    raise SystemExit(main())
