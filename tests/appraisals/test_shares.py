"""The secret in three parts: against the published vector, for every pair, and with mistakes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from yizhen.appraisals.shares import (
    Share,
    WrongShare,
    _inverse,
    _times,
    combine,
    paper_of,
    secret_from,
    share_from_text,
    share_text,
    split,
    tag_of,
)

KEY = b"k" * 32


def test_the_vector_of_the_internet_draft() -> None:
    # draft-mcgrew-tss-03, section 9: two shares of "test" and a zero byte, threshold two.
    shares = [(1, bytes.fromhex("B9FA07E185")), (2, bytes.fromhex("F5409B4511"))]
    assert combine(shares).hex() == "7465737400"
    assert combine(reversed(shares)) == b"test\0"


def test_the_field_is_that_of_aes() -> None:
    assert _times(0x57, 0x83) == 0xC1  # FIPS 197, section 4.2
    assert _times(0x57, 0x13) == 0xFE
    assert [_times(a, _inverse(a)) for a in range(1, 256)] == [1] * 255


@given(st.binary(min_size=1, max_size=40), st.integers(1, 6), st.integers(0, 4))
def test_any_enough_shares_give_the_secret(secret: bytes, needed: int, more: int) -> None:
    shares = split(secret, needed=needed, number=needed + more)
    for chosen in itertools.islice(itertools.combinations(shares, needed), 12):
        assert combine(chosen) == secret


def test_one_share_says_nothing() -> None:
    # Every first share of every one-byte secret can come up: over many splits both secrets give all 256 values.
    for secret in (b"\x00", b"\xff"):
        assert len({split(secret)[0][1] for _try in range(6000)}) == 256


@pytest.mark.parametrize(("needed", "number"), [(0, 3), (3, 2), (2, 256)])
def test_impossible_sharings_are_refused(needed: int, number: int) -> None:
    with pytest.raises(ValueError, match="needed"):
        split(b"x", needed=needed, number=number)


@pytest.mark.parametrize("shares", [[], [(0, b"x")], [(1, b"x"), (1, b"y")], [(1, b"x"), (2, b"yz")]])
def test_shares_that_do_not_fit_are_refused(shares: list[tuple[int, bytes]]) -> None:
    with pytest.raises(ValueError, match="shares"):
        combine(shares)


# --- on paper --------------------------------------------------------------------------------------------------------


def test_every_pair_of_papers_opens_and_the_third_may_be_lost() -> None:
    secret = PrivateKey.generate()
    public = bytes(secret.public_key)
    papers = paper_of(bytes(secret), public)
    for pair in itertools.permutations(papers, 2):
        assert secret_from(pair, public) == bytes(secret)
    assert secret_from([papers[0].lower().replace("-", " "), "", papers[2].replace("-", "")], public) == bytes(secret)


@given(st.integers(1, 255), st.binary(min_size=32, max_size=32), st.binary(min_size=2, max_size=2))
def test_a_share_survives_paper(number: int, content: bytes, tag: bytes) -> None:
    text = share_text(Share(number, content, tag))
    assert [len(group) for group in text.split("-")] == [4] * 15
    assert share_from_text(text) == Share(number, content, tag)


def test_digits_that_base32_has_not_are_read_as_the_letters_they_look_like() -> None:
    text = share_text(Share(1, bytes(32), b"\0\0"))
    assert share_from_text(text.replace("O", "0").replace("I", "1").replace("B", "8")) == Share(1, bytes(32), b"\0\0")


def test_one_mistyped_character_is_found_wherever_it_is() -> None:
    text = paper_of(bytes(range(32)), KEY)[0]
    for place, character in enumerate(text):
        if character == "-":
            continue
        wrong = text[:place] + ("A" if character != "A" else "C") + text[place + 1 :]
        with pytest.raises(WrongShare, match="mistyped"):
            share_from_text(wrong)


@pytest.mark.parametrize("text", ["", "A", "密钥", "====", "AAAA-" * 15, "ABCD" * 40])
def test_words_that_are_no_share(text: str) -> None:
    with pytest.raises(WrongShare, match="mistyped"):
        share_from_text(text)


def test_why_shares_are_refused() -> None:
    mine, foreign = paper_of(b"s" * 32, KEY), paper_of(b"s" * 32, b"q" * 32)
    for texts, reason in (
        ([mine[0]], "too_few"),
        ([mine[0], ""], "too_few"),
        ([mine[0], mine[0]], "same"),
        ([mine[0], foreign[1]], "other_key"),
        ([mine[0], mine[1] + "A"], "mistyped"),
    ):
        with pytest.raises(WrongShare) as caught:
            secret_from(texts, KEY)
        assert caught.value.reason == reason
    assert tag_of(KEY) != tag_of(b"q" * 32)
