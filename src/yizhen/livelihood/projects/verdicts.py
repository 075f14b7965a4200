"""What residents said of projects, as counts that give nobody away."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from yizhen.livelihood.models import ANSWERS, Project, Verdict
from yizhen.scoring.small_area import FEW, FEWEST, suppress_counts

MANY = 20  # of fewer it says nothing that most came on one day


@dataclass(frozen=True)
class Counts:
    """Verdicts on one project. ``lines`` are (words, count or mark); empty where there are fewer than five in all.

    ``one_day`` says that more than half came on one day: perhaps somebody asked for them.
    """

    total: int | str = 0
    lines: tuple[tuple[Any, int | str], ...] = ()
    one_day: bool = False

    @property
    def few(self) -> bool:
        """Whether there are some, but too few to show."""
        return self.total == FEW


def counted(answers: Mapping[str, int], days: Iterable[int] = ()) -> Counts:
    """Return verdicts by answer as they may be shown: one to four are hidden, and what would give them away."""
    numbers = [answers.get(code, 0) for code in ANSWERS]
    total = sum(numbers)
    if total == 0:
        return Counts()
    if total < FEWEST:
        return Counts(FEW)
    table = suppress_counts([numbers])
    lines = tuple(
        (words, mark or number) for words, mark, number in zip(ANSWERS.values(), table.cells[0], numbers, strict=True)
    )
    return Counts(table.total or total, lines, total >= MANY and 2 * max(days, default=0) > total)


def verdicts_on(projects: Iterable[Project]) -> dict[int, Counts]:
    """Return project → counts. One query."""
    answers: dict[int, Counter[str]] = defaultdict(Counter)
    days: dict[int, Counter[date]] = defaultdict(Counter)
    listed = [one.pk for one in projects]
    rows = Verdict.objects.filter(project__in=listed).values_list("project", "answer", "day").annotate(Count("pk"))
    for project, answer, day, number in rows:
        answers[project][answer] += number
        days[project][day] += number
    return {pk: counted(answers[pk], days[pk].values()) for pk in listed}
