"""The calendar feed as text (iCalendar, RFC 5545): whole days with a number and a title, and nothing else."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.matters.lifecycle import State
from yizhen.matters.models import CalendarFeed, Matter
from yizhen.people.models import Account

from .dates import dated

BACK, AHEAD, MOST = timedelta(days=31), timedelta(days=366), 2000
LINE = 75  # octets without the line break (RFC 5545, 3.1)


def feed_text(matter: Matter) -> str:
    """Return what the feed says of a matter; "" leaves it out. The one place to change for kinds that are sealed."""
    return f"{matter.number} {matter.title}"


def token_hash(token: str) -> str:
    """Return the hash by which a feed's token is kept."""
    return hashlib.sha256(f"feed:{token}".encode()).hexdigest()


def account_of(token: str) -> Account | None:
    """Return the active account whose live feed has this token."""
    feed = (
        CalendarFeed.objects.select_related("account")
        .filter(token_hash=token_hash(token), revoked_at__isnull=True, account__is_active=True)
        .first()
    )
    return feed.account if feed else None


def feed_of(user: Account, now: datetime) -> str:
    """Return the feed of what the user may see now: a month back, a year ahead, at most 2,000 days."""
    today = timezone.localtime(now).date()
    return calendar_text(dated(user, today - BACK, today + AHEAD)[:MOST], now)


def calendar_text(matters: Iterable[Matter], now: datetime) -> str:
    """Return matters, which come with their day ``on``, as a calendar (RFC 5545; name and refresh: RFC 7986)."""
    name = escaped(_("一针 · 事项期限"))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Yizhen//Matters//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{name}",
        f"X-WR-CALNAME:{name}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]
    for matter in matters:
        words = feed_text(matter)
        if words:
            lines += _event(matter, words, now)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in folded(line))


def _event(matter: Matter, words: str, now: datetime) -> list[str]:
    what = "look-back" if matter.state == State.CLOSED else "due"
    day: date = matter.on  # type: ignore[attr-defined]
    summary = _("回头看 %(matter)s") % {"matter": words} if what == "look-back" else words
    return [
        "BEGIN:VEVENT",
        f"UID:{_uid(matter, what)}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"SUMMARY:{escaped(summary)}",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _uid(matter: Matter, what: str) -> str:
    """Return an id that stays when the day moves and differs from another site's: it holds the moment of opening."""
    seed = f"{matter.number}/{matter.opened_at.astimezone(UTC).isoformat()}/{what}"
    return f"{hashlib.sha256(seed.encode()).hexdigest()[:32]}@yizhen"


def escaped(text: str) -> str:
    """Return a text value with backslash, semicolon, comma and line breaks escaped (RFC 5545, 3.3.11)."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    kept = "\n".join(text.splitlines())
    return "".join(letter for letter in kept if letter == "\n" or " " <= letter != "\x7f").replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """Yield a content line in parts of at most 75 octets, those after the first with a leading space, no letter cut."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE:
            yield part
            part, size = " ", 1
        part += letter
        size += width
    yield part
