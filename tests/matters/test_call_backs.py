"""Sampled call-back: drawn by seed, never chosen; the unit sees results, no list; "not solved" reopens."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import LIUAN, SHIMEN, XITANG, bring_to, request, signed_in
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import new_follow_code, open_matter, take_step
from yizhen.matters.actions.call_backs import draw_call_backs, record_call_back
from yizhen.matters.call_backs import call_backs_of, digest_of, draws_visible_to, frame, results, sample, strata_of
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import CallBack, Draw, Matter
from yizhen.matters.periods import period_of, quarter_of


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def last_quarter():
    return quarter_of(quarter_of(timezone.localdate()).first - timedelta(days=1))


def closed(people, township: str = LIUAN, kind: str = "") -> Matter:
    """Return a request that was closed in the last quarter; the head verified what the office did."""
    day = last_quarter().last - timedelta(days=10)
    office = people["township_office"] if township == LIUAN else factories.account("township_office", township)
    head = people["township_head"] if township == LIUAN else factories.account("township_head", township)
    with days_ago((timezone.localdate() - day).days):
        matter, code = request(township)
        return bring_to(State.CLOSED, matter, handler=office, verifier=head, code=code)


def drawn(people, many: int = 5, actor: str = "county") -> Draw:
    return draw_call_backs(people[actor], last_quarter().code, many)


def test_draw_takes_so_many_of_each_township_or_all_and_can_be_done_again(people):
    for township in (LIUAN, LIUAN, LIUAN, XITANG, SHIMEN):
        closed(people, township)

    made = drawn(people, 2)

    matters = frame(made.scope, period_of(made.period))
    numbers = sorted(call.matter.number for call in made.call_backs.select_related("matter"))
    assert sorted(len(group) for group in strata_of(matters).values()) == [1, 3]  # not the other county's
    assert numbers == sample(strata_of(matters), made.seed, 2)
    assert len(numbers) == 3
    assert (made.frame_size, made.frame_digest) == (4, digest_of([m.number for m in matters]))
    told = Record.objects.get(event="matters.call_backs_drawn").details
    assert (told["seed"], told["frame_digest"], told["drawn"]) == (made.seed, made.frame_digest, 3)


@given(
    st.dictionaries(st.text("ab", min_size=1), st.sets(st.text("0123456789", min_size=1), max_size=12), max_size=4),
    st.text(),
    st.integers(1, 6),
    st.randoms(),
)
def test_same_seed_draws_the_same_in_any_order_and_never_more_than_asked(groups, seed, many, random):
    strata = {name: [f"{name}-{number}" for number in sorted(numbers)] for name, numbers in groups.items()}
    shuffled = {name: random.sample(numbers, len(numbers)) for name, numbers in reversed(strata.items())}

    first = sample(strata, seed, many)

    assert first == sample(shuffled, seed, many)
    assert len(first) == sum(min(many, len(numbers)) for numbers in strata.values())
    assert set(first) <= {number for numbers in strata.values() for number in numbers}


def test_draw_is_by_the_smallest_hashes():
    numbers = ["S1", "S2", "S3", "S4"]
    smallest = min(numbers, key=lambda number: hashlib.sha256(f"x:{number}".encode()).hexdigest())

    assert sample({"t": numbers}, "x", 1) == [smallest]


def test_period_is_drawn_once_and_only_when_it_is_over(people):
    closed(people)
    drawn(people)

    with pytest.raises(ValidationError, match="不能重抽"):
        drawn(people)
    with pytest.raises(ValidationError, match="没有结束"):
        draw_call_backs(people["county"], quarter_of(timezone.localdate()).code, 5)
    assert draw_call_backs(people["city_office"], last_quarter().code, 5).frame_size == 1  # another scope


@pytest.mark.parametrize("role", ["township_head", "township_office", "department", "village", "grid_worker"])
def test_units_neither_draw_nor_see_the_list(people, role):
    closed(people)
    made = drawn(people)

    with pytest.raises(PermissionDenied):
        drawn(people, actor=role)
    assert (list(draws_visible_to(people[role])), list(call_backs_of(people[role], made))) == ([], [])
    assert signed_in(people[role]).get(f"/matters/call-backs/{made.pk}/").status_code == 404
    with pytest.raises(PermissionDenied):
        record_call_back(people[role], made.call_backs.get(), reached=False)


def test_nobody_calls_back_about_work_that_he_did_or_verified(people):
    with days_ago((timezone.localdate() - last_quarter().last).days + 3):
        matter, code = request()
        bring_to(State.CLOSED, matter, handler=people["township_office"], verifier=people["county"], code=code)
    call_back = drawn(people).call_backs.get()

    with pytest.raises(PermissionDenied):
        record_call_back(people["county"], call_back, reached=True, solved=True)
    other = factories.account("county")
    assert record_call_back(other, call_back, reached=True, solved=True).satisfied is None


def test_answers_are_whole_and_recorded_once(people):
    closed(people)
    call_back = drawn(people).call_backs.get()
    with pytest.raises(ValidationError, match="解决了没有"):
        record_call_back(people["county"], call_back, reached=True)
    with pytest.raises(ValidationError, match="怎么说"):
        record_call_back(people["county"], call_back, reached=True, solved=False)

    record_call_back(people["county"], call_back, reached=False, solved=True)

    call_back.refresh_from_db()
    assert (call_back.reached, call_back.solved, call_back.asked_by) == (False, None, people["county"])
    with pytest.raises(PermissionDenied):
        record_call_back(people["county"], call_back, reached=True, solved=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        CallBack.objects.filter(pk=call_back.pk).update(solved=True, reached=True)


def test_database_refuses_half_answers_changed_draws_and_asking_twice(people):
    matter = closed(people)
    made = drawn(people)
    for wrong in ({"solved": True}, {"reached": True}, {"reached": False, "satisfied": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            made.call_backs.update(asked_by=people["county"], asked_on=timezone.localdate(), **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.create(draw=made, matter=matter)
    with pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.update(seed="0")


def test_not_solved_is_recorded_and_the_matter_of_a_kind_without_look_backs_stays_closed(people):
    matter = closed(people)
    record_call_back(people["county"], drawn(people).call_backs.get(), reached=True, solved=False, text="还是不亮。")

    matter.refresh_from_db()
    assert matter.state == State.CLOSED
    (row,) = results(people["township_office"], last_quarter())
    assert (row.place.code, row.drawn, row.reached, row.solved.count, row.solved.should) == (LIUAN, 1, 1, 0, 1)


def test_not_solved_reopens_a_matter_whose_kind_is_looked_back_upon(people):
    code = new_follow_code()
    opening = KINDS["enterprise_request"].fields_of("open")
    filled = {f.code: f.choices[0] if f.type == "choice" else "3" for f in opening}
    with days_ago((timezone.localdate() - last_quarter().last).days + 3):
        matter = open_matter(
            people["township_office"], kind="enterprise_request", title="用电", text="请扩容。", division=factories.place(LIUAN),
            work_line="development", client_id="e", follow_code=code, fields=filled,
        )  # fmt: skip
        matter = take_step(people["township_office"], matter, Verb.DISPATCH, to_division=factories.place(LIUAN))
        matter = bring_to(State.CLOSED, matter, handler=people["township_office"], verifier=people["township_head"], code=code)  # fmt: skip
    due = matter.due_on

    record_call_back(people["county"], drawn(people).call_backs.get(), reached=True, solved=False, text="没有来人。")

    matter.refresh_from_db()
    assert (matter.state, matter.reopened, matter.due_on) == (State.HANDLING, 1, due)
    assert "没有来人" in matter.events.last().text


def test_pages_draw_record_and_show_results(people):
    closed(people)
    client, unit, period = signed_in(people["county"]), signed_in(people["township_office"]), last_quarter().code

    answer = client.post(f"/matters/call-backs/?period={period}", {"per_township": "5"})
    made = Draw.objects.get()
    page = client.get(answer["Location"]).content.decode()
    client.post(f"/matters/call-backs/{made.call_backs.get().pk}/answer/", {"reached": "yes", "solved": "yes", "satisfied": "no"})  # fmt: skip
    seen = unit.get(f"/matters/call-backs/?period={period}").content.decode()

    assert made.seed in page
    call_back = made.call_backs.get()
    assert (call_back.solved, call_back.satisfied) == (True, False)
    assert "柳岸镇" in seen
    assert call_back.matter.number not in seen


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_as_much_for_three_as_for_one(people, rows, django_assert_num_queries):
    for _n in range(rows):
        closed(people)
    made, client = drawn(people), signed_in(people["county"])
    client.get("/matters/call-backs/")

    with django_assert_num_queries(6):
        client.get(f"/matters/call-backs/?period={made.period}")
    with django_assert_num_queries(6):
        client.get(f"/matters/call-backs/{made.pk}/")
