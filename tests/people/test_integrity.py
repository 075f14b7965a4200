"""Commitments to integrity and looks at declared relations: who gives, who records, who reads, and what the database keeps."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, SHIMEN, XITANG, signed_in
from yizhen.audit.models import Record
from yizhen.people.actions import appoint, declare_relation
from yizhen.people.integrity.actions import give_commitment, record_commitment, set_text
from yizhen.people.integrity.queries import commitments_in, lines_for
from yizhen.people.models import ROLES, Commitment, CommitmentText

PAGE = "/officials/commitments/"


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def leader(place: str = LIUAN, account=None, name: str = "示例干部", post: str = "town_secretary"):
    return appoint(
        None, name=name, division=factories.place(place), title="书记", post=post, began_on=date(2020, 1, 1),
        account=account,
    )  # fmt: skip


def this_year() -> int:
    return timezone.localdate().year


def on_paper(people, official, number: str = "廉诺〔2031〕7号"):
    today = timezone.localdate()
    return record_commitment(people["city_office"], official, year=today.year, given_on=today, paper=number)


def test_leader_gives_his_own_commitment_once_and_nobody_gives_it_for_him(people):
    official = leader(account=people["township_head"])
    with pytest.raises(ValidationError, match="还没有定"):
        give_commitment(people["township_head"], official, year=this_year())
    set_text(people["city_office"], "不收礼金。")
    for role in set(ROLES) - {"township_head"}:
        with pytest.raises(PermissionDenied):
            give_commitment(people[role], official, year=this_year())
    one = give_commitment(people["township_head"], official, year=this_year())
    assert give_commitment(people["township_head"], official, year=this_year()) == one
    assert (one.in_person, one.paper, one.text.number) == (True, "", 1)
    with pytest.raises(ValidationError):
        give_commitment(people["township_head"], official, year=this_year() - 1)


def test_office_records_a_paper_with_its_number_and_nobody_else_does(people):
    official = leader()
    set_text(people["city_office"], "不收礼金。")
    for role in set(ROLES) - {"city_office"}:
        with pytest.raises(PermissionDenied):
            record_commitment(people[role], official, year=2031, given_on=timezone.localdate(), paper="1")
    with pytest.raises(ValidationError) as refused:
        record_commitment(people["city_office"], official, year=this_year(), given_on=date(2099, 1, 1), paper=" ")
    assert set(refused.value.message_dict) == {"paper", "given_on"}
    assert on_paper(people, official).paper == "廉诺〔2031〕7号"
    with pytest.raises(ValidationError, match="已有记录"):
        on_paper(people, official, "另一号")


def test_new_text_leaves_what_was_given_under_the_old_one(people):
    official = leader()
    first = set_text(people["city_office"], "第一版。")
    assert set_text(people["city_office"], " 第一版。 ") == first
    given = on_paper(people, official)
    assert set_text(people["city_office"], "第二版。").number == 2
    assert Commitment.objects.get(pk=given.pk).text.text == "第一版。"
    for role in set(ROLES) - {"city_office"}:
        with pytest.raises(PermissionDenied):
            set_text(people[role], "x")


def test_database_keeps_commitments_as_they_were_given(people):
    set_text(people["city_office"], "不收礼金。")
    one = on_paper(people, leader())
    other = leader(XITANG, name="示例干部乙")
    fields = {
        "official": other, "year": this_year(), "text": one.text, "given_on": one.given_on,
        "recorded_by": one.recorded_by, "recorded_at": one.recorded_at,
    }  # fmt: skip
    for change in (
        lambda: Commitment.objects.filter(pk=one.pk).update(given_on=date(2020, 1, 1)),
        lambda: Commitment.objects.filter(pk=one.pk).delete(),
        lambda: CommitmentText.objects.update(text="改了"),
        lambda: Commitment.objects.create(**fields, in_person=False, paper=""),
        lambda: Commitment.objects.create(**fields, in_person=True, paper="7"),
        lambda: Commitment.objects.create(**{**fields, "official": one.official}, in_person=False, paper="8"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_who_has_not_given_it_is_read_by_the_office_and_the_own_township_alone(people):
    set_text(people["city_office"], "不收礼金。")
    on_paper(people, leader())
    leader(XITANG, name="示例干部乙")
    leader(SHIMEN, name="示例干部丙", post="other")
    today = timezone.localdate()
    seen = {
        role: [(one.appointment.division_id, one.commitment is not None) for one in lines_for(user, today.year, today)]
        for role, user in people.items()
    }
    assert {role: rows for role, rows in seen.items() if rows} == {
        "city_office": [(LIUAN, True), (XITANG, False)],
        "township_head": [(LIUAN, True)],
        "township_office": [(LIUAN, True)],
    }
    for role, user in people.items():
        answer = signed_in(user).get(PAGE)
        assert answer.status_code == (200 if role in {"city_office", "township_head", "township_office"} else 403), role
        assert ("示例干部乙" in answer.content.decode()) == (role == "city_office"), role


def test_counts_of_fewer_than_five_leaders_are_withheld_from_others(people):
    set_text(people["city_office"], "不收礼金。")
    for number in range(4):
        official = leader(name=f"示例干部{number}")
    on_paper(people, official)
    today = timezone.localdate()
    read = lambda role: commitments_in(people[role], [LIUAN], today.year, today)  # noqa: E731
    assert [(one.leaders, one.given) for one in read("city_office").values()] == [(4, 1), (4, 1)]
    assert read("county")[LIUAN].withheld
    assert read("county")[""].withheld
    assert not read("township_office")[LIUAN].withheld
    leader(name="示例干部五")
    assert (read("county")[LIUAN].leaders, read("county")[LIUAN].given) == (5, 1)


def test_look_of_another_at_declared_relations_is_kept_and_ones_own_is_not(people):
    official = leader(account=people["township_head"])
    declare_relation(people["township_head"], official, name="林示例", relation="spouse")
    looks = lambda: list(Record.objects.filter(event="people.relations_seen").values_list("actor", "details"))  # noqa: E731
    page = f"/officials/{official.pk}/relations/"
    assert signed_in(people["township_head"]).get(page).status_code == 200
    assert signed_in(people["county"]).get(page).status_code == 404
    assert looks() == []
    assert signed_in(people["city_office"]).get(page).status_code == 200
    assert looks() == [(people["city_office"].pk, {"count": 1})]


def test_pages_take_text_paper_and_own_commitment(people):
    leader(account=people["township_head"])
    other = leader(XITANG, name="示例干部乙")
    office, head = signed_in(people["city_office"]), signed_in(people["township_head"])
    assert head.post(f"{PAGE}give/").status_code == 400
    assert office.post(f"{PAGE}text/", {"text": ""}).status_code == 400
    assert head.post(f"{PAGE}text/", {"text": "x"}).status_code == 403
    assert office.post(f"{PAGE}text/", {"text": "不收礼金。"}).status_code == 302
    assert head.post(f"{PAGE}give/").status_code == 302
    assert signed_in(people["township_office"]).post(f"{PAGE}give/").status_code == 404
    sent = {"official": other.pk, "given_on": str(timezone.localdate()), "paper": "廉诺1号", "year": str(this_year())}
    wrong = office.post(f"{PAGE}paper/", sent | {"given_on": "2001-01-01"})
    assert (wrong.status_code, "廉诺1号" in wrong.content.decode()) == (400, True)
    assert head.post(f"{PAGE}paper/", sent).status_code == 403
    assert office.post(f"{PAGE}paper/", sent).status_code == 302
    assert Commitment.objects.count() == 2


@pytest.mark.parametrize("number", [1, 6])
def test_list_asks_as_much_for_many_as_for_one(people, number, django_assert_num_queries):
    set_text(people["city_office"], "不收礼金。")
    for each in range(number):
        on_paper(people, leader(name=f"示例干部{each}"), f"{each}")
    client = signed_in(people["city_office"])
    client.get(PAGE)
    with django_assert_num_queries(8):
        assert len(client.get(PAGE).context["lines"]) == number
