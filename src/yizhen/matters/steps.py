"""A step as a form sends it: typed values, and what the form offers to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from yizhen.clocks import SUSPENSION_REASONS
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.web.templatetags.yizhen import label

from .clock_words import SUSPENSION_NAMES
from .kinds import KindField
from .lifecycle import VERB_NAMES, Need, Transition
from .models import Matter


@dataclass(frozen=True)
class FieldOffer:
    """One field of a kind on a form, with what was typed and what is wrong with it."""

    field: KindField
    typed: str
    errors: list[str]


@dataclass(frozen=True)
class StepOffer:
    """One step that may be taken, with everything its form needs."""

    transition: Transition
    name: Any
    fields: list[FieldOffer]
    recipients: list[tuple[str, list[tuple[str, str]]]]
    reasons: list[tuple[str, Any, str]]

    @property
    def verb(self) -> str:
        """The step's code."""
        return self.transition.verb

    @property
    def wants_disposition(self) -> bool:
        """Whether one of the four dispositions is chosen."""
        return Need.DISPOSITION in self.transition.needs


def offers(
    user: Account, matter: Matter, steps: list[Transition], typed: Mapping[str, str], errors: Mapping[str, list[str]]
) -> list[StepOffer]:
    """Return the steps with their forms; what was typed is filled into the one that was sent."""
    made = []
    for step in steps:
        mine = typed if typed.get("verb") == step.verb else {}
        wrong = errors if mine else {}
        made.append(
            StepOffer(
                step,
                VERB_NAMES[step.verb],
                field_offers(matter.kind_info.fields_of("result"), mine, wrong)
                if Need.RESULT_FIELDS in step.needs
                else [],
                _recipients(user, matter) if Need.RECIPIENT in step.needs else [],
                _reasons(matter) if Need.REASON in step.needs else [],
            )
        )
    return made


def field_offers(
    fields: list[KindField], typed: Mapping[str, str], errors: Mapping[str, list[str]]
) -> list[FieldOffer]:
    """Return a kind's fields with what was typed into them."""
    return [
        FieldOffer(field, typed.get(f"field_{field.code}", ""), errors.get(f"field_{field.code}", []))
        for field in fields
    ]


def filled_fields(matter: Matter) -> list[tuple[KindField, str]]:
    """Return the fields of a matter's kind that are filled in, those of the opening first."""
    kept = {**matter.fields, **matter.results}
    return [(field, kept[field.code]) for field in matter.kind_info.fields if field.code in kept]


def typed_fields(post: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into a kind's fields, by code."""
    return {name.removeprefix("field_"): text[:4000] for name, text in post.items() if name.startswith("field_")}


def _recipients(user: Account, matter: Matter) -> list[tuple[str, list[tuple[str, str]]]]:
    places = Division.objects.filter(code__startswith=matter.division_id, retired_on=None).order_by("code")
    if user.role in {"city_office", "county"}:
        places |= Division.objects.filter(code__startswith=user.scope_id, level="township", retired_on=None)
    units = Unit.objects.exclude(pk__in=matter.accused.filter(unit__isnull=False).values("unit"))
    return [
        (_("地方"), [(f"place:{place.code}", label(place)) for place in places if user.covers(place.code)]),
        (_("部门"), [(f"unit:{unit.code}", label(unit)) for unit in units.order_by("code")]),
    ]


def recipient(text: str) -> dict[str, Any]:
    """Return whom a step is addressed to, as ``take_step`` takes it.

    Raises:
        ValidationError: keyed ``recipient``, when there is no such unit or place.
    """
    sort, _colon, code = text.partition(":")
    found: Any = None
    if sort == "place":
        found = Division.objects.filter(code=code, retired_on=None).first()
    elif sort == "unit":
        found = Unit.objects.filter(code=code).first()
    if text and found is None:
        raise ValidationError({"recipient": _("没有这个部门或者地方。")})
    return {"to_division" if sort == "place" else "to_unit": found} if found is not None else {}


def _reasons(matter: Matter) -> list[tuple[str, Any, str]]:
    return [
        (code, SUSPENSION_NAMES[code], SUSPENSION_REASONS[code].source)
        for code in matter.kind_info.suspensions
        if code in SUSPENSION_NAMES
    ]
