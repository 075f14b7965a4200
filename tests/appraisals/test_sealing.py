import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey, SealedBox

from yizhen.appraisals.config import NOT_INFORMED
from yizhen.appraisals.sealing import (
    CARD_ALPHABET,
    MAX_CELLS,
    OPINION_BYTES,
    SEAL_OVERHEAD,
    SHEET_BYTES,
    UnreadableSheet,
    card_hash,
    merkle_root,
    normal_code,
    read_marks,
    read_opinion,
    receipt_of,
    short_receipt,
    unseal,
    write_marks,
)
from yizhen.demo.phones import seal_opinion, seal_sheet

KEY = PrivateKey(bytes(range(32)))
PUBLIC = bytes(KEY.public_key).hex()
LAYOUT: dict[str, Any] = {"speakers": [7, 8], "items": ["overall", "safety"], "grades": ["excellent", "competent"]}


def sealed(plain: bytes) -> bytes:
    return bytes(SealedBox(KEY.public_key).encrypt(plain))


def sheet(marks: Any, **changes: Any) -> dict[str, Any]:
    return {"v": 1, "round": 3, "class": "A", "marks": marks} | changes


# --- cards ---------------------------------------------------------------------------------------------------------


def test_card_code_may_be_typed_with_dashes_blanks_and_small_letters() -> None:
    assert normal_code(" abcd-efgh jklm ") == "ABCDEFGHJKLM"
    assert card_hash("abcd-efgh-jklm", 3) == card_hash("ABCDEFGHJKLM", 3)


def test_card_hash_is_of_the_code_as_typed_by_hand_or_scanned() -> None:
    assert card_hash("ABCD-EFGH-JKLM", 3) == card_hash("abcd efghjklm", 3)
    assert card_hash("ABCDEFGHJKLM", 3) != card_hash("ABCDEFGHJKLN", 3)


def test_card_has_another_hash_in_every_round() -> None:
    assert len({card_hash("ABCDEFGHJKLM", round_id) for round_id in range(50)}) == 50


def test_card_alphabet_has_nothing_to_mistake() -> None:
    assert len(set(CARD_ALPHABET)) == len(CARD_ALPHABET)
    assert set("01IO") & set(CARD_ALPHABET) == set()


# --- receipts ------------------------------------------------------------------------------------------------------


def test_receipt_is_half_of_sha512() -> None:
    assert receipt_of(b"sheet") == hashlib.sha512(b"sheet").hexdigest()[:64]
    assert short_receipt("0123456789abcdef") == "0123-4567-89AB"


@given(st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=8), st.randoms())
def test_root_does_not_depend_on_order(receipts: list[str], chance: Any) -> None:
    shuffled = list(receipts)
    chance.shuffle(shuffled)
    assert merkle_root(shuffled) == merkle_root(receipts)


def test_root_tells_one_receipt_more() -> None:
    assert len({merkle_root(["a"]), merkle_root(["a", "b"]), merkle_root([])}) == 3


# --- sealed sheets -------------------------------------------------------------------------------------------------


def test_every_sheet_and_opinion_has_one_length() -> None:
    blank = seal_sheet(PUBLIC, 3, "A", {}, LAYOUT)
    full = seal_sheet(PUBLIC, 3, "A", {"7": {"overall": "excellent", "safety": "competent"}}, LAYOUT)
    assert {len(blank), len(full)} == {SHEET_BYTES + SEAL_OVERHEAD}
    short, long = seal_opinion(PUBLIC, 3, 7, "好"), seal_opinion(PUBLIC, 3, 7, "好" * 200)
    assert {len(short), len(long)} == {OPINION_BYTES + SEAL_OVERHEAD}


def test_same_marks_sealed_twice_look_different() -> None:
    assert seal_sheet(PUBLIC, 3, "A", {}, LAYOUT) != seal_sheet(PUBLIC, 3, "A", {}, LAYOUT)


def test_sheet_of_the_most_cells_fits() -> None:
    layout = {"speakers": list(range(MAX_CELLS)), "items": ["overall"], "grades": ["excellent"]}
    marks = {str(speaker): {"overall": "excellent"} for speaker in layout["speakers"]}
    assert len(seal_sheet(PUBLIC, 10**9, "LEADERS1", marks, layout)) == SHEET_BYTES + SEAL_OVERHEAD


def test_unseal_returns_what_was_sealed() -> None:
    assert unseal(KEY, seal_sheet(PUBLIC, 3, "A", {"7": {"overall": "excellent"}}, LAYOUT)) == sheet("0---")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "not_json"),
        (b"{", "not_json"),
        (b"[1]", "not_json"),
        (b'"text"', "not_json"),
        (b"null", "not_json"),
        (b"1" * 5000, "not_json"),
        (b"[" * 4096, "not_json"),
        (b'{"a":' * 800, "not_json"),
        (b"", "not_json"),
    ],
)
def test_unseal_names_what_is_wrong_inside(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSheet) as caught:
        unseal(KEY, sealed(content))
    assert caught.value.reason == reason


@pytest.mark.parametrize("content", [b"", b"x" * 10, b"x" * 47, b"\0" * (SHEET_BYTES + SEAL_OVERHEAD)])
def test_unseal_of_what_was_never_sealed(content: bytes) -> None:
    with pytest.raises(UnreadableSheet) as caught:
        unseal(KEY, content)
    assert caught.value.reason == "not_sealed_to_key"


def test_unseal_with_another_key() -> None:
    with pytest.raises(UnreadableSheet) as caught:
        unseal(PrivateKey.generate(), seal_sheet(PUBLIC, 3, "A", {}, LAYOUT))
    assert caught.value.reason == "not_sealed_to_key"


def test_unseal_after_one_bit_flipped() -> None:
    changed = bytearray(seal_sheet(PUBLIC, 3, "A", {}, LAYOUT))
    changed[100] ^= 1
    with pytest.raises(UnreadableSheet):
        unseal(KEY, bytes(changed))


# --- marks ---------------------------------------------------------------------------------------------------------


def test_write_marks_one_character_a_cell_in_the_order_of_the_layout() -> None:
    marks = {"8": {"overall": "competent"}, "7": {"safety": NOT_INFORMED, "overall": "excellent"}}
    assert write_marks(marks, LAYOUT) == "0n1-"


def test_read_marks_leaves_blanks_out() -> None:
    read = read_marks(sheet("0n1-"), 3, "A", LAYOUT)
    assert read == {"7": {"overall": "excellent", "safety": NOT_INFORMED}, "8": {"overall": "competent"}}
    assert read_marks(sheet("----"), 3, "A", LAYOUT) == {"7": {}, "8": {}}


MARKS = st.dictionaries(
    st.sampled_from(["7", "8"]),
    st.dictionaries(st.sampled_from(LAYOUT["items"]), st.sampled_from([*LAYOUT["grades"], NOT_INFORMED])),
)


@given(MARKS)
def test_marks_round_trip(marks: dict[str, dict[str, str]]) -> None:
    assert read_marks(sheet(write_marks(marks, LAYOUT)), 3, "A", LAYOUT) == {"7": {}, "8": {}} | marks


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (sheet("----", round=4), "wrong_round_or_class"),
        (sheet("----", **{"class": "B"}), "wrong_round_or_class"),
        ({}, "wrong_round_or_class"),
        (sheet(None), "wrong_number_of_cells"),
        (sheet(["-", "-", "-", "-"]), "wrong_number_of_cells"),
        (sheet({"7": {"overall": "excellent"}}), "wrong_number_of_cells"),
        (sheet("---"), "wrong_number_of_cells"),
        (sheet("-----"), "wrong_number_of_cells"),
        (sheet("--2-"), "unknown_mark"),
        (sheet("--\ud800-"), "unknown_mark"),
        (sheet("--٠-"), "unknown_mark"),
    ],
)
def test_read_marks_names_what_is_wrong(value: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableSheet) as caught:
        read_marks(value, 3, "A", LAYOUT)
    assert caught.value.reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("01n-x", max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["7", "8"]), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_read_marks_either_reads_or_refuses_whatever_a_phone_seals(marks: Any) -> None:
    try:
        read = read_marks(sheet(marks), 3, "A", LAYOUT)
    except UnreadableSheet:
        return
    assert set(read) == {"7", "8"}
    assert {grade for row in read.values() for grade in row.values()} <= {*LAYOUT["grades"], NOT_INFORMED}


# --- opinions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"round": 3, "speaker": 7, "text": " 请公布时间表。 "}, (7, "请公布时间表。")),
        ({"round": 3, "speaker": 7, "text": "多" * 30}, (7, "多" * 20)),
        ({"round": 3, "speaker": 7, "text": "好\ud800坏\u0000。\n二"}, (7, "好坏。\n二")),  # neither can be stored
        ({"round": 3, "speaker": 7, "text": " \u0000 "}, None),
        ({"round": 3, "speaker": 7, "text": ["x"]}, None),
        ({"round": 3, "speaker": 7}, None),
        ({"round": 3, "speaker": [7], "text": "x"}, None),
        ({"round": 3, "speaker": 9, "text": "x"}, None),
        ({"round": 3, "speaker": "7", "text": "x"}, None),
        ({"round": 3, "speaker": True, "text": "x"}, None),
        ({"round": 4, "speaker": 7, "text": "x"}, None),
        ({}, None),
    ],
)
def test_read_opinion(value: dict[str, Any], read: tuple[int, str] | None) -> None:
    assert read_opinion(value, 3, {**LAYOUT, "speakers": [1, 7, 8]}, 20) == read
