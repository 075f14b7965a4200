"""A project judged by its indicator: moved, not moved, too early; chance and context are said as such."""

from datetime import date
from decimal import Decimal

import pytest

from tests import factories
from tests.factories import CITY, LIUAN, XITANG
from tests.livelihood.told import accepted, ago, building
from yizhen.indicators.models import Indicator, Observation
from yizhen.livelihood.models import Project
from yizhen.livelihood.projects.judging import few, judge, judgements

STARTED, ACCEPTED = date(2026, 3, 10), date(2026, 6, 20)


def indicator(**changes) -> Indicator:
    return Indicator(**({"code": "X", "unit": "%", "direction": "up", "per": 100, "chance": ""} | changes))


def figures(values: dict[str, str], parts: dict[str, tuple[int, int]] | None = None) -> list[Observation]:
    made = []
    for period, value in values.items():
        top, bottom = (parts or {}).get(period, (None, None))
        made.append(
            Observation(
                period=period,
                value=Decimal(value),
                numerator=None if top is None else Decimal(top),
                denominator=None if bottom is None else Decimal(bottom),
            )
        )
    return made


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"2026-02": "50", "2026-06": "56"}, "moved"),
        ({"2026-02": "50", "2026-06": "50.4"}, "not_moved"),
        ({"2026-02": "50", "2026-06": "44"}, "worse"),
        ({"2026-02": "50", "2026-05": "56"}, "too_early"),  # that period ended before the works were accepted
        ({"2026-03": "50", "2026-06": "56"}, "no_before"),  # works began within that period
        ({}, "too_early"),
    ],
)
def test_finding_by_the_last_period_before_and_the_last_one_since(values, finding):
    found = judge(
        indicator(),
        figures({"2025-01": "99"} | values if values and "2026-02" in values else values),
        STARTED,
        ACCEPTED,
    )
    assert found.finding == finding
    if finding in {"moved", "not_moved", "worse"}:
        assert (found.before.period, found.after.period) == ("2026-02", "2026-06")


def test_less_is_better_where_the_indicator_says_so_and_context_is_never_judged():
    fewer = figures({"2026-02": "50", "2026-06": "44"})
    assert judge(indicator(direction="down"), fewer, STARTED, ACCEPTED).finding == "moved"
    assert judge(indicator(direction="neutral"), fewer, STARTED, ACCEPTED).finding == "context"
    assert judge(None, fewer, STARTED, ACCEPTED).finding == "none"


def test_what_chance_may_have_done_is_not_called_a_move():
    values, share = {"2026-02": "50", "2026-06": "56"}, indicator(chance="share")
    small = {"2026-02": (50, 100), "2026-06": (56, 100)}
    large = {"2026-02": (5000, 10000), "2026-06": (5600, 10000)}
    assert judge(share, figures(values, small), STARTED, ACCEPTED).finding == "chance"
    assert judge(share, figures(values, large), STARTED, ACCEPTED).finding == "moved"


def test_one_to_four_persons_are_few():
    persons = indicator(unit="人", per=0)
    assert [few(one, persons) for one in figures({"2026-01": "0", "2026-02": "4", "2026-03": "5"})] == [
        False,
        True,
        False,
    ]
    assert not few(figures({"2026-01": "3"})[0], indicator())


@pytest.mark.django_db
def test_a_page_shows_both_figures_with_their_source_and_that_of_the_city(django_assert_num_queries):
    factories.fictional_city()
    people, catalogue = factories.everybody(), factories.catalogue()
    first, last = f"{ago(120):%Y-%m}", f"{ago(0):%Y-%m}"
    for code, period, top in ((LIUAN, first, 101), (LIUAN, last, 123), (CITY, first, 100), (CITY, last, 110)):
        Observation.objects.create(
            indicator=catalogue["L06"], division_id=code, period=period, numerator=top, denominator=200, value=Decimal(top) / 2,
            source=catalogue["L06"].source, as_of=ago(0),
        )  # fmt: skip
    project = accepted(people, indicator=catalogue["L06"])
    going = building(people, indicator=catalogue["L06"])
    listed = list(Project.objects.select_related("indicator"))
    with django_assert_num_queries(3):
        found = judgements(people["city_office"], listed)
    made = found[project.pk]
    assert (made.finding, made.before.value, made.after.value, made.city_before.value, made.city_after.value) == (
        "moved", Decimal("50.5"), Decimal("61.5"), Decimal(50), Decimal(55),
    )  # fmt: skip
    assert found[going.pk].finding == "too_early"
    page = factories.signed_in(people["city_office"]).get(f"/livelihood/projects/{project.pk}/").content.decode()
    assert ("50.5" in page, "61.5" in page, "城市管理局" in page, "不等于是这个项目带来的" in page) == (True,) * 4
    assert XITANG not in page
