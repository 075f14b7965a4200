"""The fictional city: what anybody sees who tries the demo for the first time."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tests.appraisals.live import ROOT
from tests.browser.site import Site, copied
from yizhen.appraisals.board import rectification_board
from yizhen.appraisals.models import Campaign, Card, DutyReport, Result, Round, SealedSheet, Speaker
from yizhen.appraisals.queries import rectification_of_campaign
from yizhen.appraisals.sealing import card_hash
from yizhen.console.founding import found_city
from yizhen.console.keeping import verify
from yizhen.demo.actions import LINKS, is_made, make_demo, sign_in_links, story
from yizhen.demo.campaigns import HEAP, TODAYS_VOTERS, VOTERS
from yizhen.demo.clock import days_ago
from yizhen.demo.figures import periods
from yizhen.demo.work import stories
from yizhen.indicators.models import AssessmentScheme, IndexVersion, Observation, SchemeEntry
from yizhen.indicators.schemes.assessing import assess
from yizhen.matters.kinds import KINDS
from yizhen.matters.models import Matter
from yizhen.matters.queries import look_backs_due, matters_visible_to
from yizhen.people.models import Account, Official, Unit
from yizhen.people.roster.reading import held_in
from yizhen.people.roster.statistics import careers
from yizhen.places.models import Division
from yizhen.watches.models import Certificate, Crossing
from yizhen.watches.series.queries import nows_visible_to


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[str]]:
    """The demo, made once for this module and rolled back after it; the tests below only read."""
    said: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        make_demo(said.append)
        yield said
        transaction.set_rollback(True)
    (Path(settings.DATA_DIR) / HEAP).unlink()


@pytest.fixture
def first(demo: list[str]) -> Campaign:
    return Campaign.objects.get(previous=None)


@pytest.fixture
def second(demo: list[str]) -> Campaign:
    return Campaign.objects.get(previous__isnull=False)


def test_demo_says_what_it_makes(demo: list[str]) -> None:
    assert len(demo) == 13
    assert is_made()


def test_demo_has_a_lock_beyond_its_level_a_price_that_came_back_and_a_stock_without_data(demo: list[str]) -> None:
    office = Account.objects.get(username="office")
    known = {(str(one.series.watch), one.series.division.name_zh): one for one in nows_visible_to(office)}
    lock, pork = known["柳岸闸水位", "柳岸镇"], known["猪肉零售价", "江风街道"]

    assert [one.matter.state for one in lock.crossings] == ["new"]
    assert (pork.state, pork.crossings) == ("normal", [])
    assert Crossing.objects.get(series=pork.series).matter.state == "closed"
    assert {name for name, one in known.items() if one.state == "no_data"} == {
        ("大米库存", "北圩镇"),
        ("大米库存", "运河路街道"),
    }
    assert Certificate.objects.get().counts == {"readiness:beds": 6, "readiness:protective": 6, "situation": 3}


def test_demo_has_a_frozen_index_its_next_draft_and_a_scheme_with_a_veto(demo: list[str]) -> None:
    assert [(one.number, one.state) for one in IndexVersion.objects.order_by("number")] == [(1, "frozen"), (2, "draft")]
    frozen = IndexVersion.objects.get(number=1)
    assert frozen.result is not None
    assert len(frozen.result["places"]) == 12
    assert not frozen.result["left_out"]
    scheme = AssessmentScheme.objects.get()
    assert sorted(scheme.items.values_list("kind", flat=True)) == ["bonus", "deduction", "veto"]
    rows = {row["place"]: row for row in assess(scheme)["places"]}
    assert [code for code, row in rows.items() if not row["ranked"]] == [Division.objects.get(name_zh="石门峪镇").code]
    assert sum(row["bonus"] for row in rows.values()) == 2
    assert SchemeEntry.objects.filter(state="entered").count() == 1


def test_demo_codes_are_fictional(demo: list[str]) -> None:
    assert [code for code in Division.objects.values_list("code", flat=True) if not code.startswith("99")] == []
    assert Division.objects.filter(level="township").count() == 12
    scopes = set(Account.objects.values_list("scope_id", flat=True)) | set(
        Unit.objects.values_list("division_id", flat=True)
    )
    assert [code for code in scopes if not code.startswith("99")] == []


def test_demo_content_names_no_real_code() -> None:
    def codes(value: Any, key: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from codes(inner, name)
        elif isinstance(value, list):
            for inner in value:
                yield from codes(inner, key)
        elif isinstance(value, str) and re.fullmatch(r"\d{4}|\d{6}|\d{9}|\d{12}", value) and "code" in key:
            yield value

    found = list(codes(story()))
    assert len(found) > 12
    assert [code for code in found if not code.startswith("99")] == []


def test_demo_names_no_real_person(demo: list[str]) -> None:
    assert {name[:4] for name in Official.objects.values_list("name", flat=True)} == {"示例干部"}


def test_demo_first_campaign_is_finished(first: Campaign) -> None:
    assert first.state == "issued"
    round_ = first.rounds.get()
    assert {row.code: (row.issued, row.returned, row.void) for row in round_.classes.all()} == {
        code: (number, number, 0) for code, number in VOTERS.items()
    }
    assert SealedSheet.objects.filter(round=round_).count() == sum(VOTERS.values())
    results = Result.objects.filter(round=round_)
    assert (results.count(), results.filter(total=None).count()) == (9, 0)
    assert {result.interval is not None for result in results} == {True}
    assert 80 < min(result.total for result in results) < max(result.total for result in results) < 97  # type: ignore[type-var]


def test_demo_rectification_is_under_way(first: Campaign) -> None:
    items = list(rectification_of_campaign(first))
    speakers = {row["township"] for row in story()["speakers_demo"]}
    named = [item["problem_zh"] for item in story()["rectification_items"] if item["subject"] in speakers]
    assert sorted(item.title for item in items) == sorted(named)
    assert {item.state for item in items} == {"new", "handling", "handled", "closed"}
    assert [sum(item.reopened for item in items), len([i for i in items if i.light == "red"])] == [1, 1]


def test_demo_shows_every_sign_of_the_rectification(first: Campaign) -> None:
    office = Account.objects.get(username="office")
    board = rectification_board(office, first)
    assert [len(items) > 0 for _title, items in board.columns] == [True] * 5
    (late,) = [item for item in board.items if item.notice]
    assert (late.notice.colour, late.notice.answered_at, late.matter.division.name_zh) == ("blue", None, "古渡镇")  # type: ignore[union-attr]
    assert [need.colour for need in board.needed] == ["orange"]
    assert [[copy.kind for copy in item.copies] for item in board.items if item.copies] == [["words"], ["words"]]
    due = [matter for matter in look_backs_due(office) if matter.kind == "rectification"]
    assert [matter.division.name_zh for matter in due] == ["北圩镇"]
    task = first.common_tasks.get()
    assert (task.matter.addressee_id, task.matter.state, task.problems.count()) == ("HEA", "handling", 2)
    assert [place for place in Division.objects.values_list("name_zh", flat=True) if place in task.matter.text] == []


def test_demo_second_campaign_is_about_to_begin(second: Campaign) -> None:
    assert (second.state, second.session_on) == ("published", timezone.localdate())
    reports = DutyReport.objects.filter(speaker__campaign=second).select_related("speaker__division")
    waiting = [report.speaker.division.name_zh for report in reports if report.submitted_at is None]
    assert (len(reports), waiting) == (9, ["柳岸镇"])
    assert {entry.present for entry in second.roll.all()} == {False}


def test_demo_heap_holds_the_cards_of_today(second: Campaign) -> None:
    heap = json.loads((Path(settings.DATA_DIR) / HEAP).read_text(encoding="utf-8"))
    round_ = second.rounds.get()
    assert heap["campaign"] == second.pk
    assert {code: len(codes) for code, codes in heap["codes"].items()} == {c: n + 2 for c, n in TODAYS_VOTERS.items()}
    hashes = {card_hash(code, round_.pk) for codes in heap["codes"].values() for code in codes}
    assert hashes == set(Card.objects.filter(round=round_, state="fresh").values_list("code_hash", flat=True))


def test_demo_dates_are_relative_to_today(demo: list[str]) -> None:
    today = timezone.localdate()
    published = [timezone.localtime(c.published_at).date() for c in Campaign.objects.order_by("pk") if c.published_at]
    assert published == [today - timedelta(days=140), today - timedelta(days=5)]
    assert max(Observation.objects.values_list("as_of", flat=True)) < today
    assert max(Observation.objects.values_list("as_of", flat=True)) >= today - timedelta(days=40)
    opened = [timezone.localtime(moment).date() for moment in Matter.objects.values_list("opened_at", flat=True)]
    assert today - timedelta(days=200) <= min(opened)
    assert max(opened) <= today
    assert Matter.objects.filter(due_on__gte=today).exists()


def test_demo_speakers_are_scored_only_as_announced(demo: list[str]) -> None:
    assert Speaker.objects.count() == 18
    assert Round.objects.filter(state="counted").count() == 1


def test_demo_verifies(demo: list[str]) -> None:
    found = verify()
    assert found.whole, found.lines


def test_demo_gives_a_link_for_each_role(demo: list[str]) -> None:
    links = sign_in_links()
    assert [title for title, _path in links] == [title for _name, title in LINKS]
    assert len({path for _title, path in links}) == len(LINKS)


def test_demo_clock_is_put_right_again() -> None:
    real = timezone.now
    with days_ago(10):
        assert timedelta(days=9) < real() - timezone.now() < timedelta(days=11)
    assert timezone.now is real
    with pytest.raises(ZeroDivisionError), days_ago(10):
        1 / 0  # noqa: B018
    assert timezone.now is real


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 31), date(2028, 2, 29), date(2026, 12, 31)])
@pytest.mark.parametrize(("frequency", "number"), [("monthly", 7), ("quarterly", 5), ("half_yearly", 4), ("yearly", 4)])
def test_periods_are_complete_and_in_order(today: date, frequency: str, number: int) -> None:
    found = periods(frequency, today)
    ends = [end for _name, end in found]
    assert len({name for name, _end in found}) == number
    assert ends == sorted(ends)
    assert ends[-1] < today
    assert {(end + timedelta(days=1)).day for end in ends} == {1}


def test_periods_names() -> None:
    assert periods("quarterly", date(2026, 4, 1))[-2:] == [
        ("2025Q4", date(2025, 12, 31)),
        ("2026Q1", date(2026, 3, 31)),
    ]
    assert periods("half_yearly", date(2026, 1, 1))[-1] == ("2025H2", date(2025, 12, 31))
    assert periods("monthly", date(2026, 3, 1))[-1] == ("2026-02", date(2026, 2, 28))


def test_demo_refuses_a_directory_with_a_real_city(db: None) -> None:
    found_city("3210", villages=False)
    before = Division.objects.count()
    with pytest.raises(PermissionError):
        make_demo(lambda _text: None)
    assert (Division.objects.count(), Account.objects.count()) == (before, 0)


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site that ``yizhen demo --no-serve`` made; nobody serves it."""
    return copied(tmp_path_factory.mktemp("demo") / "data")


def yizhen(site: Site, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "yizhen", "--data", str(site.data), *arguments],
        env=site.environment,
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=120,
    )


@pytest.mark.once
def test_demo_command_again_keeps_the_data_and_gives_other_links(site: Site) -> None:
    assert len(site.links) == len(LINKS)
    heap = (site.data / HEAP).read_text(encoding="utf-8")
    again = yizhen(site, "demo", "--no-serve")
    assert again.returncode == 0, again.stderr
    links = re.findall(r"(/sign-in/\S+/)", again.stdout)
    assert len(links) == len(LINKS)
    assert set(links) & set(site.links.values()) == set()
    assert (site.data / HEAP).read_text(encoding="utf-8") == heap
    verified = yizhen(site, "verify")
    assert verified.returncode == 0, verified.stdout
    other = yizhen(site, "init", "--city", "3210")
    assert other.returncode == 2
    assert (site.data / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.once
def test_serve_says_when_the_port_is_taken(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = yizhen(site, "serve", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 2


def test_demo_shows_matters_of_every_kind_in_different_states(demo: list[str]) -> None:
    titles = [story["title"] for story in stories()]
    shown = Matter.objects.filter(client_id__startswith="register:", title__in=titles)
    assert shown.count() == len(titles)
    kinds = {story["kind"] for story in stories()}
    assert kinds == set(KINDS) - {"assigned_task", "resident_request", "rectification", "common_problem", "whistle"}
    assert set(shown.filter(kind="petition").values_list("state", flat=True)) == {
        "reported", "handling", "returned", "reviewing", "closed",
    }  # fmt: skip
    assert shown.filter(kind="own_promise", results__kept="没有兑现，已说明").count() == 1
    assert shown.filter(reopened__gt=0).count() == 3


def test_demo_accusation_is_hidden_from_the_place_that_it_accuses(demo: list[str]) -> None:
    accusation = Matter.objects.get(kind="accusation")
    office = Account.objects.get(role="township_office", scope=accusation.division)
    assert not matters_visible_to(office).filter(pk=accusation.pk).exists()
    assert matters_visible_to(Account.objects.get(username="office")).filter(pk=accusation.pk).exists()


def test_demo_has_a_roster_whose_leaders_came_from_townships_and_from_elsewhere(demo: list[str]) -> None:
    office = Account.objects.get(username="office")
    held = held_in(office)
    found = careers(held, timezone.localdate(), date(2021, 1, 1), date(2021, 12, 31))

    assert {code: len(officials) for code, officials in found.items() if code in {"leaders", "experienced", "direct"}} == {
        "leaders": 25, "experienced": 7, "direct": 5,
    }  # fmt: skip
    assert 5 <= len(found["promoted"]) < 25
