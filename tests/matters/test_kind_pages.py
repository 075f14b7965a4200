"""A kind made in the browser: copied, edited, proved by cases, put in force by a second person."""

from io import BytesIO

import openpyxl
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests import factories
from tests.factories import signed_in
from tests.matters.led import opened
from yizhen.audit.models import Record
from yizhen.matters.actions.kinds import copy_kind, put_in_force
from yizhen.matters.kind_forms import KindDesk
from yizhen.matters.kinds import KINDS
from yizhen.matters.kinds.registry import kind_of
from yizhen.matters.models import Matter, OwnKind

NEW = {"code": "tree_felling", "letter": "TF", "name_zh": "树木修剪", "name_en": "Tree felling"}
CASES = [
    ("2026-03-02 open", "filed", "2026-03-03"),
    ("2026-03-02 open; 2026-03-03 dispatch", "new", "2026-03-10"),
    ("2026-03-02 open; 2026-03-03 dispatch; 2026-03-04 accept; 2026-03-05 report_done", "handled", "2026-03-10"),
]


@pytest.fixture
def offices(db):
    factories.fictional_city()
    return factories.account("city_office"), factories.account("city_office")


def posted(spec, **changed):
    """What the form of a draft sends when nothing was touched but ``changed``."""
    desk, data = KindDesk(spec), {}
    forms = [desk.main, desk.clocks.management_form, *desk.clocks, desk.fields.management_form, *desk.fields]
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = list(value) if isinstance(value, tuple) else value
    return {**data, **changed}


def rows(cases):
    return {"steps": [c[0] for c in cases], "state": [c[1] for c in cases], "due": [c[2] for c in cases]}


def drafted(office, cases=CASES):
    browser = signed_in(office)
    assert browser.post("/matters/kinds/hazard/copy/", NEW).status_code == 302
    assert browser.post("/matters/kinds/tree_felling/cases/", rows(cases)).status_code == 302
    return OwnKind.objects.get(code="tree_felling")


def test_kind_is_made_in_the_browser_and_put_in_force_by_a_second_person(offices):
    first, second = (signed_in(office) for office in offices)
    own = drafted(offices[0])

    assert "您是最后修改的人" in first.get("/matters/kinds/tree_felling/cases/").content.decode()
    assert first.post("/matters/kinds/tree_felling/force/").status_code == 403
    page = second.get("/matters/kinds/tree_felling/cases/")
    assert (page.context["count"], page.context["passed"], page.context["ready"]) == (3, 3, True)
    assert second.post("/matters/kinds/tree_felling/force/").status_code == 302

    own.refresh_from_db()
    assert (own.state, own.by, own.put_in_force_by) == ("in_force", *offices)
    assert opened_tree(offices[0]).number.startswith("TF")
    assert list(Record.objects.filter(event__startswith="matters.kind").order_by("pk").values_list("event", flat=True)) == [
        "matters.kind_drafted", "matters.kind_cases_changed", "matters.kind_put_in_force",
    ]  # fmt: skip


def opened_tree(office):
    from yizhen.matters.actions import open_matter
    from yizhen.places.models import Division

    fields = {"major": "no", "place": "行道树"}
    return open_matter(
        office, kind="tree_felling", title="枯枝悬在人行道上", text="请修剪。", division=Division.objects.get(code=factories.LIUAN),
        work_line="safety", client_id=f"tree{Matter.objects.count()}", fields=fields,
    )  # fmt: skip


def test_matters_in_progress_keep_the_rules_under_which_they_were_filed(offices):
    before = opened("hotline", offices[0], fields={"demand": KINDS["hotline"].fields_of("open")[0].choices[0]})
    first, second = (signed_in(office) for office in offices)
    known = {"code": "hotline", "letter": "D", "name_zh": KINDS["hotline"].name_zh, "name_en": KINDS["hotline"].name_en}
    assert first.post("/matters/kinds/hotline/copy/", known).status_code == 302
    own = OwnKind.objects.get(code="hotline")
    assert own.cases.count() == 5  # the shipped ones come along

    answer = first.post("/matters/kinds/hotline/draft/", posted(own.spec, **{"clocks-1-amount": 2}))
    assert answer.status_code == 302
    failing = second.get("/matters/kinds/hotline/cases/")
    assert (failing.context["passed"], failing.context["ready"]) == (1, False)
    second.post("/matters/kinds/hotline/force/")
    assert OwnKind.objects.get(code="hotline").state == "draft"  # cases that fail keep it one
    cases = [("2026-03-02 open; 2026-03-03 dispatch", "new", "2026-03-05")] * 3
    first.post("/matters/kinds/hotline/cases/", rows(cases))
    second.post("/matters/kinds/hotline/force/")

    assert kind_of("hotline").clocks[1].amount == 2
    assert Matter.objects.get(pk=before.pk).kind_info.clocks[1].amount == 5
    first.post("/matters/kinds/hotline/copy/", known)
    second_version = OwnKind.objects.get(code="hotline", state="draft")
    assert (second_version.version, second_version.cases.count()) == (2, 3)
    second.post("/matters/kinds/hotline/force/")
    assert list(OwnKind.objects.filter(code="hotline").values_list("version", "state")) == [
        (2, "in_force"),
        (1, "retired"),
    ]


@pytest.mark.parametrize("cases", [CASES[:2], [*CASES[:2], ("2026-03-02 open", "new", "")]])
def test_too_few_or_failing_cases_keep_it_a_draft(offices, cases):
    own = drafted(offices[0], cases)

    answer = signed_in(offices[1]).post("/matters/kinds/tree_felling/force/", follow=True)

    own.refresh_from_db()
    assert own.state == "draft"
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_one_account_alone_is_told_that_a_second_one_is_needed(db):
    factories.fictional_city()
    office = factories.account("city_office")
    drafted(office)

    page = signed_in(office).get("/matters/kinds/tree_felling/cases/").content.decode()

    assert "现在只有一个评议办账号" in page


def test_database_refuses_the_same_person_and_changes_of_what_is_in_force(offices):
    own = drafted(offices[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnKind.objects.filter(pk=own.pk).update(state="in_force", put_in_force_by=offices[0])
    put_in_force(offices[1], own)

    for change in (
        lambda: OwnKind.objects.filter(pk=own.pk).update(spec={}),
        lambda: own.cases.all().delete(),
        lambda: own.cases.update(state="closed"),
        lambda: OwnKind.objects.filter(pk=own.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_fault_is_shown_at_the_field_in_which_it_was_typed(offices):
    own = drafted(offices[0])
    wrong = posted(
        own.spec, letter="X", **{"clocks-1-amount": 0, "fields-0-name_zh": "联系电话", "look_back_days": "90, 30"}
    )

    answer = signed_in(offices[0]).post("/matters/kinds/tree_felling/draft/", wrong)

    desk = answer.context["desk"]
    assert answer.status_code == 400
    assert set(desk.main.errors) == {"letter", "look_back_days"}
    assert set(desk.clocks.forms[1].errors) == {"amount"}
    assert set(desk.fields.forms[0].errors) == {"name_zh"}
    assert OwnKind.objects.get(pk=own.pk).spec == own.spec


def test_untouched_form_of_every_kind_changes_nothing(offices):
    for kind in KINDS.values():
        spec = copy_kind(
            offices[0], kind, code=kind.code, letter=kind.letter, name_zh=kind.name_zh, name_en=kind.name_en
        ).spec
        desk = KindDesk(spec, posted_dict(posted(spec)))
        assert desk.is_valid(), desk.main.errors
        assert desk.result == spec


def posted_dict(data):
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def test_cases_go_out_and_in_as_a_workbook_with_errors_by_cell(offices):
    own = drafted(offices[0])
    browser = signed_in(offices[0])
    book = openpyxl.load_workbook(BytesIO(browser.get("/matters/kinds/tree_felling/cases/table.xlsx").content))
    sheet = book.worksheets[0]
    assert [tuple(row) for row in sheet.values][1] == CASES[0]
    sheet.append(["2026-03-02 open; 2026-03-03 fly", "nowhere", "soon"])

    refused = browser.post("/matters/kinds/tree_felling/cases/upload/", {"file": uploaded(book)})
    assert (refused.status_code, sorted(dict(refused.context["cell_errors"]))) == (400, ["B5", "C5"])
    assert own.cases.count() == 3
    for column, value in enumerate(("2026-03-02 open；2026-03-03 派遣", "已交办", "2026/3/10"), start=1):
        sheet.cell(5, column, value)
    taken = browser.post("/matters/kinds/tree_felling/cases/upload/", {"file": uploaded(book)}, follow=True)

    assert (taken.context["count"], taken.context["passed"]) == (4, 4)


def uploaded(book):
    content = BytesIO()
    book.save(content)
    return factories.upload("cases.xlsx", content.getvalue())


@pytest.mark.parametrize("file", [b"", b"no workbook"])
def test_file_that_is_no_table_of_cases_is_refused(offices, file):
    drafted(offices[0])

    answer = signed_in(offices[0]).post(
        "/matters/kinds/tree_felling/cases/upload/", {"file": factories.upload("cases.xlsx", file)}
    )

    assert answer.status_code == 400


def test_second_draft_of_a_kind_and_a_code_that_exists_are_refused(offices):
    drafted(offices[0])
    browser = signed_in(offices[1])
    for code, letter in (("tree_felling", "TG"), ("petition", "TG"), ("other", "X")):
        browser.post("/matters/kinds/hazard/copy/", {**NEW, "code": code, "letter": letter})

    assert OwnKind.objects.count() == 1


def test_draft_can_be_dropped(offices):
    drafted(offices[0])

    signed_in(offices[1]).post("/matters/kinds/tree_felling/drop/")

    assert OwnKind.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_the_same_number_of_queries(offices, number, django_assert_num_queries):
    for letter in "ABC"[:number]:
        code = f"kind_{letter.lower()}"
        copy_kind(offices[0], KINDS["hazard"], code=code, letter=f"Q{letter}", name_zh="新种类", name_en="New")
    browser = signed_in(offices[0])
    browser.get("/matters/kinds/")

    for page, queries in (
        ("/matters/kinds/", 3),
        ("/matters/kinds/petition/", 3),
        ("/matters/lifecycle/?kind=petition", 3),
        ("/matters/kinds/kind_a/draft/", 4),
    ):
        with django_assert_num_queries(queries):
            browser.get(page)


def test_lifecycle_page_shows_the_table_of_all_kinds_and_of_one(offices):
    browser = signed_in(offices[0])
    every, petition = browser.get("/matters/lifecycle/"), browser.get("/matters/lifecycle/?kind=petition")

    assert len(every.context["rows"]) == 40
    verbs = {row.verb for row in petition.context["rows"]}
    assert "ask_first_review" in verbs
    assert not {"confirm", "look_back_holds", "verdict_unsatisfied"} & verbs
    assert [clock.code for clock in petition.context["opening"][1]] == ["received", "direct_notice"]
