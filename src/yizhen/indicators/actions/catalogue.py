"""The writers of the catalogue."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.forbidden import MEASURES, NEGATIVE_DIRECTIONS, forbidden_measure
from yizhen.indicators.models import Indicator, NeighbourRule
from yizhen.indicators.neighbours import context_choices
from yizhen.indicators.rules import may_define
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.templatetags.yizhen import label


@event("indicators.defined")
class IndicatorDefined:
    """An indicator entered the catalogue."""

    code: str
    direction: str


@event("indicators.published")
class IndicatorPublished:
    """An indicator's figures were opened to residents, or closed."""

    code: str
    public: bool


@transaction.atomic
def publish_indicator(actor: Account | None, indicator: Indicator, *, public: bool) -> Indicator:
    """Open an indicator's figures to residents, small counts suppressed; or close them.

    Raises:
        PermissionDenied: when the actor is not the city's office.
        ValidationError: when it counts no cases, so that small counts could not be found.
    """
    if actor is not None and not may_define(actor):
        raise PermissionDenied(_("只有市级评议办可以维护指标目录。"))
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    if indicator.public == public:
        return indicator
    indicator.public = public
    indicator.full_clean()
    indicator.save(update_fields=["public"])
    record(actor, IndicatorPublished(code=indicator.code, public=public), f"indicators.indicator:{indicator.pk}")
    return indicator


@transaction.atomic
def define_indicator(actor: Account | None, **fields: Any) -> Indicator:
    """Add an indicator to the catalogue.

    Raises:
        PermissionDenied: when the actor is not the city's office.
        ValidationError: keyed by field; a volume of problems as a negative metric is refused with the reason.
    """
    if actor is not None and not may_define(actor):
        raise PermissionDenied(_("只有市级评议办可以维护指标目录。"))
    indicator = Indicator(**{**fields, "code": str(fields.get("code", "")).upper()})  # as the importer reads codes
    found = indicator.measures or forbidden_measure(indicator.name_zh, indicator.name_en, indicator.numerator_zh)
    if found and (indicator.direction in NEGATIVE_DIRECTIONS or indicator.scored):
        measure_zh, measure_en = MEASURES[found]
        raise ValidationError(
            {
                "direction": _(
                    "不能设立：“%(name)s”属于%(measure)s。数量不得作为负面指标或计分，否则基层会少登记、少排查。"
                    "可以改为按期办结率、解决率，或设为“只作背景，不评价”且不计分。"
                )
                % {"name": label(indicator), "measure": label({"zh": measure_zh, "en": measure_en})}
            },
            code="forbidden_measure",
        )
    indicator.measures = found or ""
    indicator.full_clean()
    indicator.save(force_insert=True)
    record(
        actor,
        IndicatorDefined(code=indicator.code, direction=indicator.direction),
        f"indicators.indicator:{indicator.pk}",
    )
    return indicator


@event("indicators.neighbours_declared")
class NeighboursDeclared:
    """The city declared by what its townships' nearest ones are found."""

    variables: list[str]
    number: int


@transaction.atomic
def declare_neighbours(actor: Account | None, city: Division, variables: Sequence[str], number: int) -> NeighbourRule:
    """Declare by which context variables the nearest townships are found: the same for all, and nobody's own doing.

    Raises:
        PermissionDenied: when the actor is not the city's office.
        ValidationError: keyed by field: no variable, one that is not context, or a number that is too small or large.
    """
    if actor is not None and not may_define(actor):
        raise PermissionDenied(_("只有市级评议办可以维护指标目录。"))
    known = context_choices()
    if not variables or any(name not in known for name in variables):
        raise ValidationError({"variables": _("请至少选一个背景变量；评价用的指标不能选。")})
    rule, _made = NeighbourRule.objects.select_for_update().get_or_create(city=city)
    rule.variables, rule.number, rule.by = list(dict.fromkeys(variables)), number, actor
    rule.full_clean()
    rule.save()
    record(actor, NeighboursDeclared(variables=rule.variables, number=number), f"places.division:{city.pk}")
    return rule
