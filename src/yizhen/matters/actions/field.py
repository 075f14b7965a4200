"""Taking what a phone in the field sends, once."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yizhen.audit.prepared import Prepared
from yizhen.matters.field.drafts import Draft, check_sizes
from yizhen.matters.field.rules import field_kinds, field_places, may_report, solves_at_once
from yizhen.matters.kinds import MatterKind
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Event, Evidence, FieldReport, Matter
from yizhen.people.devices import account_key
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.turn import writers_turn

from .evidence import ManyPhotographs, Piece, evidence_of, keep_piece, read_files
from .lifecycle import take_step
from .opening import open_matter

RECEIPTS = Prepared(lambda client_id: FieldReport.objects.filter(client_id=client_id).order_by().values_list("pk"))


class SentBefore(Exception):
    """The id of this draft was used before, for something else. ``matter`` is what came of it, if it is the sender's."""

    def __init__(self, matter: Matter | None) -> None:
        self.matter = matter
        super().__init__()


def file_report(
    actor: Account, draft: Draft, *, photos: list[UploadedFile] | None = None, after: list[UploadedFile] | None = None
) -> Matter:
    """Open a matter from a draft and keep its photographs: all of it or nothing, and once for each client id.

    Photographs are drawn anew before anything is locked. ``after`` are those that show how it was solved at once.

    Raises:
        PermissionDenied: when the draft was written under another account, or the actor reports nothing from the field.
        ValidationError: keyed by field.
        ManyPhotographs: when it may come again.
        SentBefore: when the id came before with another content, or from somebody else.
    """
    photos, after = photos or [], after or []
    if not may_report(actor):
        raise PermissionDenied(_("这个账号不从现场上报事项。"))
    if draft.account != account_key(actor):
        raise PermissionDenied(_("这份草稿是用另一个账号写的。请用那个账号登录再发；草稿还在手机上。"))
    digest = draft.digest(photos, after)
    if (before := _sent_before(actor, draft, digest)) is not None:
        return before
    kind, place = _kind_and_place(actor, draft)
    check_sizes(photos, after)
    receipt = _Receipt(actor, draft, digest, _read("photos", photos))
    later = _read("after", after) if draft.solved else []
    try:
        if not draft.solved:
            return _file(receipt, kind, place)
        with writers_turn(), transaction.atomic():
            matter = _file(receipt, kind, place)
            return _solve(receipt, kind, matter, later) if receipt.matter is matter else matter
    except (IntegrityError, ValidationError) as error:
        # Two at once: the second one's look came before the first one's receipt, which is there by now.
        if isinstance(error, ValidationError) and getattr(error, "code", "") != "submitted_before":
            raise
        if (before := _sent_before(actor, draft, digest)) is None:
            raise
        return before


def _kind_and_place(actor: Account, draft: Draft) -> tuple[MatterKind, Division]:
    errors = {}
    kind = field_kinds(actor).get(draft.kind)
    if kind is None:
        errors["kind"] = _("请从列出的种类中选。")
    elif draft.solved and not solves_at_once(kind):
        errors["how"] = _("“%(kind)s”不能当场解决，要先登记派遣。") % {"kind": kind.name}
    place = field_places(actor).filter(code=draft.place).first()
    if place is None:
        errors["place"] = _("请从您负责的地方中选。")
    if errors or kind is None or place is None:
        raise ValidationError(errors)
    return kind, place


def _sent_before(actor: Account, draft: Draft, digest: str) -> Matter | None:
    known = RECEIPTS.first(draft.client_id)
    if known is None:
        return None
    report = FieldReport.objects.select_related("matter").get(pk=known[0])
    if report.by_id != actor.pk:
        raise SentBefore(None)
    if report.digest != digest:
        raise SentBefore(report.matter)
    return report.matter


def _read(name: str, files: list[UploadedFile]) -> list[Piece]:
    try:
        pieces = read_files(files)
    except ManyPhotographs:
        raise
    except ValidationError as error:
        raise ValidationError({name: error.message_dict["file"]}) from error
    if any(not piece.thumbnail for piece in pieces):
        raise ValidationError({name: _("这里只收照片。")})
    return pieces


@dataclass
class _Receipt:
    """What is kept beside the matter of a draft, if it is new: then this has it."""

    actor: Account
    draft: Draft
    digest: str
    pieces: list[Piece]
    matter: Matter | None = None

    def rows(self, step: Event) -> list[FieldReport | Evidence]:
        draft, self.matter = self.draft, step.matter
        latitude, longitude = draft.position or (None, None)
        report = FieldReport(
            client_id=draft.client_id,
            by=self.actor,
            matter=step.matter,
            digest=self.digest,
            seen_at=draft.seen_at,
            latitude=latitude,
            longitude=longitude,
            accuracy=draft.accuracy if draft.position else None,
        )
        return [report, *(evidence_of(step, piece) for piece in self.pieces)]


def _file(receipt: _Receipt, kind: MatterKind, place: Division) -> Matter:
    """Open the matter of a draft, or return the one that the same draft had opened before."""
    actor, draft = receipt.actor, receipt.draft
    matter = open_matter(
        actor,
        kind=kind.code,
        title=draft.title,
        text=draft.text,
        division=place,
        work_line=kind.work_line,
        client_id=f"field:{actor.pk}:{draft.client_id}",
        fields=_asked(kind, "open", draft),
        along=receipt.rows,
    )
    if receipt.matter is not matter:
        _sent_before(actor, draft, receipt.digest)
    return matter


def _asked(kind: MatterKind, stage: str, draft: Draft) -> dict[str, str]:
    asked = {one.code for one in kind.fields_of(stage)}
    return {code: text for code, text in draft.fields.items() if code in asked}


def _solve(receipt: _Receipt, kind: MatterKind, matter: Matter, later: list[Piece]) -> Matter:
    draft = receipt.draft
    fields = _asked(kind, "result", draft)
    solved = take_step(receipt.actor, matter, Verb.SOLVE_AT_ONCE, text=draft.how, disposition="solved", fields=fields)
    for piece in later:
        keep_piece(solved.events.get(sequence=2), piece)
    return solved
