"""Recusals: whoever has an interest in a matter neither handles, verifies nor decides it; others read the post, never why."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, bring_to, request, signed_in, task
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import (
    form_team,
    lift_recusal,
    look_into_sealed,
    recuse,
    register_matter,
    take_step,
)
from yizhen.matters.actions.exclusion import ask_exclusion, decide_exclusion
from yizhen.matters.actions.supervision import answer_notice, issue_notice
from yizhen.matters.colours import Colour
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Event, Matter, Recusal
from yizhen.matters.queries import due_from
from yizhen.matters.rules import possible_steps
from yizhen.people.actions import appoint, declare_relation
from yizhen.people.models import Account

WHY = "承办企业是我妹妹开的。"


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def official_of(user: Account):
    return appoint(
        None, name="示例干部", division=factories.place(LIUAN), title="书记", post="town_secretary",
        began_on=timezone.localdate(), account=user,
    )  # fmt: skip


def refused(act):
    with pytest.raises(PermissionDenied, match="回避"):
        act()


def test_who_recused_does_not_handle_and_a_colleague_does(people):
    office, head = people["township_office"], people["township_head"]
    matter = task(people["department"])
    recuse(office, matter, WHY)
    refused(lambda: take_step(office, matter, Verb.ACCEPT))
    assert possible_steps(office, Matter.objects.get(pk=matter.pk)) == []
    assert (list(due_from(office)), list(due_from(head))) == ([], [matter])
    assert take_step(head, matter, Verb.ACCEPT).state == State.HANDLING


def test_who_recused_does_not_verify(people):
    matter = bring_to(
        State.HANDLED, task(people["department"]), handler=people["township_office"], verifier=people["department"]
    )
    recuse(people["department"], matter, WHY)
    refused(lambda: take_step(people["department"], matter, Verb.PASS, text="属实"))
    assert take_step(people["county"], matter, Verb.PASS, text="属实").state == State.CLOSED


def test_who_recused_decides_nothing_on_the_matter(people):
    matter, _code = request()
    matter = take_step(people["township_office"], matter, Verb.ACCEPT)
    asked = ask_exclusion(people["township_office"], matter, "not_entitled", "已说明不属应办")
    recuse(people["county"], matter, WHY)
    with pytest.raises(PermissionDenied):
        decide_exclusion(people["county"], asked, "同意", granted=True)
    with pytest.raises(PermissionDenied):
        form_team(people["county"], matter, "volunteers", name="一队", task="帮助", members=3)
    assert decide_exclusion(people["city_office"], asked, "不同意", granted=False).granted is False


def test_who_recused_neither_issues_nor_answers_notices(people):
    with days_ago(40):
        overdue = task(people["department"], days=10)
    recuse(people["department"], overdue, WHY)
    with pytest.raises(PermissionDenied):
        issue_notice(people["department"], overdue, Colour.BLUE)
    notice = issue_notice(people["county"], overdue, Colour.BLUE)
    recuse(people["township_office"], overdue, WHY)
    with pytest.raises(PermissionDenied):
        answer_notice(people["township_office"], notice, "已整改")
    assert answer_notice(people["township_head"], notice, "已整改").answer == "已整改"


def test_declared_relative_who_is_named_keeps_the_official_away_from_the_matter_alone(people):
    head = people["township_head"]
    declare_relation(head, official_of(head), name="林示例", relation="spouse")
    head = Account.objects.get(pk=head.pk)
    named = task(people["department"], title="林示例家庭农场用地核查")
    other = task(people["department"], title="别人的用地核查")
    refused(lambda: take_step(head, named, Verb.ACCEPT))
    assert take_step(head, other, Verb.ACCEPT).state == State.HANDLING
    assert take_step(people["township_office"], named, Verb.ACCEPT).state == State.HANDLING


def test_sealed_requester_who_is_a_declared_relative_keeps_the_official_away(people):
    head = people["township_head"]
    declare_relation(head, official_of(head), name="林示例", relation="lineal")
    kind = KINDS["petition"]
    channel = next(field for field in kind.fields_of("open") if field.code == "channel").choices[0]
    matter, _code = register_matter(
        people["township_office"], kind, client_id="s", division=factories.place(LIUAN), fields={"channel": channel},
        requester="林示例，住前湾村", title="请求核查", text="请求核查。", work_line="livelihood",
    )  # fmt: skip
    head = Account.objects.get(pk=head.pk)
    assert possible_steps(head, matter) == []
    assert possible_steps(people["township_office"], matter) != []
    with pytest.raises(PermissionDenied):
        look_into_sealed(head, matter, "电话告知受理")


@pytest.mark.parametrize("name", ["林示例", "前湾村", "住前"])
def test_what_is_sealed_is_not_read_out_by_declaring_one_name_after_the_other(people, name):
    head, kind = people["township_head"], KINDS["petition"]
    channel = next(field for field in kind.fields_of("open") if field.code == "channel").choices[0]
    matter, _code = register_matter(
        people["township_office"], kind, client_id="s", division=factories.place(LIUAN), fields={"channel": channel},
        requester="林示例，住前湾村", title="请求核查", text="请求核查。", work_line="livelihood",
    )  # fmt: skip
    before = signed_in(head).get(f"/matters/{matter.number}/").content.decode()
    declare_relation(head, official_of(head), name=name, relation="lineal")
    head = Account.objects.get(pk=head.pk)
    assert possible_steps(head, matter) != []
    assert signed_in(head).get(f"/matters/{matter.number}/").content.decode().count("回避") == before.count("回避")


def test_reason_is_read_by_the_office_alone_and_others_read_the_post(people):
    matter = task(people["department"])
    recuse(people["township_head"], matter, WHY)
    seen = {
        role: signed_in(people[role]).get(f"/matters/{matter.number}/").content.decode()
        for role in ("city_office", "county", "department", "township_office", "township_head")
    }
    assert {role: WHY in page for role, page in seen.items()} == {
        "city_office": True, "county": False, "department": False, "township_office": False, "township_head": True,
    }  # fmt: skip
    assert all(f"已回避：{people['township_head']}" in page for page in seen.values())
    assert not any(WHY in str(record.details) for record in Record.objects.all())


def test_database_refuses_a_step_of_who_recused_and_changes_of_recusals(people):
    matter = task(people["department"])
    one = recuse(people["township_office"], matter, WHY)
    with pytest.raises(DatabaseError, match="refuses insert"), transaction.atomic():
        Event.objects.create(
            matter=matter, sequence=9, verb=Verb.ACCEPT, to_state=State.HANDLING, by=people["township_office"],
            by_label="x", at=timezone.now(),
        )  # fmt: skip
    now = timezone.now()
    for change in (
        lambda: Recusal.objects.filter(pk=one.pk).update(reason="别的理由"),
        lambda: Recusal.objects.filter(pk=one.pk).delete(),
        lambda: Recusal.objects.filter(pk=one.pk).update(lifted_by=one.account, lifted_at=now, lifted_why="x"),
        lambda: Recusal.objects.create(matter=matter, account=one.account, reason="again", declared_at=now),
        lambda: Recusal.objects.create(matter=matter, account=people["county"], reason="", declared_at=now),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_office_lifts_a_recusal_with_words_and_nobody_his_own(people):
    matter = task(people["department"])
    one = recuse(people["township_office"], matter, WHY)
    assert recuse(people["township_office"], matter, "再点一次") == one
    own = recuse(people["city_office"], matter, WHY)
    for actor, which, why in (("county", one, "x"), ("township_office", one, "x"), ("city_office", own, "x")):
        with pytest.raises(PermissionDenied):
            lift_recusal(people[actor], which, why)
    with pytest.raises(ValidationError):
        lift_recusal(people["city_office"], one, " ")
    lift_recusal(people["city_office"], one, "同名，不是当事人。")
    assert take_step(people["township_office"], matter, Verb.ACCEPT).state == State.HANDLING
    with pytest.raises(DatabaseError), transaction.atomic():
        Recusal.objects.filter(pk=one.pk).update(lifted_why="改了")


def test_page_takes_a_recusal_and_keeps_what_was_typed(people):
    matter = task(people["department"])
    office, city = signed_in(people["township_office"]), signed_in(people["city_office"])
    page = f"/matters/{matter.number}/"
    wrong = office.post(f"{page}recusals/", {"reason": "长" * 401})
    assert (wrong.status_code, "长" * 401 in wrong.content.decode()) == (400, True)
    assert office.post(f"{page}recusals/", {"reason": WHY}).status_code == 302
    one = Recusal.objects.get()
    assert office.post(f"{page}recusals/{one.pk}/lift/", {"why": "x"}).status_code == 403
    assert city.post(f"{page}recusals/{one.pk}/lift/", {"why": ""}).status_code == 400
    long = city.post(f"{page}recusals/{one.pk}/lift/", {"why": "长" * 401}).content.decode()
    assert f'required value="{"长" * 401}"' in long  # beside the recusal, not where one's own is declared
    assert long.count("长" * 401) == 1
    assert office.post(page, {"verb": "accept"}).status_code == 403
    assert city.post(f"{page}recusals/{one.pk}/lift/", {"why": "不是当事人"}).status_code == 302
    for role in ("teller", "system_admin"):
        assert signed_in(people[role]).post(f"{page}recusals/", {"reason": "x"}).status_code == 404
