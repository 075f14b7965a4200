"""A step of the lifecycle together with the files that show it."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter
from yizhen.people.models import Account

from .evidence import keep_piece, read_files
from .lifecycle import take_step


def take_step_with_files(
    actor: Account,
    matter: Matter,
    verb: Verb,
    *,
    files: list[UploadedFile],
    keep_place: bool = False,
    **brought: Any,
) -> Matter:
    """Take a step and keep up to six files with it: all of them, or neither step nor files.

    Files are looked through first: pictures take time, and nobody's row is locked meanwhile.

    Raises:
        PermissionDenied, ValidationError: as :func:`take_step`; at ``file`` when one is refused.
    """
    pieces = read_files(files, keep_place=keep_place)
    with transaction.atomic():
        before = Matter.objects.select_for_update().get(pk=matter.pk).events.count()
        moved = take_step(actor, matter, verb, **brought)
        for step in moved.events.filter(sequence__gt=before):  # none, where the form had been taken before
            for piece in pieces:
                keep_piece(step, piece)
    return moved
