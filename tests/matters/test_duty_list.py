"""The duty list: read from a workbook with errors by cell, put in force by edition, kept item by item, shown to all."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.factories import signed_in
from tests.matters.duties import asked, draft, in_force, row
from yizhen.audit.models import Record
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.matters.actions import assign_duty, decide_admission, discard_list, keep_item, put_in_force
from yizhen.matters.duties.changes import changes_between
from yizhen.matters.duties.queries import items_in_force, list_in_force
from yizhen.matters.duties.workbook import TITLES, read_list, write_list
from yizhen.matters.models import DutyItem, DutyList
from yizhen.people.models import ROLES

CITY = factories.CITY
GOOD = ["B-1", "隐患排查", "Checks", "基本", "保平安", "", "条例第五条", "", ""]


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def book(*rows, titles=TITLES) -> bytes:
    return write_workbook([Sheet("清单", [list(titles), *(list(each) for each in rows)])])


def changed(**cells) -> list[str]:
    made = list(GOOD)
    for column, value in cells.items():
        made["ABCDEFGHI".index(column)] = value
    return made


@pytest.mark.parametrize(
    ("cells", "cell"),
    [
        ({"A": ""}, "A2"), ({"A": "代码"}, "A2"), ({"A": "X" * 25}, "A2"), ({"B": ""}, "B2"), ({"B": "长" * 81}, "B2"),
        ({"C": "x" * 161}, "C2"), ({"D": "重要"}, "D2"), ({"E": "其他"}, "E2"), ({"D": "配合", "F": "NOPE"}, "F2"),
        ({"F": "EMG"}, "F2"), ({"D": "配合"}, "F2"), ({"D": "收回", "F": "乡镇"}, "F2"), ({"G": "长" * 121}, "G2"),
        ({"H": "明年"}, "H2"), ({"I": "2026-02-30"}, "I2"), ({"H": "2026-05-01", "I": "2026-04-30"}, "I2"),
    ],
)  # fmt: skip
def test_errors_are_found_by_cell(people, cells, cell):
    read = read_list(book(changed(**cells)), {"EMG": factories.unit()})

    assert ([error.cell for error in read.errors], read.items) == ([cell], [])


def test_every_wrong_cell_is_named_and_twice_the_same_code(people):
    rows = [changed(), changed(A="b-1"), changed(A="C-1", D="x", E="y", H="z")]

    read = read_list(book(*rows), {})

    assert [error.cell for error in read.errors] == ["A3", "D4", "E4", "H4"]
    assert "第 2 行" in read.errors[0].text


@pytest.mark.parametrize(
    ("content", "cell"),
    [(b"nothing", ""), (b"PK\x03\x04broken", ""), (book(GOOD, titles=("代码", *TITLES[1:])), "A1"), (book(), "A2")],
)
def test_file_that_is_no_list_is_refused(db, content, cell):
    assert [error.cell for error in read_list(content, {}).errors] == [cell]


def test_list_comes_back_as_it_went_out(people):
    rows = [
        row("B-1"), row("C-1", "cooperating", "EMG", ends_on=date(2031, 5, 1), basis="条例"),
        row("W-1", "withdrawn", "HEA", work_line="livelihood", starts_on=date(2026, 5, 1)),
    ]  # fmt: skip
    items = in_force(people["city_office"], rows=rows).values()
    units = {code: factories.unit(code) for code in ("EMG", "HEA")}

    read = read_list(write_list(items), units)

    again = [DutyItem(**each) for each in read.items]
    changes = changes_between(items, again)
    assert (read.errors, len(changes.same), changes.new, changes.changed, changes.gone) == ([], 3, [], [], [])


def test_departments_are_found_by_code_and_by_name(people):
    unit = factories.unit("HEA")

    read = read_list(book(changed(D="配合", F="hea"), changed(A="C-2", D="上级部门收回事项", F="HEA局")), {"HEA": unit})

    assert [(item["kind"], item["lead"]) for item in read.items] == [("cooperating", unit), ("withdrawn", unit)]


# --- editions ------------------------------------------------------------------------------------------------------


def test_draft_is_in_force_on_no_day(people):
    made = draft(people["city_office"], ago=5)

    assert list_in_force(CITY, timezone.localdate()) is None
    put_in_force(people["city_office"], made)
    assert list_in_force(CITY, timezone.localdate()) == made
    assert list_in_force(CITY, timezone.localdate() - timedelta(days=6)) is None


def test_new_edition_ends_the_one_before_on_the_day_before(people):
    office, today = people["city_office"], timezone.localdate()
    in_force(office, "旧版", ago=30)
    in_force(office, "新版", ago=0)

    days = [list_in_force(CITY, today - timedelta(days=n)).edition for n in (30, 1, 0)]

    assert days == ["旧版", "旧版", "新版"]
    assert DutyList.objects.get(edition="旧版").valid_to == today - timedelta(days=1)


@pytest.mark.parametrize(
    ("edition", "ago", "field"), [("旧版", 0, "edition"), ("新版", 30, "valid_from"), ("新版", 31, "valid_from")]
)
def test_edition_must_be_new_and_later(people, edition, ago, field):
    in_force(people["city_office"], "旧版", ago=30)

    with pytest.raises(ValidationError) as refused:
        draft(people["city_office"], edition, ago)
    assert list(refused.value.message_dict) == [field]


def test_second_of_two_drafts_of_one_day_is_not_put_in_force(people):
    office = people["city_office"]
    first, second = draft(office, "甲"), draft(office, "乙")
    put_in_force(office, first)

    with pytest.raises(ValidationError, match="须更晚"):
        put_in_force(office, second)
    with pytest.raises(ValidationError, match="已经生效"):
        discard_list(office, first)
    discard_list(office, second)
    assert list(DutyList.objects.all()) == [first]


def test_admitted_work_is_carried_into_the_next_edition_until_it_expires(people):
    office = people["city_office"]
    in_force(office, "旧版", ago=30)
    request = decide_admission(office, asked(people["department"]), granted=True)
    in_force(office, "新版", ago=0)

    carried = items_in_force(CITY, request.starts_on).get(code=request.number)

    assert (carried.duty_list.edition, carried.ends_on, carried.lead) == ("新版", request.ends_on, factories.unit())
    assert not items_in_force(CITY, request.ends_on + timedelta(days=1)).filter(code=request.number).exists()


@pytest.mark.parametrize("role", ROLES)
def test_only_the_city_office_keeps_the_list(people, role):
    if role == "city_office":
        assert put_in_force(people[role], draft(people[role])).in_force
        assert keep_item(people[role], **row("B-9")).code == "B-9"
        return
    made = draft(people["city_office"])
    for act in (
        lambda: draft(people[role]),
        lambda: put_in_force(people[role], made),
        lambda: discard_list(people[role], made),
    ):
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises(PermissionDenied):
        keep_item(people[role], **row("B-9"))


def test_change_of_an_item_is_recorded_with_what_it_was(people):
    item = in_force(people["city_office"])["C-1"]
    values = row("C-1", "withdrawn", "HEA")

    keep_item(people["city_office"], item, **values)
    keep_item(people["city_office"], item, **values)

    (told,) = Record.objects.filter(event="matters.duty_item_kept")
    assert told.details == {
        "code": "C-1",
        "before": {"kind": "cooperating", "lead": "EMG"},
        "after": {"kind": "withdrawn", "lead": "HEA"},
    }


def test_code_is_unique_in_its_edition(people):
    in_force(people["city_office"])

    with pytest.raises(ValidationError, match="已有这个代码"):
        keep_item(people["city_office"], **row("B-1"))


def test_database_refuses_what_is_no_item(people):
    edition = in_force(people["city_office"])["B-1"].duty_list
    wrong = (
        {"kind": "basic", "lead": factories.unit()},
        {"kind": "cooperating"},
        {"kind": "withdrawn"},
        {"kind": "other", "lead": factories.unit()},
        {"code": "B-1"},
        {"starts_on": date(2026, 2, 2), "ends_on": date(2026, 2, 1)},
    )
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            DutyItem.objects.create(duty_list=edition, **(row("B-9") | change))
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyList.objects.filter(pk=edition.pk).update(valid_to=edition.valid_from - timedelta(days=1))
    for change in ({"edition": edition.edition}, {"valid_from": edition.valid_from}):
        other = {"edition": "x", "valid_from": date(2020, 1, 1)} | change
        with pytest.raises(IntegrityError), transaction.atomic():
            DutyList.objects.create(division=edition.division, in_force=True, made_by=people["city_office"], **other)


# --- pages ---------------------------------------------------------------------------------------------------------


def test_import_page_shows_errors_then_a_draft_then_puts_it_in_force(people):
    client = signed_in(people["city_office"])
    day = timezone.localdate().isoformat()

    def send(*rows):
        file = SimpleUploadedFile("清单.xlsx", book(*rows))
        return client.post("/matters/duties/import/", {"file": file, "edition": "一", "basis": "文", "valid_from": day})

    wrong = send(changed(D="?"))
    assert (wrong.status_code, [error.cell for error in wrong.context["errors"]]) == (400, ["D2"])
    assert DutyList.objects.count() == 0
    right = send(GOOD)
    made = DutyList.objects.get()
    assert (right.status_code, right.headers["Location"]) == (302, f"/matters/duties/drafts/{made.pk}/")
    page = client.get(right.headers["Location"])
    assert ([item.code for item in page.context["changes"].new], made.in_force) == (["B-1"], False)
    client.post(right.headers["Location"], {"do": "force"})
    assert [item.code for item in items_in_force(CITY, timezone.localdate())] == ["B-1"]
    assert client.get(right.headers["Location"]).status_code == 404


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, ["B-1", "C-1", "C-2", "W-1"]), ({"kind": "cooperating"}, ["C-1", "C-2"]), ({"line": "safety"}, ["B-1", "C-1", "C-2", "W-1"]),
        ({"line": "development"}, []), ({"q": "HEA"}, ["C-2"]), ({"q": "事项W"}, ["W-1"]), ({"q": "%"}, []), ({"edition": "99999999999"}, ["B-1", "C-1", "C-2", "W-1"]),
    ],
)  # fmt: skip
def test_list_page_filters(people, query, codes):
    in_force(people["city_office"])

    page = signed_in(people["village"]).get("/matters/duties/", query)

    assert [item.code for _c, _n, _k, items in page.context["groups"] for item in items] == codes
    assert [count for _c, _n, count, _items in page.context["groups"]] == [1, 2, 1]


def test_drafts_are_seen_by_their_keeper_alone(people):
    made = draft(people["city_office"])
    item = made.items.first()

    statuses = {
        role: signed_in(user).get(f"/matters/duties/items/{item.pk}/").status_code for role, user in people.items()
    }

    assert statuses == {role: 200 if role == "city_office" else 404 for role in ROLES}


def test_download_holds_the_list(people):
    in_force(people["city_office"])

    answer = signed_in(people["township_office"]).get("/matters/duties/list.xlsx")

    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert [[cell.value for cell in line][:4] for line in sheet.iter_rows()][:3] == [
        list(TITLES[:4]), ["B-1", "事项B-1", "Item B-1", "基本"], ["C-1", "事项C-1", "Item C-1", "配合"],
    ]  # fmt: skip


def test_item_page_lists_the_tasks_that_the_reader_sees(people):
    item = in_force(people["city_office"])["B-1"]
    content = {"title": "排查", "text": "报送。", "work_line": "safety", "due_on": timezone.localdate()}
    for number, code in enumerate((factories.LIUAN, factories.SHIMEN)):
        assign_duty(
            people["city_office"], duty=item, client_id=str(number), townships=[factories.place(code)], **content
        )

    seen = {
        role: len(signed_in(people[role]).get(f"/matters/duties/items/{item.pk}/").context["tasks"])
        for role in ("city_office", "county", "township_office", "department", "scrutineer")
    }

    assert seen == {"city_office": 2, "county": 1, "township_office": 1, "department": 0, "scrutineer": 0}


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_the_same_queries_for_one_and_three_items(people, number):
    office = people["city_office"]
    items = in_force(office, rows=[row(f"C-{n}", "cooperating", "EMG") for n in range(number)])
    content = {"title": "排查", "text": "报送。", "work_line": "safety", "due_on": timezone.localdate()}
    for n in range(number):
        assign_duty(
            people["department"],
            duty=items["C-0"],
            client_id=str(n),
            townships=[factories.place(factories.LIUAN)],
            **content,
        )
    client = signed_in(people["department"])
    found = {}
    for page in ("/matters/duties/", f"/matters/duties/items/{items['C-0'].pk}/", "/matters/assign/"):
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        found[page.rstrip("0123456789/")] = len(queries)

    assert list(found.values()) == [12, 9, 11]
