"""Two who change one thing at once: the second is told what stands now, and sends the same form again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from .templatetags.yizhen import day, label


class ChangedSince(ValidationError):
    """Somebody else has changed a thing since it was read.

    At each field that was typed otherwise than it stands now, it says how it stands. ``now`` are the values by which the
    form says what it has read: :class:`yizhen.web.errors.ErrorsAt` puts them into the form, so that it can be sent again.
    """

    def __init__(self, thing: Model, typed: Mapping[str, Any], **now: Any) -> None:
        said = _("您打开以后，别人改过。您填的都在；和现在不同的，下面写着现在的内容，请核对后再保存。")
        differs = {name: value for name, value in typed.items() if getattr(thing, name) != value}
        stands = {name: _("现在是：%(value)s") % {"value": _words(thing, name)} for name in differs}
        super().__init__({NON_FIELD_ERRORS: said, **stands})
        self.now = now


def _words(thing: Model, name: str) -> str:
    value = getattr(thing, name)
    if value in (None, "", []):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    if hasattr(value, "name_zh"):
        return label(value)
    display = getattr(thing, f"get_{name}_display", None)
    return str(display() if display else value)
