"""Copied reports: the same words or the same file for different rectification items.

A flag for whoever verifies, never a refusal: the same pipe may honestly mend two villages. Derived when asked, not
stored. The sign comes from the paper closures that inspectors keep finding: one material for several problems, one
office's text in another's report.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from yizhen.people.models import Account

from .lifecycle import State, Verb
from .models import Event, Evidence, Matter
from .queries import matters_visible_to
from .rules import may_compare
from .wording import normalised

ALIKE = 90.0  # rapidfuzz's normalised similarity of two texts, in per cent
SHORTEST = 20  # characters below which likeness says nothing: short reports are alike by nature


@dataclass(frozen=True)
class Copy:
    """What another item has in common: ``words`` or ``file`` (identical), ``alike`` (nearly), and how near in per cent."""

    kind: str
    other: Matter
    percent: int
    file_name: str = ""


def copies_among(user: Account, matters: Iterable[Matter]) -> dict[int, list[Copy]]:
    """Return matter id → copies, for those of the matters that the user may compare, in constant queries.

    The report that stands (the last one) is compared with those that stand elsewhere within the user's sight.
    """
    asked = [matter for matter in matters if may_compare(user, matter)]
    if not asked:
        return {}
    others = {
        matter.pk: matter
        for matter in matters_visible_to(user).filter(kind="rectification").exclude(state=State.WITHDRAWN)
    }
    reports = _standing_reports(others)
    found: dict[int, list[Copy]] = {}
    texts = {pk: normalised(report.text) for pk, report in reports.items()}
    files = _files(reports)
    for matter in asked:
        if matter.pk in reports:
            copies = [*_same_files(matter.pk, files, others), *_same_words(matter.pk, texts, others)]
            if copies:
                found[matter.pk] = copies
    return found


def copies_of(user: Account, matter: Matter) -> list[Copy]:
    """Return the copies of one matter, as far as the user may compare."""
    return copies_among(user, [matter]).get(matter.pk, [])


def _standing_reports(matters: dict[int, Matter]) -> dict[int, Event]:
    events = Event.objects.filter(matter__in=matters, verb=Verb.REPORT_DONE).order_by("matter", "sequence")
    return {event.matter_id: event for event in events}


def _files(reports: dict[int, Event]) -> dict[str, dict[int, str]]:
    """Return hash → matter → the file's name there."""
    owner = {event.pk: pk for pk, event in reports.items()}
    files: dict[str, dict[int, str]] = defaultdict(dict)
    for piece in Evidence.objects.filter(event__in=owner):
        files[piece.sha256][owner[piece.event_id]] = piece.name
    return files


def _same_files(pk: int, files: dict[str, dict[int, str]], others: dict[int, Matter]) -> list[Copy]:
    return [
        Copy("file", others[other], 100, name)
        for owners in files.values()
        if pk in owners
        for other, name in owners.items()
        if other != pk
    ]


def _same_words(pk: int, texts: dict[int, str], others: dict[int, Matter]) -> list[Copy]:
    own = texts[pk]
    if not own:
        return []
    same = [Copy("words", others[other], 100) for other, text in texts.items() if other != pk and text == own]
    if len(own) < SHORTEST:
        return same
    rest = {other: text for other, text in texts.items() if other != pk and text != own and len(text) >= SHORTEST}
    near: Sequence[tuple[str, float, int]] = process.extract(
        own, rest, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None
    )
    return [*same, *(Copy("alike", others[other], int(score)) for _text, score, other in near)]
