"""The six parts of a township's fourth board, and its lines for the front command post."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.people.integrity.queries import Given, commitments_in
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.scoring.small_area import FEWEST
from yizhen.web.board import BoardLine

from .models import Meeting, ResponsibilityItem
from .queries import (
    Counts,
    colours_of,
    counts_of,
    items_visible_to,
    meetings_visible_to,
    of_year,
    open_notices,
    townships_read_by,
)
from .rules import may_check, may_drop, may_enter, may_read, may_record, sees_small_numbers


@dataclass(frozen=True)
class ItemRow:
    """An item of the list with its light and what the reader may do about it."""

    item: ResponsibilityItem
    light: str
    may_report: bool
    may_check: bool
    may_drop: bool


@dataclass(frozen=True)
class MeetingRow:
    """A meeting with the number who came, or None where so few came that others do not read it."""

    meeting: Meeting
    attendees: int | None
    withheld: bool
    may_record: bool


@dataclass(frozen=True)
class Board:
    """The fourth board of a township in a year."""

    counts: Counts
    commitments: Given
    items: list[ItemRow]
    meetings: list[MeetingRow]
    colours: list[tuple[Any, int, int]]
    notices: list[Any]


def board_of(user: Account, division: Division, year: int, today: date) -> Board:
    """Return the fourth board of a township that the user reads."""
    enters, small = may_enter(user, division), sees_small_numbers(user, division.pk)
    items = [
        ItemRow(one, one.light_on(today), enters and one.state == "open", may_check(user, one), may_drop(user, one))
        for one in items_visible_to(user).filter(division=division, year=year)
    ]
    meetings = []
    for one in meetings_visible_to(user).filter(of_year(year, "planned_on"), division=division):
        few = one.attendees is not None and one.attendees < FEWEST and not small
        meetings.append(MeetingRow(one, None if few else one.attendees, few, may_record(user, one)))
    return Board(
        counts_of(user, [division.pk], year, today)[division.pk],
        commitments_in(user, [division.pk], year, today)[division.pk],
        items,
        meetings,
        colours_of(user, division, year),
        list(open_notices(user, division)[:20]),
    )


@dataclass(frozen=True)
class CityRow:
    """A township's line on the page of many."""

    division: Division
    counts: Counts
    commitments: Given


def rows_of(user: Account, year: int, today: date) -> tuple[list[CityRow], Given]:
    """Return the townships that the user reads by code, each with its counts, and the commitments of all of them."""
    places = list(townships_read_by(user))
    codes = [place.pk for place in places]
    counts = counts_of(user, codes, year, today)
    given = commitments_in(user, codes, year, today)
    return [CityRow(place, counts[place.pk], given[place.pk]) for place in places], given[""]


def board_lines(user: Account, division: Division) -> list[BoardLine]:
    """Return what the front command post of a township says of party building and conduct. Seven queries.

    Commitments stay on their own page: of two leaders a count would say who it was.
    """
    if not may_read(user) or not user.covers(division.pk):
        return []
    today = timezone.localdate()
    counts = counts_of(user, [division.pk], today.year, today)[division.pk]
    address = reverse("party:township", args=[division.pk])
    year = _("%(year)s 年，截至 %(day)s") % {"year": today.year, "day": today.isoformat()}
    return [
        BoardLine(
            _("主体责任清单"),
            _("%(done)s / %(all)s 项已核对") % {"done": counts.items_checked, "all": counts.items},
            f"{address}#items",
            _late(counts.items_late, year),
            "red" if counts.items_late else "green" if counts.items else "",
        ),
        BoardLine(
            _("说过的话、决定的事"),
            _("%(done)s / %(all)s 件已兑现") % {"done": counts.promises_kept, "all": counts.promises},
            f"{address}#promises",
            _late(counts.promises_late, year),
            "red" if counts.promises_late else "green" if counts.promises else "",
        ),
        BoardLine(
            _("学习和会议"),
            _("%(done)s / %(all)s 次已开") % {"done": counts.meetings_held, "all": counts.meetings},
            f"{address}#meetings",
            year,
            "yellow" if counts.meetings_unrecorded else "",
        ),
    ]


def _late(number: int, year: str) -> str:
    return _("%(n)s 件逾期 · %(year)s") % {"n": number, "year": year} if number else year
