"""Kinds as configuration: every one leads to a close, its clocks run and stop, and its traits are kept to."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from tests import factories
from tests.factories import LIUAN
from tests.matters.led import filled, on, opened, step
from yizhen.matters.actions import ask_review, give_verdict, new_follow_code
from yizhen.matters.kinds import KINDS, from_json
from yizhen.matters.lifecycle import TABLE, State, Verb
from yizhen.matters.models import Accused, ExtensionRequest, FrozenKind, Matter, MatterClock
from yizhen.matters.queries import due_from, matters_visible_to
from yizhen.matters.rules import possible_steps
from yizhen.people.models import Unit


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def to_emergency_bureau() -> dict[str, Unit]:
    return {"to_unit": Unit.objects.get(code="EMG")}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"common_problem"}))
def test_every_kind_can_be_led_to_its_close_by_somebody_else_than_the_doer(people, kind):
    city, head, office = people["city_office"], people["township_head"], people["township_office"]
    code = new_follow_code()
    matter = opened(kind, city, follow_code=code if KINDS[kind].asks_verdict else None)
    for _turn in range(8):
        if matter.state in {State.REPORTED, State.CHECKED, State.FILED}:
            verb = {
                State.REPORTED: Verb.CONFIRM if KINDS[kind].checks else Verb.FILE,
                State.CHECKED: Verb.FILE,
                State.FILED: Verb.DISPATCH,
            }[State(matter.state)]
            place = {"to_division": matter.division} if verb == Verb.DISPATCH else {}
            matter = step(city, matter, verb, **place)
        elif matter.state == State.NEW:
            matter = step(office, matter, Verb.ACCEPT)
        elif matter.state == State.HANDLING:
            matter = step(office, matter, Verb.REPORT_DONE, disposition="solved", fields=filled(kind, "result"))
        elif matter.state == State.HANDLED:
            with pytest.raises(PermissionDenied):
                step(office, matter, Verb.PASS)
            matter = step(city, matter, Verb.PASS)
        elif matter.state == State.VERIFIED:
            matter = give_verdict(code, solved=True)

    assert matter.state == State.CLOSED
    assert matter.results == filled(kind, "result")
    assert not matter.clocks.filter(stopped_on=None, governs=True).exists()
    assert head.pk != matter.done_by_id


def test_rules_are_those_of_the_day_of_filing(people, monkeypatch):
    before = opened("enterprise_request", people["city_office"])
    shorter = KINDS["enterprise_request"].as_json()
    shorter["clocks"] = [{**clock, "amount": 2} for clock in shorter["clocks"]]
    monkeypatch.setitem(KINDS, "enterprise_request", from_json(shorter))

    after = opened("enterprise_request", people["city_office"])

    assert [clock.amount for clock in Matter.objects.get(pk=before.pk).kind_info.clocks[:2]] == [1, 5]
    assert [clock.amount for clock in after.kind_info.clocks[:2]] == [2, 2]
    assert FrozenKind.objects.filter(code="enterprise_request").count() == 2
    with pytest.raises(DatabaseError, match="matters_frozenkind refuses update"), transaction.atomic():
        FrozenKind.objects.update(code="x")


def test_the_due_date_follows_the_clock_that_governs_and_stays_when_reopened(people):
    city, office = people["city_office"], people["township_office"]
    code = new_follow_code()
    with on(date(2026, 3, 2)):
        matter = opened("enterprise_request", city, follow_code=code)
    assert matter.due_on == date(2026, 3, 3)  # dispatched within one working day
    with on(date(2026, 3, 3)):
        matter = step(office, matter, Verb.DISPATCH, to_division=matter.division)
        assert matter.due_on == date(2026, 3, 10)  # five working days from Tuesday
        matter = step(office, matter, Verb.ACCEPT)
        matter = step(office, matter, Verb.REPORT_DONE, disposition="solved")
        matter = step(city, matter, Verb.PASS)
    with on(date(2026, 3, 12)):
        matter = give_verdict(code, solved=False, text="没有解决")
        assert (matter.due_on, matter.light) == (date(2026, 3, 10), "red")

    assert [(clock.code, clock.stopped_on is None) for clock in matter.clocks.all()] == [
        ("dispatch", False),
        ("dispatched", True),
        ("verdict", False),
    ]


def test_due_date_cannot_be_moved_behind_the_back_of_its_clock(people):
    matter = opened("enterprise_request", people["city_office"])

    for change in ({"due_on": matter.due_on + timedelta(days=9)}, {"clock": {**matter.clock, "start": "2020-01-01"}}):
        with pytest.raises(DatabaseError, match="matters_matter refuses update"), transaction.atomic():
            Matter.objects.filter(pk=matter.pk).update(**change)


# --- extension and suspension ----------------------------------------------------------------------------------------


def petition(people, **given) -> tuple[Matter, str]:
    code = new_follow_code()
    return opened("petition", people["city_office"], follow_code=code, **given), code


def accepted_petition(people, day: date) -> tuple[Matter, str]:
    with on(day):
        matter, code = petition(people)
        matter = step(people["city_office"], matter, Verb.FILE)
        matter = step(people["city_office"], matter, Verb.DISPATCH, to_division=matter.division)
        return step(people["township_office"], matter, Verb.ACCEPT), code


def test_petition_is_due_after_sixty_days_and_extended_once_by_thirty(people):
    matter, _code = accepted_petition(people, date(2026, 3, 10))
    assert matter.due_on == date(2026, 5, 9)  # a make-up workday: it does not roll
    office, head = people["township_office"], people["township_head"]
    with on(date(2026, 5, 8)):
        matter = step(office, matter, Verb.ASK_EXTENSION, text="情况复杂，需要鉴定。")
        assert matter.due_on == date(2026, 5, 9)
        with pytest.raises(PermissionDenied):
            step(office, matter, Verb.GRANT_EXTENSION)
        with pytest.raises(ValidationError):
            step(office, matter, Verb.ASK_EXTENSION)
        matter = step(head, matter, Verb.GRANT_EXTENSION)
        assert matter.due_on == date(2026, 6, 8)
        assert Verb.ASK_EXTENSION not in [each.verb for each in possible_steps(office, matter)]  # the law says once


def test_extension_asked_after_the_due_date_is_refused_by_rule_and_by_the_database(people):
    matter, _code = accepted_petition(people, date(2026, 3, 10))
    office = people["township_office"]
    with on(date(2026, 5, 10)), pytest.raises(ValidationError):
        step(office, matter, Verb.ASK_EXTENSION)
    clock = matter.clocks.get(code="accepted")
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtensionRequest.objects.create(
            clock=clock, reason="迟了", asked_by=office, asked_on=date(2026, 5, 10), due_before=clock.due_on
        )


def test_nobody_grants_an_extension_to_himself(people):
    matter, _code = accepted_petition(people, date(2026, 3, 10))
    head = people["township_head"]
    with on(date(2026, 4, 1)):
        matter = step(head, matter, Verb.ASK_EXTENSION)
        with pytest.raises(PermissionDenied):
            step(head, matter, Verb.GRANT_EXTENSION)
        request = ExtensionRequest.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            ExtensionRequest.objects.filter(pk=request.pk).update(
                decided_by=head, decided_on=date(2026, 4, 1), granted=True
            )
        assert matter in due_from(people["county"]) or matter in due_from(people["city_office"])


def test_suspension_for_a_listed_reason_pushes_the_due_date_and_no_other_reason_does(people):
    matter, _code = accepted_petition(people, date(2026, 3, 10))
    office = people["township_office"]
    with on(date(2026, 4, 1)):
        with pytest.raises(ValidationError) as caught:
            step(office, matter, Verb.SUSPEND, reason="busy")
        assert list(caught.value.message_dict) == ["reason"]
        matter = step(office, matter, Verb.SUSPEND, reason="hearing")
        assert (matter.state, matter.light) == (State.SUSPENDED, "")
    with on(date(2026, 4, 10)):
        matter = step(office, matter, Verb.RESUME)

    assert matter.state == State.HANDLING
    assert matter.due_on == date(2026, 5, 18)  # nine days, 1 to 9 April, are left out


# --- petitions -------------------------------------------------------------------------------------------------------


def answered_petition(people) -> tuple[Matter, str]:
    matter, code = accepted_petition(people, date(2026, 3, 10))
    with on(date(2026, 5, 8)):
        matter = step(
            people["township_office"],
            matter,
            Verb.REPORT_DONE,
            disposition="solved",
            fields=filled("petition", "result"),
        )
        return step(people["county"], matter, Verb.PASS), code


def test_petitioner_asks_for_review_in_thirty_days_twice_and_then_it_is_final(people):
    matter, code = answered_petition(people)
    assert matter.clocks.get(code="first_review_requestable").due_on == date(2026, 6, 8)  # 7 June is a Sunday: it rolls
    with on(date(2026, 5, 20)):
        matter = ask_review(code, "对处理意见不服")
        assert (matter.state, matter.due_on) == (
            State.REVIEWING,
            date(2026, 6, 22),
        )  # 19 June is the Dragon Boat Festival
        with pytest.raises(PermissionDenied):
            step(people["county"], matter, Verb.UPHOLD_FIRST)  # who verified the answer does not review it
        matter = step(people["city_office"], matter, Verb.UPHOLD_FIRST)
        matter = ask_review(code, "仍然不服")
        matter = step(people["city_office"], matter, Verb.UPHOLD_SECOND)
        assert (matter.state, matter.review) == (State.CLOSED, 2)
        with pytest.raises(ValidationError):
            ask_review(code, "还是不服")


def test_review_is_not_taken_after_its_period_and_the_matter_lapses_then(people):
    matter, code = answered_petition(people)
    with on(date(2026, 6, 8)), pytest.raises(ValidationError):
        step(people["county"], matter, Verb.LAPSE)
    with on(date(2026, 6, 9)):
        with pytest.raises(ValidationError):
            ask_review(code, "迟到的申请")
        assert step(people["county"], matter, Verb.LAPSE).state == State.CLOSED


def test_overturned_answer_is_worked_on_again_and_may_be_reviewed_again(people):
    matter, code = answered_petition(people)
    with on(date(2026, 5, 20)):
        matter = ask_review(code, "不服")
        matter = step(people["city_office"], matter, Verb.OVERTURN)

        assert (matter.state, matter.review, matter.reopened, matter.due_on) == (
            State.HANDLING, 0, 1, date(2026, 5, 9),
        )  # fmt: skip


def test_transfer_is_objected_to_within_five_working_days(people):
    with on(date(2026, 3, 2)):
        matter, _code = petition(people)
        matter = step(people["city_office"], matter, Verb.FILE)
        matter = step(people["city_office"], matter, Verb.DISPATCH, to_division=matter.division)
        assert matter.clocks.get(code="transfer_objection").due_on == date(2026, 3, 9)
    with on(date(2026, 3, 10)), pytest.raises(ValidationError):
        step(people["township_office"], matter, Verb.OBJECT)
    with on(date(2026, 3, 9)):
        assert step(people["township_office"], matter, Verb.OBJECT).state == State.RETURNED


def test_six_visitors_are_refused_with_the_article(people):
    with pytest.raises(ValidationError) as caught:
        petition(people, fields={**filled("petition", "open"), "visitors": "6"})

    assert "信访工作条例第二十条" in caught.value.message_dict["field_visitors"][0]


def test_answer_without_its_required_parts_is_refused_field_by_field(people):
    matter, _code = accepted_petition(people, date(2026, 3, 10))

    with pytest.raises(ValidationError) as caught:
        step(people["township_office"], matter, Verb.REPORT_DONE, disposition="solved", fields={"facts": "查明"})

    assert sorted(caught.value.message_dict) == ["field_legal_basis", "field_opinion"]


def test_accused_units_and_places_never_see_the_matter(people):
    matter, _code = petition(people, dispatcher=Unit.objects.get(code="EMG"))
    assert matter in matters_visible_to(people["department"])
    assert matter in matters_visible_to(people["township_head"])
    Accused.objects.create(matter=matter, unit=Unit.objects.get(code="EMG"))
    Accused.objects.create(matter=matter, division_id=LIUAN)

    assert [role for role, who in people.items() if matter in matters_visible_to(who)] == ["city_office", "county"]
    matter = step(people["city_office"], matter, Verb.FILE)
    with pytest.raises(ValidationError) as caught:
        step(people["city_office"], matter, Verb.DISPATCH, **to_emergency_bureau())
    assert list(caught.value.message_dict) == ["recipient"]


def test_sealed_matters_are_not_shown_in_villages_and_grids(people):
    matter, _code = petition(people)

    assert matter in matters_visible_to(people["township_head"])
    for role in ("village", "grid_worker"):
        assert matter not in matters_visible_to(people[role])


# --- the way through -------------------------------------------------------------------------------------------------


def test_grid_worker_solves_at_once_and_somebody_else_verifies(people):
    worker = people["grid_worker"]
    matter = opened("grid_event", worker, township=worker.scope_id)
    assert [each.verb for each in possible_steps(worker, matter)] == [Verb.SOLVE_AT_ONCE]
    with pytest.raises(PermissionDenied):
        step(worker, matter, Verb.CONFIRM)

    matter = step(worker, matter, Verb.SOLVE_AT_ONCE, disposition="solved")

    assert (matter.state, matter.done_by) == (State.HANDLED, worker)
    assert Verb.PASS not in [each.verb for each in possible_steps(worker, matter)]


def test_township_that_cannot_do_it_passes_it_up_and_the_county_dispatches(people):
    office = people["township_office"]
    matter = opened("hazard", office)
    matter = step(office, matter, Verb.DISPATCH, to_division=matter.division)
    matter = step(office, step(office, matter, Verb.ACCEPT), Verb.PASS_UP, text="需要专业队伍")
    assert matter.state == State.FILED
    with pytest.raises(PermissionDenied):
        step(office, matter, Verb.DISPATCH, to_division=matter.division)

    matter = step(people["city_office"], matter, Verb.DISPATCH, **to_emergency_bureau())

    assert (matter.state, matter.addressee.code, matter.held_above) == (State.NEW, "EMG", False)
    assert matter in due_from(people["department"])


def test_matter_is_not_done_over_unfinished_parts(people):
    city, office = people["city_office"], people["township_office"]
    parent = opened("assigned_task", city)
    child = opened("assigned_task", city, parent=parent)
    parent = step(office, parent, Verb.ACCEPT)

    with pytest.raises(ValidationError) as caught:
        step(office, parent, Verb.REPORT_DONE, disposition="solved")
    assert child.number in caught.value.messages[0]
    with pytest.raises(DatabaseError, match="matters_matter refuses update"), transaction.atomic():
        Matter.objects.filter(pk=parent.pk).update(state="handled")

    step(city, child, Verb.WITHDRAW)
    assert step(office, parent, Verb.REPORT_DONE, disposition="solved").state == State.HANDLED


def test_step_sent_twice_is_taken_once_and_another_content_is_refused(people):
    matter = opened("assigned_task", people["city_office"])
    office, head = people["township_office"], people["township_head"]
    for _again in range(2):
        step(office, matter, Verb.ACCEPT, client_id="abc")

    assert matter.events.count() == 2
    with pytest.raises(ValidationError) as caught:
        step(office, matter, Verb.ACCEPT, client_id="abc", text="另一段话")
    assert caught.value.code == "submitted_before"
    step(head, matter, Verb.REPORT_DONE, client_id="abc", disposition="solved")  # somebody else's id is another id
    assert matter.events.count() == 3


def test_step_on_a_page_that_is_no_longer_true_is_refused(people):
    matter = opened("petition", people["city_office"])
    seen = matter.events.count()
    matter = step(people["city_office"], matter, Verb.FILE)
    matter = step(people["city_office"], matter, Verb.DISPATCH, to_division=matter.division)
    matter = step(people["township_office"], matter, Verb.ACCEPT)

    with pytest.raises(ValidationError) as caught:
        step(people["township_office"], matter, Verb.ASK_EXTENSION, expected=seen)

    assert caught.value.code == "moved_on"


def test_clock_of_a_code_runs_once(people):
    matter = opened("enterprise_request", people["city_office"])
    clock = matter.clocks.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        MatterClock.objects.create(
            matter=matter, code=clock.code, started_on=clock.started_on, due_on=clock.due_on, derivation={}
        )


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_shipped_kinds_are_whole(kind):
    verbs = {verb for verb, _state in TABLE} | {Verb.OPEN}
    assert from_json(kind.as_json()) == kind
    for clock in kind.clocks:
        assert clock.source
        assert set(clock.starts) | set(clock.stops) <= {str(verb) for verb in verbs}
        assert not set(clock.starts) & set(clock.stops)
    assert kind.name_zh
    assert kind.name_en
    assert kind.source
    codes = [each.code for each in (*kind.clocks, *kind.fields)]
    assert len(set(codes)) == len(codes)
    if kind.entry != "new":
        assert kind.first_clock is not None
