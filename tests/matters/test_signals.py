"""Signs: the unit sees and explains first, a second office decides, nothing names a person, nothing changes afterwards."""

from collections import Counter
from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import GUDU, JIANGFENG, LIUAN, SHIMEN, XITANG, request, signed_in
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import signals as acting
from yizhen.matters.actions import take_request, take_step
from yizhen.matters.actions.signals import count_verdict, decide_signal, explain_signal, find_signals
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import SIGNALS, Event, Signal, VerdictCount
from yizhen.matters.periods import quarter_of
from yizhen.matters.signals.facts import minutes_left, words_of
from yizhen.matters.signals.queries import signals_visible_to
from yizhen.matters.signals.reading import facts_in
from yizhen.matters.signals.words import WORDS
from yizhen.scoring.gaming import RULES

STATISTIC = {
    "count": 60, "of": 120, "expected": 0.09, "low": 0.01, "high": 0.2, "z": 12.0, "q": 1e-6, "dispersion": 1.2,
    "peers": 12, "appraisal": "2031-06-30", "series": {"labels": ["2031-06-23", "2031-06-30"], "own": [50, 50], "peers": [91, 9]},
}  # fmt: skip


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def last_quarter():
    return quarter_of(quarter_of(timezone.localdate()).first - timedelta(days=1))


def found(code="burst", place=LIUAN, unit=None, *, days=0, period="2031Q2") -> Signal:
    """Return a sign that was found so many days ago and is open to others seven days after that."""
    day = timezone.localdate() - timedelta(days=days)
    return Signal.objects.create(
        code=code, period=period, division_id=None if unit else place, unit=unit, statistic=STATISTIC, found_on=day,
        opens_on=day + timedelta(days=7),
    )  # fmt: skip


def seen_by(people, roles=None):
    return {role for role, user in people.items() if signals_visible_to(user).exists() and (not roles or role in roles)}


# --- who sees it, and when -------------------------------------------------------------------------------------------


def test_unit_alone_sees_a_new_signal(people):
    made = found()

    assert seen_by(people) == {"township_head", "township_office"}
    assert signed_in(people["city_office"]).get(f"/matters/signals/{made.pk}/").status_code == 404


def test_department_alone_sees_its_own(people):
    found(unit=people["department"].unit)
    other = factories.account("department", unit=factories.unit("HEA"))

    assert seen_by(people) == {"department"}
    assert not signals_visible_to(other).exists()


def test_offices_above_see_it_once_the_unit_has_explained(people):
    explain_signal(people["township_office"], found(), "集中清理积压。")

    assert seen_by(people) == {"township_head", "township_office", "county", "city_office"}
    assert not signals_visible_to(factories.account("county", "990122")).exists()
    assert not signals_visible_to(factories.account("township_office", XITANG)).exists()


@pytest.mark.parametrize(("days", "open_to"), [(6, set()), (7, {"county", "city_office"})])
def test_offices_above_see_it_after_the_days_to_explain_have_passed(people, days, open_to):
    found(days=days)

    assert seen_by(people) - {"township_head", "township_office"} == open_to


def test_county_sees_no_department(people):
    found(unit=people["department"].unit, days=30)

    assert seen_by(people) == {"department", "city_office"}


# --- explaining and deciding -----------------------------------------------------------------------------------------


def test_unit_explains_once_and_others_never(people):
    made = found(days=30)
    for role in ("county", "city_office", "village", "department"):
        with pytest.raises(PermissionDenied):
            explain_signal(people[role], made, "说明")
    with pytest.raises(ValidationError) as empty:
        explain_signal(people["township_head"], made, " ")

    explained = explain_signal(people["township_head"], made, " 汛期集中验收。 ")

    assert list(empty.value.message_dict) == ["text"]
    assert (explained.explanation, explained.explained_on) == ("汛期集中验收。", timezone.localdate())
    with pytest.raises(PermissionDenied):
        explain_signal(people["township_office"], made, "再说一次")
    assert Record.objects.order_by("number").last().details == {"code": "burst", "period": "2031Q2"}


@pytest.mark.parametrize("accepted", [True, False])
def test_second_office_decides_once_after_the_unit_was_heard(people, accepted):
    made = found()
    with pytest.raises(PermissionDenied):
        decide_signal(people["county"], made, "核实过。", accepted=accepted)
    explain_signal(people["township_office"], made, "说明")

    decided = decide_signal(people["county"], made, "抽查十件属实。", accepted=accepted)

    assert (decided.accepted, decided.decided_by) == (accepted, people["county"])
    for role in ("county", "city_office"):
        with pytest.raises(PermissionDenied):
            decide_signal(people[role], made, "再来", accepted=True)
    with pytest.raises(PermissionDenied):
        explain_signal(people["township_office"], made, "再说")


def test_silence_does_not_stop_the_decision(people):
    assert decide_signal(people["city_office"], found(days=8), "没有说明，抽查。", accepted=False).accepted is False


def test_who_looked_for_it_never_decides(people):
    made = found(days=8)
    other = factories.account("city_office")
    computed = Signal.objects.create(
        code="too_flat", period="2031Q2", division_id=LIUAN, statistic=STATISTIC, found_on=made.found_on,
        opens_on=made.opens_on, found_by=people["city_office"],
    )  # fmt: skip

    with pytest.raises(PermissionDenied):
        decide_signal(people["city_office"], computed, "认定", accepted=True)
    assert decide_signal(other, computed, "认定", accepted=True).decided_by == other


@pytest.mark.parametrize(
    "wrong",
    [
        {"division_id": None},
        {"unit_id": "EMG"},
        {"code": "rank"},
        {"explanation": "无名"},
        {"accepted": True},
        {"opens_on": timezone.localdate()},
    ],
    ids=str,
)
def test_database_refuses_half_signals(people, wrong):
    whole = {
        "code": "burst",
        "period": "2031Q1",
        "division_id": LIUAN,
        "statistic": {},
        "found_on": timezone.localdate(),
    }
    whole["opens_on"] = whole["found_on"] + timedelta(days=7)

    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.create(**(whole | wrong))
    assert Signal.objects.create(**whole).pk


@pytest.mark.parametrize("change", [{"statistic": {}}, {"explanation": "改"}, {"period": "2031Q1"}], ids=str)
def test_what_was_found_and_said_stays_as_it_was(people, change):
    made = explain_signal(people["township_office"], found(), "说明")

    with pytest.raises(DatabaseError), transaction.atomic():
        Signal.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Signal.objects.filter(pk=made.pk).delete()


# --- looking for them ------------------------------------------------------------------------------------------------


def heaped():
    """Let five townships report forty times each in the last quarter; one of them nearly all in its last week."""
    period, zone = last_quarter(), timezone.get_default_timezone()
    for place in (LIUAN, XITANG, GUDU, SHIMEN, JIANGFENG):
        matter, _code = request(place)
        Event.objects.bulk_create(
            Event(
                matter=matter, sequence=number + 2, verb=Verb.REPORT_DONE, from_state="handling", to_state="handled",
                by_label="办公室", text=f"已办。{place}",
                at=datetime.combine(
                    period.last - timedelta(days=2 if place == LIUAN and number % 5 else 2 * number), time(10), zone
                ),
            )
            for number in range(40)
        )  # fmt: skip
    return period


def test_heap_before_the_appraisal_is_found_once_and_told_to_nobody(people, django_assert_num_queries):
    period, city = heaped(), people["city_office"].scope
    with django_assert_num_queries(9):
        facts = facts_in(city, period)
    assert Counter(report.unit for report in facts.reports) == dict.fromkeys(
        ["P" + code for code in (LIUAN, XITANG, GUDU, SHIMEN, JIANGFENG)], 40
    )

    made = find_signals(people["city_office"], city, period)

    signal = Signal.objects.get(code="burst")
    assert [one.code for one in made if one.division_id == LIUAN and one.code == "burst"] == ["burst"]
    assert (signal.division_id, signal.found_by, signal.statistic["of"]) == (LIUAN, people["city_office"], 40)
    assert signal.statistic["count"] >= 32
    assert (signal.opens_on - signal.found_on).days >= 6
    assert find_signals(people["city_office"], city, period) == []
    told = Record.objects.filter(event="matters.signals_looked_for").first()
    assert set(told.details) == {"period", "appraisal"}
    assert signal.statistic["series"]["labels"][-1] == period.last.isoformat()
    assert signal.statistic["series"]["own"][-1] == pytest.approx(100 * signal.statistic["count"] / 40)


def test_only_the_city_looks_for_signs_and_only_in_what_is_over(people):
    city = people["city_office"].scope
    for role in ("county", "department", "township_head", "audit_admin"):
        with pytest.raises(PermissionDenied):
            find_signals(people[role], city, last_quarter())
    with pytest.raises(ValidationError):
        find_signals(people["city_office"], city, quarter_of(timezone.localdate()))
    with pytest.raises(ValidationError):
        find_signals(people["city_office"], city, last_quarter(), timezone.localdate())


def test_sealed_kinds_are_in_no_fact(people):
    from yizhen.matters.actions import register_matter
    from yizhen.matters.kinds import KINDS

    office, period = people["township_office"], last_quarter()
    with days_ago((timezone.localdate() - period.last).days + 5):
        matter, _code = register_matter(
            office, KINDS["dispute"], client_id="x", division=factories.place(LIUAN), fields={}, title="邻里争执",
            text="争执", work_line="safety",
        )  # fmt: skip
        take_step(office, matter, Verb.DISPATCH, to_division=factories.place(LIUAN))
        take_step(office, matter, Verb.ACCEPT)
        take_step(
            office, matter, Verb.REPORT_DONE, text="调解成功", disposition="solved", fields={"outcome": "达成协议"}
        )

    assert facts_in(people["city_office"].scope, period).reports == []


def test_minutes_are_counted_to_the_end_of_office_hours_of_the_due_day():
    moment = timezone.localtime().replace(hour=17, minute=12)

    assert minutes_left(moment, moment.date()) == 18
    assert minutes_left(moment, moment.date() + timedelta(days=1)) == float("inf")
    assert minutes_left(moment, None) == float("inf")


def test_words_are_the_same_whatever_the_figures():
    assert words_of("已清运 3 车，编号Ａ-17。") == words_of("已清运12车，编号A-9")


# --- verdicts by share of addresses ----------------------------------------------------------------------------------


def test_verdict_is_counted_without_address_or_matter(people):
    matter, _code = request(LIUAN)
    for address in ("192.0.2.7", "192.0.2.7", "2001:db8::1", "2001:db8::2", "not an address"):
        count_verdict(matter, address)

    rows = list(VerdictCount.objects.values())
    assert {(row["unit"], row["day"]) for row in rows} == {("P" + LIUAN, timezone.localdate())}
    assert sum(row["count"] for row in rows) == 5
    assert set(rows[0]) == {"id", "unit", "day", "share", "count"}
    assert max(row["count"] for row in rows) >= 2


def test_share_of_an_address_is_drawn_anew_each_day(people):
    today = timezone.localdate()
    addresses = [f"192.0.2.{number}" for number in range(40)]
    first = [acting._share(address, today) for address in addresses]
    again = [acting._share(address, today) for address in addresses]
    other = [acting._share(address, today + timedelta(days=1)) for address in addresses]

    assert first == again
    assert first != other
    assert first != [acting._share(address, today) for address in addresses]  # the day before's key is gone


def test_verdict_on_the_portal_is_counted(people):
    matter, code = take_request(
        None,
        kind="resident_request",
        division=factories.place(LIUAN),
        title="路灯",
        text="不亮",
        work_line="livelihood",
        client_id="v",
    )
    take_step(people["township_office"], matter, Verb.ACCEPT)
    take_step(people["township_office"], matter, Verb.REPORT_DONE, text="已修", disposition="solved")
    take_step(people["township_head"], matter, Verb.PASS, text="属实")

    from django.test import Client

    Client().post("/ask/follow/", {"code": code, "solved": "1"})
    Client().post("/ask/follow/", {"code": code, "solved": "1"})  # too late: not counted

    assert list(VerdictCount.objects.values_list("unit", "count")) == [("P" + LIUAN, 1)]


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 3])
def test_list_takes_the_same_queries_for_one_and_for_three(people, many, django_assert_num_queries):
    for code in list(SIGNALS)[:many]:
        found(code, days=30)
    client = signed_in(people["city_office"])
    client.get("/matters/signals/")

    with django_assert_num_queries(4):
        page = client.get("/matters/signals/")
    assert len(page.context["deciding"]) == many


@pytest.mark.parametrize("code", list(SIGNALS))
def test_page_of_each_sign_shows_how_it_works_and_its_false_alarms(people, code):
    made = found(code)
    if code in {"last_minute", "few_channels"}:
        labels = {"last_minute": ["early", "4h", "2h", "1h", "30min"], "few_channels": ["1", "2", "3", "4", "5"]}[code]
        series = {"labels": labels, "own": [1, 2, 3, 4, 50], "peers": [1, 2, 3, 4, 5]}
        made = Signal.objects.create(
            code=code, period="2031Q1", division_id=LIUAN, statistic=STATISTIC | {"series": series},
            found_on=made.found_on, opens_on=made.opens_on,
        )  # fmt: skip
    page = signed_in(people["township_office"]).get(f"/matters/signals/{made.pk}/")

    text = page.content.decode()
    assert str(WORDS[code].how) in text
    assert f"{WORDS[code].false_rate.count}/{WORDS[code].false_rate.should}" in text
    assert "60 / 120" in text


def test_unit_explains_and_city_decides_on_the_pages(people):
    made = found()
    unit, city = signed_in(people["township_office"]), signed_in(people["city_office"])
    page = f"/matters/signals/{made.pk}/"

    assert unit.post(page + "explain/", {"text": ""}).status_code == 400
    assert city.post(page + "explain/", {"text": "x"}).status_code == 404
    assert unit.post(page + "explain/", {"text": "集中清理积压，名单附后。"}).status_code == 302
    assert "集中清理积压" in city.get(page).content.decode()
    assert unit.post(page + "decision/", {"text": "x", "answer": "accept"}).status_code == 403
    assert city.post(page + "decision/", {"text": "", "answer": "accept"}).status_code == 400
    assert city.post(page + "decision/", {"text": "抽查属实。", "answer": "accept"}).status_code == 302
    assert "抽查属实" in unit.get(page).content.decode()


def test_city_computes_and_learns_nothing_before_the_units(people):
    heaped()
    client = signed_in(people["city_office"])

    page = client.post("/matters/signals/find/", {"period": last_quarter().code, "appraisal": ""}, follow=True)

    assert Signal.objects.exists()
    assert (page.context["deciding"], page.context["rest"]) == ([], [])
    for wrong in ({"period": "x"}, {"period": last_quarter().code, "appraisal": "2031"}, {"period": quarter_of(timezone.localdate()).code}):  # fmt: skip
        assert client.post("/matters/signals/find/", wrong).status_code == 302
    assert signed_in(people["county"]).post("/matters/signals/find/", {}).status_code == 403


def test_every_rule_has_its_name_and_its_words():
    assert list(RULES) == list(SIGNALS) == list(WORDS)
