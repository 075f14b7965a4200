"""Whistle calls: the township calls, the department answers, the township verifies and rates, once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from tests import factories
from tests.factories import SHIMEN, XITANG, request, signed_in
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import call_departments, open_matter, rate_whistle, take_step
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Matter, WhistleRating
from yizhen.matters.periods import Period
from yizhen.matters.spans import mean_span
from yizhen.matters.whistles import departments_that_came


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def call(people, matter=None, units=None, *, key="1", actor="township_office"):
    matter = matter or request()[0]
    units = units or [factories.unit("EMG")]
    made = call_departments(people[actor], matter, units, title="到场会商", text="排水口堵了，请到场。", client_id=key)
    return matter, made


def led_to_close(people, whistle):
    for actor, verb in (("department", Verb.ACCEPT), ("department", Verb.REPORT_DONE), ("township_office", Verb.PASS)):
        disposition = "solved" if verb == Verb.REPORT_DONE else ""
        whistle = take_step(people[actor], whistle, verb, text="已到场处置。", disposition=disposition)
    return whistle


def lately(days: int = 60) -> Period:
    today = timezone.localdate()
    return Period("", today - timedelta(days=days), today)


def test_call_gives_each_department_a_matter_of_its_own_below_the_matter(people):
    parent, made = call(people, units=[factories.unit("EMG"), factories.unit("HEA")])

    assert [(m.kind, m.parent, m.addressee_id, m.division_id, m.state) for m in made] == [
        ("whistle", parent, "EMG", parent.division_id, State.NEW),
        ("whistle", parent, "HEA", parent.division_id, State.NEW),
    ]
    assert [clock.code for clock in made[0].clocks.all()] == ["respond"]


def test_same_form_sent_twice_calls_once(people):
    parent, first = call(people)
    _parent, again = call(people, parent)

    assert (first, parent.children.count()) == (again, 1)


def test_second_call_to_a_department_that_has_not_done_the_first_is_refused(people):
    parent, _made = call(people)
    with pytest.raises(ValidationError, match="还没办结"):
        call(people, parent, key="2")

    led_to_close(people, parent.children.get())
    call(people, parent, key="2")
    assert parent.children.count() == 2


@pytest.mark.parametrize("role", ["city_office", "county", "department", "village", "grid_worker"])
def test_only_the_township_calls(people, role):
    with pytest.raises(PermissionDenied):
        call(people, actor=role)


def test_township_cannot_call_to_anothers_a_done_or_a_sealed_matter_or_to_a_call(people):
    far = request(SHIMEN)[0]
    done = factories.bring_to(State.HANDLED, request()[0], handler=people["township_office"], verifier=people["county"])
    sealed = open_matter(
        people["township_office"], kind="dispute", title="邻里纠纷", text="调解。", division=factories.place("990181101"),
        work_line="safety", client_id="sealed",
    )  # fmt: skip
    _parent, (whistle,) = call(people)

    for matter in (far, done, sealed, whistle):
        with pytest.raises(PermissionDenied):
            call(people, matter, key="9")


def test_matter_is_not_reported_done_while_a_called_department_has_not_done_its_part(people):
    parent, (whistle,) = call(people)
    parent = take_step(people["township_office"], parent, Verb.ACCEPT)
    with pytest.raises(ValidationError, match=whistle.number):
        take_step(people["township_office"], parent, Verb.REPORT_DONE, text="办完了。", disposition="solved")

    led_to_close(people, whistle)
    done = take_step(people["township_office"], parent, Verb.REPORT_DONE, text="办完了。", disposition="solved")
    assert done.state == State.HANDLED


def test_rating_comes_after_closing_once_and_from_the_township_that_called(people):
    _parent, (whistle,) = call(people)
    with pytest.raises(ValidationError, match="销号以后"):
        rate_whistle(people["township_office"], whistle, 5)
    whistle = led_to_close(people, whistle)
    for role in ("department", "city_office", "county", "village"):
        with pytest.raises(PermissionDenied):
            rate_whistle(people[role], whistle, 5)
    with pytest.raises(PermissionDenied):
        rate_whistle(factories.account("township_office", XITANG), whistle, 5)

    rating = rate_whistle(people["township_head"], whistle, 4)

    assert rate_whistle(people["township_head"], whistle, 4) == rating
    with pytest.raises(ValidationError, match="只评一次"):
        rate_whistle(people["township_office"], whistle, 1, "没来人。")


@pytest.mark.parametrize(
    ("level", "text", "wrong"), [(2, "", "text"), (1, " ", "text"), (0, "好", "level"), (6, "好", "level")]
)
def test_low_rating_needs_a_reason_and_levels_are_five(people, level, text, wrong):
    whistle = led_to_close(people, call(people)[1][0])
    with pytest.raises(ValidationError) as refused:
        rate_whistle(people["township_office"], whistle, level, text)
    assert list(refused.value.message_dict) == [wrong]


def test_database_refuses_wrong_early_changed_and_deleted_ratings(people):
    _parent, (whistle,) = call(people)
    row = {"matter": whistle, "by": people["township_office"], "rated_on": timezone.localdate()}
    with pytest.raises(DatabaseError), transaction.atomic():
        WhistleRating.objects.create(**row, level=5)
    led_to_close(people, whistle)
    for wrong in ({"level": 6}, {"level": 0, "text": "x"}, {"level": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WhistleRating.objects.create(**row, **wrong)
    made = WhistleRating.objects.create(**row, level=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        WhistleRating.objects.filter(pk=made.pk).update(level=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()


def at_noon(day: date):
    return days_ago((timezone.now().date() - day).days)


def test_departments_are_counted_by_the_calls_whose_time_ran_out_and_never_ranked(people):
    with at_noon(timezone.localdate() - timedelta(days=20)):
        quick = call(people)[1][0]
        take_step(people["department"], quick, Verb.ACCEPT)
        call(people, units=[factories.unit("HEA"), factories.unit("EMG")], key="2")  # nobody comes
    call(people, key="3")  # its time is not over

    rows = departments_that_came(people["county"], lately())

    assert [(row.unit.code, row.called, row.answered.count, row.answered.should) for row in rows] == [
        ("EMG", 3, 1, 2),
        ("HEA", 1, 0, 1),
    ]


def test_late_answer_is_no_answer_in_time_and_a_call_taken_back_unanswered_leaves_the_rate(people):
    with at_noon(timezone.localdate() - timedelta(days=20)):
        late = call(people)[1][0]
        back = call(people, units=[factories.unit("HEA")], key="2")[1][0]
        take_step(people["township_office"], back, Verb.WITHDRAW, text="不用来了。")
    with at_noon(timezone.localdate() - timedelta(days=9)):
        take_step(people["department"], late, Verb.ACCEPT)

    rows = departments_that_came(people["city_office"], lately())

    assert [(row.unit.code, row.called, row.answered.count, row.answered.should) for row in rows] == [
        ("EMG", 1, 0, 1),
        ("HEA", 1, 0, 0),
    ]


def test_four_ratings_show_no_mean_and_five_do_with_an_interval(people):
    whistles = [led_to_close(people, call(people, key=str(n))[1][0]) for n in range(5)]
    for whistle in whistles[:4]:
        rate_whistle(people["township_office"], whistle, 4)
    (few,) = departments_that_came(people["county"], lately())
    page = signed_in(people["county"]).get("/matters/whistle/").content.decode()
    rate_whistle(people["township_office"], whistles[4], 5)
    (enough,) = departments_that_came(people["county"], lately())

    assert (few.ratings, few.mean, few.low) == (4, None, None)
    assert "&lt;5" in page
    assert (enough.ratings, enough.mean) == (5, 4.2)
    # Wilson's interval of 0.8 of 5 is 0.3755 to 0.9638 (worked out by hand), on 1 to 5.
    assert (round(enough.low, 2), round(enough.high, 2)) == (2.50, 4.86)


def test_five_that_agree_do_not_make_a_certainty():
    low, high = mean_span(5, 5, 1, 5)

    assert (round(low, 2), high) == (3.26, 5)  # 1 + 4 × 0.5655


@pytest.mark.parametrize(
    ("role", "codes"), [("city_office", ["EMG", "HEA"]), ("county", ["EMG", "HEA"]), ("department", ["EMG"]), ("township_office", []), ("grid_worker", [])]
)  # fmt: skip
def test_city_and_county_see_departments_and_a_department_itself(people, role, codes):
    call(people, units=[factories.unit("EMG"), factories.unit("HEA")])

    assert [row.unit.code for row in departments_that_came(people[role], lately())] == codes


def test_county_sees_only_calls_of_its_own_townships(people):
    far = factories.account("township_office", SHIMEN)
    call_departments(far, request(SHIMEN)[0], [factories.unit("EMG")], title="到场", text="请来。", client_id="far")

    assert departments_that_came(people["county"], lately()) == []
    assert [row.called for row in departments_that_came(people["city_office"], lately())] == [1]


def test_form_calls_and_says_what_is_missing(people):
    matter, client = request()[0], signed_in(people["township_office"])
    address = f"/matters/{matter.number}/whistle/"

    missing = client.post(address, {"client_id": "a", "title": "到场", "text": "请来。"})
    sent = client.post(address, {"client_id": "a", "title": "到场", "text": "请来。", "units": [factories.unit().pk]})

    assert (missing.status_code, list(missing.context["form"].errors)) == (400, ["units"])
    assert (sent.status_code, sent["Location"]) == (302, f"/matters/{matter.number}/")
    assert matter.children.get().title == "到场"


def test_panel_offers_to_call_and_to_rate_to_whom_it_may(people):
    parent, (whistle,) = call(people)
    whistle = led_to_close(people, whistle)

    def panel(role, matter):
        return render_to_string(
            "matters/_whistle.html", {"me": people[role], "matter": Matter.objects.get(pk=matter.pk)}
        )

    assert "吹哨叫部门" in panel("township_office", parent)
    assert "吹哨叫部门" not in panel("county", parent)
    assert "只评一次" in panel("township_office", whistle)
    assert panel("department", whistle).strip() == ""
    rate_whistle(people["township_office"], whistle, 5)
    assert "非常满意" in panel("department", whistle)
    assert "只评一次" not in panel("township_office", whistle)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_asks_as_much_for_three_calls_as_for_one(people, rows, django_assert_num_queries):
    units = [factories.unit(code) for code in ("EMG", "HEA", "EDU")]
    for number, unit in enumerate(units[:rows]):
        call(people, units=[unit], key=str(number))
    client = signed_in(people["city_office"])
    client.get("/matters/whistle/")

    with django_assert_num_queries(8):
        client.get("/matters/whistle/")
