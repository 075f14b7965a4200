import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import HOLDERS, Hall
from yizhen.appraisals.actions import ballot, carding, results, scrubbing
from yizhen.appraisals.actions.arrivals import mark_attendance
from yizhen.appraisals.actions.session import begin_session
from yizhen.appraisals.models import Card, Round, RoundClass, SealedOpinion, SealedSheet
from yizhen.appraisals.sealing import OPINION_BYTES, SEAL_OVERHEAD, SHEET_BYTES, card_hash, merkle_root, receipt_of
from yizhen.audit.models import Record

SHEET = b"s" * (SHEET_BYTES + SEAL_OVERHEAD)
OPINION = b"o" * (OPINION_BYTES + SEAL_OVERHEAD)
PUBLIC = "ab" * 32


def sheets() -> int:
    return SealedSheet.objects.count()


# --- the key ---------------------------------------------------------------------------------------------------------


def test_key_is_set_by_the_scrutineer_until_the_ballot_opens(published: Hall) -> None:
    assert carding.set_key(published.scrutineer, published.round, PUBLIC.upper(), HOLDERS).public_key == PUBLIC
    assert carding.set_key(published.scrutineer, published.round, "cd" * 32, HOLDERS).public_key == "cd" * 32


def test_key_written_in_groups_is_kept_as_the_count_compares_it(published: Hall) -> None:
    assert carding.set_key(published.scrutineer, published.round, " ".join(["AB"] * 32), HOLDERS).public_key == PUBLIC


def test_key_cannot_be_changed_while_the_ballot_is_open(opened: Hall) -> None:
    with pytest.raises(ValidationError):
        carding.set_key(opened.scrutineer, opened.round, PUBLIC, HOLDERS)


@pytest.mark.parametrize("text", ["", "ab", "ab" * 31, "ab" * 33, "zz" * 32, "密钥"])
def test_key_that_is_none(published: Hall, text: str) -> None:
    with pytest.raises(ValidationError):
        carding.set_key(published.scrutineer, published.round, text, HOLDERS)
    assert published.round.public_key == ""


@pytest.mark.parametrize("role", [role for role in factories.SCOPES if role != "scrutineer"])
def test_key_is_for_the_scrutineer_alone(published: Hall, role: str) -> None:
    user = factories.account(role)
    with pytest.raises(PermissionDenied):
        carding.set_key(user, published.round, PUBLIC, HOLDERS)
    with pytest.raises(PermissionDenied):
        results.count_round(user, published.round, "")


# --- cards -----------------------------------------------------------------------------------------------------------


def test_cards_are_kept_as_hashes_alone(published: Hall) -> None:
    codes = carding.make_cards(published.office, published.campaign, "A", 40)
    assert len(set(codes)) == 40
    assert {len(code) for code in codes} == {12}
    hashes = set(Card.objects.values_list("code_hash", flat=True))
    assert hashes == {card_hash(code, published.round.pk) for code in codes}
    assert codes != sorted(codes)


def test_cards_printed_again_revoke_the_unused_ones_of_the_class(published: Hall) -> None:
    first = carding.make_cards(published.office, published.campaign, "A", 3)
    other = carding.make_cards(published.office, published.campaign, "B", 2)
    carding.make_cards(published.office, published.campaign, "A", 4)
    states = [ballot.find_card(code).state for code in first + other]  # type: ignore[union-attr]
    assert states == ["revoked"] * 3 + ["fresh"] * 2
    assert Record.objects.filter(event="appraisals.cards_made").order_by("-number")[0].details == {
        "class_code": "A",
        "made": 4,
        "revoked": 3,
    }


@pytest.mark.parametrize(
    ("class_code", "number", "field"), [("X", 5, "class"), ("A", 0, "number"), ("A", 1001, "number")]
)
def test_cards_refused(published: Hall, class_code: str, number: int, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        carding.make_cards(published.office, published.campaign, class_code, number)
    assert list(caught.value.message_dict) == [field]


def test_cards_refused_once_the_ballot_is_open(opened: Hall) -> None:
    with pytest.raises(ValidationError):
        carding.make_cards(opened.office, opened.campaign, "A", 5)


# --- opening ---------------------------------------------------------------------------------------------------------


def test_open_needs_a_key(published: Hall) -> None:
    begin_session(published.office, published.campaign)
    mark_attendance(published.office, published.campaign, room.entries(published), present=True, handed_out=True)
    with pytest.raises(ValidationError):
        ballot.open_ballot(published.office, published.campaign)


def test_open_needs_cards_handed_out(prepared: Hall) -> None:
    mark_attendance(prepared.office, prepared.campaign, room.entries(prepared), handed_out=False)
    with pytest.raises(ValidationError):
        ballot.open_ballot(prepared.office, prepared.campaign)


def test_open_twice(opened: Hall) -> None:
    with pytest.raises(ValidationError):
        ballot.open_ballot(opened.office, opened.campaign)
    assert RoundClass.objects.count() == 5


def test_open_records_totals(opened: Hall) -> None:
    assert Record.objects.get(event="appraisals.ballot_opened").details == {"entitled": 30, "present": 30, "issued": 30}
    assert ballot.turnout(opened.campaign) == {"returned": 0, "issued": 30}


def test_database_refuses_an_open_round_without_a_key(published: Hall) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.update(state="open")


def test_database_refuses_two_open_rounds(opened: Hall) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(campaign=opened.campaign, number=2, state="open", public_key=PUBLIC)


# --- casting ---------------------------------------------------------------------------------------------------------


def test_cast_one_card_one_sheet(opened: Hall) -> None:
    sealed = opened.sheet("A", opened.marks())
    outcome = ballot.cast_sheet(opened.codes["A"][0], sealed, [])
    assert (outcome.state, outcome.receipt) == ("counted", receipt_of(sealed))
    kept = SealedSheet.objects.get()
    assert (bytes(kept.sealed), kept.class_code, kept.receipt) == (sealed, "A", outcome.receipt)
    assert ballot.find_card(opened.codes["A"][0]).state == "used"  # type: ignore[union-attr]


def test_cast_takes_the_class_from_the_card(opened: Hall) -> None:
    opened.vote("B", 0, opened.marks())
    assert SealedSheet.objects.get().class_code == "B"


def test_cast_same_bytes_again_gets_the_same_receipt(opened: Hall) -> None:
    sealed, code = opened.sheet("A", opened.marks()), opened.codes["A"][0]
    first = ballot.cast_sheet(code, sealed, [OPINION])
    for typed in (code, code.lower(), "-".join([code[:4], code[4:8], code[8:]])):
        again = ballot.cast_sheet(typed, sealed, [OPINION])
        assert (again.state, again.receipt) == ("already_counted", first.receipt)
    assert (sheets(), SealedOpinion.objects.count()) == (1, 1)


def test_cast_other_bytes_with_a_used_card(opened: Hall) -> None:
    assert opened.vote("A", 0, opened.marks("excellent")).state == "counted"
    outcome = opened.vote("A", 0, opened.marks("competent"))
    assert (outcome.state, outcome.receipt, sheets()) == ("card_used", "", 1)


def test_cast_same_marks_sealed_again_with_a_used_card(opened: Hall) -> None:
    opened.vote("A", 0, opened.marks())
    assert opened.vote("A", 0, opened.marks()).state == "card_used"


def test_cast_same_bytes_with_another_card_spends_no_card(opened: Hall) -> None:
    sealed = opened.sheet("A", opened.marks())
    ballot.cast_sheet(opened.codes["A"][0], sealed, [])
    assert ballot.cast_sheet(opened.codes["A"][1], sealed, []).state == "already_counted"
    assert (sheets(), Card.objects.filter(state="used").count()) == (1, 1)


@pytest.mark.parametrize("code", ["", "ABCDEFGHJKLM", "x" * 40, "密钥"])
def test_cast_unknown_card(opened: Hall, code: str) -> None:
    assert ballot.cast_sheet(code, SHEET, []).state == "unknown_card"


def test_cast_revoked_card(prepared: Hall) -> None:
    old = prepared.codes["A"][0]
    carding.make_cards(prepared.office, prepared.campaign, "A", 8)
    ballot.open_ballot(prepared.office, prepared.campaign)
    assert ballot.cast_sheet(old, SHEET, []).state == "revoked"
    assert sheets() == 0


def test_cast_before_the_ballot_opens(prepared: Hall) -> None:
    assert ballot.cast_sheet(prepared.codes["A"][0], SHEET, []).state == "not_open"
    assert Card.objects.exclude(state="fresh").count() == 0


def test_cast_after_the_ballot_closed(opened: Hall) -> None:
    sealed, late = opened.sheet("A", opened.marks()), opened.sheet("A", opened.marks())
    counted = ballot.cast_sheet(opened.codes["A"][0], sealed, [])
    ballot.close_ballot(opened.office, opened.campaign)
    assert ballot.cast_sheet(opened.codes["A"][1], late, []).state == "closed"
    # A phone that did not hear the answer in time still learns that its sheet was counted.
    assert ballot.cast_sheet(opened.codes["A"][0], sealed, []) == ballot.CastOutcome("already_counted", counted.receipt)


@pytest.mark.parametrize(
    ("sealed", "opinions"),
    [
        (b"", []),
        (SHEET[1:], []),
        (SHEET + b"s", []),
        (SHEET, [OPINION[1:]]),
        (SHEET, [b""]),
        (SHEET, [OPINION + b"o"]),
        (SHEET, [OPINION, OPINION]),  # the same twice
        (SHEET, [bytes([n]) * len(OPINION) for n in range(4)]),  # more opinions than speakers
    ],
)
def test_cast_malformed_spends_no_card(opened: Hall, sealed: bytes, opinions: list[bytes]) -> None:
    assert ballot.cast_sheet(opened.codes["A"][0], sealed, opinions) == ballot.CastOutcome("malformed")
    assert (sheets(), SealedOpinion.objects.count(), Card.objects.exclude(state="fresh").count()) == (0, 0, 0)
    assert opened.vote("A", 0, opened.marks()).state == "counted"


def test_cast_an_opinion_that_is_there_already_is_not_called_counted(opened: Hall) -> None:
    opened.vote("A", 0, opened.marks(), [OPINION])
    outcome = opened.vote("A", 1, opened.marks(), [OPINION])
    assert (outcome.state, outcome.receipt, sheets()) == ("malformed", "", 1)
    assert opened.vote("A", 1, opened.marks()).state == "counted"


def test_cast_in_an_older_campaign_that_is_open_too(opened: Hall) -> None:
    room.published(office=opened.office, scrutineer=opened.scrutineer, heads=opened.heads, title="下一期")
    assert opened.vote("A", 0, opened.marks()).state == "counted"


# --- closing ---------------------------------------------------------------------------------------------------------


def test_close_counts_and_publishes_the_root(opened: Hall) -> None:
    receipts = [opened.vote(code, 0, opened.marks()).receipt for code in "AABC"[1:]]
    closed = ballot.close_ballot(opened.office, opened.campaign)
    assert (closed.state, closed.root) == ("closed", merkle_root(receipts))
    assert {row.code: row.returned for row in closed.classes.all()} == {"A": 1, "B": 1, "C": 1, "D": 0, "E": 0}
    assert Record.objects.get(event="appraisals.ballot_closed").details == {"returned": 3, "root": closed.root}
    assert set(SealedSheet.objects.values_list("receipt", flat=True)) == set(receipts)


def test_close_twice(opened: Hall) -> None:
    ballot.close_ballot(opened.office, opened.campaign)
    with pytest.raises(ValidationError):
        ballot.close_ballot(opened.office, opened.campaign)


def test_close_keeps_all_content_under_fresh_ids(opened: Hall) -> None:
    opened.vote_all()
    opened.vote("A", 6, opened.marks(), [OPINION])

    def content() -> dict[type, list[tuple[object, ...]]]:
        return {
            Card: sorted(Card.objects.values_list("code_hash", "class_code", "state")),
            SealedSheet: sorted(
                (r, c, bytes(s)) for r, c, s in SealedSheet.objects.values_list("receipt", "class_code", "sealed")
            ),
            SealedOpinion: sorted((f, bytes(s)) for f, s in SealedOpinion.objects.values_list("fingerprint", "sealed")),
        }

    before = content()
    ids = {model: set(model.objects.values_list("pk", flat=True)) for model in before}  # type: ignore[attr-defined]
    ballot.close_ballot(opened.office, opened.campaign)
    assert content() == before
    for model, old in ids.items():
        assert set(model.objects.values_list("pk", flat=True)) & old == set()  # type: ignore[attr-defined]


def test_close_with_more_sheets_than_cards_handed_out_is_void(opened: Hall) -> None:
    for number in range(7):  # six were handed out; the seventh was taken from the heap
        assert opened.vote("A", number, opened.marks()).state == "counted"
    closed = ballot.close_ballot(opened.office, opened.campaign)
    assert closed.state == "void"
    with pytest.raises(ValidationError):
        results.count_round(opened.scrutineer, closed, opened.shares[:2])
    assert opened.fresh().state == "in_session"


def voided(hall: Hall) -> Hall:
    for number in range(7):
        hall.vote("A", number, hall.marks())
    ballot.close_ballot(hall.office, hall.campaign)
    return hall


def test_revote_after_a_void_round_starts_with_nothing_of_it(opened: Hall) -> None:
    hall = voided(opened)
    old_codes = hall.codes["A"]
    made = ballot.prepare_revote(hall.office, hall.campaign)
    assert (made.number, made.state, made.public_key, made.layout) == (2, "prepared", "", hall.round.layout)
    assert not hall.campaign.roll.filter(card_handed_out=True).exists()
    assert hall.campaign.roll.filter(present=True).count() == 30
    hall.codes = {}
    room.give_cards(hall)
    mark_attendance(hall.office, hall.campaign, room.entries(hall), handed_out=True)
    ballot.open_ballot(hall.office, hall.campaign)
    assert ballot.cast_sheet(old_codes[0], SHEET, []).state == "closed"
    hall.vote_all()
    assert len(room.count(hall)) == 3
    assert ballot.turnout(hall.campaign) == {"returned": 30, "issued": 30}
    assert [row.state for row in Round.objects.order_by("number")] == ["void", "counted"]


def test_revote_only_after_a_void_round(opened: Hall) -> None:
    with pytest.raises(ValidationError):
        ballot.prepare_revote(opened.office, opened.campaign)
    opened.vote_all()
    ballot.close_ballot(opened.office, opened.campaign)
    with pytest.raises(ValidationError):
        ballot.prepare_revote(opened.office, opened.campaign)
    assert Round.objects.count() == 1


def test_revote_is_prepared_by_those_who_run_the_campaign(opened: Hall) -> None:
    hall = voided(opened)
    with pytest.raises(PermissionDenied):
        ballot.prepare_revote(hall.scrutineer, hall.campaign)


def test_close_with_as_many_sheets_as_cards_is_valid(opened: Hall) -> None:
    opened.vote_all()
    assert ballot.close_ballot(opened.office, opened.campaign).state == "closed"


def test_scrub_storage_cannot_run_inside_a_transaction(opened: Hall) -> None:
    assert scrubbing.scrub_storage() is False


def test_turnout_tells_totals_alone(opened: Hall) -> None:
    opened.vote("A", 0, opened.marks())
    opened.vote("E", 0, opened.marks())
    assert ballot.turnout(opened.campaign) == {"returned": 2, "issued": 30}
