"""Places in the database: constraints, loading, describing, and who sees what."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import GRID, GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, signed_in
from yizhen.audit.models import Record
from yizhen.people.models import ROLES
from yizhen.places.actions import describe_division, draw_grid, load_categories, load_divisions
from yizhen.places.models import Category, Division
from yizhen.places.models.division import CODE_LENGTHS
from yizhen.places.national import Kind, Level, NationalDivision
from yizhen.places.queries import city_code, divisions_visible_to, peer_group, townships_visible_to

VILLAGES = list(factories.VILLAGES)


def codes(found) -> list[str]:
    return list(found.values_list("code", flat=True))


# --- constraints ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "length"), CODE_LENGTHS.items())
def test_code_of_the_right_length_is_kept(db, level, length):
    Division.objects.create(code="99" + "1" * (length - 2), name_zh="某地", level=level, kind="other")

    assert Division.objects.get().level == level


@pytest.mark.parametrize(
    ("level", "length"),
    [(level, n) for level in CODE_LENGTHS for n in (1, *CODE_LENGTHS.values()) if CODE_LENGTHS[level] != n],
)
def test_code_of_another_length_is_refused_by_the_database(db, level, length):
    with pytest.raises(IntegrityError, match="division_code_fits_level"), transaction.atomic():
        Division.objects.create(code="9" * length, name_zh="某地", level=level, kind="other")


def test_unknown_level_is_refused_by_the_database(db):
    with pytest.raises(IntegrityError, match="division_code_fits_level"), transaction.atomic():
        Division.objects.create(code="9901", name_zh="某地", level="galaxy", kind="other")


@pytest.mark.parametrize(("year", "source"), [(None, "公报"), (2024, ""), (None, "")])
def test_population_without_year_or_source_is_refused_by_the_database(db, year, source):
    factories.fictional_city()

    with pytest.raises(IntegrityError, match="division_population_has_year_and_source"), transaction.atomic():
        Division.objects.filter(code="990181").update(
            population=500_000, population_year=year, population_source=source
        )


def test_population_with_year_and_source_is_kept(db):
    factories.fictional_city()

    Division.objects.filter(code="990181").update(population=500_000, population_year=2024, population_source="公报")

    assert factories.place("990181").population == 500_000


def test_place_with_children_cannot_be_deleted(db):
    factories.fictional_city()

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.place("990181").delete()


# --- loading -------------------------------------------------------------------------------------------------------


def test_load_divisions_hangs_each_under_the_nearest_above(db):
    factories.fictional_city()

    assert factories.place("9901").parent_id is None
    assert factories.place("990181").parent_id == "9901"
    assert factories.place(LIUAN).parent_id == "990181"
    assert factories.place(VILLAGES[1]).parent_id == VILLAGES[1][:9]


def test_load_divisions_twice_adds_nothing_and_renames_what_was_renamed(db):
    factories.fictional_city()
    count = Division.objects.count()
    rows = [
        NationalDivision("990181", "澄湖市", Level.COUNTY, Kind.COUNTY_CITY),
        NationalDivision(GUDU, "古渡街道", Level.TOWNSHIP, Kind.SUBDISTRICT),
    ]

    result = load_divisions(None, rows, "again")

    assert result == (0, 1)
    assert Division.objects.count() == count
    assert factories.place(GUDU).name_zh == "古渡街道"


def test_load_divisions_skips_filler_rows_and_bridges_them(db):
    rows = [
        NationalDivision("4419", "东莞市", Level.PREFECTURE, Kind.PREFECTURE_CITY),
        NationalDivision("441900", "东莞市", Level.COUNTY, Kind.OTHER),
        NationalDivision("441900003", "东城街道", Level.TOWNSHIP, Kind.SUBDISTRICT),
    ]

    assert load_divisions(None, rows, "test") == (2, 0)
    assert factories.place("441900003").parent_id == "4419"


def test_load_divisions_is_recorded_with_its_source(db):
    load_divisions(None, [NationalDivision("9901", "清澜市", Level.PREFECTURE, Kind.PREFECTURE_CITY)], "table of 2024")

    assert Record.objects.get(event="places.divisions_loaded").details == {
        "source": "table of 2024",
        "added": 1,
        "renamed": 0,
    }


def test_load_categories_twice_adds_nothing(db):
    assert (load_categories(None), load_categories(None)) == (6, 0)
    assert Category.objects.count() == 6


# --- describing ----------------------------------------------------------------------------------------------------


def profile(**changes):
    return {"category": None, "population": 1000, "population_year": 2024, "population_source": "公报"} | changes


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("city_office", [True, True]),
        ("county", [True, False]),
        ("system_admin", [True, True]),
        ("department", [False, False]),
        ("township_head", [False, False]),
        ("township_office", [False, False]),
        ("village", [False, False]),
        ("grid_worker", [False, False]),
        ("scrutineer", [False, False]),
        ("security_admin", [False, False]),
        ("audit_admin", [False, False]),
    ],
)
def test_describe_division_by_role_in_own_and_other_county(db, role, allowed):
    factories.fictional_city()
    user = factories.account(role)
    result = []

    for code in (LIUAN, SHIMEN):
        try:
            describe_division(user, factories.place(code), **profile(population=4321))
        except PermissionDenied:
            result.append(False)
        else:
            result.append(factories.place(code).population == 4321)

    assert result == allowed


@pytest.mark.parametrize("missing", [{"population_year": None}, {"population_source": " "}])
def test_describe_division_without_year_or_source_is_an_error_at_the_population(db, missing):
    factories.fictional_city()
    before = factories.place(LIUAN).population

    with pytest.raises(ValidationError) as caught:
        describe_division(factories.account("city_office"), factories.place(LIUAN), **profile(**missing))

    assert list(caught.value.message_dict) == ["population"]
    assert factories.place(LIUAN).population == before


def test_describe_division_is_recorded_with_before_and_after(db):
    factories.fictional_city()
    user = factories.account("city_office")

    describe_division(user, factories.place(LIUAN), **profile(category=Category.objects.get(code="central_town")))

    link = Record.objects.get(event="places.profile_changed", actor=user)
    assert (link.scope, link.details) == (
        LIUAN,
        {
            "before": {"category": "industry_strong", "population": 74_200},
            "after": {"category": "central_town", "population": 1000},
        },
    )


# --- grids ---------------------------------------------------------------------------------------------------------


def test_draw_grid_numbers_on_from_the_last_one(db):
    factories.fictional_city()
    office = factories.account("township_office")

    drawn = [
        draw_grid(office, factories.place(code), name).code
        for code, name in ((VILLAGES[1], " 东片 "), (VILLAGES[1], "西片"), (VILLAGES[2], "东片"))
    ]

    assert drawn == [f"{VILLAGES[1]}002", f"{VILLAGES[1]}003", f"{VILLAGES[2]}001"]
    grid = factories.place(drawn[0])
    assert (grid.name_zh, grid.level, grid.parent_id) == ("东片", "grid", VILLAGES[1])
    link = Record.objects.filter(event="places.grid_drawn", actor=office).order_by("number").first()
    assert (link.scope, link.details) == (drawn[0], {"name": "东片"})


@pytest.mark.parametrize("role", ROLES)
def test_draw_grid_is_for_the_own_township_its_county_and_the_city_only(db, role):
    factories.fictional_city()
    user = factories.account(role)
    outcome = []

    for code in (VILLAGES[1], VILLAGES[3], VILLAGES[0]):
        try:
            outcome.append(draw_grid(user, factories.place(code), "新网格").parent_id)
        except PermissionDenied:
            outcome.append(None)

    own, county, far = VILLAGES[1], VILLAGES[3], VILLAGES[0]
    allowed = {"city_office": [own, county, far], "county": [own, county, None], "township_office": [own, None, None]}
    assert outcome == allowed.get(role, [None] * 3)


@pytest.mark.parametrize(
    ("code", "name"), [(VILLAGES[1], "第1网格"), (VILLAGES[1], " "), (LIUAN, "东片"), (GRID, "东片")]
)
def test_draw_grid_with_a_taken_or_empty_name_or_elsewhere_is_refused(db, code, name):
    factories.fictional_city()

    with pytest.raises(ValidationError) as caught:
        draw_grid(factories.account("city_office"), factories.place(code), name)

    assert list(caught.value.message_dict) == ["name"]
    assert Division.objects.filter(level="grid").count() == 1


def test_grids_drawn_at_once_have_different_codes(committing):
    factories.fictional_city()
    village = factories.place(VILLAGES[2])

    results = factories.at_once([lambda n=n: draw_grid(None, village, f"第{n}片").code for n in range(5)])

    assert sorted(results) == [f"{VILLAGES[2]}00{n}" for n in range(1, 6)]


def test_grids_page_draws_a_grid_and_hides_villages_elsewhere(db):
    factories.fictional_city()
    client = signed_in(factories.account("township_office"))

    drawn = client.post(f"/places/{VILLAGES[1]}/grids/", {"name": "东片"})

    assert (drawn.status_code, drawn.headers["Location"]) == (302, f"/places/{VILLAGES[1]}/grids/")
    assert [grid.name_zh for grid in client.get(f"/places/{VILLAGES[1]}/grids/").context["grids"]] == [
        "第1网格",
        "东片",
    ]
    assert client.post(f"/places/{VILLAGES[1]}/grids/", {"name": "东片"}).status_code == 400
    assert [client.get(f"/places/{code}/grids/").status_code for code in (VILLAGES[3], LIUAN, GRID)] == [404, 404, 404]


# --- readers -------------------------------------------------------------------------------------------------------


def test_peer_group_is_the_category_in_the_city_without_the_place_itself(db):
    factories.fictional_city()

    assert codes(peer_group(factories.place(LIUAN))) == [SHIMEN, XITANG]
    assert codes(peer_group(factories.place(GUDU))) == [JIANGFENG]
    assert codes(peer_group(factories.place("990181"))) == []


def test_city_code_of_a_prefecture_a_municipality_and_a_county(db):
    factories.fictional_city()
    Division.objects.create(code="31", name_zh="上海市", level="province", kind="province")
    Division.objects.create(code="321084", name_zh="高邮市", level="county", kind="county_city")

    assert [city_code(code) for code in (GRID, LIUAN, "9901", "310101001", "321084101")] == [
        "9901",
        "9901",
        "9901",
        "31",
        "321084",
    ]


@pytest.mark.parametrize(
    ("role", "villages"),
    [
        ("city_office", [*VILLAGES, GRID]),
        ("department", [*VILLAGES, GRID]),
        ("county", [*VILLAGES[1:], GRID]),
        ("township_head", [*VILLAGES[1:3], GRID]),
        ("township_office", [*VILLAGES[1:3], GRID]),
        ("village", [VILLAGES[1], GRID]),
        ("grid_worker", [GRID]),
        ("scrutineer", [*VILLAGES, GRID]),
    ],
)
def test_villages_visible_are_those_of_the_own_scope(db, role, villages):
    factories.fictional_city()
    user = factories.account(role)

    seen = divisions_visible_to(user)

    assert codes(seen.filter(level__in=["village", "grid"])) == sorted(villages)
    assert codes(townships_visible_to(user)) == sorted(factories.TOWNSHIPS)


def test_places_of_another_city_are_not_visible(db):
    factories.fictional_city()
    Division.objects.create(code="9902", name_zh="他市", level="prefecture", kind="prefecture_city")
    Division.objects.create(code="990201001", name_zh="他镇", level="township", kind="town")

    assert [
        code for code in codes(divisions_visible_to(factories.account("city_office"))) if code.startswith("9902")
    ] == []


def test_places_are_hidden_from_a_suspended_account(db):
    factories.fictional_city()
    user = factories.account("city_office")
    user.is_active = False

    assert codes(divisions_visible_to(user)) == []


@given(
    scope=st.sampled_from(["9901", *factories.COUNTIES, *factories.TOWNSHIPS, *VILLAGES, GRID]),
    other=st.sampled_from(["9901", *factories.COUNTIES, *factories.TOWNSHIPS, *VILLAGES, GRID]),
)
def test_division_covers_exactly_what_lies_below_it(scope, other):
    path = [other[:n] for n in CODE_LENGTHS.values() if n <= len(other)]

    assert Division(code=scope).covers(other) == (scope in path)


# --- pages ---------------------------------------------------------------------------------------------------------


def test_places_page_lists_counties_with_their_townships(db):
    factories.fictional_city()
    client = factories.signed_in(factories.account("township_office"))

    groups = client.get("/places/").context["groups"]

    assert [(county.code, [township.code for township in found]) for county, found in groups] == [
        ("9901", []),
        ("990103", [JIANGFENG]),
        ("990122", [SHIMEN]),
        ("990181", [LIUAN, XITANG, GUDU]),
    ]


def test_places_page_finds_own_villages_and_no_others(db):
    factories.fictional_city()
    client = factories.signed_in(factories.account("township_office"))

    found = {
        q: [v.code for v in client.get("/places/", {"q": q}).context["villages"]]
        for q in ("前湾村", "塘西村", LIUAN, XITANG)
    }

    assert found == {"前湾村": [VILLAGES[1]], "塘西村": [], LIUAN: [*VILLAGES[1:2], GRID, VILLAGES[2]], XITANG: []}


def test_describe_page_saves_a_profile(db):
    factories.fictional_city()
    client = factories.signed_in(factories.account("county"))
    form = {"category": "central_town", "population": "5000", "population_year": "2024", "population_source": "公报"}

    response = client.post(f"/places/{LIUAN}/describe/", form)

    changed = factories.place(LIUAN)
    assert (response.status_code, response.headers["Location"]) == (302, "/places/")
    assert (changed.category_id, changed.population, changed.population_year) == ("central_town", 5000, 2024)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"population_year": ""}, "population"),
        ({"population": "-1"}, "population"),
        ({"population": "9" * 30}, "population"),
        ({"population_year": "1700"}, "population_year"),
        ({"category": "no_such"}, "category"),
    ],
)
def test_describe_page_shows_errors_at_their_fields(db, change, field):
    factories.fictional_city()
    client = factories.signed_in(factories.account("county"))
    form = {"category": "", "population": "5000", "population_year": "2024", "population_source": "公报"} | change

    response = client.post(f"/places/{LIUAN}/describe/", form)

    assert (response.status_code, list(response.context["form"].errors)) == (400, [field])
    assert factories.place(LIUAN).population == 74_200
