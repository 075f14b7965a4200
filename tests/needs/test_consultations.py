"""Consultations: frozen once open, one answer a form, codes that lead nowhere, results no firmer than they are, debts."""

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from tests import factories
from tests.factories import GUDU, LIUAN, SHIMEN, request, signed_in, task
from tests.needs.asked import drafted, ended, in_days, opened
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.needs.board import board_lines
from yizhen.needs.consultations.actions import (
    draft_consultation,
    give_answer,
    open_consultation,
    stop_consultation,
    tell_outcome,
)
from yizhen.needs.consultations.invitations import print_invitations
from yizhen.needs.consultations.queries import consultations_visible_to, owed
from yizhen.needs.consultations.results import counted, lines_of, published, result_of
from yizhen.needs.consultations.rules import ASKING, READING
from yizhen.needs.consultations.wording import names_somebody
from yizhen.needs.models import Answer, Consultation, FreeText, Invitation, Outcome
from yizhen.people.models import ROLES


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.fixture
def office(people):
    return people["township_office"]


# --- asking ----------------------------------------------------------------------------------------------------------


def test_question_is_changed_while_it_is_a_draft_and_never_after(people, office):
    draft = drafted(office, audience="places", places=("990181101201",))
    draft = draft_consultation(
        office, client_id="x", before=draft, version=1, places=[factories.place("990181101202")], title="新标题", text="说明",
        options=["是", "否"], several=False, wants_text=False, audience="places", by_lot=False, opens_on=in_days(0),
        closes_on=in_days(3),
    )  # fmt: skip
    assert (draft.title, draft.options, [p.code for p in draft.places.all()]) == (
        "新标题",
        ["是", "否"],
        ["990181101202"],
    )
    with pytest.raises(ValidationError, match="别人改过"):
        draft_consultation(
            office, client_id="y", before=draft, version=1, title="旧页面", text="说明", options=["是", "否"], several=False,
            wants_text=False, audience="everybody", by_lot=False, opens_on=in_days(0), closes_on=in_days(3),
        )  # fmt: skip
    draft = open_consultation(office, draft)

    with pytest.raises(ValidationError, match="已经公开"):
        open_consultation(office, draft)
    village = factories.place("990181101201")
    for change in (
        lambda: Consultation.objects.filter(pk=draft.pk).update(title="别的"),
        lambda: Consultation.objects.filter(pk=draft.pk).update(options=["是", "否", "都行"]),
        lambda: Consultation.objects.filter(pk=draft.pk).update(closes_on=in_days(9)),
        lambda: Consultation.objects.filter(pk=draft.pk).update(opened_at=None),
        lambda: Consultation.objects.filter(pk=draft.pk).delete(),
        lambda: draft.places.add(village),
        lambda: draft.places.clear(),
    ):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            change()


def test_same_form_sent_twice_is_one_question_and_wrong_ones_are_told_at_their_fields(people, office):
    given = {
        "title": "t", "text": "x", "options": ["一", "二"], "several": False, "wants_text": True, "audience": "everybody",
        "by_lot": False, "opens_on": in_days(0), "closes_on": in_days(1),
    }  # fmt: skip
    assert draft_consultation(office, client_id="1", **given) == draft_consultation(office, client_id="1", **given)
    for changes, field in (
        ({"options": ["一"]}, "options"), ({"options": ["一", "一"]}, "options"), ({"options": ["长" * 61, "二"]}, "options"),
        ({"audience": "places"}, "places"), ({"closes_on": in_days(-1), "opens_on": in_days(-2)}, "closes_on"),
        ({"by_lot": True}, "__all__"), ({"opens_on": in_days(2)}, "__all__"),
    ):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            draft_consultation(office, client_id="2", **(given | changes))
        assert field in refused.value.message_dict, changes
    with pytest.raises(ValidationError, match="只能问本地的居民"):
        drafted(office, audience="places", places=(GUDU,))


def test_offices_see_what_is_open_and_their_own_drafts_and_run_their_own_alone(people, office):
    mine, open_one = drafted(office), opened(people["city_office"])
    theirs = drafted(people["department"])
    seen = {role: set(consultations_visible_to(people[role])) for role in ROLES}
    head = {"township_head", "township_office"}
    assert seen == {
        role: set()
        if role not in READING
        else {open_one} | ({mine} if role in head else set()) | ({theirs} if role == "department" else set())
        for role in ROLES
    }
    for role in ROLES:
        client = signed_in(people[role])
        assert client.get("/needs/consultations/").status_code == (200 if role in READING else 403)
        assert client.get("/needs/consultations/new/").status_code == (200 if role in ASKING else 403)
        expected = 200 if role in head else 404 if role in READING else 403
        assert client.get(f"/needs/consultations/{mine.pk}/").status_code == expected
        publish = client.post(f"/needs/consultations/{open_one.pk}/outcome/", {})
        assert publish.status_code == (400 if role == "city_office" else 403)
        if role != "city_office":
            with pytest.raises(PermissionDenied):
                tell_outcome(people[role], open_one, client_id="o", text="x")


# --- answering -------------------------------------------------------------------------------------------------------


def test_one_form_is_one_answer_and_leaves_no_record_of_who_or_when(people, office):
    found = opened(office)
    before = Record.objects.count()
    assert [give_answer(found, client_id="a", choices=[1], text="多开灯") for _ in range(2)] == [True, False]
    assert give_answer(found, client_id="b", choices=[2])
    assert (Answer.objects.count(), FreeText.objects.get().text, Record.objects.count()) == (2, "多开灯", before)
    sheet = Answer.objects.values_list("sheet", flat=True)[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.create(consultation=found, sheet=sheet, choices=[0])
    for change in (lambda: Answer.objects.update(choices=[0]), lambda: FreeText.objects.all().delete()):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"choices": []}, "choices"),
        ({"choices": [0, 1]}, "choices"),
        ({"choices": [7]}, "choices"),
        ({"choices": [0], "text": "打我电话 139-0000-0000"}, "text"),
        ({"choices": [0], "place": SHIMEN}, "place"),
        ({"choices": [0], "place": ""}, "place"),
    ],
)
def test_wrong_answers_are_told_at_their_fields(people, office, given, field):
    found = opened(office, audience="places", places=("990181101201",))
    with pytest.raises(ValidationError) as refused:
        give_answer(found, client_id="a", **({"place": "990181101201"} | given))
    assert list(refused.value.message_dict) == [field]
    assert not Answer.objects.exists()


def test_nothing_is_answered_before_the_first_day_or_after_the_last(people, office):
    for found in (
        drafted(office),
        opened(office, opens_on=in_days(1)),
        ended(office),
    ):
        with pytest.raises(ValidationError, match="现在不能答"):
            give_answer(found, client_id="a", choices=[0])
    draft = drafted(office)
    with pytest.raises(DatabaseError, match="refuses insert"), transaction.atomic():
        Answer.objects.create(consultation=draft, sheet="0", choices=[0])


def test_stopped_question_says_why_takes_no_answer_and_is_still_answered_for(people, office, client):
    found = opened(office)
    give_answer(found, client_id="a", choices=[1])
    page = signed_in(office)
    empty = page.post(f"/needs/consultations/{found.pk}/stop/", {"stop_reason": " "})
    assert (empty.status_code, list(empty.context["stop_form"].errors)) == (400, ["stop_reason"])
    with pytest.raises(PermissionDenied):
        stop_consultation(people["county"], found, "x")
    assert page.post(f"/needs/consultations/{found.pk}/stop/", {"stop_reason": "选项写错了。"}).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.debt, owed().get()) == ("owed", 0, found)
    public = client.get(f"/ask/consultations/{found.pk}/").content.decode()
    assert ("选项写错了。" in public, "<fieldset" in public) == (True, False)
    with pytest.raises(ValidationError):
        give_answer(found, client_id="b", choices=[1])
    with pytest.raises(ValidationError):
        stop_consultation(office, found, "再停一次")
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Answer.objects.create(consultation=found, sheet="s", choices=[1])
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Consultation.objects.filter(pk=found.pk).update(stopped_on=None, stop_reason="")
    tell_outcome(office, found, client_id="o", text="重新问一次。")
    found = Consultation.objects.get(pk=found.pk)
    assert (found.state, owed().count()) == ("answered", 0)


def test_draft_and_what_has_ended_are_not_stopped(office):
    for found in (drafted(office), ended(office)):
        with pytest.raises(ValidationError):
            stop_consultation(office, found, "不问了")


def test_invitation_opens_one_sheet_and_leaves_nothing_to_join(people, office):
    found = opened(office, audience="invited", by_lot=True)
    codes = print_invitations(office, found, client_id="1", number=3)
    assert (len(set(codes)), print_invitations(office, found, client_id="1", number=3)) == (3, [])
    kept = set(Invitation.objects.values_list("pk", flat=True))
    assert not kept & set(codes)

    lower = f"{codes[0][:5]}-{codes[0][5:]}".lower()
    assert give_answer(found, client_id="a", choices=[0], code=lower)
    assert not give_answer(found, client_id="a", choices=[0], code=codes[0])
    for code in (codes[0], "", "XXXXX"):
        with pytest.raises(ValidationError) as refused:
            give_answer(found, client_id="b", choices=[0], code=code)
        assert list(refused.value.message_dict) == ["code"]
    assert (Invitation.objects.count(), Answer.objects.count()) == (2, 1)

    other = opened(office, audience="invited")
    with pytest.raises(ValidationError):
        give_answer(other, client_id="c", choices=[0], code=codes[1])
    for role in set(ROLES) - {"township_office", "township_head"}:
        with pytest.raises(PermissionDenied):
            print_invitations(people[role], found, client_id="2", number=1)


def test_no_column_leads_from_an_answer_or_a_text_to_an_invitation_an_account_or_a_time():
    models = {name: apps.get_model("needs", name) for name in ("answer", "freetext", "invitation")}
    columns = {name: {field.name for field in model._meta.get_fields()} for name, model in models.items()}
    assert columns == {
        "answer": {"key", "consultation", "sheet", "choices", "place"},
        "freetext": {"key", "consultation", "text"},
        "invitation": {"code_hash", "consultation"},
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("打139 0000 0000", True),
        ("110101200001011234", True),
        ("0990-8123456", True),
        ("要 120 盏灯，2026年", False),
        ("", False),
    ],
)
def test_numbers_that_name_somebody_are_found(text, found):
    assert names_somebody(text) == found


# --- results ---------------------------------------------------------------------------------------------------------


def test_counts_below_five_and_what_gives_them_away_are_hidden_with_their_shares():
    sheets = [[0]] * 40 + [[1]] * 12 + [[2]] * 3
    counts, total = published(counted(3, sheets), len(sheets), several=False)
    shown = lines_of(["a", "b", "c"], counts, total, by_lot=False)
    assert [line.count for line in shown][0::2] == [40, "<5"]
    assert "※" in {shown[1].count, total}
    assert [line.share for line in shown if isinstance(line.count, str)] == [None] * sum(
        isinstance(line.count, str) for line in shown
    )
    if isinstance(total, str):
        assert {line.share for line in shown} == {None}
    assert published([2, 1], 3, several=False) == (["<5", "<5"], "<5")
    assert published([4, 20], 22, several=True) == (["<5", 20], 22)
    assert published([0, 9], 9, several=False) == ([0, 9], 9)


def test_interval_stands_only_where_people_were_drawn_by_lot():
    [drawn] = lines_of(["a"], [30], 60, by_lot=True)
    [own_wish] = lines_of(["a"], [30], 60, by_lot=False)
    assert drawn.low is not None
    assert drawn.high is not None
    assert (round(drawn.low, 1), round(drawn.high, 1)) == (37.7, 62.3)
    assert (own_wish.share, own_wish.low, own_wish.high) == (50.0, None, None)


def test_result_is_told_after_the_end_alone_and_texts_to_the_asking_office_alone(people, office, client):
    found = ended(office, answers=(9, 6, 5))
    with days_ago(3):
        give_answer(found, client_id="t", choices=[0], text="只给发起单位看的话")
    assert (result_of(found).sheets, [line.count for line in result_of(found).lines]) == (21, [10, 6, 5])
    page = client.get(f"/ask/consultations/{found.pk}/").content.decode()
    assert "谁愿意答谁答" in page
    assert "只给发起单位看的话" not in page
    for role in READING:
        shown = signed_in(people[role]).get(f"/needs/consultations/{found.pk}/").content.decode()
        assert ("只给发起单位看的话" in shown) == (role in {"township_office", "township_head"}), role

    running = opened(office)
    give_answer(running, client_id="r", choices=[0])
    assert client.get(f"/ask/consultations/{running.pk}/").context["result"] is None


def test_places_are_shown_only_beside_a_total_that_is_shown(people, office):
    villages = ("990181101201", "990181101202")
    found = ended(office, answers=(9, 6, 5), audience="places", places=villages)
    assert [(place.code, count) for place, count in result_of(found).places] == [(villages[0], 20), (villages[1], 0)]
    few = ended(office, answers=(9, 2, 5), audience="places", places=villages)
    result = result_of(few)
    assert not (isinstance(result.sheets, str) and result.places)


# --- debts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "light"), [(1, "yellow"), (30, "yellow"), (31, "red")])
def test_consultation_without_an_answer_is_a_debt_red_after_thirty_days(people, office, client, days, light):
    found = ended(office, days)
    assert (found.state, found.debt, found.light) == ("owed", days, light)
    assert list(owed()) == [found]
    words = f"截止 {days} 天"
    assert words in client.get("/ask/consultations/").content.decode()
    assert words in signed_in(people["city_office"]).get("/needs/consultations/?owed=1").content.decode()
    [line, *_others] = board_lines(office, factories.place(LIUAN))
    assert (line.light, line.value) == (light, "1 件欠答复")

    tell_outcome(office, found, client_id="o", text="采纳了。")
    assert (Consultation.objects.get().state, Consultation.objects.get().debt, list(owed())) == ("answered", None, [])
    assert board_lines(office, factories.place(LIUAN))[0].light == "green"


def test_outcome_names_matters_that_anybody_may_know_and_stands(people, office, client):
    found = ended(office)
    own = request(title="只有承办单位看得到的标题")[0]
    far = task(people["city_office"], SHIMEN)
    with pytest.raises(ValidationError, match=far.number):
        tell_outcome(office, found, client_id="o", text="办了。", numbers=[own.number, far.number])
    told = tell_outcome(office, found, client_id="o", text="办了。", numbers=[own.number.lower(), ""], projects="灯")
    assert tell_outcome(office, found, client_id="o", text="再说一次") == told
    page = client.get(f"/ask/consultations/{found.pk}/").content.decode()
    assert (own.number in page, "只有承办单位看得到的标题" in page) == (True, False)
    assert f"/matters/{own.number}/" in signed_in(office).get(f"/needs/consultations/{found.pk}/").content.decode()
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
        Outcome.objects.update(text="改口")
    with pytest.raises(ValidationError, match="截止以后"):
        tell_outcome(office, opened(office), client_id="p", text="太早")
    with pytest.raises(ValidationError) as refused:
        tell_outcome(office, found, client_id="q", text=" ")
    assert list(refused.value.message_dict) == ["text"]


# --- pages -----------------------------------------------------------------------------------------------------------


def test_pages_take_a_question_from_draft_to_answer(people, office, client):
    desk = signed_in(office)
    sent = {
        "client_id": "1", "title": "周末开放到几点", "text": "说明", "options": "六点\r\n\r\n八点\n", "audience": "invited",
        "wants_text": "on", "opens_on": str(in_days(0)), "closes_on": str(in_days(5)),
    }  # fmt: skip
    wrong = desk.post("/needs/consultations/new/", sent | {"options": "只有一个"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["options"])
    assert "只有一个" in wrong.content.decode()
    assert desk.post("/needs/consultations/new/", sent).status_code == 302
    found = Consultation.objects.get()
    page = f"/needs/consultations/{found.pk}/"
    assert client.get(f"/ask/consultations/{found.pk}/").status_code == 404
    assert desk.post(f"{page}change/", sent | {"options": "六点\n九点", "version": "1"}).status_code == 302
    assert desk.post(f"{page}publish/").status_code == 302
    assert desk.post(f"{page}publish/").status_code == 400
    assert desk.post(f"{page}invitations/", {"client_id": "1", "number": "0"}).status_code == 400
    [code] = desk.post(f"{page}invitations/", {"client_id": "1", "number": "1"}).context["codes"]

    public = f"/ask/consultations/{found.pk}/"
    refused = client.post(public, {"client_id": "a", "choices": "1", "code": "no", "text": "留着的话"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["code"])
    assert "留着的话" in refused.content.decode()
    assert client.post(public, {"client_id": "a", "choices": "1", "code": code}).context["new"]
    assert not client.post(public, {"client_id": "a", "choices": "1", "code": code}).context["new"]
    assert Answer.objects.get().choices == [1]
    assert set(client.cookies) <= {"csrftoken"}


@pytest.mark.parametrize("number", [1, 6])
def test_lists_ask_as_much_for_many_as_for_one(people, office, client, number, django_assert_num_queries):
    for _ in range(number):
        tell_outcome(office, ended(office), client_id=f"o{Consultation.objects.count()}", text="办了。")
    desk = signed_in(office)
    desk.get("/needs/consultations/")
    with django_assert_num_queries(7):
        assert len(desk.get("/needs/consultations/").context["rows"]) == number
    with django_assert_num_queries(4):
        assert len(client.get("/ask/consultations/").context["consultations"]) == number
