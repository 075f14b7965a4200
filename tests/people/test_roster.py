"""The roster: figures of a day against the vector, careers, the import with its dry run, and who may look."""

import json
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import LIUAN, XITANG, signed_in
from yizhen.audit.models import Record
from yizhen.documents.carried import UnreadableTable
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.people.actions import appoint
from yizhen.people.models import ROLES, Appointment, Official
from yizhen.people.roster.keeping import import_roster, look_at
from yizhen.people.roster.reading import appointments_visible_to
from yizhen.people.roster.statistics import AT_ONCE, FIGURES, Held, careers, summary
from yizhen.people.roster.table import TITLES, check_roster

VECTOR = json.loads((Path(__file__).parent / "roster_vector.json").read_text(encoding="utf-8"))
COUNTIES = {"江口区": "990102", "云岭县": "990122", "澄湖市": "990181"}
DAY = date.fromisoformat(VECTOR["as_of"])


def of_vector() -> list[Held]:
    return [
        Held(
            number, one["birth"], one["education"], one["post"], f"{COUNTIES[one['county']]}{number:03d}",
            date.fromisoformat(f"{one['appointed']}-01"), None,
        )
        for number, one in enumerate(VECTOR["officials"])
    ]  # fmt: skip


def test_figures_are_those_of_the_vector():
    found, wanted = summary(of_vector(), DAY), VECTOR["expected"]

    assert round(found.average_age, 1) == wanted["average_age"]
    assert (found.oldest, found.youngest) == (wanted["oldest_birth"], wanted["youngest_birth"])
    assert {code: found.count(code) for code in ("count", "born_1960s", "born_1970s", "born_1980s", "born_1990s")} == {
        code: wanted[code] for code in ("count", "born_1960s", "born_1970s", "born_1980s", "born_1990s")
    }
    assert (found.count("young"), found.count("master"), found.count("bachelor_or_above")) == (
        wanted["aged_35_or_below"], wanted["master"], wanted["bachelor_or_above"],
    )  # fmt: skip
    assert round(found.share("born_1970s"), 1) == wanted["share_born_1970s_percent"]


def leader(official: int, began: str, *before: tuple[str, str, str | None]) -> list[Held]:
    """Return a county leader's appointment and those before it: post, first day, last day."""
    own = Held(official, "1975-01", "master", "county_leader", "990122", date.fromisoformat(began), None)
    return [own] + [
        Held(official, "1975-01", "master", post, f"990122{official:03d}", date.fromisoformat(first), last and date.fromisoformat(last))
        for post, first, last in before
    ]  # fmt: skip


def test_careers_are_those_of_the_vector():
    chief = ("town_secretary", "2016-03-01", "2021-06-30")
    long_ago = ("town_head", "2008-03-01", "2012-06-30")
    between = ("other", "2012-07-01", "2021-06-30")
    counts = VECTOR
    direct, promoted = counts["of_them_directly_from_township_chief"], counts["newly_promoted_at_term_change"]
    experienced, whole = counts["of_them_with_township_chief_experience"], counts["county_leading_members"]
    held: list[Held] = []
    for number in range(whole):
        if number < direct:
            held += leader(number, "2021-07-15", chief)
        elif number < promoted:
            held += leader(number, "2021-08-01", *([long_ago, between] if number < promoted - 5 else [between]))
        else:
            held += leader(number, "2017-02-01", *([long_ago] if number < experienced + 5 else []))

    found = careers(held, DAY, date(2021, 1, 1), date(2021, 12, 31))

    assert {code: len(who) for code, who in found.items()} == {
        "leaders": whole, "experienced": experienced, "promoted": promoted, "direct": direct,
    }  # fmt: skip
    assert round(100 * len(found["experienced"]) / whole, 1) == VECTOR["expected"]["share_with_experience_percent"]
    assert round(100 * direct / promoted, 1) == VECTOR["expected"]["share_direct_promotion_percent"]


@pytest.mark.parametrize(
    ("began", "before", "direct"),
    [
        ("2021-07-15", [("town_head", "2016-03-01", None)], True),  # still holds it
        ("2021-07-15", [("town_head", "2016-03-01", str(date(2021, 7, 15) - AT_ONCE))], True),
        ("2021-07-15", [("town_head", "2016-03-01", str(date(2021, 7, 14) - AT_ONCE))], False),
        ("2021-07-15", [("town_head", "2016-03-01", None), ("other", "2020-01-01", None)], False),  # another post since
        ("2021-07-15", [], False),
        ("2022-01-01", [("town_head", "2016-03-01", None)], None),  # after the change
    ],
)
def test_direct_promotion_is_from_the_last_post_within_three_months(began, before, direct):
    found = careers(leader(1, began, *before), DAY, date(2021, 1, 1), date(2021, 12, 31))
    assert (found["promoted"], found["direct"]) == (([], []) if direct is None else ([1], [1] if direct else []))


months = st.builds(lambda year, month: f"{year}-{month:02d}", st.integers(1960, 2009), st.integers(1, 12))
posts = st.sampled_from(["town_secretary", "town_head", "county_leader", "other"])
some = st.builds(
    Held, st.integers(1, 9), st.one_of(st.just(""), months), st.sampled_from(["", "bachelor", "master", "大专"]), posts,
    st.just(LIUAN), st.dates(date(2015, 1, 1), DAY), st.none() | st.just(DAY),
)  # fmt: skip


@given(st.lists(some, max_size=20))
def test_everybody_is_counted_once_in_each_division_of_the_figures(held):
    held = [next(one for one in held if one.official == each.official)._replace(post=each.post, began=each.began, ended=each.ended) for each in held]  # fmt: skip
    found = summary(held, DAY)
    count = found.count("count")
    assert count == len({one.official for one in held if one.post.startswith("town")})
    assert sum(found.count(code) for code in FIGURES if code.startswith("born") or code == "no_birth") == count
    assert sum(found.count(code) for code in ("below_bachelor", "bachelor", "master", "doctor", "no_degree")) == count


# --- the import ----------------------------------------------------------------------------------------------------


@pytest.fixture
def office(db):
    factories.fictional_city()
    return factories.everybody()["city_office"]


ROW = ["G001", "甲", "1978-06", "大学本科", "乡镇（街道）党（工）委书记", "柳岸镇党委书记", "柳岸镇", "2021-05-18", ""]


def row(**changes: str) -> list[str]:
    names = ("staff", "name", "birth", "degree", "post", "title", "place", "began", "ended")
    return [changes.get(name, text) for name, text in zip(names, ROW, strict=True)]


def checked(user, *rows):
    return check_roster(user, [list(TITLES), *rows])


def test_new_changed_and_same_rows_are_told_apart_and_taken_over_once(office):
    past = row(post="其他职务", title="副镇长", began="2018-03", ended="2021-05")
    assert import_roster(office, checked(office, ROW, past)) == {"new": 2, "changed": 0, "same": 0}
    assert [one.ended_on for one in Appointment.objects.order_by("began_on")] == [date(2021, 5, 31), None]

    again = checked(office, ROW, past)
    assert [one.status for one in again.rows] == ["same", "same"]
    assert import_roster(office, again) == {"new": 0, "changed": 0, "same": 2}

    left = checked(office, row(ended="2026-01-31", degree="硕士"), past := [*past[:3], "硕士", *past[4:]])
    assert [one.status for one in left.rows] == ["changed", "changed"]
    assert import_roster(office, left)["changed"] == 1
    assert (Official.objects.get().education, Appointment.objects.count()) == ("master", 2)
    assert "甲" not in json.dumps(list(Record.objects.values_list("details", "subject")), ensure_ascii=False)


@pytest.mark.parametrize(
    ("changes", "cell"),
    [
        ({"staff": ""}, "A2"), ({"name": ""}, "B2"), ({"birth": "六月"}, "C2"), ({"birth": "1978-13"}, "C2"),
        ({"birth": "2019-01"}, "C2"), ({"degree": "好"}, "D2"), ({"post": "县长助理"}, "E2"), ({"title": "长" * 61}, "F2"),
        ({"place": "月亮"}, "G2"), ({"post": "县（市、区）党政领导班子成员"}, "G2"), ({"began": "昨天"}, "H2"),
        ({"began": "2999-01-01"}, "H2"), ({"ended": "将来"}, "I2"), ({"ended": "2020-01-01"}, "I2"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_cell_and_nothing_is_written(office, changes, cell):
    table = checked(office, row(**changes), row(staff="G002", name="乙", place="西塘桥镇"))
    assert (list(table.rows[0].errors), table.rows[1].errors) == ([cell], {})
    with pytest.raises(ValidationError):
        import_roster(office, table)
    assert not Official.objects.exists()


def test_rows_that_contradict_each_other_are_refused(office):
    table = checked(office, ROW, ROW, row(name="丙", began="2019-01-01"))
    assert [list(one.errors) for one in table.rows] == [[], ["H3"], ["A4"]]


def test_other_columns_and_no_rows_are_no_roster(office):
    for rows in ([], [["姓名"]], [list(TITLES)]):
        with pytest.raises(UnreadableTable):
            check_roster(office, rows)


@pytest.mark.parametrize("birth", ["1978-06", "1978.6", "1978/06", "1978年6月", "１９７８年０６月", "197806"])
def test_months_are_read_as_people_write_them(office, birth):
    assert checked(office, row(birth=birth)).rows[0].birth == "1978-06"


def test_who_was_entered_by_hand_gets_the_number_and_is_no_second_person(office):
    by_hand = appoint(
        office, name="甲", division=factories.place(LIUAN), title="柳岸镇党委书记", began_on=date(2021, 5, 18), post="town_secretary"
    )  # fmt: skip
    table = checked(office, ROW)
    assert table.rows[0].status == "changed"
    import_roster(office, table)
    official = Official.objects.get()
    assert (official.pk, official.number, official.birth_month, official.appointments.count()) == (
        by_hand.pk, "G001", "1978-06", 1,
    )  # fmt: skip


def test_two_of_one_name_in_the_table_are_nobody_who_was_entered_by_hand(office):
    appoint(office, name="甲", division=factories.place(LIUAN), title="书记", began_on=date(2021, 5, 18))
    import_roster(office, checked(office, ROW, row(staff="G002", place="西塘桥镇")))
    assert sorted(Official.objects.values_list("number", flat=True)) == ["", "G001", "G002"]


def test_database_keeps_numbers_months_and_appointments_apart(office):
    import_roster(office, checked(office, ROW))
    official, one = Official.objects.get(), Appointment.objects.get()
    for made in (
        Official(number="G001", name="乙"),
        Official(number="G003", name="乙", birth_month="1978-13"),
        Appointment(official=official, post=one.post, division=one.division, title="x", began_on=one.began_on),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save()


# --- pages and access ----------------------------------------------------------------------------------------------


def filled(office) -> None:
    import_roster(
        office,
        checked(
            office, ROW, row(staff="G002", name="乙", birth="1992-03", degree="硕士", post="镇长", title="镇长", place="西塘桥镇"),
            row(staff="G003", name="丙", post="镇长", title="镇长", began="2019-01-01", ended="2024-12-31"),
        ),
    )  # fmt: skip


def test_figures_of_a_day_open_to_their_lists_and_every_view_is_kept(office):
    filled(office)
    client = signed_in(office)
    page = client.get("/officials/figures/", {"as_of": "2026-03-31", "before": "2024-06-30"})
    assert (page.context["now"].count("count"), page.context["then"].count("count")) == (2, 3)
    assert page.context["now"].count("young") == 1
    shown = client.get("/officials/figures/young/", {"as_of": "2026-03-31"}).content.decode()
    assert ("乙" in shown, "柳岸镇党委书记" in shown) == (True, False)
    seen = [record.details for record in Record.objects.filter(event="people.roster_seen").order_by("number")]
    assert seen == [
        {"what": "figures", "as_of": "2026-03-31", "people": 2},
        {"what": "young", "as_of": "2026-03-31", "people": 1},
    ]
    assert client.get("/officials/figures/nothing/").status_code == 404
    future = str(timezone.localdate() + timedelta(days=1))
    assert client.get("/officials/figures/", {"as_of": future}).status_code == 400
    assert client.get("/officials/figures/", {"first": "2021-02-01", "last": "2021-01-01"}).status_code == 400


def test_workbook_has_figures_and_no_names(office):
    filled(office)
    answer = signed_in(office).get("/officials/figures/", {"as_of": "2026-03-31", "format": "xlsx"})
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1][:3] == ("人数", 2, 100)
    assert not {"甲", "乙", "丙"} & {cell for line in rows for cell in line}


def test_import_page_shows_the_dry_run_and_takes_over_what_was_seen(office):
    client = signed_in(office)
    content = write_workbook([Sheet("名册", [list(TITLES), ROW, row(staff="=1+1", name="=cmd|x", place="西塘桥镇")])])
    page = client.post("/officials/import/", {"file": SimpleUploadedFile("a.xlsx", content)})
    assert (page.status_code, page.context["table"].counts) == (200, {"new": 2, "changed": 0, "same": 0, "error": 0})
    assert not Official.objects.exists()
    done = client.post("/officials/import/", {"table": page.context["table"].as_text})
    assert (done.status_code, Official.objects.count()) == (302, 2)
    wrong = client.post("/officials/import/", {"table": page.context["table"].as_text.replace("1978-06", "1878-06")})
    assert (wrong.status_code, Official.objects.count()) == (400, 2)
    assert client.post("/officials/import/", {"file": SimpleUploadedFile("a.xlsx", b"x")}).status_code == 400
    assert client.post("/officials/import/", {}).status_code == 400


@pytest.mark.parametrize("role", [role for role in ROLES if role != "city_office"])
def test_nobody_but_the_organisation_office_learns_anything(office, role):
    filled(office)
    user = factories.everybody()[role] if role != "city_office" else office
    client = signed_in(user)
    for page in ("figures/", "figures/young/", "import/", "import/template/", "figures/?format=xlsx"):
        assert client.get(f"/officials/{page}").status_code == 403
    assert client.post("/officials/import/", {"table": "x"}).status_code == 403
    assert not appointments_visible_to(user).exists()
    with pytest.raises(PermissionDenied):
        import_roster(user, checked(office, ROW))
    with pytest.raises(PermissionDenied):
        look_at(user, "figures", DAY, 1)


@pytest.mark.parametrize("number", [2, 40])
def test_figures_ask_as_much_for_forty_as_for_two(office, number, django_assert_num_queries):
    import_roster(
        office,
        checked(office, *(row(staff=f"G{n:03d}", name=f"示例{n}", place="柳岸镇" if n % 2 else XITANG) for n in range(number))),
    )  # fmt: skip
    client = signed_in(office)
    client.get("/officials/figures/")
    with django_assert_num_queries(9 + (connection.vendor == "postgresql")):  # the lock of the audit chain
        assert client.get("/officials/figures/", {"as_of": "2026-03-31"}).context["now"].count("count") == number
