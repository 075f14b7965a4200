"""Making the lives of a simulated year, one after the other: nothing is kept that the caller does not keep."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from yizhen.matters.kinds import KINDS, MatterKind
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models.exclusion import REASONS

from . import words
from .chance import Going, at_minute, filled
from .city import DEPARTMENTS, City
from .life import CITY, Life

MATTERS = 60_000
VOLUME = {  # how common the kinds are, per ten thousand
    "hotline": 2900, "grid_event": 2400, "resident_request": 1200, "hazard": 800, "enterprise_request": 600, "dispute": 400,
    "petition": 300, "market_complaint": 280, "environment": 280, "assigned_task": 250, "minimum_allowance": 120,
    "flood_drought": 90, "wage_arrears": 80, "talent_suggestion": 70, "sme_payment": 40, "own_promise": 40, "foi": 35,
    "public_health": 30, "service_rating_bad": 30, "financial_risk": 25, "deputies_suggestion": 25, "rectification": 25,
    "major_hazard": 15, "common_problem": 10, "accident": 8, "accusation": 5,
}  # fmt: skip
BY_CITY = {"accusation", "rectification", "common_problem", "deputies_suggestion"}
BY_DEPARTMENT = {"foi": "DAT", "major_hazard": "EMG", "accident": "EMG"}
BY_TOWNSHIP = {"own_promise", "service_rating_bad", "dispute", "minimum_allowance"}
SEASON = (0.9, 0.75, 0.95, 1.0, 1.0, 1.15, 1.25, 1.15, 1.0, 0.9, 0.95, 1.0)  # by month: storms in summer, the New Year


def lives_of(city: City, seed: int, now: datetime, matters: int = MATTERS) -> Iterator[Life]:
    """Yield the lives of a year in the order in which they are opened, each until ``now`` (local time)."""
    chance = Random(f"days:{seed}")
    days = _days(city, now.date())
    weights = [SEASON[day.month - 1] * (1 if day.weekday() < 5 else 0.45) for day in days]
    opened = sorted(chance.choices(range(len(days)), weights, k=matters))
    for number, at in enumerate(opened):
        yield life_of(city, number, Random(f"life:{seed}:{number}"), days[at], now)


def life_of(city: City, number: int, chance: Random, day: date, now: datetime) -> Life:
    """Return the life of one matter that was opened on a day."""
    kind = KINDS[chance.choices(list(VOLUME), list(VOLUME.values()))[0]]
    place = chance.choices(list(city.townships), list(city.townships.values()))[0]
    opener = _opener(kind, place, chance)
    sender = opener.removeprefix("dept:") if opener and opener.startswith("dept:") else ""
    title = words.title(chance)
    life = Life(
        number, kind, place, opener, title, words.asked(chance),
        {each.code: filled(each, chance) for each in kind.fields_of("open") if each.required},
        at_minute(day, chance.uniform(490, 1010)),
        None if kind.first_clock else day + timedelta(days=chance.randint(10, 60)),
        addressee=chance.choice(list(DEPARTMENTS)) if kind.code == "common_problem" else "",
        dispatcher=sender,
    )  # fmt: skip
    Going(city, life, chance, now).run()
    _leave_out(city, life, chance, now.date())
    return life


def _days(city: City, today: date) -> list[date]:
    first = city.quarters[0].first
    return [first + timedelta(days=number) for number in range((today - first).days)]


def _opener(kind: MatterKind, place: str, chance: Random) -> str | None:
    if kind.code == "resident_request":
        return None
    if kind.code in BY_CITY:
        return CITY
    if kind.code in BY_DEPARTMENT:
        return f"dept:{BY_DEPARTMENT[kind.code]}"
    if kind.code == "assigned_task" or (kind.code not in BY_TOWNSHIP and chance.random() < 0.2):
        return f"dept:{chance.choices(list(DEPARTMENTS), list(DEPARTMENTS.values()))[0]}"
    return f"office:{place}"


def _leave_out(city: City, life: Life, chance: Random, today: date) -> None:
    """Leave a matter out of the rates, as is granted now and then, or much more often."""
    counts = (life.kind.asks_verdict and not life.kind.sealed) or life.kind.code == "grid_event"
    reported = [move for move in life.moves if move.verb == Verb.REPORT_DONE]
    if not counts or not reported or not life.work_clocks:
        return
    due = life.work_clocks[-1].deadline.due
    share = city.habits[life.unit].excluded + 0.2 * city.cheats("exclusions", life.unit, due)
    if chance.random() < share and due < today:
        life.excluded = chance.choice(list(REASONS))
