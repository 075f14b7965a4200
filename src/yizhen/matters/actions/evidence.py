"""Keeping evidence: photographs drawn anew, documents of few kinds, told apart by what they hold and not by their names."""

import hashlib
import secrets
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.documents.photographs import UnfitPicture, is_picture, redraw
from yizhen.documents.unpacking import UnsafeFile, office_kind
from yizhen.matters.models import Event, Evidence

EVIDENCE_LIMIT = 5 * 1024 * 1024  # bytes of a document
PHOTOGRAPH_LIMIT = 12 * 1024 * 1024  # bytes as the camera wrote it; what is kept is far smaller
MOST_FILES = 6
TO_A_HUNDRED_METRES = Decimal("0.001")  # degrees; a thousandth of latitude is 111 m

UNFIT = {
    "pixels": gettext_lazy("照片的像素太多，没有打开。请缩小后再上传。"),
    "animated": gettext_lazy("动图不收，请上传一张静止的照片。"),
    "broken": gettext_lazy("照片不完整或已损坏，打不开。请重新拍摄或另存后再上传。"),
    "busy": gettext_lazy("正在处理的照片太多，请过一会儿再上传；文字可以先提交。"),
}
UNSAFE = {
    "large": gettext_lazy("解开后太大，没有打开。请分成几个文件。"),
    "wide": gettext_lazy("表格的行列太多，没有打开。请只留数据所在的区域，另存后再上传。"),
    "macro": gettext_lazy("文件带有宏，不收。请另存为不带宏的文件。"),
    "links": gettext_lazy("文件链接到别的文件，不收。请断开链接、只留数值，另存后再上传。"),
}


class ManyPhotographs(ValidationError):
    """More photographs than there is room for are being drawn anew: nothing is wrong with these, they may come again."""


@dataclass(frozen=True)
class Piece:
    """A file that has been looked through and may be kept."""

    name: str
    content: bytes
    thumbnail: bytes = b""
    place: tuple[Decimal, Decimal] | None = None


def read_files(files: list[UploadedFile], *, keep_place: bool = False) -> list[Piece]:
    """Look through the files of one step, before anything is written.

    Raises:
        ValidationError: at ``file``, with the name of each file that is refused and why; or too many.
        ManyPhotographs: when they may come again.
    """
    if len(files) > MOST_FILES:
        raise ValidationError({"file": _("一次最多 %(n)s 个文件，请挑最能说明问题的。") % {"n": MOST_FILES}})
    pieces, refused = [], []
    for file in files:
        try:
            pieces.append(read_file(file, keep_place=keep_place))
        except ManyPhotographs:
            raise
        except ValidationError as error:
            refused += error.message_dict["file"]
    if refused:
        raise ValidationError({"file": refused})
    return pieces


def read_file(file: UploadedFile, *, keep_place: bool = False) -> Piece:
    """Look a file through and return what of it is kept.

    Raises:
        ValidationError: at ``file``: too large, no picture, PDF, .docx or .xlsx by its content, or not safe to keep.
        ManyPhotographs: when it may come again.
    """
    name = PurePath((file.name or "").replace("\\", "/")).name
    file.seek(0)
    start = file.read(16)
    limit = PHOTOGRAPH_LIMIT if is_picture(start) else EVIDENCE_LIMIT
    if (file.size or 0) > limit:
        raise _refused(name, _("佐证材料不能超过 %(n)s MB。") % {"n": limit // 1024**2})
    content = start + file.read(limit)
    if is_picture(content):
        return _photograph(name, content, keep_place=keep_place)
    try:
        kind = "pdf" if content.startswith(b"%PDF-") else office_kind(content)
    except UnsafeFile as error:
        raise _refused(name, str(UNSAFE[error.reason])) from error
    if kind is None:
        raise _refused(
            name, _("佐证材料只接受照片（JPEG、PNG、WebP）、PDF、Word（.docx）、Excel（.xlsx），按内容认，不按文件名。")
        )
    return Piece(_named(name, kind), content)


def _photograph(name: str, content: bytes, *, keep_place: bool) -> Piece:
    try:
        drawn = redraw(content)
    except UnfitPicture as error:
        why = _refused(name, str(UNFIT[error.reason]))
        raise (ManyPhotographs(why.message_dict) if error.reason == "busy" else why) from error
    place = None
    if keep_place and drawn.place is not None:
        latitude, longitude = (Decimal(str(number)).quantize(TO_A_HUNDRED_METRES) for number in drawn.place)
        place = latitude, longitude
    return Piece(_named(name, "jpg"), drawn.content, drawn.thumbnail, place)


def _named(name: str, kind: str) -> str:
    """Return the name under which a file is handed out: its ending says what it holds."""
    return f"{PurePath(name).stem[:110] or 'file'}.{kind}"


def _refused(name: str, why: str) -> ValidationError:
    return ValidationError({"file": _("%(name)s：%(why)s") % {"name": name[:60], "why": why}})


def keep_evidence(step: Event, file: UploadedFile, keep_place: bool = False) -> Evidence:
    """Look through a file and keep it with a step, inside the caller's transaction.

    Raises:
        ValidationError: as :func:`read_file`.
    """
    return keep_piece(step, read_file(file, keep_place=keep_place))


def keep_piece(step: Event, piece: Piece) -> Evidence:
    """Keep a file that has been looked through."""
    kept = evidence_of(step, piece)
    kept.save(force_insert=True)
    return kept


def evidence_of(step: Event, piece: Piece) -> Evidence:
    """Return what is to be kept of a file. On the disk it has a name of chance: its own may tell too much."""
    latitude, longitude = piece.place or (None, None)
    stem = secrets.token_hex(12)
    return Evidence(
        event=step,
        file=ContentFile(piece.content, f"{stem}{PurePath(piece.name).suffix}"),
        name=piece.name,
        size=len(piece.content),
        sha256=hashlib.sha256(piece.content).hexdigest(),
        thumbnail=ContentFile(piece.thumbnail, f"{stem}.jpg") if piece.thumbnail else "",
        latitude=latitude,
        longitude=longitude,
    )
