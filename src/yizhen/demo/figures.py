"""The demo's figures: a workbook of observations for the fictional city, over periods that end today."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.indicators.workbook import SHEET, TITLES

SERVICES = {"L01": "beds", "L02": "schools", "L03": "teachers", "L04": "culture_m2"}
GROWTH = 0.965
SPREAD = {
    "industry_strong": {"development": 1.08, "livelihood": 0.95, "safety": 0.985, "party_style": 1.0},
    "grain_agriculture": {"development": 0.9, "livelihood": 0.9, "safety": 1.0, "party_style": 1.02},
    "eco_conservation": {"development": 0.82, "livelihood": 0.88, "safety": 1.01, "party_style": 1.0},
    "culture_tourism": {"development": 0.94, "livelihood": 0.97, "safety": 0.99, "party_style": 1.0},
    "central_town": {"development": 1.02, "livelihood": 1.05, "safety": 0.98, "party_style": 0.99},
    "urban_subdistrict": {"development": 1.05, "livelihood": 1.1, "safety": 0.99, "party_style": 0.97},
}


def periods(frequency: str, today: date) -> list[tuple[str, date]]:
    """Return the last complete periods with the day on which each ended, oldest first."""
    found: list[tuple[str, date]] = []
    if frequency == "yearly":
        return [(str(year), date(year, 12, 31)) for year in range(today.year - 4, today.year)]
    months = {"monthly": 1, "quarterly": 3, "half_yearly": 6}[frequency]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    for _unused in range({1: 7, 3: 5, 6: 4}[months]):
        end = first - timedelta(days=1)
        number = (end.month - 1) // months + 1
        name = {1: f"{end.year}-{end.month:02d}", 3: f"{end.year}Q{number}", 6: f"{end.year}H{number}"}[months]
        found.append((name, end))
        first = date(end.year, (number - 1) * months + 1, 1)
    return found[::-1]


def rows(city: dict[str, Any], catalogue: list[dict[str, Any]], today: date) -> Iterator[list[Any]]:
    """Yield the rows of the workbook: twelve townships and the city, every indicator, every period."""
    chance = random.Random(9901)
    cities = {row["code"]: row["city_value_demo"] for row in city["indicators"]}
    for indicator in catalogue:
        ends = periods(indicator["frequency"], today)
        if indicator["code"] in SERVICES:
            yield from _services(city, SERVICES[indicator["code"]], indicator["code"], ends)
            continue
        level = float(cities[indicator["code"]])
        places = [("9901", None), *[(row["code"], row) for row in city["townships"]]]
        for code, township in places:
            own = _level(chance, indicator, level, township)
            for back, (period, end) in enumerate(reversed(ends)):
                value = (
                    own
                    * (1 - 0.012 * back * (1 if indicator["direction"] != "down" else -1))
                    * chance.uniform(0.99, 1.01)
                )
                yield _row(chance, indicator, code, township, period, end, 0.0 if level == 0 else value)


def _level(chance: random.Random, indicator: dict[str, Any], level: float, township: dict[str, Any] | None) -> float:
    if township is None:
        return level
    spread = SPREAD[township["category"]][indicator["domain"]]
    if indicator["direction"] == "down":
        spread = 2 - spread
    value = level * spread * chance.uniform(0.9, 1.08)
    if indicator["unit"] == "%" and level > 60:
        value = min(value, 99.6)
    return value


def _row(
    chance: random.Random,
    indicator: dict[str, Any],
    code: str,
    township: dict[str, Any] | None,
    period: str,
    end: date,
    value: float,
) -> list[Any]:
    parts: list[Any] = ["", "", round(value, 2)]
    if indicator["per"] == 100 and value > 0:
        below = chance.randint(60, 420) * (1 if township else 40)
        parts = [round(below * min(value, 100) / 100), below, ""]
    elif indicator["per"] == 1:
        below = round(9 * township["population_wan"]) if township else 700
        parts = [round(value * below), below, ""]
    elif indicator["unit"] in {"个", "人", "起"}:
        parts = ["", "", round(value)]
    return [indicator["code"], code, period, *parts, indicator["source"], end.isoformat(), "虚构数据"]


def _services(city: dict[str, Any], service: str, code: str, ends: list[tuple[str, date]]) -> Iterator[list[Any]]:
    source = {"L01": "HEA", "L02": "EDU", "L03": "EDU", "L04": "CUL"}[code]
    totals = city["per_10k_services"]["city_totals"]
    places = [("9901", totals[service], totals["population_wan"])]
    places += [
        (row["township_code"], row[service]["count"], row["population_wan"]) for row in city["per_10k_services"]["rows"]
    ]
    for place, count, population in places:
        for back, (period, end) in enumerate(reversed(ends)):
            yield [
                code,
                place,
                period,
                round(count * GROWTH**back),
                round(population * 10_000),
                "",
                source,
                end.isoformat(),
                "虚构数据",
            ]


def workbook(city: dict[str, Any], catalogue: list[dict[str, Any]], today: date) -> bytes:
    """Return the workbook that the demo imports through the same door as everybody."""
    return write_workbook([Sheet(SHEET, [list(TITLES), *rows(city, catalogue, today)])])
