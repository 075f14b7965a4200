"""Rates of matters become figures of indicators through the ordinary import, and can then be cited."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, request, signed_in
from yizhen.demo.clock import days_ago
from yizhen.indicators.actions import commit_batch, rates_as_batch
from yizhen.indicators.models import Observation
from yizhen.indicators.queries import gap_rows
from yizhen.matters.actions import open_matter, take_step
from yizhen.matters.lifecycle import Verb
from yizhen.matters.periods import Period, period_of


@pytest.fixture
def people(db):
    factories.fictional_city()
    factories.catalogue()
    return factories.everybody()


def last_month() -> Period:
    day = timezone.localdate().replace(day=1) - timedelta(days=1)
    return period_of(f"{day:%Y-%m}")


def event(people, number: int, *, done: bool) -> None:
    """Bring a grid event to its disposal in the middle of last month."""
    office = people["township_office"]
    back = (timezone.localdate() - date(last_month().first.year, last_month().first.month, 12)).days
    with days_ago(back):
        matter = open_matter(
            office, kind="grid_event", title=f"井盖{number}", text="破损", division=factories.place(LIUAN), work_line="safety",
            client_id=f"e{number}", fields={"spot": "村口", "source": "网格员"},
        )  # fmt: skip
        for verb in (Verb.CONFIRM, Verb.FILE):
            take_step(office, matter, verb)
        take_step(office, matter, Verb.DISPATCH, to_division=factories.place(LIUAN))
        take_step(office, matter, Verb.ACCEPT)
        if done:
            take_step(office, matter, Verb.REPORT_DONE, text="已换", disposition="solved")


def test_month_of_matters_becomes_a_batch_with_numerator_and_denominator(people):
    event(people, 1, done=True)
    event(people, 2, done=False)
    batch = rates_as_batch(people["city_office"], last_month())

    assert (batch.state, batch.wrong) == ("checked", 0)
    assert not Observation.objects.filter(indicator="S06").exists()
    commit_batch(people["city_office"], batch)

    figures = {one.division_id: one for one in Observation.objects.filter(indicator="S06", period=last_month().code)}
    assert set(figures) == {LIUAN, "9901"}
    assert [(one.numerator, one.denominator, one.value) for one in figures.values()] == [(1, 2, 50), (1, 2, 50)]
    (row,) = [row for row in gap_rows(people["township_office"], factories.place(LIUAN)) if row.indicator.code == "S06"]
    assert (row.own.value, row.city.value, row.own.source_id) == (50, 50, "SOC")


def test_only_the_city_office_makes_figures_of_rates_and_only_of_a_month_that_is_over(people):
    for role in ("department", "county", "township_office"):
        with pytest.raises(PermissionDenied):
            rates_as_batch(people[role], last_month())
    for code in (f"{timezone.localdate():%Y-%m}", "2025Q4"):
        with pytest.raises(ValidationError):
            rates_as_batch(people["city_office"], period_of(code))
    request()
    with pytest.raises(ValidationError, match="没有到期"):
        rates_as_batch(people["city_office"], last_month())


def test_page_leads_to_the_dry_run(people):
    event(people, 1, done=True)
    client = signed_in(people["city_office"])

    assert last_month().name in client.get("/indicators/import/").content.decode()
    answer = client.post("/indicators/import/rates/", {"period": last_month().code})
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.post("/indicators/import/rates/", {"period": "x"}).headers["Location"] == "/indicators/import/"
    assert (
        signed_in(people["department"]).post("/indicators/import/rates/", {"period": last_month().code}).status_code
        == 403
    )
