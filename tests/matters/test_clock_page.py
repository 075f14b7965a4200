"""The shipped periods, the count in words, and the page that counts."""

import json
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from tests import factories
from tests.factories import LIUAN, SHIMEN, place, signed_in
from yizhen.clocks import (
    SUSPENSION_REASONS,
    Closure,
    DayKind,
    DeadlineRule,
    Extension,
    Refusal,
    TableCalendar,
    TableDay,
    Unit,
    compute_deadline,
    extend,
    fixed_deadline,
    national_calendar,
    suspend,
    weekends_only,
)
from yizhen.matters.clock_rules import clock_rules
from yizhen.matters.clock_words import (
    REFUSALS,
    SUSPENSION_NAMES,
    in_words,
    legend_of,
    runs_in_words,
    strip_of,
)
from yizhen.places.calendar_keeping import declare_closure

CALENDARS = {"national_2026": national_calendar(), "weekends_only": weekends_only()}
PETITION = [
    # clock, start, expected unrolled date, expected due date (domain.md 2.2, the others by a wall calendar)
    ("petition.received", (3, 2), (3, 17), (3, 17)),
    ("petition.received_directly", (3, 2), (3, 17), (3, 17)),
    ("petition.transferred_ours", (3, 2), (3, 17), (3, 17)),
    ("petition.transferred_not_ours", (3, 2), (3, 9), (3, 9)),
    ("petition.accepted", (3, 10), (5, 9), (5, 9)),  # a Saturday, but a make-up workday
    ("petition.reply_delivered", (5, 8), (6, 7), (6, 8)),  # a Sunday: Monday
    ("petition.first_review_requested", (5, 20), (6, 19), (6, 22)),  # Dragon Boat, Friday to Sunday: Monday
    ("petition.first_review_delivered", (6, 19), (7, 19), (7, 20)),  # a Sunday: Monday
    ("petition.second_review_requested", (7, 20), (8, 19), (8, 19)),  # a Wednesday
]


# --- the shipped periods -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "start", "warning", "due"), PETITION, ids=[row[0] for row in PETITION])
def test_the_nine_clocks_of_petitions(code, start, warning, due):
    made = compute_deadline(clock_rules()[code].rule, date(2026, *start))
    assert (made.warning, made.due) == (date(2026, *warning), date(2026, *due))


def test_every_period_of_the_story_is_shipped_with_its_values():
    story = factories.demo_story()
    rules = clock_rules()
    for kind in story["matter_types"]:
        for clock in kind["clocks"]:
            one = rules[f"{kind['code']}.{clock['event']}"]
            assert (one.rule.amount, one.rule.unit, bool(one.extension)) == (
                clock["amount"], clock["unit"], "extension" in clock,
            ), one.code  # fmt: skip
    assert len(rules) == 48


def test_the_vectors_of_the_story_by_the_shipped_periods():
    checked = 0
    for vector in factories.demo_story()["clock_test_vectors"]:
        one = clock_rules()[f"{vector['matter']}.{vector['event']}"]
        more = vector["amount"] - one.rule.amount
        if more < 0:  # three days for a hotline order: another city's rule
            continue
        days = CALENDARS[vector.get("calendar", "national_2026")]
        made = compute_deadline(one.rule, date.fromisoformat(vector["date"]), days)
        if more:
            made = extend(made, one.extension, asked_on=made.due, amount=more, calendar=days)
        assert made.warning.isoformat() == vector["expect"], vector
        checked += 1
    assert checked == 13


def test_extensions_and_suspensions_are_those_of_the_law():
    rules = clock_rules()
    more = {code: one.extension for code, one in rules.items() if one.extension}
    assert {code: (e.amount, e.times, e.total_max, e.period_max) for code, e in more.items()} == {
        "petition.accepted": (30, None, 30, None),
        "accident.investigation": (60, None, 60, None),
        "wage_arrears.filed": (30, 1, None, None),
        "foi.received": (20, 1, None, None),
        "sme_payment.handler_received": (None, None, None, 90),
        "sme_payment.delivered": (None, None, None, 60),
        "market_complaint.clue_found": (15, 1, None, None),
        "dispute.administrative_mediation": (None, None, None, 10),
        "deputies_suggestion.handed_over": (None, None, None, 6),
    }
    assert all(one.extension.unit is one.rule.unit for one in rules.values() if one.extension)
    assert {code: one.suspensions for code, one in rules.items() if one.suspensions} == {
        "petition.second_review_requested": ("hearing",),
        "accident.investigation": ("technical_appraisal",),
        "minimum_allowance.accepted": ("public_notice",),
        "foi.received": ("third_party_opinion", "correction"),
    }
    assert all(one.source_zh and one.source_en and one.name_zh and one.result_en for one in rules.values())
    assert set(SUSPENSION_NAMES) == set(SUSPENSION_REASONS)


def test_a_deadline_of_any_shipped_period_can_be_stored():
    for one in clock_rules().values():
        if one.rule.unit is not Unit.HOUR:
            json.dumps(compute_deadline(one.rule, date(2026, 3, 2)).as_json())


def test_every_refusal_has_its_words():
    assert set(REFUSALS) == set(Refusal)


# --- in words ------------------------------------------------------------------------------------------------------


def test_each_kind_of_day_has_its_sentence():
    days = TableCalendar(
        {2026: [TableDay(date(2026, 9, 30), DayKind.HALF_DAY, "下午停办")]},
        (Closure(date(2026, 10, 9), date(2026, 10, 9), "台风停工"),),
    )
    made = compute_deadline(DeadlineRule("e", 2, Unit.WORKING_DAY), date(2026, 9, 29), days)
    made = extend(made, Extension(Unit.WORKING_DAY, amount=2), asked_on=made.due, calendar=days)
    told = dict(in_words(made))
    assert [told[date(2026, *day)] for day in ((9, 29), (9, 30), (10, 1), (10, 8), (10, 9), (10, 10), (10, 11))] == [
        "起始日，不计入。",
        "第 1 天，半天上班（下午停办），算一个工作日。",
        "国庆节放假，不计入。",
        "第 2 天。",
        "当地停工（台风停工），不计入。",
        "第 3 天，国庆节调休上班。",
        "周末，不计入。",
    ]
    assert told[made.due] == "第 4 天（延长期）。到期。"


def test_rolling_halting_and_naming_are_told():
    rolled = compute_deadline(DeadlineRule("e", 30, Unit.NATURAL_DAY), date(2026, 5, 20))
    assert [words for _day, words in in_words(rolled)][-4:] == [
        "第 30 天。期限的最后一天，这天不上班，顺延。",
        "端午节放假，不计入。",
        "端午节放假，不计入。",
        "顺延到这个上班日。到期。",
    ]
    halted = suspend(rolled, date(2026, 6, 1), None, "hearing")
    assert dict(in_words(halted))[date(2026, 6, 1)] == "听证，期限中止，不计入。"
    assert in_words(halted)[-1][1].endswith("最早这一天到期。")
    anew = suspend(rolled, date(2026, 5, 25), date(2026, 5, 26), "correction")
    assert dict(in_words(anew))[date(2026, 5, 22)] == "之后重新起算，不计入。"
    assert in_words(fixed_deadline(date(2026, 9, 4), date(2026, 9, 1), "x")) == [
        (date(2026, 9, 4), "交办时指定。到期。")
    ]


def test_runs_and_english():
    made = compute_deadline(DeadlineRule("e", 2, Unit.WORKING_DAY), date(2026, 6, 17))
    assert [words for _first, _last, words in runs_in_words(made)] == [
        "起始日，不计入。", "第 1 天。", "端午节放假，不计入。", "第 2 天。到期。",
    ]  # fmt: skip
    long = compute_deadline(DeadlineRule("e", 60, Unit.NATURAL_DAY), date(2026, 3, 10))
    assert runs_in_words(long)[1][:2] == (date(2026, 3, 11), date(2026, 5, 8))
    assert runs_in_words(long)[1][2] == "第 1 至 59 天。"
    with translation.override("en"):
        assert in_words(made)[-1][1].count(" ") >= 1  # sentences are set apart


def test_the_strip_marks_by_more_than_colour():
    made = compute_deadline(DeadlineRule("e", 3, Unit.WORKING_DAY), date(2026, 2, 12))
    cells = strip_of(made)
    assert [(cell.kinds, cell.number, str(cell.mark)) for cell in cells[:4]] == [
        ("start_excluded", None, "起"),
        ("counted", 1, ""),
        ("counted make_up_workday", 2, "班"),
        ("holiday", None, "休"),
    ]
    assert (cells[-1].kinds, cells[-1].words) == ("counted due", "第 3 天。到期。")
    assert [cell.begins_month for cell in cells].count(True) == 1
    assert [code for code, _mark, _name in legend_of(made)] == [
        "start_excluded", "counted", "make_up_workday", "holiday", "due",
    ]  # fmt: skip


# --- the page ------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(db):
    factories.fictional_city()
    return signed_in(factories.account("township_office"))


def asked(client, status=200, **fields):
    answer = client.get("/matters/clock/", {"place": LIUAN, "start": "2026-03-10", "unit": "working_day"} | fields)
    assert answer.status_code == status
    return answer


def test_a_period_of_the_law_with_its_longest_extension(client):
    page = asked(client, rule="petition.accepted")
    counted = page.context["counted"]
    assert (counted.deadline.due, counted.longest.due, counted.room) == (date(2026, 5, 9), date(2026, 6, 8), 30)
    text = page.content.decode()
    assert "信访工作条例第三十四条" in text
    assert "最多 30 个自然日，到2026年6月8日(周一)；须在2026年5月9日(周六)以前申请" in text
    assert text.count('<li class="square') == 61


def test_extending_and_halting_on_the_page(client):
    page = asked(client, rule="wage_arrears.filed", start="2026-03-02", extend="30")
    assert (page.context["counted"].deadline.due, page.context["counted"].longest) == (date(2026, 7, 10), None)
    halted = {"halted_from": "2026-06-29", "halted_until": "2026-07-10", "reason": "third_party_opinion"}
    page = asked(client, rule="foi.received", start="2026-06-22", **halted)
    assert page.context["counted"].deadline.due == date(2026, 8, 3)
    page = asked(client, rule="foi.received", start="2026-06-22", **(halted | {"halted_until": ""}))
    assert "到期日待定" in page.content.decode()


def test_what_the_law_does_not_allow_is_refused_at_its_field(client):
    page = asked(client, 400, rule="hotline.dispatched", extend="5")
    assert page.context["form"].errors == {"extend": ["能延长的都已延长，不能再延。"]}
    page = asked(client, 400, rule="petition.accepted", extend="31")
    assert list(page.context["form"].errors) == ["extend"]
    page = asked(client, 400, rule="petition.accepted", halted_from="2026-03-20", reason="hearing")
    assert page.context["form"].errors == {"halted_from": ["这个期限没有规定可以因此中止。"]}
    page = asked(client, 400, rule="foi.received", halted_from="2026-03-20")
    assert list(page.context["form"].errors) == ["reason"]


def test_an_amount_of_ones_own_counts_with_the_places_calendar(client):
    office = factories.account("city_office")
    flood = {"first": date(2026, 7, 6), "last": date(2026, 7, 8), "reason": "防汛", "basis": "清防指〔2026〕7号"}
    declare_closure(office, place(LIUAN), **flood)
    here = asked(client, amount="5", start="2026-07-02").context["counted"].deadline
    there = asked(client, amount="5", start="2026-07-02", place=SHIMEN).context["counted"].deadline
    assert (here.due, there.due) == (date(2026, 7, 14), date(2026, 7, 9))


def test_hours_run_on(client):
    page = asked(client, rule="accident.department_informed", start="2026-09-30", time="23:00")
    assert page.context["counted"].moment == datetime(2026, 9, 30, 17, 0, tzinfo=UTC)  # 1 o'clock in Beijing
    assert "2026年10月1日(周四) 01:00" in page.content.decode()
    assert "立即" in asked(client, rule="emergency.emergency").content.decode()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "rule"),
        ({"rule": "nothing"}, "rule"),
        ({"amount": "501"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "5", "start": "1890-01-01"}, "start"),
        ({"amount": "5", "start": "9999-12-31"}, "start"),
        ({"amount": "5", "place": "999999"}, "place"),
        (
            {"amount": "5", "halted_from": "2026-03-11", "halted_until": "2099-01-01", "reason": "hearing"},
            "halted_until",
        ),
        ({"amount": "5", "halted_from": "0001-01-01", "reason": "hearing"}, "halted_from"),
    ],
)
def test_nonsense_is_named_at_its_field(client, fields, field):
    assert field in asked(client, 400, **fields).context["form"].errors


def test_the_matters_page_shows_the_strip(client):
    matter, _code = factories.request(LIUAN)
    text = client.get(f"/matters/{matter.number}/").content.decode()
    assert text.count('<li class="square') == len(matter.deadline.steps)
    assert "第 1 天。" in text


def test_the_page_needs_few_queries(client, django_assert_num_queries):
    with django_assert_num_queries(9):
        asked(client, rule="petition.accepted")
