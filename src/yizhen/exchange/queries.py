"""The readers of practice notes: what is published in the city, and one's own drafts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.indicators.counting import interval_of
from yizhen.indicators.models import Indicator, Observation
from yizhen.indicators.periods import words
from yizhen.indicators.queries import observations_visible_to
from yizhen.people.models import Account
from yizhen.places.models import Category, Division
from yizhen.places.queries import city_code
from yizhen.web.board import BoardLine

from .models import Adoption, Answer, NoteFigure, PracticeNote, Question
from .moved import Moved, Span, judge
from .rules import TOWNSHIP, may_read

VERDICTS = {
    "too_early": gettext_lazy("还早：采用以后还没有新一期"),
    "no_before": gettext_lazy("采用以前没有数，没法比"),
    "better": gettext_lazy("向好"),
    "worse": gettext_lazy("变差"),
    "same": gettext_lazy("没有动"),
    "chance": gettext_lazy("看不出：变化在偶然范围内"),
    "shown": gettext_lazy("只作背景，不评价"),
}
SHAPES = {"better": ("✓", "green"), "worse": ("⬤", "red")}


def notes_visible_to(user: Account) -> QuerySet[PracticeNote]:
    """Return the city's published notes, one's own township's drafts, and for the organisation office the drafts to check."""
    notes = PracticeNote.objects.select_related("division__category")
    if not may_read(user):
        return notes.none()
    of_city = notes.filter(division__code__startswith=city_code(user.scope_id))
    out = Q(state__in=["published", "withdrawn"])
    if user.role in TOWNSHIP:
        return of_city.filter(out | Q(division=user.scope_id))
    return (
        of_city.filter(out | Q(division__code__startswith=user.scope_id))
        if user.role == "city_office"
        else of_city.filter(out)
    )


def for_list(notes: QuerySet[PracticeNote]) -> QuerySet[PracticeNote]:
    """Count what was asked and adopted, and fetch the cited figures. Two queries."""
    figures = NoteFigure.objects.select_related("indicator")
    return notes.annotate(
        asked=Count("questions", distinct=True), adopted=Count("adoptions", distinct=True)
    ).prefetch_related(Prefetch("figures", figures))


def whole(notes: QuerySet[PracticeNote]) -> QuerySet[PracticeNote]:
    """Fetch everything that a note's own page shows. A constant number of queries."""
    answers = Answer.objects.select_related("by")
    return notes.select_related("written_by", "checked_by", "published_by").prefetch_related(
        Prefetch("figures", NoteFigure.objects.select_related("indicator")),
        Prefetch("questions", Question.objects.select_related("by").prefetch_related(Prefetch("answers", answers))),
        Prefetch("adoptions", Adoption.objects.select_related("division", "by")),
    )


@dataclass(frozen=True)
class Search:
    """What somebody looks for: words, an indicator, a work line, a category of townships."""

    q: str = ""
    indicator: str = ""
    line: str = ""
    category: str = ""

    @classmethod
    def of(cls, asked: Any) -> "Search":
        """Read a query string."""
        return cls(*(asked.get(name, "").strip()[:60] for name in ("q", "indicator", "line", "category")))

    def among(self, notes: QuerySet[PracticeNote]) -> QuerySet[PracticeNote]:
        """Return the notes that fit, newest first."""
        if self.q:
            notes = notes.filter(
                Q(title__icontains=self.q)
                | Q(problem__icontains=self.q)
                | Q(steps__icontains=self.q)
                | Q(failed__icontains=self.q)
            )
        if self.indicator:
            notes = notes.filter(pk__in=NoteFigure.objects.filter(indicator=self.indicator).values("note"))
        if self.line:
            notes = notes.filter(work_line=self.line)
        if self.category:
            notes = notes.filter(division__category=self.category)
        return notes.order_by("-published_at", "-pk")

    @property
    def is_set(self) -> bool:
        """Whether anything is looked for."""
        return self != Search()


def cited_indicators(notes: QuerySet[PracticeNote]) -> QuerySet[Indicator]:
    """Return the indicators that some notes cite, by code."""
    found = NoteFigure.objects.filter(note__in=notes.order_by().values("pk")).values("indicator")
    return Indicator.objects.filter(pk__in=found).order_by("code")


def categories_of(notes: QuerySet[PracticeNote]) -> QuerySet[Category]:
    """Return the categories of the townships that wrote some notes."""
    found = notes.order_by().exclude(division__category__isnull=True).values("division__category")
    return Category.objects.filter(pk__in=found).order_by("code")


def citable(user: Account, note: PracticeNote) -> QuerySet[Observation]:
    """Return the approved figures of a note's township that it may cite, by indicator and period."""
    return observations_visible_to(user).filter(division=note.division_id).order_by("indicator", "-period")


@dataclass(frozen=True)
class Pair:
    """A cited indicator: its frozen figure before and after."""

    indicator: Indicator
    before: NoteFigure | None
    after: NoteFigure | None

    @property
    def change(self) -> Decimal | None:
        """After minus before, in the indicator's unit."""
        if self.before is None or self.after is None:
            return None
        return Decimal(self.after.content["value"]) - Decimal(self.before.content["value"])


def pairs_of(note: PracticeNote) -> list[Pair]:
    """Return the cited indicators of a note with their figures."""
    found: dict[str, dict[str, NoteFigure]] = defaultdict(dict)
    for figure in note.figures.all():
        found[figure.indicator_id][figure.moment] = figure
    return [Pair(next(iter(each.values())).indicator, each.get("before"), each.get("after")) for each in found.values()]


@dataclass(frozen=True)
class Outcome:
    """What became of an indicator where a practice was adopted."""

    indicator: Indicator
    moved: Moved
    own: dict[str, Observation]

    @property
    def words(self) -> Any:
        """What may be said, in the page's language."""
        return VERDICTS[self.moved.verdict]

    @property
    def shape(self) -> tuple[str, str]:
        """Its shape and colour, where it is for better or worse."""
        return SHAPES.get(self.moved.verdict, ("", ""))

    @property
    def before(self) -> Observation | None:
        """The figure before the adoption."""
        return self.own.get(self.moved.before or "")

    @property
    def after(self) -> Observation | None:
        """The latest figure after it."""
        return self.own.get(self.moved.after or "")

    @property
    def periods(self) -> tuple[str, str]:
        """The two periods in words."""
        return words(self.moved.before) if self.moved.before else "", words(
            self.moved.after
        ) if self.moved.after else ""


def outcomes_of(note: PracticeNote) -> list[tuple[Adoption, list[Outcome]]]:
    """Return each adoption with what became of the cited indicators there. One query.

    Figures of townships and of the city are read by every business account; no scope is needed here.
    """
    adoptions = list(note.adoptions.all())
    indicators = {figure.indicator_id: figure.indicator for figure in note.figures.all()}
    city = city_code(note.division_id)
    series: dict[tuple[str, str], dict[str, Observation]] = defaultdict(dict)
    places = [*(one.division_id for one in adoptions), city]
    figures = Observation.objects.filter(indicator__in=list(indicators), division__in=places)
    for figure in figures.select_related("indicator", "source") if adoptions else []:
        series[figure.indicator_id, figure.division_id][figure.period] = figure
    return [
        (
            one,
            [
                _outcome(one, indicator, series[code, one.division_id], series[code, city])
                for code, indicator in sorted(indicators.items())
            ],
        )
        for one in adoptions
    ]


def _outcome(
    adoption: Adoption, indicator: Indicator, own: dict[str, Observation], city: dict[str, Observation]
) -> Outcome:
    moved = judge(
        {period: figure.value for period, figure in own.items()},
        {period: figure.value for period, figure in city.items()},
        adoption.since,
        indicator.direction,
        _spans(own.values()),
    )
    return Outcome(indicator, moved, own)


def _spans(figures: Iterable[Observation]) -> dict[str, Span]:
    """Return the 95 % intervals of figures in which chance plays a part."""
    spans = {figure.period: interval_of(figure, figure.indicator) for figure in figures}
    return {period: span for period, span in spans.items() if span is not None}


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return what the front command post of a township says of the exchange. Two queries."""
    if not may_read(user):
        return []
    published = notes_visible_to(user).filter(division=division, state="published").count()
    adopted = Adoption.objects.filter(division=division, note__in=notes_visible_to(user).values("pk")).count()
    return [
        BoardLine(
            _("经验交流"),
            _("发布 %(n)s 条，采用别处 %(m)s 条") % {"n": published, "m": adopted},
            reverse("exchange:notes"),
            _("按日期排列，没有点赞和积分"),
        )
    ]
