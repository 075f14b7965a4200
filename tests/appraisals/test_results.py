import json
import secrets
from io import BytesIO
from typing import Any

import hypothesis
import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from hypothesis import strategies as st
from nacl.public import PrivateKey, PublicKey, SealedBox

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import ONE_ITEM, Hall
from tests.memory import remembered
from yizhen.appraisals.actions import ballot, results
from yizhen.appraisals.actions.results import counts_of, declare_counts
from yizhen.appraisals.config import NOT_INFORMED, counting_rule
from yizhen.appraisals.models import CampaignState, OpenedSheet, Opinion, Result
from yizhen.appraisals.queries import result_rows, results_visible_to
from yizhen.appraisals.sealing import OPINION_BYTES, SEAL_OVERHEAD, SHEET_BYTES
from yizhen.appraisals.shares import paper_of
from yizhen.audit.models import Record
from yizhen.people.models import Account
from yizhen.places.models import Division

LIUAN, XITANG, GUDU = factories.LIUAN, factories.XITANG, factories.GUDU
VECTORS: dict[str, Any] = {vector["name"]: vector for vector in factories.demo_story()["ballot_test_vectors"]}
NORMAL = {row["cls"]: row for row in VECTORS["normal"]["classes"]}
GRADES = ("excellent", "competent", "basically_competent", "not_competent")


def spoiled(hall: Hall, class_code: str) -> bytes:
    """Return a sheet that can be opened but not read: two marks in one line."""
    round_ = hall.round
    value = {
        "v": 1,
        "round": round_.pk,
        "class": class_code,
        "marks": {str(hall.speaker().pk): {"overall": ["a", "b"]}},
    }
    return seal(round_.public_key, value, SHEET_BYTES)


def undecryptable() -> bytes:
    """Return a sheet sealed to nobody's key."""
    return secrets.token_bytes(SHEET_BYTES + SEAL_OVERHEAD)


def seal(public_key: str, value: dict[str, Any], size: int) -> bytes:
    """Seal whatever JSON a phone could be made to send, lone surrogates and all."""
    return bytes(SealedBox(PublicKey(bytes.fromhex(public_key))).encrypt(json.dumps(value).encode().ljust(size)))


def play(rows: dict[str, dict[str, Any]]) -> Hall:
    """Play the vector's counts through real sealed sheets: one speaker, a form of one item."""
    voters = {code: row["issued"] for code, row in rows.items()}
    hall = room.opened(places=(LIUAN,), items=ONE_ITEM, voters=voters)
    for code, row in rows.items():
        cast = [hall.sheet(code, hall.marks(grade)) for grade in GRADES for _n in range(row[grade])]
        cast += [hall.sheet(code, {}) for _n in range(row["abstained"])]
        cast += [spoiled(hall, code) if n % 2 else undecryptable() for n in range(row["void"])]
        assert len(cast) == row["returned"]
        for card, sealed in zip(hall.codes[code], cast, strict=False):
            assert ballot.cast_sheet(card, sealed, []).state == "counted"
    return hall


# --- the vectors through real sheets ---------------------------------------------------------------------------------


def test_vector_normal_through_sealed_sheets(city: Division) -> None:
    hall = play(NORMAL)
    (result,) = room.count(hall)
    assert (str(result.total), str(result.excellent_rate), str(result.negative_rate)) == ("90.315", "58.17", "8.50")
    assert result.declared["class_scores"] == {code: row["class_score"] for code, row in NORMAL.items()}
    assert result.declared["valid_by_class"] == {code: row["valid"] for code, row in NORMAL.items()}
    assert (result.declared["flags"], result.declared["hidden_classes"]) == ([], [])
    kept = {
        code: {name: row[name] for name in ("issued", "returned", "void", "abstained", *GRADES)} | {NOT_INFORMED: 0}
        for code, row in NORMAL.items()
    }
    assert result.counts == {"overall": kept}
    table = {row.code: (row.issued, row.returned, row.void) for row in hall.round.classes.all()}
    assert table == {code: (row["issued"], row["returned"], row["void"]) for code, row in NORMAL.items()}
    assert hall.campaign.state == "counted"
    counted = Record.objects.get(event="appraisals.counted").details
    assert counted == {"sheets": 157, "void": 2, "root": hall.round.root}


def test_vector_class_without_valid_sheet_renormalises(city: Division) -> None:
    empty = NORMAL["D"] | dict.fromkeys(GRADES, 0) | {"void": 9}
    (result,) = room.count(play(NORMAL | {"D": empty}))
    assert str(result.total) == VECTORS["class_with_no_valid_ballot_renormalise"]["expected_total"] == "90.226"
    assert result.declared["flags"] == ["class_D_missing_weights_renormalised"]
    assert result.declared["class_scores"]["D"] is None


def test_void_reasons_are_recorded_on_the_sheets_and_nowhere_else(opened: Hall) -> None:
    """A void sheet keeps its reason, not its content; the audit chain has only how many were void."""
    layout = opened.round.layout
    cells = "0" * (len(layout["speakers"]) * len(layout["items"]))
    public, pk = opened.round.public_key, opened.round.pk

    def sheet(**changes: Any) -> bytes:
        return seal(public, {"v": 1, "round": pk, "class": "A", "marks": cells} | changes, SHEET_BYTES)

    stranger = bytes(PrivateKey.generate().public_key).hex()
    cast = [
        sheet(),
        undecryptable(),
        seal(stranger, {"v": 1, "round": pk, "class": "A", "marks": cells}, SHEET_BYTES),
        sheet(**{"class": "B"}),
        sheet(marks=cells[1:]),
        sheet(marks="9" + cells[1:]),
    ]
    for card, sealed in zip(opened.codes["A"], cast, strict=False):
        assert ballot.cast_sheet(card, sealed, []).state == "counted"
    room.count(opened)
    reasons = sorted(OpenedSheet.objects.values_list("void_reason", flat=True))
    assert reasons == [
        "",
        "not_sealed_to_key",
        "not_sealed_to_key",
        "unknown_mark",
        "wrong_number_of_cells",
        "wrong_round_or_class",
    ]
    assert set(map(str, OpenedSheet.objects.exclude(void_reason="").values_list("marks", flat=True))) == {"{}"}
    assert Record.objects.get(event="appraisals.counted").details["void"] == 5


@pytest.mark.parametrize(
    "marks",
    ["[" * 900, {"a": 1}, [[]], None, 10**300, "\ud800", "\u0000"],
    ids=["deep", "object", "list", "null", "huge", "surrogate", "nul"],
)
def test_one_hostile_sheet_never_stops_the_count(opened: Hall, marks: Any) -> None:
    public, pk = opened.round.public_key, opened.round.pk
    hostile = seal(public, {"v": 1, "round": pk, "class": "A", "marks": marks}, SHEET_BYTES)
    ballot.cast_sheet(opened.codes["A"][0], hostile, [])
    opened.vote("A", 1, opened.marks())
    room.count(opened)
    assert sorted(OpenedSheet.objects.values_list("void_reason", flat=True)) == ["", "wrong_number_of_cells"]


def test_opinions_are_opened_apart_and_hostile_ones_left_out(opened: Hall) -> None:
    public, pk = opened.round.public_key, opened.round.pk

    def opinion(**changes: Any) -> bytes:
        return seal(
            public, {"v": 1, "round": pk, "speaker": opened.speaker().pk, "text": "好"} | changes, OPINION_BYTES
        )

    opened.vote("A", 0, opened.marks(), [opened.opinion("请公布时间表。"), opened.opinion("堤要修。", GUDU)])
    opened.vote("A", 1, opened.marks(), [opinion(text="半个表情\ud83d")])  # cut in two by a phone's limit on length
    opened.vote("A", 2, opened.marks(), [opinion(text="\u0000")])
    opened.vote("A", 3, opened.marks(), [opinion(speaker=[1])])
    opened.vote("A", 4, opened.marks(), [opinion(round=pk + 1)])
    opened.vote("A", 5, opened.marks(), [b"\0" * (OPINION_BYTES + SEAL_OVERHEAD)])
    room.count(opened)
    assert sorted(Opinion.objects.values_list("speaker__division_id", "text")) == [
        (LIUAN, "半个表情"),
        (LIUAN, "请公布时间表。"),
        (GUDU, "堤要修。"),
    ]


# --- the count does not depend on order ------------------------------------------------------------------------------


@pytest.fixture
def sheets(opened: Hall) -> tuple[Hall, list[OpenedSheet]]:
    """Thirty opened sheets of all kinds."""
    made = []
    for number in range(30):
        grade = (*GRADES, NOT_INFORMED, None)[number * 7 % 6]
        made.append(
            OpenedSheet(
                round=opened.round,
                class_code="ABCDE"[number % 5],
                marks=opened.marks(grade),
                void_reason="not_json" if number % 11 == 3 else "",
            )
        )
    return opened, made


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], max_examples=20)
@hypothesis.given(data=st.data())
def test_permuted_sheets_declare_the_same(sheets: tuple[Hall, list[OpenedSheet]], data: st.DataObject) -> None:
    hall, made = sheets
    rule, speaker = counting_rule(hall.campaign.config), hall.speaker()
    shuffled = data.draw(st.permutations(made))
    counts = counts_of(hall.round, speaker, shuffled)
    assert counts == counts_of(hall.round, speaker, made)
    assert declare_counts(rule, counts) == declare_counts(rule, counts_of(hall.round, speaker, made))


# --- the key at the count --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["mistyped", "another", "mixed", "same", "one", "empty"])
def test_count_with_a_wrong_key_opens_nothing(opened: Hall, wrong: str) -> None:
    opened.vote_all()
    ballot.close_ballot(opened.office, opened.campaign)
    right = opened.shares
    mistyped = right[0][:-4] + ("AAA" if right[0][-4:-1] != "AAA" else "BBB") + right[0][-1]
    other = PrivateKey.generate()
    foreign = paper_of(bytes(other), bytes(other.public_key))
    words = {
        "mistyped": [mistyped, right[1]],
        "another": foreign[:2],
        "mixed": [right[0], foreign[1]],
        "same": [right[0], right[0]],
        "one": [right[2], ""],
        "empty": [],
    }[wrong]
    with pytest.raises(ValidationError) as caught:
        results.count_round(opened.scrutineer, opened.round, words)
    assert list(caught.value.message_dict) == ["key"]
    assert (OpenedSheet.objects.count(), Result.objects.count(), opened.round.state) == (0, 0, "closed")
    assert len(results.count_round(opened.scrutineer, opened.round, right[:2])) == 3


def test_count_before_the_ballot_closed(opened: Hall) -> None:
    with pytest.raises(ValidationError):
        results.count_round(opened.scrutineer, opened.round, opened.shares[:2])


def test_count_twice_gives_the_same_results(opened: Hall) -> None:
    opened.vote_all()
    first = room.count(opened)
    again = results.count_round(opened.scrutineer, opened.round, [])
    assert [r.pk for r in again] == [r.pk for r in first]
    assert OpenedSheet.objects.count() == 30


def test_results_are_append_only(opened: Hall) -> None:
    opened.vote_all()
    result = room.count(opened)[0]
    sheet = OpenedSheet.objects.all()[0]
    attempts = [
        result.delete,
        lambda: Result.objects.update(total=1),
        sheet.delete,
        lambda: OpenedSheet.objects.update(marks={}),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            attempt()


def test_recused_row_counts_like_not_informed(opened: Hall) -> None:
    own = opened.speaker(XITANG)
    for number in range(6):
        marks = opened.marks()
        marks[str(own.pk)] = dict.fromkeys(opened.round.layout["items"], NOT_INFORMED)
        opened.vote("D", number, marks)
    opened.vote_all("excellent", {"A": 6, "B": 6})
    room.count(opened)
    result = Result.objects.get(speaker=own)
    assert result.counts["overall"]["D"][NOT_INFORMED] == 6
    assert result.declared["valid_by_class"]["D"] == 0


# --- suppression: page, export, the speaker's own page ---------------------------------------------------------------


@pytest.fixture
@remembered
def small(city: Division) -> Hall:
    """A counted campaign: D has four valid sheets, E is the next smallest; each class has a score of its own."""
    hall = room.opened(voters={"A": 9, "B": 8, "C": 7, "D": 5, "E": 6})
    for code, number, grade in (
        ("A", 9, "excellent"),
        ("B", 8, "competent"),
        ("C", 7, "basically_competent"),
        ("D", 4, "not_competent"),
        ("E", 6, "excellent"),
    ):
        for n in range(number):
            hall.vote(code, n, hall.marks(grade))
    room.count(hall)
    return hall


def export(user: Account, hall: Hall) -> list[list[Any]]:
    response = factories.signed_in(user).get(f"/appraisals/{hall.campaign.pk}/results.xlsx")
    assert response.status_code == 200
    book = openpyxl.load_workbook(BytesIO(response.content))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_small_class_is_hidden_with_a_second_one(small: Hall) -> None:
    for result in Result.objects.all():
        assert result.declared["hidden_classes"] == ["D", "E"]
    (row, *_rest) = result_rows(small.office, small.campaign)
    shown = {code: (score, hidden) for code, score, hidden in row.class_scores}
    assert shown == {
        "A": ("100.000000", False),
        "B": ("80.000000", False),
        "C": ("60.000000", False),
        "D": (None, True),
        "E": (None, True),
    }


def test_small_class_is_hidden_in_the_export(small: Hall) -> None:
    head, *rows = export(small.office, small)
    assert [title[0] for title in head[8:13]] == list("ABCDE")
    hidden = rows[0][11]
    assert isinstance(hidden, str)
    assert [row[8:13] for row in rows] == [["100.000000", "80.000000", "60.000000", hidden, hidden]] * 3


def test_small_class_is_hidden_on_every_page(small: Hall) -> None:
    results.issue_results(small.office, small.campaign)
    pages = [
        f"/appraisals/{small.campaign.pk}/results/",
        f"/appraisals/{small.campaign.pk}/results/{small.speaker().pk}/",
    ]
    for user in (small.office, small.scrutineer, small.heads[LIUAN]):
        for page in pages:
            response = factories.signed_in(user).get(page)
            assert response.status_code == 200
            rows = response.context["rows"] if page.endswith("results/") else [response.context["row"]]
            for row in rows:
                assert [hidden for _code, _score, hidden in row.class_scores] == [False, False, False, True, True]
            terms = response.context.get("sum")
            if terms is not None and not page.endswith("results/"):
                assert [(term["score"], term["valid"]) for term in terms][3:] == [(None, None)] * 2


def test_below_eight_valid_sheets_there_is_no_result(opened: Hall) -> None:
    opened.vote_all("excellent", {"A": 6, "B": 1})
    room.count(opened)
    for result in Result.objects.all():
        assert (result.total, result.excellent_rate, result.negative_rate, result.interval) == (None, None, None, None)
        assert result.declared["hidden_classes"] == list("ABCDE")
    assert export(opened.office, opened)[1][3:8] == [None] * 5
    page = factories.signed_in(opened.office).get(f"/appraisals/{opened.campaign.pk}/results/")
    assert page.status_code == 200


def test_eight_valid_sheets_give_a_result(opened: Hall) -> None:
    opened.vote_all("excellent", {"A": 6, "B": 2})
    room.count(opened)
    assert {str(total) for total in Result.objects.values_list("total", flat=True)} == {"100.000"}


def test_export_has_no_formula_and_tells_who_and_when(small: Hall) -> None:
    Account.objects.filter(pk=small.office.pk).update(display_name="=HYPERLINK(1)")
    speaker = small.speaker()
    type(speaker).objects.filter(pk=speaker.pk).update(title="=1+1")
    small.office.refresh_from_db()
    response = factories.signed_in(small.office).get(f"/appraisals/{small.campaign.pk}/results.xlsx")
    book = openpyxl.load_workbook(BytesIO(response.content))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}
    assert "=1+1" in [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    notes = [cell.value for row in book.worksheets[1].iter_rows() for cell in row]
    assert small.campaign.config_hash in notes
    assert small.round.root in notes
    assert [value for value in notes if str(value).startswith("=HYPERLINK(1) · ")] != []


def test_export_of_a_speaker_has_the_own_row_alone(small: Hall) -> None:
    results.issue_results(small.office, small.campaign)
    rows = export(small.heads[LIUAN], small)[1:]
    assert [row[1] for row in rows] == [small.speaker().official.name]


# --- who sees which result -------------------------------------------------------------------------------------------


def test_speaker_sees_the_own_result_once_it_is_issued(small: Hall) -> None:
    head, pk = small.heads[LIUAN], small.campaign.pk
    own, other = small.speaker(LIUAN).pk, small.speaker(GUDU).pk
    client = factories.signed_in(head)
    addresses = [f"/appraisals/{pk}/results/", f"/appraisals/{pk}/results/{own}/", f"/appraisals/{pk}/results/{other}/"]
    assert [client.get(address).status_code for address in addresses] == [403, 403, 403]
    results.issue_results(small.office, small.campaign)
    assert [client.get(address).status_code for address in addresses] == [200, 200, 403]
    assert [result.speaker_id for result in results_visible_to(head, small.fresh())] == [own]
    listed = client.get(addresses[0])
    assert [row.result.speaker_id for row in listed.context["rows"]] == [own]
    assert small.speaker(GUDU).division.name_zh not in listed.content.decode()


def test_speaker_sees_small_counts_as_less_than_five(small: Hall) -> None:
    results.issue_results(small.office, small.campaign)
    address = f"/appraisals/{small.campaign.pk}/results/{small.speaker().pk}/"
    seen = factories.signed_in(small.heads[LIUAN]).get(address).context["distribution"]
    assert seen[0]["cells"] == [15, 8, "※", "<5", 0, 0]
    exact = factories.signed_in(small.office).get(address).context["distribution"]
    assert exact[0]["cells"] == [15, 8, 7, 4, 0, 0]


def test_original_of_an_opinion_is_read_by_the_office_alone_until_the_issue(opened: Hall) -> None:
    text = "文风可以认出作者。"
    opened.vote_all("excellent", {"A": 5, "B": 6})
    opened.vote("A", 5, opened.marks(), [opened.opinion(text)])
    room.count(opened)
    pages = [
        f"/appraisals/{opened.campaign.pk}/results/{opened.speaker().pk}/",
        f"/appraisals/{opened.campaign.pk}/opinions/",
    ]

    def shown() -> dict[str, list[bool]]:
        return {
            user.role: [text in factories.signed_in(user).get(page).content.decode() for page in pages]
            for user in (opened.office, opened.scrutineer, opened.heads[LIUAN])
        }

    nobody = {"scrutineer": [False, False], "township_head": [False, False]}
    assert shown() == {"city_office": [False, True], **nobody}
    results.issue_results(opened.office, opened.campaign)
    assert shown() == {"city_office": [False, False], **nobody}


def test_issue_before_the_count(opened: Hall) -> None:
    with pytest.raises(ValidationError):
        results.issue_results(opened.office, opened.campaign)
    assert opened.fresh().state == CampaignState.IN_SESSION
