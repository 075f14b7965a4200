"""Replies with a number: the letter with which an office answers what it was asked, wrongly or not."""

from collections.abc import Iterable
from datetime import date

from .content import Official, Text


def numbered(sentences: Iterable[str]) -> list[str]:
    """Return sentences with their places in front: 1. 2. 3."""
    return [f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1)]


def reply_letter(title: str, text: str, *, number: str, addressee: str, signature: str, signed_on: date) -> Official:
    """Describe a reply in the layout of GB/T 9704: its paragraphs, and below them the number by which it is cited."""
    return Official(
        title, [Text(text), Text(f"复函编号：{number}")], addressee=addressee, signature=signature, signed_on=signed_on
    )
