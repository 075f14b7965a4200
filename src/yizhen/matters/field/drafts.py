"""A draft as a phone sends it: read within bounds, every error at its field."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from yizhen.matters.steps import typed_fields

CLIENT_ID = re.compile(r"[0-9a-f]{32}")
TEXT_LIMIT = 4000
TITLE_LIMIT = 40
SEEN_LIMIT = 40
PHOTO_LIMIT = 3 * 1024 * 1024  # bytes; the page draws a photograph down to some 0.4 MB before it keeps it
TO_TEN_METRES = Decimal("0.0001")  # degrees; a ten-thousandth of latitude is 11 m
FURTHEST = {"latitude": 90, "longitude": 180}


@dataclass(frozen=True)
class Draft:
    """One draft: what was found, in which place, and whether it was solved at once."""

    client_id: str
    account: str
    kind: str
    place: str
    text: str
    seen_at: str = ""
    position: tuple[Decimal, Decimal] | None = None
    accuracy: int | None = None
    solved: bool = False
    how: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The beginning of the text: its first sentence, shortened."""
        first = re.split(r"[\n。！？!?；;]", self.text.strip(), maxsplit=1)[0].strip() or self.text.strip()
        return first if len(first) <= TITLE_LIMIT else first[: TITLE_LIMIT - 1] + "…"

    def digest(self, photos: list[UploadedFile], after: list[UploadedFile]) -> str:
        """Return what tells this draft from another one with the same id, photographs included."""
        said = [
            self.kind, self.place, self.text, self.seen_at, [str(one) for one in self.position or ()], self.accuracy,
            self.solved, self.how, sorted(self.fields.items()), [_hash(file) for file in photos], [_hash(file) for file in after],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def read_draft(post: Mapping[str, str]) -> Draft:
    """Read what a phone sends.

    Raises:
        ValidationError: keyed by field: ``client_id``, ``text``, ``how``, ``position``.
    """
    errors: dict[str, str] = {}
    client_id = post.get("client_id", "")
    if not CLIENT_ID.fullmatch(client_id):
        errors["client_id"] = _("草稿编号不对，请复制成新草稿再发。")
    text, how, solved = post.get("text", "").strip(), post.get("how", "").strip(), post.get("solved") == "1"
    if not text:
        errors["text"] = _("请写明看到了什么。")
    for name, written in (("text", text), ("how", how)):
        if len(written) > TEXT_LIMIT:
            errors[name] = _("最多 %(n)d 个字。") % {"n": TEXT_LIMIT}
    if solved and not how:
        errors["how"] = _("请写明当场是怎么解决的。")
    position = accuracy = None
    try:
        position, accuracy = _position(post)
    except (InvalidOperation, OverflowError, ValueError):
        errors["position"] = _("定位不对，请重新定位，或者去掉定位、只写文字。")
    if errors:
        raise ValidationError(errors)
    return Draft(
        client_id=client_id,
        account=post.get("account", "")[:64],
        kind=post.get("kind", "")[:24],
        place=post.get("place", "")[:20],
        text=text,
        seen_at=" ".join(post.get("seen_at", "").split())[:SEEN_LIMIT],
        position=position,
        accuracy=accuracy,
        solved=solved,
        how=how if solved else "",
        fields=typed_fields(post),
    )


def check_sizes(photos: list[UploadedFile], after: list[UploadedFile]) -> None:
    """Refuse photographs that did not come through the page's own drawing down.

    Raises:
        ValidationError: at ``photos`` or ``after``.
    """
    limit = PHOTO_LIMIT // 1024**2
    errors = {
        name: _("照片太大（每张最多 %(n)s MB）。请去掉这张，重新拍一张。") % {"n": limit}
        for name, files in (("photos", photos), ("after", after))
        if any((file.size or 0) > PHOTO_LIMIT for file in files)
    }
    if errors:
        raise ValidationError(errors)


def _position(post: Mapping[str, str]) -> tuple[tuple[Decimal, Decimal] | None, int | None]:
    typed = [post.get(name, "") for name in FURTHEST]
    if not any(typed):
        return None, None
    degrees = [Decimal(text[:24]) for text in typed]
    for number, furthest in zip(degrees, FURTHEST.values(), strict=True):
        if not number.is_finite() or abs(number) > furthest:
            raise ValueError
    metres = post.get("accuracy", "")
    accuracy = min(round(float(metres[:24])), 1_000_000) if metres else None
    if accuracy is not None and accuracy < 0:
        raise ValueError
    return (degrees[0].quantize(TO_TEN_METRES), degrees[1].quantize(TO_TEN_METRES)), accuracy


def _hash(file: UploadedFile) -> str:
    file.seek(0)
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()
