"""The simulated year: legal lives by legal parties, the same facts from the database as from memory, frauds found."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from tests import factories
from yizhen.audit.actions import first_broken_link
from yizhen.audit.models import Record
from yizhen.clocks import compute_deadline
from yizhen.demo.year.city import DEPARTMENTS, City, Fraud, make_city
from yizhen.demo.year.facts import facts_of
from yizhen.demo.year.keeping import keep_lives, write_truth
from yizhen.demo.year.lives import VOLUME, lives_of
from yizhen.demo.year.making import is_year_made
from yizhen.demo.year.measuring import Found, NoYear, find_in, measured, table, truth
from yizhen.matters.actions.signals import find_signals
from yizhen.matters.kinds import KINDS
from yizhen.matters.kinds.traits import has_trait, target_of
from yizhen.matters.kinds.walk import CaseStep, walk
from yizhen.matters.lifecycle import REPORTING, TABLE, Need, Party, State, Verb
from yizhen.matters.models import Event, Matter, MatterClock, Signal
from yizhen.matters.rates import rate_table
from yizhen.matters.rules import PARTIES
from yizhen.matters.signals.reading import facts_in
from yizhen.matters.signals.words import measurement
from yizhen.people.actions import open_account
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.scoring.gaming import RULES

SEED, MATTERS = 5, 400
SIX = dict.fromkeys(("990181101", "990181102", "990181103", "990181104", "990122101", "990103001"), 60000)


@pytest.fixture
def people(db):
    """The demo's townships, departments and accounts."""
    city = factories.demo_city()
    factories.catalogue()
    open_account(None, username="y-office", display_name="评议办", role="city_office", scope=city, demo=True)
    for place in Division.objects.filter(level="township"):
        for role in ("township_office", "township_head"):
            open_account(
                None,
                username=f"y-{role}-{place.code}",
                display_name=f"{place}{role}",
                role=role,
                scope=place,
                demo=True,
            )
    for code in DEPARTMENTS:
        unit = factories.unit(code)
        open_account(None, username=f"y-{code}", display_name=code, role="department", scope=city, unit=unit, demo=True)
    return Account.objects.get(username="y-office")


def townships():
    return dict(Division.objects.filter(level="township").values_list("code", "population"))


def kept(matters=MATTERS):
    now, lives = timezone.localtime(), []
    city = make_city(SEED, townships(), now.date())
    keep_lives(lives_of(city, SEED, now, matters), SEED, lives.append, lambda _count: None)
    return city, lives


def test_year_of_a_seed_is_the_same_twice_and_another_seed_is_another():
    now = timezone.localtime()
    city = make_city(SEED, SIX, now.date())

    def told(seed):
        return [(life.kind.code, life.place, life.moves) for life in lives_of(city, seed, now, 60)]

    assert told(SEED) == told(SEED)
    assert told(SEED) != told(SEED + 1)


def test_cheating_changes_no_life_of_another_unit():
    now = timezone.localtime()
    honest = make_city(SEED, SIX, now.date(), honest=True)
    quarter = honest.quarters[1].code
    cheat = City(SIX, honest.habits, honest.quarters, {("too_flat", "P990181101", quarter): Fraud("too_flat", "P990181101", quarter, 1.0)})  # fmt: skip

    changed = {
        one.unit
        for one, other in zip(lives_of(honest, SEED, now, 300), lives_of(cheat, SEED, now, 300), strict=True)
        if one.moves != other.moves
    }
    assert changed <= {"P990181101"}
    assert changed


def test_every_step_is_a_row_of_the_table_taken_by_its_party(people):
    kept()
    matters = list(Matter.objects.select_related("division", "addressee", "dispatcher", "raised_by", "frozen"))
    events = Event.objects.select_related("by", "by__unit")
    wrong, verbs = [], set()
    for matter in matters:
        kind, done_by, verified_by = matter.kind_info, None, None
        steps = list(events.filter(matter=matter))
        assert (steps[0].verb, steps[0].to_state, [s.sequence for s in steps]) == (
            Verb.OPEN, kind.entry, list(range(1, len(steps) + 1)),
        )  # fmt: skip
        moved = [step for step in steps if step.verb == Verb.DISPATCH]
        for before, step in zip(steps, steps[1:], strict=False):
            row = TABLE[Verb(step.verb), State(step.from_state)]
            verbs.add(row.verb)
            matter.done_by, matter.verified_by = done_by, verified_by
            matter.done_by_id, matter.verified_by_id = getattr(done_by, "pk", None), getattr(verified_by, "pk", None)
            legal = (
                has_trait(row, kind) and step.to_state == target_of(row, kind) and before.to_state == step.from_state
            )
            legal = legal and step.at >= before.at and (not row.text_required or step.text)
            legal = legal and (Need.RESULT_FIELDS not in row.needs or set(step.data["fields"]) >= _required(kind))
            later = [one for one in moved if one.sequence > step.sequence]
            asks = row.verb in {Verb.GRANT_EXTENSION, Verb.REFUSE_EXTENSION}
            if row.party == Party.REQUESTER:
                legal = legal and step.by is None and matter.follow_hash
            elif not later and not asks:  # whose it was before a later dispatch is not kept with the matter
                legal = legal and PARTIES[row.party](step.by, matter)
            if not legal:
                wrong.append((matter.number, step.sequence, step.verb))
            if row.verb in REPORTING:
                done_by = step.by
            if row.verb == Verb.PASS:
                verified_by = step.by
    assert wrong == []
    assert verbs >= {
        Verb.SOLVE_AT_ONCE,
        Verb.OBJECT,
        Verb.SEND_BACK,
        Verb.UNSATISFIED,
        Verb.LAPSE,
        Verb.LOOK_BACK_HOLDS,
    }


def _required(kind):
    return {field.code for field in kind.fields_of("result") if field.required}


def test_due_dates_and_states_are_those_that_the_steps_give(people):
    _city, lives = kept(150)
    matters = {matter.client_id: matter for matter in Matter.objects.all()}

    for life in lives:
        matter = matters[f"year:{SEED}:{life.number}"]
        again = walk(
            KINDS[matter.kind],
            [
                CaseStep(move.verb, move.at.date(), life.order if n == 0 else None, move.data.get("reason", ""))
                for n, move in enumerate(life.moves)
            ],
        )
        assert (again.state, again.closed_on, again.look_back_on) == (
            matter.state, matter.closed_on, matter.look_back_on,
        )  # fmt: skip
        assert again.due_on == matter.due_on
        assert matter.deadline.due == matter.due_on
    clock = MatterClock.objects.filter(code="dispatched", extended=0, matter__kind="hotline").first()
    rule = next(one.rule for one in KINDS["hotline"].clocks if one.code == "dispatched")
    assert clock.due_on == compute_deadline(rule, clock.started_on).due


def test_one_audit_record_stands_for_the_year_and_the_chain_is_whole(people):
    assert not is_year_made()
    city, lives = kept(50)
    record = Record.objects.get(event="demo.year_imported")

    assert record.details["matters"] == 50
    assert record.details["steps"] == sum(len(life.moves) for life in lives)
    assert first_broken_link() is None
    assert is_year_made()
    assert Event.objects.filter(sequence=1, data__imported=f"year:{SEED}").count() == 50
    path = write_truth(SEED, city.frauds.values())
    assert len(truth()) == len(RULES) * 4
    assert json.loads(path.read_text())["seed"] == SEED
    path.unlink()


def test_matters_go_on_after_the_import_with_the_next_numbers(people):
    kept(120)
    last = Matter.objects.filter(kind="resident_request", number__startswith=f"S{timezone.localdate().year}-").last()
    made, _code = factories.request("990181101")

    numbers = list(Matter.objects.filter(number__startswith=made.number[:6]).values_list("number", flat=True))
    assert made.number == max(numbers)
    assert last is None or made.number > last.number


def test_facts_from_the_database_are_those_of_the_lives(people):
    city, lives = kept(600)
    today, root = timezone.localdate(), Division.objects.get(code="9901")
    expected = facts_of(lives, city.quarters, today)
    numbers = {f"year:{SEED}:{life.number}": life.number for life in lives}
    known = {pk: numbers[client] for pk, client in Matter.objects.values_list("pk", "client_id")}

    for period in city.quarters:
        found, wanted = facts_in(root, period), expected[period.code]
        assert sorted(report._replace(matter=known[report.matter]) for report in found.reports) == sorted(
            wanted.reports
        )
        for name in ("imperfect", "excluded", "reopened"):
            got = {unit: pair for unit, pair in getattr(found, name).items() if any(pair)}
            assert got == {unit: pair for unit, pair in getattr(wanted, name).items() if any(pair)}
        assert {unit: len(rows) for unit, rows in found.files.items()} == {u: len(r) for u, r in wanted.files.items()}
        assert {unit: sorted(map(sorted, map(dict.items, days))) for unit, days in found.channels.items()} == {
            unit: sorted(map(sorted, map(dict.items, days))) for unit, days in wanted.channels.items()
        }


def test_rates_are_counted_on_the_year(people):
    city, _lives = kept(600)
    table_ = rate_table(people, city.quarters[2])

    assert len(table_.rows) == 12
    assert table_.city.three["response"].should > 30
    assert 80 < table_.city.three["response"].value < 100


TEN = {f"9901030{number:02}": 60_000 for number in range(1, 11)}
THEN = datetime(
    2026, 11, 20, 12, tzinfo=timezone.get_default_timezone()
)  # a fixed day: chance must not differ tomorrow
SEEN_IN_A_SMALL_YEAR = [code for code in RULES if code != "few_channels"]  # it needs pairs of verdicts of one day


def small_year(*, honest: bool) -> tuple[set, Found]:
    """Return the frauds planted in ten townships in one quarter, each in another way, and what was found."""
    city = make_city(3, TEN, THEN.date(), honest=True)
    period = city.quarters[3]
    planted = [] if honest else list(zip(SEEN_IN_A_SMALL_YEAR, TEN, strict=False))
    frauds = {(code, f"P{place}", period.code): Fraud(code, f"P{place}", period.code, 1.0) for code, place in planted}
    small, found = City(TEN, city.habits, city.quarters[3:], frauds), Found()
    found.take(facts_of(lives_of(small, 11, THEN, 8000), [period], THEN.date())[period.code], period)
    return set(frauds), found


def test_planted_frauds_are_found_in_a_small_year_and_nothing_else_is():
    planted, found = small_year(honest=False)

    assert len(planted) == 7
    assert found.alarms == planted


def test_honest_small_year_is_quiet():
    _planted, found = small_year(honest=True)

    assert found.alarms == set()
    assert min(found.looked[code] for code in SEEN_IN_A_SMALL_YEAR) >= 8


def test_measured_says_precision_recall_and_false_alarms():
    planted = {("burst", "P1", "2031Q1"), ("burst", "P2", "2031Q1")}
    year, clean = Found(), Found()
    year.alarms = {("burst", "P1", "2031Q1"), ("burst", "P9", "2031Q1")}
    clean.looked["burst"], clean.alarms = 200, {("burst", "P3#1", "2031Q2")}

    row = measured(planted, year, clean)[0]

    assert (row.planted, row.found, row.false, row.precision, row.recall) == (2, 1, 1, 0.5, 0.5)
    assert table([row])[1].split() == ["burst", "2", "1", "1", "50%", "50%", "1/200", "=", "0.50%"]


def test_without_a_year_there_is_nothing_to_measure_on(people):
    assert not (settings.DATA_DIR / "year-truth.json").exists()
    with pytest.raises(NoYear):
        truth()
    with pytest.raises(NoYear):
        find_in("2031-13", print)


def test_signals_of_an_empty_quarter_are_none(people):
    said = []
    find_in(None, said.append)

    assert Signal.objects.count() == 0
    assert len(said) == 1
    assert (
        find_signals(None, Division.objects.get(code="9901"), make_city(1, SIX, timezone.localdate()).quarters[0]) == []
    )


def test_volumes_name_every_kind_but_those_that_are_part_of_others_or_last_for_years():
    assert set(VOLUME) == set(KINDS) - {"whistle", "safety_campaign"}


@pytest.mark.parametrize("page", ["signals.md", "signals.zh.md"])
def test_docs_tell_what_was_measured(page):
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")

    for code, row in measurement()["signals"].items():
        figures = (row["planted"], row["found"], row["false"], f"{row['clean_false']}/{row['clean_looked']}")
        assert f"| `{code}` | " + " | ".join(map(str, figures)) + " |" in text
    assert sum(row["found"] for row in measurement()["signals"].values()) == 31
