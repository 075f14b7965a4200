"""The table from the speech to the pages: both languages name the same addresses, and each is a page."""

import re
from pathlib import Path

import pytest
from django.urls import resolve

DOCS = Path(__file__).resolve().parents[2] / "docs"


def addresses(name: str) -> list[str]:
    return re.findall(r"`(/[^`]*)`", (DOCS / name).read_text(encoding="utf-8"))


def test_both_languages_name_the_same_pages() -> None:
    assert addresses("speech.md") == addresses("speech.zh.md")
    assert len(addresses("speech.md")) > 40


@pytest.mark.parametrize("address", sorted(set(addresses("speech.md"))))
def test_address_of_the_table_is_a_page(address: str) -> None:
    assert resolve(address.partition("?")[0]).func is not None
