"""The paper channel: the box is counted, every sheet is typed twice by two people, differences are looked at again."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.appraisals.actions.session import bump
from yizhen.appraisals.config import NOT_INFORMED
from yizhen.appraisals.conflicts import unfit_teller
from yizhen.appraisals.models import PaperEntry, PaperSheet, Round, RoundClass
from yizhen.appraisals.rules import may_tell
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account

VOID_REASONS = ("spoilt", "marked", "blank_paper")  # not readable; identifying marks (V6); not our sheet
Marks = dict[str, dict[str, str]]


@event("appraisals.box_counted")
class BoxCounted:
    """The sheets in a class's box were counted."""

    class_code: str
    returned: int
    issued: int


@event("appraisals.paper_entered")
class PaperEntered:
    """A sheet of paper was typed: which class and turn, not what it says."""

    class_code: str
    turn: int
    settled: bool


def _closed(actor: Account, round_: Round) -> Round:
    if not may_tell(actor, round_.campaign):
        raise PermissionDenied(_("只有计票人、监票人可以录入纸质票。"))
    if reason := unfit_teller(round_.campaign, str(actor)):
        raise PermissionDenied(reason)
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.state != "closed":
        raise ValidationError(_("投票结束以后、计票以前才能清点和录入纸质票。"))
    return round_


def _sheet(round_: Round, class_code: str, number: int) -> PaperSheet:
    sheet = PaperSheet.objects.select_for_update().filter(round=round_, class_code=class_code, number=number).first()
    if sheet is None:
        raise ValidationError({"number": _("没有这个编号的票。")})
    return sheet


def _kept(marks: Marks, void_reason: str) -> Marks:
    """Return the marks that an entry keeps: none of a void sheet."""
    if void_reason and void_reason not in VOID_REASONS:
        raise ValidationError({"void": _("没有这个作废原因。")})
    return {} if void_reason else marks


@transaction.atomic
def count_box(actor: Account, round_: Round, class_code: str, number: int, again: int | None = None) -> Round:
    """Say how many sheets were in a class's box. More than were handed out make the round void (V2).

    Because a void round cannot be taken back, such a number is said twice: ``again`` is the number said before.

    Raises:
        PermissionDenied: when the actor is no teller, or related to a speaker (V7).
        ValidationError: when the class does not vote on paper, sheets were typed already, or the number would make the
            round void and was not said twice.
    """
    round_ = _closed(actor, round_)
    row = RoundClass.objects.select_for_update().filter(round=round_, code=class_code, paper=True).first()
    if row is None:
        raise ValidationError({"class": _("这一类不用纸质票。")})
    if not 0 <= number <= 2000:
        raise ValidationError({"number": _("张数应在 0 到 2000 之间。")})
    if PaperEntry.objects.filter(sheet__round=round_, sheet__class_code=class_code).exists():
        raise ValidationError({"number": _("已经开始录入，不能再改张数。")})
    if number > row.issued and number != again:
        raise ValidationError(
            {
                "number": _(
                    "票箱里 %(number)s 张，多于发出的 %(issued)s 张。请再数一遍；确实如此，再填一次，本轮即作废。"
                )
                % {"number": number, "issued": row.issued}
            }
        )
    PaperSheet.objects.filter(round=round_, class_code=class_code).delete()
    PaperSheet.objects.bulk_create(
        PaperSheet(round=round_, class_code=class_code, number=n) for n in range(1, number + 1)
    )
    row.returned = number
    row.save(update_fields=["returned"])
    if number > row.issued:
        round_.state = "void"
        round_.save(update_fields=["state"])
        bump(round_.campaign)
    record(
        actor,
        BoxCounted(class_code=class_code, returned=number, issued=row.issued),
        f"appraisals.round:{round_.pk}",
        scope=round_.campaign.division_id,
    )
    return round_


def read_paper(layout: Mapping[str, Any], typed: Mapping[str, Mapping[str, str]]) -> Marks:
    """Return marks as typed, blanks left out.

    Raises:
        ValidationError: keyed ``speaker.item`` for what is not on the sheet.
    """
    known = {*layout["grades"], NOT_INFORMED}
    errors: dict[str, str] = {}
    marks: Marks = {}
    for speaker, row in typed.items():
        for item, grade in row.items():
            if speaker not in {str(pk) for pk in layout["speakers"]} or item not in layout["items"]:
                raise ValidationError(_("录入的格不在票上。"))
            if grade and grade not in known:
                errors[f"{speaker}.{item}"] = _("没有这个等次。")
            elif grade:
                marks.setdefault(speaker, {})[item] = grade
    if errors:
        raise ValidationError(errors)
    return marks


@transaction.atomic
def enter_paper(
    actor: Account, round_: Round, class_code: str, number: int, marks: Marks, *, void_reason: str = ""
) -> PaperSheet:
    """Type a sheet. The first and the second entry are by two people, the second one blind; equal ones settle it.

    Raises:
        PermissionDenied: when the actor is no teller, or related to a speaker.
        ValidationError: when there is no such sheet, it is settled, or the same person types it again.
    """
    round_ = _closed(actor, round_)
    sheet, kept = _sheet(round_, class_code, number), _kept(marks, void_reason)
    entries = list(sheet.entries.all())
    if (
        entries
        and entries[-1].by_id == actor.pk
        and (entries[-1].marks, entries[-1].void_reason) == (kept, void_reason)
    ):
        return sheet  # a double tap
    if sheet.settled or len(entries) >= 2:
        raise ValidationError({"number": _("这张票已经录过两遍。")})
    if any(entry.by_id == actor.pk for entry in entries):
        raise ValidationError({"number": _("第二遍要由另一个人录入。")})
    entry = PaperEntry.objects.create(sheet=sheet, turn=len(entries) + 1, marks=kept, void_reason=void_reason, by=actor)
    if entries and (entries[0].marks, entries[0].void_reason) == (entry.marks, entry.void_reason):
        _settle(sheet, entry)
    _record(actor, sheet, entry.turn)
    return sheet


@transaction.atomic
def settle_paper(
    actor: Account, round_: Round, class_code: str, number: int, marks: Marks, *, void_reason: str = ""
) -> PaperSheet:
    """Decide a sheet whose two entries differ, by looking at the paper a third time.

    Raises:
        ValidationError: unless it was typed twice and the entries differ.
    """
    round_ = _closed(actor, round_)
    sheet, kept = _sheet(round_, class_code, number), _kept(marks, void_reason)
    if sheet.settled or sheet.entries.count() != 2:
        raise ValidationError({"number": _("这张票不需要第三次核对。")})
    entry = PaperEntry.objects.create(sheet=sheet, turn=3, marks=kept, void_reason=void_reason, by=actor)
    _settle(sheet, entry)
    _record(actor, sheet, 3)
    return sheet


def _settle(sheet: PaperSheet, entry: PaperEntry) -> None:
    sheet.marks, sheet.void_reason, sheet.settled = entry.marks, entry.void_reason, True
    sheet.save()


def _record(actor: Account, sheet: PaperSheet, turn: int) -> None:
    record(
        actor,
        PaperEntered(class_code=sheet.class_code, turn=turn, settled=sheet.settled),
        f"appraisals.round:{sheet.round_id}",
        scope=sheet.round.campaign.division_id,
    )
