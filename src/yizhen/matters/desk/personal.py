"""What looks like a person's number: such words are never kept in a saved search."""

import re
import unicodedata

IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")  # GB 11643-1999: 18 characters
MOBILE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)")
BETWEEN = re.compile(r"(?<=\d)[\s\-–—.·_/]+(?=[\dXx])")


def looks_personal(text: str) -> bool:
    """Return whether a text holds what looks like an identity number or a mobile number, also in parts or full width."""
    plain = unicodedata.normalize("NFKC", text)
    return any(pattern.search(form) for form in (plain, BETWEEN.sub("", plain)) for pattern in (IDENTITY, MOBILE))
