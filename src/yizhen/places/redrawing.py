"""The writer of changes of the map: apart from the other writers, because it is long and rare."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event

from .models import Division, PlaceChange, Succession
from .rules import may_redraw

NUMBERS = {"merger": (2, 1), "split": (1, 2), "recode": (1, 1), "rename": (1, 1)}  # at least so many before and after


@event("places.redrawn")
class PlacesRedrawn:
    """Places were merged, split, renamed or given a new code."""

    kind: str
    before: list[str]
    after: list[str]
    on: str


@dataclass(frozen=True)
class NewPlace:
    """A place as it stands after a change: its code, which may be an old one that goes on, and its name."""

    code: str
    name_zh: str
    name_en: str = ""


@transaction.atomic
def redraw_places(
    actor: Any, kind: str, *, before: Sequence[Division], after: Sequence[NewPlace], on: date, basis: str
) -> PlaceChange:
    """Record a change of the map: new places are made, old ones end on its day and keep their figures.

    Raises:
        PermissionDenied: when the actor is not the city's office, or a place lies outside its scope.
        ValidationError: keyed by field: too few places, mixed levels, a code that has ended or is somebody else's.
    """
    codes = [*(one.code for one in before), *(one.code for one in after)]
    if actor is not None and not (may_redraw(actor) and all(code.startswith(actor.scope_id) for code in codes)):
        raise PermissionDenied(_("由市级评议办登记区划变更。"))
    old = list(
        Division.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in before]).order_by("code")
    )
    _check(kind, old, after, basis)
    if on > timezone.localdate():
        raise ValidationError({"on": _("生效日到了再登记：各页面按今天的区划显示。")})
    made = PlaceChange.objects.create(
        kind=kind, on=on, basis=basis.strip(), name_before="、".join(one.name_zh for one in old)[:200],
        name_after="、".join(one.name_zh for one in after)[:200], by=actor,
    )  # fmt: skip
    new = [_stand(old, place) for place in after]
    staying = {one.code for one in new}
    Division.objects.filter(pk__in=[one.pk for one in old if one.code not in staying]).update(retired_on=on)
    if kind != "rename":
        Succession.objects.bulk_create(Succession(change=made, before=one, after=other) for one in old for other in new)
    record(
        actor,
        PlacesRedrawn(kind=kind, before=[one.code for one in old], after=sorted(staying), on=on.isoformat()),
        "places.division:*",
    )
    return made


def _check(kind: str, old: list[Division], after: Sequence[NewPlace], basis: str) -> None:
    errors: dict[str, str] = {}
    if kind not in NUMBERS:
        raise ValidationError({"kind": _("请选择一种变更。")})
    least_before, least_after = NUMBERS[kind]
    if len(old) < least_before or (least_before == 1 and len(old) != 1) or len({one.level for one in old}) > 1:
        errors["before"] = _("合并要选两个以上同级的地方，其他变更只选一个。")
    elif any(one.retired_on for one in old):
        errors["before"] = _("有的地方已经撤销。")
    codes = [place.code for place in after]
    if len(after) < least_after or (least_after == 1 and len(after) != 1) or len(set(codes)) != len(codes):
        errors["after"] = _("拆分要写两个以上的地方，其他变更只写一个；代码不能重复。")
    if not basis.strip():
        errors["basis"] = _("请写明批准文件。")
    own = {one.code for one in old}
    if not errors and kind == "rename" and codes != sorted(own):
        errors["after"] = _("更名不换代码。")
    if not errors and kind == "recode" and set(codes) == own:
        errors["after"] = _("代码没有变。")
    taken = Division.objects.filter(code__in=set(codes) - own).values_list("code", flat=True)
    if taken:
        errors["after"] = _("代码 %(codes)s 已用过，撤销的代码不再使用。") % {"codes": "、".join(taken)}
    if errors:
        raise ValidationError(errors)


def _stand(old: list[Division], place: NewPlace) -> Division:
    """Return the place as it stands after the change: renamed, or made new with the residents that are known."""
    first = old[0]
    going_on = next((one for one in old if one.code == place.code), None)
    if going_on is not None:
        going_on.name_zh, going_on.name_en = place.name_zh.strip()[:60], place.name_en.strip()[:120] or going_on.name_en
        going_on.save(update_fields=["name_zh", "name_en"])
        return going_on
    length = len(first.code)
    parent = (
        Division.objects.filter(code__in=[place.code[:size] for size in (2, 4, 6, 9, 12) if size < length])
        .order_by("-code")
        .first()
    )
    if parent is None or len(place.code) != length:
        raise ValidationError({"after": _("代码 %(codes)s 不在任何上级之下，或位数不对。") % {"codes": place.code}})
    categories = {one.category_id for one in old}
    made = Division(
        code=place.code, name_zh=place.name_zh.strip()[:60], name_en=place.name_en.strip()[:120], level=first.level, kind=first.kind,
        parent=parent, category_id=categories.pop() if len(categories) == 1 else None,
    )  # fmt: skip
    made.full_clean(exclude=["parent", "category"])
    made.save(force_insert=True)
    return made
