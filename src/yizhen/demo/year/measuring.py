"""Measuring the signs: precision and recall on the year's known frauds, and false alarms on years without any."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from yizhen.matters.actions.signals import find_signals
from yizhen.matters.models import SIGNALS
from yizhen.matters.periods import Period, period_of
from yizhen.matters.signals.facts import Facts, screenings
from yizhen.matters.signals.reading import facts_in
from yizhen.places.models import Division

from .city import last_quarters
from .facts import Gathering
from .lives import MATTERS, lives_of
from .making import city_of

Say = Callable[[str], None]
Key = tuple[str, str, str]  # sign, unit, period


class NoYear(ValueError):
    """There is no simulated year, or no city, to measure on."""


@dataclass
class Found:
    """What was looked at and what gave an alarm, by (sign, unit, period)."""

    looked: Counter[str] = field(default_factory=Counter)
    alarms: set[Key] = field(default_factory=set)

    def take(self, facts: Facts, period: Period) -> None:
        """Screen the facts of a period."""
        for screening in screenings(facts, period.last):
            code = screening.rule.code
            self.looked[code] += len(screening.findings)
            self.alarms |= {(code, finding.unit, period.code) for finding in screening.alarms}


@dataclass(frozen=True)
class Measured:
    """One sign: frauds planted and found, alarms that were none, and false alarms in clean years out of units looked at."""

    code: str
    planted: int
    found: int
    false: int
    clean_looked: int
    clean_false: int

    @property
    def precision(self) -> float | None:
        """The share of alarms that were frauds; None without alarms."""
        return self.found / (self.found + self.false) if self.found + self.false else None

    @property
    def recall(self) -> float | None:
        """The share of frauds that gave an alarm; None when none was planted."""
        return self.found / self.planted if self.planted else None


def truth() -> set[Key]:
    """Return the planted frauds.

    Raises:
        NoYear: when no year was made here.
    """
    path = Path(settings.DATA_DIR) / "year-truth.json"
    if not path.exists():
        raise NoYear("还没有模拟的一年，先运行 yizhen demo --year · no simulated year: run yizhen demo --year first")
    rows = json.loads(path.read_text(encoding="utf-8"))["frauds"]
    return {(row["signal"], row["unit"], row["period"]) for row in rows}


def measured(planted: set[Key], year: Found, clean: Found) -> list[Measured]:
    """Return the figures of each sign."""
    return [
        Measured(
            code,
            planted=sum(key[0] == code for key in planted),
            found=sum(key[0] == code for key in year.alarms & planted),
            false=sum(key[0] == code for key in year.alarms - planted),
            clean_looked=clean.looked[code],
            clean_false=sum(key[0] == code for key in clean.alarms),
        )
        for code in SIGNALS
    ]


def measure(say: Say, *, seeds: int, target: Path | None = None, matters: int = MATTERS) -> list[Measured]:
    """Print precision, recall and false-alarm rate of each sign; write the latter to a file when asked.

    Raises:
        NoYear: when no year was made here.
    """
    planted, year = truth(), Found()
    root = Division.objects.get(level="prefecture")
    periods = sorted({period for _sign, _unit, period in planted})
    for code in periods:
        year.take(facts_in(root, period_of(code)), period_of(code))
        say(f"  · {code}")
    clean = Found()
    for number in range(seeds):
        clean_year(9000 + number, matters, clean)
        say(f"  · 没有造假的一年 {number + 1}/{seeds} · a year without fraud")
    rows = measured(planted, year, clean)
    for line in table(rows):
        say(line)
    if target is not None:
        target.write_text(json.dumps(as_json(rows, seeds, matters), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return rows


def clean_year(seed: int, matters: int, into: Found) -> None:
    """Simulate a year without fraud in memory and screen its four whole quarters."""
    city, now = city_of(seed, honest=True), timezone.localtime()
    gathering = Gathering(city.quarters[:4], now.date())
    for life in lives_of(city, seed, now, matters):
        gathering.add(life)
    for code, facts in gathering.done().items():
        # Another year is another set of units: the alarms of two of them are not one.
        before = into.alarms
        into.alarms = set()
        into.take(facts, period_of(code))
        into.alarms = before | {(sign, f"{unit}#{seed}", period) for sign, unit, period in into.alarms}


def table(rows: Iterable[Measured]) -> list[str]:
    """Return the lines of the table."""

    def share(value: float | None) -> str:
        return "—" if value is None else f"{value:.0%}"

    lines = [
        f"{'signal':<14}{'planted':>8}{'found':>7}{'false':>7}{'precision':>11}{'recall':>8}{'false alarms, clean years':>28}"
    ]
    for row in rows:
        rate = f"{row.clean_false}/{row.clean_looked}"
        if row.clean_looked:
            rate += f" = {row.clean_false / row.clean_looked:.2%}"
        lines.append(
            f"{row.code:<14}{row.planted:>8}{row.found:>7}{row.false:>7}{share(row.precision):>11}{share(row.recall):>8}{rate:>28}"
        )
    return lines


def as_json(rows: Iterable[Measured], seeds: int, matters: int) -> dict[str, Any]:
    """Return what the pages show: measured on which day, on how many years of how many matters."""
    return {
        "measured_on": timezone.localdate().isoformat(),
        "clean_years": seeds,
        "matters": matters,
        "signals": {
            row.code: {
                "planted": row.planted, "found": row.found, "false": row.false,
                "clean_looked": row.clean_looked, "clean_false": row.clean_false,
            }
            for row in rows
        },
    }  # fmt: skip


def find_in(code: str | None, say: Say) -> None:
    """Look for signs in a period of the city in this data directory; units see theirs first, so none is named here.

    Raises:
        NoYear: when there is no city, or the period names none or is not over.
    """
    root = Division.objects.filter(level="prefecture").first()
    if root is None:
        raise NoYear("这个数据目录还没有城市 · this data directory holds no city")
    try:
        period = period_of(code) if code else last_quarters(timezone.localdate())[3]
        find_signals(None, root, period)
    except (ValueError, ValidationError) as error:
        raise NoYear(str(error)) from error
    say(f"✓ {period.code}：已计算，先送单位说明 · computed; the units see theirs first")
