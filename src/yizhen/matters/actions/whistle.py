"""Calling departments to a matter, and rating how they came."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.lifecycle import State
from yizhen.matters.models import Matter
from yizhen.matters.models.whistle import LEVELS, WhistleRating
from yizhen.matters.whistles import may_rate, may_whistle
from yizhen.people.models import Account, Unit

from .opening import open_matter

MOST = 12  # departments called at once


@event("matters.whistle_rated")
class WhistleRated:
    """A township rated how a department came when it was called."""

    number: str
    unit: str
    level: int


@transaction.atomic
def call_departments(
    actor: Account, matter: Matter, units: Sequence[Unit], *, title: str, text: str, client_id: str
) -> list[Matter]:
    """Call departments to a matter: one call each, below the matter, which cannot be done before them.

    The same ``client_id`` gives the same calls.

    Raises:
        PermissionDenied: when the actor is not the township of the matter.
        ValidationError: when nobody, too many or the accused are called, somebody has not answered an earlier call, or
            the matter is done, sealed, or itself a call.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if not may_whistle(actor, matter):
        raise PermissionDenied(_("只有事项所在的乡镇（街道）能在办结之前吹哨。"))
    if not 1 <= len(units) <= MOST:
        raise ValidationError({"units": _("请选择 1 至 %(n)d 个部门。") % {"n": MOST}})
    keys = {unit.code: f"whistle:{matter.pk}:{client_id}:{unit.code}" for unit in units}
    _refuse_waiting(matter, keys)
    if matter.accused.filter(unit__in=[unit.pk for unit in units]).exists():
        raise ValidationError({"units": _("材料反映的就是这个单位，不能叫它来办。")})
    return [
        open_matter(
            actor,
            kind="whistle",
            title=title,
            text=text,
            division=matter.division,
            work_line=matter.work_line,
            addressee=unit,
            parent=matter,
            client_id=keys[unit.code],
        )
        for unit in units
    ]


def _refuse_waiting(matter: Matter, keys: dict[str, str]) -> None:
    """Refuse a second call while the first one is open, unless it is the same form sent again."""
    waiting = (
        matter.children.filter(kind="whistle", addressee__in=list(keys))
        .exclude(state__in=[State.CLOSED, State.WITHDRAWN])
        .exclude(client_id__in=keys.values())
        .select_related("addressee")
    )
    if waiting:
        names = "、".join(str(call.addressee) for call in waiting)
        raise ValidationError({"units": _("已经叫过、还没办结：%(names)s。") % {"names": names}})


@transaction.atomic
def rate_whistle(actor: Account, matter: Matter, level: int, text: str = "") -> WhistleRating:
    """Rate how a department came, once. The rating that stands is returned when the same one is sent again.

    Raises:
        PermissionDenied: when the actor is not the township that called.
        ValidationError: when the call is not closed, another rating stands, or a low one has no reason.
    """
    if not may_rate(actor, matter):
        raise PermissionDenied(_("只有吹哨的乡镇（街道）能评价。"))
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if matter.state != State.CLOSED:
        raise ValidationError(_("核验销号以后才能评价。"))
    text = text.strip()
    before = WhistleRating.objects.filter(matter=matter).first()
    if before is not None:
        if (before.level, before.text) == (level, text):
            return before
        raise ValidationError(_("已经评价过，一次吹哨只评一次。"))
    if level not in LEVELS:
        raise ValidationError({"level": _("请选择一个等级。")})
    if level < 3 and not text:
        raise ValidationError({"text": _("评不满意，请写明理由。")})
    rating = WhistleRating.objects.create(
        matter=matter, level=level, text=text[:500], by=actor, rated_on=timezone.localdate()
    )
    record(
        actor,
        WhistleRated(number=matter.number, unit=str(matter.addressee_id), level=level),
        f"matters.matter:{matter.pk}",
        scope=matter.division_id,
    )
    return rating
