"""Photographs of projects: drawn anew like evidence of matters, and taken out of sight when they show too much."""

import hashlib
import secrets

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.documents.photographs import is_picture
from yizhen.livelihood.models import Milestone, Photo, Project
from yizhen.livelihood.projects.rules import may_withdraw_photo
from yizhen.matters.actions.evidence import read_file
from yizhen.people.asking import key_of, taken
from yizhen.people.models import Account
from yizhen.people.turns import in_turn

from .events import PhotoKept, PhotoWithdrawn
from .keep import led_by, locked, told

MOST_PHOTOS = 30  # of a project: its page stays light


@in_turn
def keep_photograph(
    actor: Account, project: Project, *, client_id: str, file: UploadedFile, moment: str, caption: str,
    milestone: Milestone | None = None,
) -> Photo:  # fmt: skip
    """Keep a photograph as it is drawn anew: at most 1600 pixels long, nothing of what the camera wrote.

    Raises:
        PermissionDenied: when the actor does not lead the project.
        ValidationError: keyed by field: no picture, too large, broken, or too many.
    """
    project = led_by(actor, project, stages={"candidate", "listed", "building", "reported"})
    key = key_of(actor, client_id)
    if before := taken(Photo, key):
        return before
    if milestone is not None and milestone.project_id != project.pk:
        raise ValidationError({"milestone": _("请选这个项目的节点。")})
    if project.photos.filter(withdrawn="").count() >= MOST_PHOTOS:
        raise ValidationError({"file": _("一个项目最多 %(n)s 张照片。") % {"n": MOST_PHOTOS}})
    file.seek(0)
    if not is_picture(file.read(16)):
        raise ValidationError({"file": _("这里只收照片（JPEG、PNG、WebP）。")})
    piece = read_file(file)
    stem = secrets.token_hex(12)  # its own name may tell too much
    made = Photo(
        client_id=key, project=project, milestone=milestone, moment=moment, caption=caption.strip(), size=len(piece.content),
        sha256=hashlib.sha256(piece.content).hexdigest(), by=actor, at=timezone.now(),
        file=ContentFile(piece.content, f"{stem}.jpg"), thumbnail=ContentFile(piece.thumbnail, f"{stem}-s.jpg"),
    )  # fmt: skip
    made.full_clean(exclude=["project", "milestone", "by"])
    made.save(force_insert=True)
    told(actor, PhotoKept(photo=made.pk, sha256=made.sha256), project)
    return made


@transaction.atomic
def withdraw_photograph(actor: Account, project: Project, *, photo: Photo, reason: str) -> Photo:
    """Take a photograph out of everybody's sight, with the reason: it shows a face, a plate, somebody's home.

    Raises:
        PermissionDenied: when the actor neither leads nor oversees the project.
        ValidationError: keyed by field.
    """
    project = locked(project)
    if not may_withdraw_photo(actor, project):
        raise PermissionDenied(_("您不能撤下这张照片。"))
    found = Photo.objects.select_for_update().get(pk=photo.pk, project=project)
    if found.withdrawn:
        return found
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤下的原因。")})
    found.withdrawn = reason.strip()
    found.full_clean(exclude=["project", "milestone", "by"])
    found.save(update_fields=["withdrawn"])
    told(actor, PhotoWithdrawn(photo=found.pk, reason=found.withdrawn), project)
    return found
