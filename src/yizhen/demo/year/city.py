"""The units that act in the simulated year: how they work honestly, and which of them cheat in which quarter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp
from random import Random

from yizhen.matters.periods import Period, period_of, quarter_of
from yizhen.scoring.gaming import RULES

DEPARTMENTS = {
    "URB": 20, "HOU": 17, "MKT": 12, "ENV": 11, "HRS": 10, "EMG": 9, "WAT": 8, "CIV": 8, "HEA": 7, "AGR": 7, "IND": 6,
    "EDU": 5, "CUL": 4, "FIN": 3, "SCI": 3, "JUS": 2, "DAT": 2, "SOC": 1,
}  # fmt: skip
PLANTED = 4  # frauds of each sort in a year
LARGE = 8  # departments with enough matters to be looked at for everything


@dataclass(frozen=True)
class Habits:
    """How one unit works when nobody cheats: probabilities, a little different everywhere."""

    late: float
    after_five: float
    stock_phrase: float
    same_file: float
    shared_line: float
    excluded: float
    sent_back: float
    unhappy: float
    rebound: float


@dataclass(frozen=True)
class Fraud:
    """One planted fraud: which sign it should give, by which unit, in which quarter, and how thoroughly (0 to 1)."""

    signal: str
    unit: str
    period: str
    strength: float


@dataclass(frozen=True)
class City:
    """Townships with their populations, habits of all units, the quarters, and the frauds by (signal, unit, quarter)."""

    townships: dict[str, int]
    habits: dict[str, Habits]
    quarters: Sequence[Period]
    frauds: dict[tuple[str, str, str], Fraud] = field(default_factory=dict)

    def cheats(self, signal: str, unit: str, day: date) -> float:
        """Return how thoroughly a unit cheats in a way on a day; 0 when it does not."""
        fraud = self.frauds.get((signal, unit, f"{day.year}Q{(day.month + 2) // 3}"))
        return fraud.strength if fraud else 0.0


def make_city(seed: int, townships: dict[str, int], today: date, *, honest: bool = False) -> City:
    """Return the city of a seed: four whole quarters and the present one, with frauds in the whole ones unless honest."""
    chance = Random(f"city:{seed}")
    units = [*(f"P{code}" for code in townships), *(f"U{code}" for code in DEPARTMENTS)]
    habits = {unit: _habits(chance) for unit in units}
    quarters = last_quarters(today)
    city = City(townships, habits, quarters)
    if not honest:
        city.frauds.update(_planted(chance, units, quarters[:4]))
    return city


def last_quarters(today: date) -> list[Period]:
    """Return the four quarters before the present one, and the present one."""
    quarter = today.year * 4 + (today.month - 1) // 3
    return [*(period_of(f"{n // 4}Q{n % 4 + 1}") for n in range(quarter - 4, quarter)), quarter_of(today)]


def _habits(chance: Random) -> Habits:
    def about(share: float, spread: float = 0.25) -> float:
        odds = share / (1 - share) * exp(chance.gauss(0, spread))
        return odds / (1 + odds)

    return Habits(
        late=about(0.07),
        after_five=about(0.10),
        stock_phrase=about(0.05),
        same_file=about(0.02),
        shared_line=about(0.06),
        excluded=about(0.015),
        sent_back=about(0.05),
        unhappy=about(0.07),
        rebound=about(0.05),
    )


def _planted(chance: Random, units: list[str], quarters: Sequence[Period]) -> dict[tuple[str, str, str], Fraud]:
    """Draw the frauds: of each sort so many, never two of one sort in a quarter by units of one kind."""
    places = [unit for unit in units if unit.startswith("P")]
    large = [f"U{code}" for code in list(DEPARTMENTS)[:LARGE]]
    found = {}
    for signal in RULES:
        for number, quarter in enumerate(chance.sample(list(quarters), PLANTED)):
            unit = chance.choice(large if number == PLANTED - 1 else places)
            fraud = Fraud(signal, unit, quarter.code, round(chance.uniform(0.5, 1.0), 2))
            found[signal, unit, quarter.code] = fraud
    return found
