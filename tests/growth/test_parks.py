"""Industrial parks: figures with their corrections, what a unit brings, the path to the target, and who may do what."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, SHIMEN, XITANG, signed_in
from yizhen.audit.models import Record
from yizhen.growth.models import Park, ParkFigure, ParkTarget
from yizhen.growth.parks.actions import change_park, enter_figure, register_park, set_target
from yizhen.growth.parks.path import path_of, ratios_of
from yizhen.growth.parks.queries import board_lines, parks_visible_to, pipeline, read_park
from yizhen.growth.projects.actions import register_project
from yizhen.people.models import ROLES

READERS = {"city_office", "county", "department", "township_head", "township_office"}
KEEPERS = READERS - {"department"}
NAMES = {"name_zh": "柳岸工业集中区", "industry_zh": "汽车零部件"}
VALUES = {
    "output": Decimal("78.9"), "tax": Decimal(33_480), "jobs": 6_610, "land": Decimal(2_680), "energy": Decimal(55_300), "firms": 52,
    "source": "园区台账", "as_of": date(2026, 1, 20),
}  # fmt: skip


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def registered(people, township: str = LIUAN, **changes) -> Park:
    number = str(Park.objects.count())
    return register_park(people["city_office"], client_id=number, division=factories.place(township), **(NAMES | changes))  # fmt: skip


def entered(people, park: Park, year: int = 2025, **changes) -> ParkFigure:
    return enter_figure(people["township_office"], park, year=year, **(VALUES | changes))


def year(output: str | int, of: int, **changes) -> ParkFigure:
    return ParkFigure(year=of, number=1, **(VALUES | {"output": Decimal(output)} | changes))


# --- arithmetic ----------------------------------------------------------------------------------------------------


def test_unit_figures_are_worked_by_hand():
    made = ratios_of(year(80, 2025, tax=Decimal(32_000), jobs=6_400, land=Decimal(2_500), energy=Decimal(56_000)))
    assert (made.output_per_mu, made.tax_per_mu) == (Decimal(320), Decimal("12.8"))  # 800,000 and 32,000 ÷ 2,500
    assert (made.energy_per_output, made.output_per_job) == (Decimal("0.07"), Decimal(125))


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"land": None}, {"output_per_mu", "tax_per_mu"}),
        ({"land": Decimal(0)}, {"output_per_mu", "tax_per_mu"}),
        ({"tax": None}, {"tax_per_mu"}),
        ({"jobs": 0}, {"output_per_job"}),
        ({"energy": None}, {"energy_per_output"}),
        ({"output": Decimal(0)}, {"energy_per_output"}),
    ],
)
def test_what_cannot_be_divided_is_left_out(changes, missing):
    made = ratios_of(year(**({"output": 80, "of": 2025} | changes)))
    assert {name for name in made.__dataclass_fields__ if getattr(made, name) is None} == missing


def test_path_compares_needed_growth_with_that_achieved():
    made = path_of([year(one, of) for one, of in ((40, 2021), (48, 2022), (52, 2023), (64, 2025))], Decimal(100), 2027)
    assert (made.needed, made.share) == (0.25, 0.64)
    assert made.achieved == pytest.approx((64 / 40) ** 0.25 - 1)
    assert [point.year for point in made.trend.points] == list(range(2021, 2028))
    assert (made.at_target.year, made.verdict) == (2027, "below")


@pytest.mark.parametrize(
    ("outputs", "target", "until", "said"),
    [
        ([90, 95, 99, 101], 100, 2027, "reached"),
        ([50, 60, 72, 86], 100, 2025, "past"),
        ([50, 60, 72, 86], 100, 2026, "above"),
        ([50, 60, 72, 86], 200, 2026, "below"),
        ([50, 66, 70, 86], 102, 2026, "open"),
        ([50, 60, 72], 100, 2026, ""),  # too few years
        ([50, 60, 72, 86], 100, None, ""),  # no year to reach it in
        ([50, 60, 72, 86], 1_000, 2060, ""),  # too far to say anything
        ([0, 60, 72, 86], 100, 2026, ""),  # growth from nought is none
    ],
)
def test_verdict_is_what_the_limits_say(outputs, target, until, said):
    figures = [year(one, of) for of, one in enumerate(outputs, start=2026 - len(outputs))]
    made = path_of(figures, Decimal(target), until)
    assert made.verdict == said
    assert made.years_missing == max(0, 4 - len(outputs))
    assert (made.trend is None) == (len(outputs) < 4 or 0 in outputs)


def test_park_without_figures_has_no_path():
    assert path_of([], Decimal(100), 2027) is None


# --- what is kept --------------------------------------------------------------------------------------------------


def test_correction_keeps_the_old_value_and_needs_reason_and_the_version_seen(people):
    park = registered(people)
    first = entered(people, park)
    assert entered(people, park) == first  # sent twice
    with pytest.raises(ValidationError) as refused:
        entered(people, park, tax=Decimal(1), seen=1)
    assert set(refused.value.message_dict) == {"reason"}
    with pytest.raises(ValidationError) as refused:
        entered(people, park, tax=Decimal(1), reason="清算", seen=0)
    assert set(refused.value.message_dict) == {"year"}
    assert entered(people, park, tax=Decimal(1), reason="清算", seen=1).number == 2
    with pytest.raises(ValidationError, match="第 2 版"):  # somebody else has corrected it since
        entered(people, park, tax=Decimal(2), reason="再算", seen=1)
    page = read_park(parks_visible_to(people["county"]).get())
    assert [(one.year, one.tax) for one in page.figures] == [(2025, Decimal(1))]
    assert [one.tax for one in page.earlier[2025]] == [VALUES["tax"]]
    assert Record.objects.filter(event="growth.park_figure_entered").count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": 2125}, "year"),
        ({"as_of": date(2125, 1, 1)}, "as_of"),
        ({"output": Decimal(-1)}, "output"),
        ({"land": Decimal(-1)}, "land"),
        ({"source": ""}, "source"),
    ],
)
def test_figure_that_cannot_be_is_named_at_its_field(people, changes, field):
    park = registered(people)
    with pytest.raises(ValidationError) as refused:
        entered(people, park, **changes)
    assert field in refused.value.message_dict


def test_target_is_ten_billion_until_another_is_set_in_versions(people):
    park, county = registered(people), people["county"]
    now = timezone.localdate().year
    assert read_park(parks_visible_to(county).get()).target == 100
    target = {"output": Decimal(120), "year": now + 2, "basis": "方案"}
    assert set_target(county, park, **target) == set_target(county, park, **target)
    set_target(people["city_office"], park, output=Decimal(150), year=now + 4, basis="修订方案")
    page = read_park(parks_visible_to(county).get())
    assert (page.target, page.target_version.number, ParkTarget.objects.count()) == (150, 2, 2)
    for wrong, field in (({"year": now - 1}, "year"), ({"output": Decimal(0)}, "output"), ({"basis": " "}, "basis")):
        with pytest.raises(ValidationError) as refused:
            set_target(county, park, **(target | wrong))
        assert field in refused.value.message_dict


def test_database_holds_figures_targets_and_parks(people):
    park = registered(people)
    entered(people, park)
    set_target(people["county"], park, output=Decimal(120), year=timezone.localdate().year, basis="x")
    base = VALUES | {"park": park, "by": people["county"], "at": timezone.now()}
    for change in (
        lambda: ParkFigure.objects.update(output=1),
        lambda: ParkFigure.objects.all().delete(),
        lambda: ParkTarget.objects.update(output=1),
        lambda: Park.objects.filter(pk=park.pk).update(division=XITANG),
        lambda: ParkFigure.objects.create(**base, year=2025, number=2),  # no reason
        lambda: ParkFigure.objects.create(**base, year=2025, number=1),  # there already
        lambda: ParkFigure.objects.create(**(base | {"energy": Decimal(-1)}), year=2024, number=1),
        lambda: ParkTarget.objects.create(park=park, number=2, output=0, year=2030, basis="x", by=people["county"], at=timezone.now()),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# --- who may -------------------------------------------------------------------------------------------------------


def test_everybody_does_in_his_own_scope_what_is_his(people):
    near, far = registered(people), registered(people, SHIMEN)
    now = timezone.localdate().year
    for role in ROLES:
        user = people[role]
        for park, covered in ((near, True), (far, role == "city_office")):
            may = {"keep": role in KEEPERS and covered, "target": role in {"county", "city_office"} and covered}
            for name, job in (
                ("keep", lambda user=user, park=park: change_park(user, park, name_en="Park")),
                ("keep", lambda user=user, park=park: enter_figure(user, park, year=2025, **VALUES)),
                ("target", lambda user=user, park=park: set_target(user, park, output=Decimal(90), year=now, basis="x")),
            ):  # fmt: skip
                if may[name]:
                    job()
                else:
                    with pytest.raises(PermissionDenied):
                        job()
        assert set(parks_visible_to(user)) == ({near, far} if role in READERS else set())
    with pytest.raises(ValidationError, match="已经登记过"):
        registered(people)
    with pytest.raises(PermissionDenied):
        register_park(people["city_office"], client_id="x", division=factories.place("990181"), **NAMES)
    with pytest.raises(PermissionDenied):
        register_park(people["township_office"], client_id="x", division=factories.place(XITANG), **NAMES)


def test_pages_lead_from_registration_to_correction_and_keep_what_was_typed(people):
    office, county = signed_in(people["township_office"]), signed_in(people["county"])
    sent = {**NAMES, "client_id": "1", "division": LIUAN}
    wrong = office.post("/growth/parks/new/", sent | {"industry_zh": ""})
    assert (wrong.status_code, NAMES["name_zh"] in wrong.content.decode()) == (400, True)
    assert office.post("/growth/parks/new/", sent).status_code == 302
    page = f"/growth/parks/{Park.objects.get().pk}/"
    assert office.get(page).context["chart"] is None
    figures = {name: str(value) for name, value in VALUES.items()} | {"seen": "0"}
    for of, output in ((2022, 50), (2023, 60), (2024, 72), (2025, 86)):
        assert office.post(f"{page}figures/", figures | {"year": of, "output": output}).status_code == 302
    form = office.get(f"{page}figures/?year=2025").context["form"]
    assert (form.initial["seen"], form.initial["output"]) == (1, 86)
    wrong = office.post(f"{page}figures/?year=2025", figures | {"year": 2025, "output": "87.5", "seen": "1"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"reason"})
    assert 'value="87.5"' in wrong.content.decode()
    right = figures | {"year": 2025, "output": "87.5", "seen": "1", "reason": "漏报"}
    assert office.post(f"{page}figures/?year=2025", right).status_code == 302
    assert office.post(f"{page}target/", {}).status_code == 403
    until = timezone.localdate().year + 1
    assert county.post(f"{page}target/", {"output": "100", "year": until, "basis": "方案"}).status_code == 302
    assert office.post(f"{page}change/", {**NAMES, "name_en": "Liuan park"}).status_code == 302
    shown = office.get(page)
    assert [(old.output, new.output) for new, old in shown.context["corrections"]] == [(86, Decimal("87.5"))]
    chart = shown.context["chart"]
    assert (chart["values"][:4], chart["values"][4:]) == ([50, 60, 72, 87.5], [None] * (until - 2025))
    assert chart["line"][-1] == round(shown.context["path"].at_target.line, 2)
    assert (chart["target"], chart["source"], chart["low"][3]) == (100, "园区台账", None)


def test_pipeline_sums_what_the_reader_may_see(people):
    promise = {"name_zh": "示例", "source": "申请", "department": people["department"].unit}
    for number, (township, more) in enumerate(((LIUAN, {"investment": Decimal(3), "jobs": 60, "land": Decimal(10), "tax_per_mu": Decimal(2)}), (LIUAN, {"investment": Decimal("1.5")}), (XITANG, {}))):  # fmt: skip
        register_project(people["city_office"], client_id=str(number), division=factories.place(township), **promise, **more)  # fmt: skip
    liuan = factories.place(LIUAN)
    lead = pipeline(people["township_office"], liuan)[0]
    assert (lead.count, lead.investment, lead.tax, lead.jobs, lead.unknown) == (2, Decimal("4.5"), Decimal(20), 60, 1)
    peer = factories.account("township_office", SHIMEN)
    assert [stage.count for stage in pipeline(peer, liuan)] == [0, 0, 0, 0]


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_much_for_many_as_for_one(people, number, django_assert_num_queries):
    for one in range(number):
        park = registered(people, name_zh=f"集中区{one}")
        for of in range(number):
            entered(people, park, 2025 - of)
        set_target(people["county"], park, output=Decimal(90), year=timezone.localdate().year, basis="x")
    client = signed_in(people["city_office"])
    client.get("/growth/parks/")
    with django_assert_num_queries(6):
        assert len(client.get("/growth/parks/").context["pages"]) == number
    with django_assert_num_queries(7):
        assert len(client.get(f"/growth/parks/{park.pk}/").context["page"].figures) == number
    with django_assert_num_queries(5):
        assert len(board_lines(people["city_office"], factories.place(LIUAN))) == number


def test_board_says_output_and_target(people):
    park = registered(people)
    assert [str(one.value) for one in board_lines(people["county"], park.division)] == ["还没有数据"]
    entered(people, park)
    [found] = board_lines(people["county"], park.division)
    assert (found.value, found.detail) == ("78.9 亿元", "2025年，目标 100 亿元")
    assert board_lines(people["village"], park.division) == []
    assert found.address == f"/growth/parks/{park.pk}/"
