"""A session played in any order: whatever hall, phones and tellers do, what is counted is what was sent."""

from collections import Counter
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import arrivals, ballot, campaigns, carding, paper, publishing, results, session
from yizhen.appraisals.models import Card, OpenedSheet, PaperSheet, RoundClass, SealedSheet
from yizhen.appraisals.sealing import card_hash, merkle_root, receipt_of

PAPER = "E"
VOTERS = {"A": 3, "B": 3, PAPER: 2}


def made_hall() -> tuple[Hall, Any]:
    """Return a hall with two phone classes and one on paper, a step before the opening; and a second teller."""
    hall = room.draft(voters=VOTERS, places=(factories.LIUAN,), items=room.ONE_ITEM)
    classes = [row for row in hall.campaign.config["classes"] if row["code"] in VOTERS]
    for row in classes:
        row["weight"] = {"A": 40, "B": 40, PAPER: 20}[row["code"]]
        if row["code"] == PAPER:
            row["channel"] = "paper"
    campaigns.change_part(hall.office, hall.campaign, "classes", classes)
    publishing.publish(hall.office, hall.campaign)
    hall.fresh()
    session.begin_session(hall.office, hall.campaign)
    session.draw_lots(hall.office, hall.campaign, "1")
    hall.secret = room.PrivateKey.generate()
    carding.set_key(hall.scrutineer, hall.round, bytes(hall.secret.public_key).hex(), room.HOLDERS)
    for code in ("A", "B"):
        hall.codes[code] = carding.make_cards(hall.office, hall.campaign, code, VOTERS[code] + 1)
    arrivals.mark_attendance(hall.office, hall.campaign, room.entries(hall), present=True, handed_out=True)
    hall.fresh()
    return hall, factories.account("teller")


class Session(RuleBasedStateMachine):
    """One round from before its opening to the count, and what a person with pencil and paper would know of it."""

    hall: Hall
    teller: Any

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.round, self.grades = self.hall.round.pk, self.hall.round.layout["grades"]
        self.cards = {code: (name, "fresh") for name in ("A", "B") for code in self.hall.codes[name]}
        self.sent: dict[str, tuple[bytes, str]] = {}  # card → its sheet and grade
        self.stage = "prepared"
        self.box: int | None = None
        self.typed: dict[int, list[str]] = {}

    def teardown(self) -> None:
        """Bring every session that came to an opening to its count, too."""
        try:
            if self.stage == "open":
                self.close()
            if self.stage == "closed":
                if self.box is None:
                    self.count_box(1)
                for number in range(1, (self.box or 0) + 1):
                    for _person in range(2 - len(self.typed.get(number, []))):
                        self.type_paper(number, 0, other=False)
                self.count()
                assert self.stage == "counted"
                self.kept_is_what_was_sent()
                self.counted_is_what_was_sent()
        finally:
            self.roll_back()

    def roll_back(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def sheet(self, code: str, grade: str) -> bytes:
        return self.hall.sheet(self.cards[code][0], self.hall.marks(grade))

    def cast(self, code: str, sheet: bytes) -> str:
        outcome = ballot.cast_sheet(code, sheet, [], self.round)
        assert outcome.receipt == (receipt_of(sheet) if outcome.state in {"counted", "already_counted"} else "")
        return outcome.state

    def answer(self, code: str) -> str:
        """What a phone with other bytes must be told."""
        if self.stage != "open":
            return {"prepared": "not_open"}.get(self.stage, "closed")
        return {"fresh": "counted", "used": "card_used", "revoked": "revoked"}[self.cards[code][1]]

    @precondition(lambda self: self.stage == "prepared")
    @rule()
    def open(self) -> None:
        ballot.open_ballot(self.hall.office, self.hall.campaign)
        self.stage = "open"

    @precondition(lambda self: self.stage == "open")
    @rule()
    def undo_opening(self) -> None:
        if self.sent:
            with suppress(ValidationError):
                ballot.undo_opening(self.hall.office, self.hall.campaign)
                raise AssertionError("an opening was undone although sheets are in")
            return
        ballot.undo_opening(self.hall.office, self.hall.campaign)
        self.stage = "prepared"

    @rule(number=st.integers(0, 7), grade=st.integers(0, 2))
    def send(self, number: int, grade: int) -> None:
        code, mark = sorted(self.cards)[number % len(self.cards)], self.grades[grade]
        sheet, expected = self.sheet(code, mark), self.answer(code)
        assert self.cast(code, sheet) == expected
        if expected == "counted":
            self.cards[code] = (self.cards[code][0], "used")
            self.sent[code] = (sheet, mark)

    @precondition(lambda self: self.sent)
    @rule(number=st.integers(0, 7))
    def send_again(self, number: int) -> None:
        code = sorted(self.sent)[number % len(self.sent)]
        assert self.cast(code, self.sent[code][0]) == "already_counted"

    @precondition(lambda self: self.sent)
    @rule(number=st.integers(0, 7))
    def send_somebody_elses_sheet(self, number: int) -> None:
        code = sorted(self.cards)[number % len(self.cards)]
        theirs = next(iter(self.sent.values()))[0]
        assert self.cast(code, theirs) == "already_counted"

    @rule(number=st.integers(0, 7))
    def revoke(self, number: int) -> None:
        code = sorted(self.cards)[number % len(self.cards)]
        if self.stage in {"prepared", "open"} and self.cards[code][1] == "fresh":
            carding.revoke_card(self.hall.office, self.hall.campaign, code)
            self.cards[code] = (self.cards[code][0], "revoked")
            return
        with suppress(ValidationError):
            carding.revoke_card(self.hall.office, self.hall.campaign, code)
            raise AssertionError("a card was revoked that may not be")

    @precondition(lambda self: self.stage == "open")
    @rule()
    def close(self) -> None:
        round_ = ballot.close_ballot(self.hall.office, self.hall.campaign)
        returned = Counter(self.cards[code][0] for code in self.sent)
        self.stage = "void" if any(returned[name] > VOTERS[name] for name in ("A", "B")) else "closed"
        assert round_.state == self.stage
        assert round_.root == merkle_root([receipt_of(sheet) for sheet, _grade in self.sent.values()])

    @precondition(lambda self: self.stage == "closed" and not self.box)
    @rule()
    def undo_close(self) -> None:
        ballot.reopen_ballot(self.hall.office, self.hall.campaign, self.hall.round)
        self.stage = "open"

    @precondition(lambda self: self.stage == "closed" and not self.typed)
    @rule(number=st.integers(0, 3))
    def count_box(self, number: int) -> None:
        again = number if number > VOTERS[PAPER] else None  # what makes the round void is said twice
        round_ = paper.count_box(self.hall.scrutineer, self.hall.round, PAPER, number, again)
        self.box = number
        if number > VOTERS[PAPER]:
            self.stage = "void"
        assert round_.state == self.stage

    @precondition(lambda self: self.stage == "closed" and self.box)
    @rule(number=st.integers(1, 2), grade=st.integers(0, 2), other=st.booleans())
    def type_paper(self, number: int, grade: int, other: bool) -> None:
        entries = self.typed.get(number, [])
        if number > (self.box or 0) or len(entries) >= 2:
            return
        actor = self.hall.scrutineer if not entries else self.teller
        wanted = self.grades[grade] if not entries or other else entries[0]
        paper.enter_paper(actor, self.hall.round, PAPER, number, self.hall.marks(wanted))
        self.typed[number] = [*entries, wanted]
        if len(self.typed[number]) == 2 and self.typed[number][0] != wanted:
            paper.settle_paper(self.hall.scrutineer, self.hall.round, PAPER, number, self.hall.marks(wanted))

    def papers(self) -> list[str]:
        """The grades of the sheets of paper that are settled."""
        return [entries[1] for entries in self.typed.values() if len(entries) == 2]

    @precondition(lambda self: self.stage == "closed")
    @rule()
    def count(self) -> None:
        ready = self.box is not None and len(self.papers()) == self.box
        try:
            results.count_round(self.hall.scrutineer, self.hall.round, self.hall.shares[:2])
        except ValidationError:
            assert not ready
            return
        assert ready
        self.stage = "counted"

    @precondition(lambda self: self.stage == "counted")
    @invariant()
    def counted_is_what_was_sent(self) -> None:
        """Count again from what is stored: class by class, grade by grade."""
        found = Counter(
            (sheet.class_code, grade)
            for sheet in OpenedSheet.objects.filter(round=self.round, void_reason="")
            for row in sheet.marks.values()
            for grade in row.values()
        )
        sent = Counter((self.cards[code][0], grade) for code, (_sheet, grade) in self.sent.items())
        assert found == sent + Counter((PAPER, grade) for grade in self.papers())
        for row in RoundClass.objects.filter(round=self.round):
            assert row.returned == sum(number for (name, _grade), number in found.items() if name == row.code)
            assert row.void == 0
        for result in self.hall.round.results.all():
            told = {
                (name, grade): number
                for name, cell in result.counts["overall"].items()
                for grade, number in cell.items()
                if grade in self.grades and number
            }
            assert told == dict(found)

    @invariant()
    def kept_is_what_was_sent(self) -> None:
        sheets = list(SealedSheet.objects.filter(round=self.round).values_list("class_code", "sealed", "receipt"))
        expected = {receipt_of(sheet): (self.cards[code][0], sheet) for code, (sheet, _grade) in self.sent.items()}
        assert {receipt: (name, bytes(sealed)) for name, sealed, receipt in sheets} == expected
        states = dict(Card.objects.filter(round=self.round).values_list("code_hash", "state"))
        assert states == {card_hash(code, self.round): state for code, (_name, state) in self.cards.items()}
        assert list(states.values()).count("used") == len(sheets)
        assert PaperSheet.objects.filter(round=self.round).count() == (self.box or 0)


def test_session_in_any_order(city: object) -> None:
    Session.hall, Session.teller = made_hall()
    run_state_machine_as_test(Session, settings=settings(max_examples=25, stateful_step_count=25, deadline=None))
