"""The writer of replies to whoever asks for a form that need not be filled."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.indicators.models import FormRefusal, RegisteredForm
from yizhen.indicators.refusing import grounds_of, letter_text
from yizhen.indicators.rules import may_refuse_forms
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division
from yizhen.places.queries import city_code


@event("indicators.form_refused")
class FormRefused:
    """Somebody who would have had to fill it refused a form."""

    number: str
    department: str
    grounds: list[str]


@transaction.atomic
def refuse_form(
    actor: Account, *, department: Unit, title: str, received_on: date, form: RegisteredForm | None = None
) -> FormRefusal:
    """Refuse a form that is not in the register, has run out, was refused or is generated; returns the numbered reply.

    Raises:
        PermissionDenied: when the actor would not have to fill it.
        ValidationError: keyed by field: a form that is registered and asks must be filled; a day in the future.
    """
    if not may_refuse_forms(actor):
        raise PermissionDenied(_("由要填表的乡镇、村或县拒绝。"))
    today = timezone.localdate()
    title = title.strip()
    if not title:
        raise ValidationError({"title": _("请写明是什么表。")})
    if received_on > today:
        raise ValidationError({"received_on": _("收到的日子在将来。")})
    form, grounds = grounds_of(department, title, form, today)
    if not grounds:
        assert form is not None
        raise ValidationError(
            {
                "title": _("“%(form)s”已登记，有效期至 %(day)s，应当填报。")
                % {"form": f"{form.code} {form.name_zh}", "day": form.expires_on.isoformat()}
            }
        )
    place = Division.objects.select_for_update().get(pk=actor.scope_id)
    year = today.year
    count = FormRefusal.objects.filter(division=place, number__startswith=f"{place.code}-{year}-").count()
    made = FormRefusal.objects.create(
        number=f"{place.code}-{year}-{count + 1:03d}",
        division=place,
        department=department,
        form=form,
        title=title[:80],
        received_on=received_on,
        grounds=grounds,
        text=letter_text(place, title, received_on, form, grounds, Division.objects.get(pk=city_code(place.code))),
        by=actor,
    )
    record(
        actor,
        FormRefused(number=made.number, department=department.code, grounds=grounds),
        f"indicators.refusal:{made.number}",
        scope=place.code,
    )
    return made
