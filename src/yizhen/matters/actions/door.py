"""The resident's door: a request with photographs, brought by oneself or entered by an office on somebody's behalf."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.documents.photographs import is_picture
from yizhen.matters.lifecycle import OPEN_STATES
from yizhen.matters.models import Matter
from yizhen.matters.rules import may_enter_on_behalf, reaches
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.turn import writers_turn

from .evidence import Piece, evidence_of, read_files
from .opening import follow_hash, new_follow_code, open_matter

MOST_PHOTOGRAPHS = 3
SAME_FOR = timedelta(days=1)
DOOR_KINDS = ("resident_request", "talent_suggestion")
CHANNELS = ("page", "phone", "counter")


@event("matters.taken_at_the_door")
class TakenAtTheDoor:
    """An office entered a request for somebody who called or came. Who it was nobody asks."""

    number: str
    channel: str


def take_request(
    actor: Account | None,
    *,
    kind: str,
    division: Division,
    title: str,
    text: str,
    work_line: str,
    client_id: str,
    files: Sequence[UploadedFile] = (),
    channel: str = "page",
) -> tuple[Matter, str]:
    """Take a request or a suggestion with up to three photographs; return it with its code. No personal data is taken.

    The same ``client_id`` gives the same matter; its code was shown once and cannot be read again. What is entered on
    somebody's behalf is the resident's own all the same: whoever typed it has no more rights in it than before.

    Raises:
        PermissionDenied: when the actor enters nothing for others, or not in this place.
        ValidationError: keyed by field; at ``file`` when a photograph is refused.
    """
    if kind not in DOOR_KINDS or (channel == "page") != (actor is None) or channel not in CHANNELS:
        raise ValueError(kind, channel)
    if actor is not None and not (may_enter_on_behalf(actor) and reaches(actor, division.code)):
        raise PermissionDenied(_("您不能代这个地方的居民登记。"))
    pieces = read_photographs(files)
    code = new_follow_code()
    own = f"ask:{client_id}" if actor is None else f"behalf:{actor.pk}:{client_id}"
    opened = partial(
        open_matter, None, kind=kind, title=title, text=text, division=division, work_line=work_line, client_id=own,
        follow_code=code, along=lambda step: [evidence_of(step, piece) for piece in pieces],
    )  # fmt: skip
    if actor is None:
        matter = opened()
        return matter, code if matter.follow_hash == follow_hash(code) else ""
    with writers_turn(), transaction.atomic():
        matter = opened()
        if matter.follow_hash != follow_hash(code):
            return matter, ""
        told = TakenAtTheDoor(number=matter.number, channel=channel)
        record(actor, told, f"matters.matter:{matter.pk}", scope=matter.division_id)
    return matter, code


def read_photographs(files: Sequence[UploadedFile]) -> list[Piece]:
    """Look through a resident's photographs: pictures alone, drawn anew without what the camera wrote beside them.

    Raises:
        ValidationError: at ``file``.
    """
    if len(files) > MOST_PHOTOGRAPHS:
        raise ValidationError({"file": _("一次最多 %(n)s 张照片。") % {"n": MOST_PHOTOGRAPHS}})
    for file in files:
        start = file.read(16)
        file.seek(0)
        if not is_picture(start):
            raise ValidationError({"file": _("只收照片（JPEG、PNG、WebP），按内容认，不按文件名。")})
    return read_files(list(files))


def same_request(kind: str, division: Division, title: str, text: str) -> Matter | None:
    """Return an open matter of the last day with the very same words in the same place, which need not be filed again."""
    return (
        Matter.objects.select_related("division")
        .filter(kind=kind, division=division, title=title.strip(), text=text.strip())
        .filter(state__in=OPEN_STATES, opened_at__gte=timezone.now() - SAME_FOR, follow_hash__isnull=False)
        .first()
    )
