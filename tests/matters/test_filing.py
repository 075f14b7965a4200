"""Matters that are filed at the same time share a commit; one that cannot be kept keeps none of the others out."""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError
from django.utils import timezone, translation

from tests import factories
from tests.factories import GRID, LIUAN, XITANG, at_once, picture, turn_after, upload
from yizhen.audit.actions import first_broken_link
from yizhen.audit.models import Record
from yizhen.matters.actions import SentBefore, file_report, filing, open_matter, opening, take_request
from yizhen.matters.actions.evidence import read_file
from yizhen.matters.actions.filing import Filing
from yizhen.matters.field.drafts import read_draft
from yizhen.matters.models import Event, Evidence, FieldReport, Matter, MatterClock, MatterFresh, MatterWords
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.searching import search
from yizhen.people.devices import account_key
from yizhen.web import together


def asked(number: int, **changes: str) -> tuple[Matter, str]:
    """Ask what a resident asks."""
    content = {"title": f"路灯不亮 {number}", "text": "三盏。", "client_id": f"lamp-{number}"} | changes
    place = factories.place((LIUAN, XITANG)[number % 2])
    return take_request(None, kind="resident_request", division=place, work_line="livelihood", **content)


@pytest.fixture
def batches(committing: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the first of a rush wait until all have come; holds the sizes of the batches that were written."""
    factories.fictional_city()
    sizes: list[int] = []
    write = filing._write

    def counting(batch: Sequence[Filing]) -> None:
        sizes.append(len(batch))
        write(batch)

    monkeypatch.setattr(filing, "_write", counting)
    return sizes


def rush(monkeypatch: pytest.MonkeyPatch, actions: Sequence[partial]) -> list:
    """Run actions at once, so that all of them are in one batch."""
    monkeypatch.setattr(together, "writers_turn", lambda: turn_after(filing.desk, len(actions)))
    return at_once(actions)


def numbers(*last: int) -> list[str]:
    return [f"S{timezone.localdate().year}-{number:05d}" for number in last]


def test_those_that_wait_share_one_commit(batches, monkeypatch):
    answers = rush(monkeypatch, [partial(asked, number) for number in range(8)])

    assert batches == [8]
    assert sorted(matter.number for matter, _code in answers) == numbers(*range(1, 9))
    assert len({code for _matter, code in answers}) == 8
    for matter, _code in answers:
        kept = Matter.objects.get(pk=matter.pk)
        assert (kept.number, kept.title, kept.division_id) == (matter.number, matter.title, matter.division_id)
        assert [event.text for event in kept.events.all()] == ["三盏。"]
        assert {clock.due_on for clock in kept.clocks.filter(governs=True)} == {kept.due_on}
        assert kept.number in [one.number for one in search(Matter.objects.all(), kept.number)]
    assert Record.objects.filter(event="matters.opened").count() == 8
    assert first_broken_link() is None


def test_the_same_form_twice_in_a_batch_is_one_matter(batches, monkeypatch):
    answers = rush(monkeypatch, [partial(asked, 1), partial(asked, 1), partial(asked, 1), partial(asked, 2)])

    assert batches == [4]
    assert sorted(len(code) for _matter, code in answers) == [0, 0, 10, 10]
    assert sorted(Matter.objects.values_list("number", flat=True)) == numbers(1, 2)


def test_a_form_with_other_words_is_refused_alone(batches, monkeypatch):
    asked(0)
    answers = rush(monkeypatch, [partial(asked, 0, text="五盏。"), partial(asked, 1), partial(asked, 2)])

    assert batches == [1, 3]
    assert isinstance(answers[0], ValidationError)
    assert sorted(matter.number for matter, _code in answers[1:]) == numbers(2, 3)
    assert Matter.objects.get(title="路灯不亮 0").text == "三盏。"


def test_other_words_under_the_same_id_at_once_are_refused(batches, monkeypatch):
    answers = rush(monkeypatch, [partial(asked, 0), partial(asked, 0, text="五盏。")])

    assert batches == [2]
    refused = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert [error.code for error in refused] == ["submitted_before"]
    assert Matter.objects.count() == 1


def test_one_that_the_database_refuses_keeps_no_other_out(batches, monkeypatch):
    first_clocks = filing.belonging

    def spoiled(matter: Matter, clocks: list[MatterClock]) -> list[MatterClock]:
        for clock in clocks if matter.title.endswith(" 2") else ():
            clock.stopped_on = clock.started_on.replace(year=2000)
        return first_clocks(matter, clocks)

    monkeypatch.setattr(filing, "belonging", spoiled)
    answers = rush(monkeypatch, [partial(asked, number) for number in range(4)])

    assert batches == [4, 1, 1, 1, 1]
    assert [isinstance(answer, IntegrityError) for answer in answers] == [False, False, True, False]
    assert sorted(Matter.objects.values_list("number", flat=True)) == numbers(1, 2, 3)
    for model in (Event, MatterWords, MatterFresh):
        assert model.objects.count() == 3
    assert Record.objects.filter(event="matters.opened").count() == 3
    assert first_broken_link() is None


def test_kinds_and_places_in_one_batch_number_by_kind(batches, monkeypatch):
    office = factories.everybody()["city_office"]
    given = {"title": "排查隐患", "text": "逐户排查。", "work_line": "safety", "due_on": timezone.localdate()}
    ordered = partial(
        open_matter, office, kind="rectification", division=factories.place(LIUAN), client_id="order-1", **given
    )
    answers = rush(monkeypatch, [partial(asked, 0), ordered, partial(asked, 1)])

    year = timezone.localdate().year
    assert sorted(Matter.objects.values_list("number", flat=True)) == sorted([f"Z{year}-00001", *numbers(1, 2)])
    assert matters_visible_to(office).filter(pk=answers[1].pk).exists()


def drafts(colours: Sequence[str], ids: Sequence[str] = ()) -> list[partial]:
    """Return drafts of four phones, each with a photograph of a colour of its own."""
    workers = [factories.account("grid_worker") for _unused in colours]
    return [
        partial(
            file_report,
            worker,
            read_draft(
                {
                    "client_id": ids[number] if ids else f"{number:032x}",
                    "account": account_key(worker),
                    "kind": "grid_event",
                    "place": GRID,
                    "text": f"井盖破了 {number}",
                    "field_spot": "前湾路口",
                    "field_source": "网格员",
                }
            ),
            photos=[upload("photo-1.jpg", picture(colour, (40, 30), "JPEG"))],
        )
        for number, (worker, colour) in enumerate(zip(workers, colours, strict=True))
    ]


def test_drafts_from_the_field_share_a_commit_with_their_photographs(batches, monkeypatch):
    answers = rush(monkeypatch, drafts(["teal", "gold", "olive", "navy"]))

    assert batches == [4]
    for number, matter in enumerate(answers):
        assert matter.field_report.client_id == f"{number:032x}"
        (piece,) = Evidence.objects.filter(event__matter=matter)
        with piece.file.open() as kept:
            content = kept.read()
        assert (piece.event.sequence, piece.size, piece.sha256) == (1, len(content), sha256(content).hexdigest())
    assert len(set(Evidence.objects.values_list("sha256", flat=True))) == 4


def test_a_photograph_for_which_the_disk_has_no_room_keeps_its_own_draft_out_alone(batches, monkeypatch):
    written = FileSystemStorage._save

    def full(storage: FileSystemStorage, name: str, content: File) -> str:
        if content.size == large:
            raise OSError(28, "No space left on device")
        return written(storage, name, content)

    several = drafts(["teal", "gold", "olive"])
    large = len(read_file(several[1].keywords["photos"][0]).content)
    others = {len(read_file(one.keywords["photos"][0]).content) for one in (several[0], several[2])}
    monkeypatch.setattr(FileSystemStorage, "_save", full)
    answers = rush(monkeypatch, several)

    assert large not in others
    assert batches == [3, 1, 1, 1]
    assert [isinstance(answer, OSError) for answer in answers] == [False, True, False]
    assert (Matter.objects.count(), FieldReport.objects.count(), Evidence.objects.count()) == (2, 2, 2)


def test_one_id_of_two_phones_in_a_batch_is_the_first_ones(batches, monkeypatch):
    answers = rush(monkeypatch, drafts(["teal", "gold", "olive"], ids=["a" * 32, "a" * 32, "b" * 32]))

    refused = [answer for answer in answers if isinstance(answer, SentBefore)]
    assert [one.matter for one in refused] == [None]
    assert (Matter.objects.count(), FieldReport.objects.count(), Evidence.objects.count()) == (2, 2, 2)


def test_children_come_under_a_parent_that_is_open_still(batches, monkeypatch):
    office = factories.everybody()["city_office"]
    given = {"text": "逐户排查。", "work_line": "safety", "due_on": timezone.localdate()}
    opened = partial(open_matter, office, kind="rectification", division=factories.place(LIUAN), **given)
    parent, done = opened(title="排查", client_id="parent"), opened(title="已办", client_id="done")
    Matter.objects.filter(pk=done.pk).update(state="handled")
    done.refresh_from_db()
    batches.clear()

    answers = rush(
        monkeypatch,
        [
            partial(opened, title="一户", client_id="child-1", parent=parent),
            partial(opened, title="二户", client_id="child-2", parent=done),
            partial(opened, title="三户", client_id="child-3", parent=parent),
        ],
    )

    assert batches == [3]
    assert "parent" in answers[1].message_dict
    assert sorted(parent.children.values_list("title", flat=True)) == ["一户", "三户"]


def test_an_error_is_told_in_the_language_of_whoever_sent_the_form(db, monkeypatch):
    factories.fictional_city()
    held: list[Filing] = []
    monkeypatch.setattr(opening, "file_matter", lambda *given: held.append(Filing(*given)) or given[1])
    asked(0)
    asked(0, text="五盏。")

    with translation.override("zh-hans"):
        filing._decide(held)

    (error,) = [one.error for one in held if one.error]
    with translation.override("en"):
        assert error.messages == ["This form was already submitted and can no longer be changed. Open the page again."]
