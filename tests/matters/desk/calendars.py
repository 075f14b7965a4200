"""A reader of iCalendar text for tests, written from RFC 5545 and not from the writer."""

import re
from typing import Any


def read(text: str) -> list[dict[str, tuple[dict[str, str], str]]]:
    """Return the events of a calendar: property → parameters and value, unfolded and unescaped; checks the frame."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert "\r" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = re.sub(r"\r\n[ \t]", "", text).split("\r\n")[:-1]
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    events: list[dict[str, Any]] = []
    inside: dict[str, Any] | None = None
    for line in lines:
        if line == "BEGIN:VEVENT":
            assert inside is None
            inside = {}
        elif line == "END:VEVENT":
            assert inside is not None
            events.append(inside)
            inside = None
        elif inside is not None:
            head, value = line.split(":", 1)
            name, *parameters = head.split(";")
            assert name not in inside
            inside[name] = (dict(one.split("=", 1) for one in parameters), unescape(value))
    return events


def unescape(value: str) -> str:
    """Return a text value as it was meant (RFC 5545, 3.3.11)."""
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value, re.DOTALL)
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
