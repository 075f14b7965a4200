"""Rehearsals: in no list, never counted, gone afterwards; and what their figures are held against."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests import factories
from tests.appraisals.live import Live, empty_site, serving
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import ballot, results
from yizhen.appraisals.actions.rehearsal import begin_rehearsal, remove_rehearsals
from yizhen.appraisals.models import Campaign, Card, RollEntry, Round, SealedSheet, Session, Speaker
from yizhen.appraisals.queries import campaigns_visible_to
from yizhen.audit.models import Record
from yizhen.demo.crowd import Heard, Server
from yizhen.demo.phones import plausible_marks, seal_opinion, seal_sheet
from yizhen.demo.rehearsal import judge

DEPARTMENTS = ("EMG", "HEA", "EDU", "CUL", "STA")


@pytest.fixture
def departments(city: object) -> None:
    for code in DEPARTMENTS:
        factories.unit(code)


def rehearsed(voters: int = 10, cast: int = 4) -> Campaign:
    made = begin_rehearsal(voters)
    for class_code, code in made.cards[:cast]:
        marks = plausible_marks(made.round.layout, random.Random(1))
        sheet = seal_sheet(made.round.public_key, made.round.pk, class_code, marks, made.round.layout)
        opinion = seal_opinion(made.round.public_key, made.round.pk, made.round.layout["speakers"][0], "好")
        assert ballot.cast_sheet(code, sheet, [opinion], made.round.pk).state == "counted"
    return made.campaign


def test_rehearsal_is_in_no_list_and_on_no_page(departments: None) -> None:
    people = factories.everybody()
    campaign = rehearsed()
    assert all(not campaigns_visible_to(account).exists() for account in people.values())
    for path in ("", "console/", "cards/", "results/"):
        address = f"/appraisals/{campaign.pk}/{path}"
        assert factories.signed_in(people["city_office"], staff_mode=True).get(address).status_code == 404


def test_rehearsal_names_no_person_and_says_what_it_is(departments: None) -> None:
    campaign = rehearsed()
    assert "演练" in campaign.title
    assert {speaker.person for speaker in campaign.speakers.all()} == {""}


def test_rehearsal_can_never_be_counted(departments: None) -> None:
    campaign, scrutineer = rehearsed(), factories.account("scrutineer")
    Round.objects.filter(campaign=campaign).update(state="closed")
    with pytest.raises(ValidationError):
        results.count_round(scrutineer, Round.objects.get(campaign=campaign), [])


def test_rehearsal_leaves_two_audit_records_and_nothing_else(departments: None) -> None:
    models = (Campaign, Card, RollEntry, Round, SealedSheet, Session, Speaker)
    before = Record.objects.count()
    rehearsed()
    assert remove_rehearsals() == 1
    assert [model.objects.count() for model in models] == [0] * len(models)
    events = list(Record.objects.order_by("number").values_list("event", flat=True))[before:]
    assert events == ["appraisals.rehearsal_began", "appraisals.rehearsal_removed"]
    assert remove_rehearsals() == 0


def test_rehearsal_is_removed_and_real_campaigns_stay(departments: None, published: Hall) -> None:
    rehearsed()
    assert remove_rehearsals() == 1
    assert list(Campaign.objects.all()) == [published.campaign]


def test_database_refuses_to_delete_a_real_campaign_or_to_call_it_a_rehearsal(published: Hall) -> None:
    refused = (IntegrityError, ValidationError)
    campaigns = Campaign.objects.filter(pk=published.campaign.pk)
    with pytest.raises(refused), transaction.atomic():
        campaigns._raw_delete(campaigns.db)
    with pytest.raises(refused), transaction.atomic():
        campaigns.update(is_rehearsal=True)
    assert campaigns.get().is_rehearsal is False


def test_rehearsal_is_refused_during_a_session_or_a_ballot(departments: None, prepared: Hall) -> None:
    with pytest.raises(ValidationError):
        begin_rehearsal(10)
    ballot.open_ballot(prepared.office, prepared.campaign)
    with pytest.raises(ValidationError):
        begin_rehearsal(10)
    assert Campaign.objects.filter(is_rehearsal=True).count() == 0


def test_rehearsal_is_refused_without_a_city_or_with_too_many(city: object) -> None:
    with pytest.raises(ValidationError):
        begin_rehearsal(10)
    factories.unit("EMG")
    for voters in (0, -1, 2001):
        with pytest.raises(ValidationError):
            begin_rehearsal(voters)


# --- the verdict -------------------------------------------------------------------------------------------------------

FINE = Heard(["a", "b"], [], [0.1, 0.2], [0.1, 0.2], [0.05, 0.06], 1, 0)


@pytest.mark.parametrize(
    ("heard", "kept", "used", "failing"),
    [
        (FINE, {"a", "b"}, 2, []),
        (FINE, {"a"}, 2, ["receipts without a sheet", "sheets without a used card"]),
        (FINE, {"a", "b"}, 1, ["sheets without a used card"]),
        (Heard(["a"], ["no answer"], [0.1], [0.1], [0.05], 0, 0), {"a"}, 1, ["phones without a receipt"]),
        (Heard(["a", "b"], [], [0.1], [0.1], [1.2], 0, 0), {"a", "b"}, 2, ["submit to receipt"]),
        (Heard(["a", "b"], [], [3.1], [0.1], [0.2], 0, 0), {"a", "b"}, 2, ["page load"]),
        (Heard(["a", "b"], [], [0.1], [0.1], [0.2], 0, 1), {"a", "b"}, 2, []),
        (Heard(["a", "b"], [], [0.1], [0.1], [0.2], 0, 2), {"a", "b"}, 2, ["requests that broke"]),
    ],
)
def test_verdict_names_what_fails(heard: Heard, kept: set[str], used: int, failing: list[str]) -> None:
    checks = judge(heard, voters=2, kept=kept, used_cards=used)
    found = [check.name for check in checks if not check.holds]
    assert len(found) == len(failing)
    assert all(word in name for word, name in zip(failing, found, strict=True))


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("http://192.0.2.7:8000/", Server("192.0.2.7", 8000)),
        ("192.0.2.7:8001", Server("192.0.2.7", 8001)),
        ("http://hall.example", Server("hall.example", 80)),
        ("https://hall.example/", Server("hall.example", 443, secure=True)),
    ],
)
def test_addresses_are_read(url: str, server: Server) -> None:
    assert Server.at(url) == server


@pytest.mark.parametrize("url", ["", "http://", "ftp://hall.example", "http://hall.example:99999999"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError):
        Server.at(url)


# --- the command, against a real server --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("rehearsal") / "data", f"rehearsal_{worker_id}") as made:
        made.stage("departments", codes=DEPARTMENTS)
        yield made


def test_command_plays_a_hall_and_leaves_nothing(site: Live) -> None:
    url = f"http://127.0.0.1:{site.port}"
    done = site.command("rehearse", "--voters", "30", "--seconds", "2", "--url", url)
    lines = [line.strip() for line in done.stdout.splitlines()]
    failed = [line for line in lines if line.startswith("✗")]
    assert done.returncode == 1, done.stdout + done.stderr  # phones cannot reach a loopback address
    # How fast it is depends on what else the machine does; whether sheets are kept does not.
    slow = ("p99", "opening a ballot", "requests that broke")
    assert [line for line in failed if not any(word in line for word in (*slow, "NO-GO", "only this machine"))] == []
    assert sum(line.startswith(("✓", "✗")) for line in lines) == 11
    for name in ("receipts without a sheet", "phones without a receipt", "sheets without a used card", "clock skew"):
        assert any(line.startswith("✓") and name in line for line in lines), name
    assert any("what would fail first" in line for line in lines)
    assert site.rows("SELECT count(*) FROM appraisals_campaign") == [(0,)]
    assert site.rows("SELECT count(*) FROM appraisals_sealedsheet") == [(0,)]


def test_command_says_when_nobody_answers(site: Live) -> None:
    done = site.command("rehearse", "--voters", "5", "--seconds", "1", "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "the server answers" in done.stdout
    assert site.rows("SELECT count(*) FROM appraisals_campaign") == [(0,)]


def test_command_is_refused_during_a_session(tmp_path: Path, worker_id: str) -> None:
    site = empty_site(tmp_path / "data", f"refused_{worker_id}")
    site.stage("hall", voters=dict.fromkeys("ABCDE", 1))
    site.close()
    done = site.command("rehearse", "--voters", "5", "--url", f"http://127.0.0.1:{site.port}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "不能演练" in done.stderr
