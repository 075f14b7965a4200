"""The result of a consultation, as far as it may be published and no firmer than it is.

Counts from 1 to 4 are hidden, with what would give them away. Shares have an interval only where people were drawn by lot;
where everybody answers who likes to, the words say so and no interval is pretended.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Sum

from yizhen.needs.models import Consultation
from yizhen.places.models import Division
from yizhen.scoring.small_area import FEW, SMALL, proportion_intervals, suppress_counts


@dataclass(frozen=True)
class Line:
    """One option: its count as published, its share of the sheets in percent, and the 95 % interval where one is due."""

    name: str
    count: int | str
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Result:
    """What is published: the number of sheets, a line for each option, and one for each place where it may be shown."""

    sheets: int | str
    lines: list[Line]
    places: list[tuple[Division, int | str]] = field(default_factory=list)
    invited: int = 0
    hidden: bool = False

    @property
    def response(self) -> float | None:
        """Share of the printed codes that came back, in percent; None where none were printed or it is hidden."""
        return 100 * self.sheets / self.invited if self.invited and isinstance(self.sheets, int) else None


def counted(options: int, sheets: Sequence[Sequence[int]]) -> list[int]:
    """Return how many sheets ticked each option."""
    ticks = Counter(number for sheet in sheets for number in set(sheet))
    return [ticks[number] for number in range(options)]


def published(counts: Sequence[int], sheets: int, *, several: bool) -> tuple[list[int | str], int | str]:
    """Return the counts and the number of sheets as they are published.

    Where one option is chosen the counts add up to the sheets, so what would give a small one away is hidden as well.
    """
    if several:
        return [FEW if count in SMALL else count for count in counts], FEW if sheets in SMALL else sheets
    table = suppress_counts([counts])
    return [table.shown(0, at) for at in range(len(counts))], table.shown(0)


def lines_of(options: Sequence[str], counts: Sequence[int | str], sheets: int | str, *, by_lot: bool) -> list[Line]:
    """Return a line for each option; a share only where both its count and the number of sheets are shown."""
    made = []
    for name, count in zip(options, counts, strict=True):
        if isinstance(count, str) or isinstance(sheets, str) or sheets == 0:
            made.append(Line(name, count))
            continue
        low = high = None
        if by_lot:
            interval = proportion_intervals([count], [sheets], per=100)
            low, high = float(interval["low"][0]), float(interval["high"][0])
        made.append(Line(name, count, 100 * count / sheets, low, high))
    return made


def result_of(consultation: Consultation) -> Result:
    """Work a consultation's result out of its answers. Three queries.

    A table of places is published only beside a total that is shown, and only when it hides no total itself.
    """
    rows = list(consultation.answers.order_by("key").values_list("choices", "place"))
    sheets = [choices for choices, _place in rows]
    options, several = consultation.options, consultation.several
    counts, total = published(counted(len(options), sheets), len(sheets), several=several)
    lines = lines_of(options, counts, total, by_lot=consultation.by_lot)
    invited = consultation.batches.aggregate(all=Sum("number"))["all"] or 0
    places: list[tuple[Division, int | str]] = []
    if consultation.audience == "places" and isinstance(total, int):
        asked = sorted(consultation.places.all(), key=lambda place: place.code)
        found = Counter(place for _choices, place in rows)
        table = suppress_counts([[found[place.code] for place in asked]])
        if asked and table.shown(0) == total:
            places = [(place, table.shown(0, at)) for at, place in enumerate(asked)]
    hidden = any(isinstance(line.count, str) for line in lines) or any(isinstance(count, str) for _one, count in places)
    return Result(total, lines, places, invited, hidden)
