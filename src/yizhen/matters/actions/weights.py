"""What a city gives each of the three rates."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.matters.models import RateWeights
from yizhen.matters.rates import may_set_weights
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import city_code


@event("matters.rate_weights_set")
class RateWeightsSet:
    """A city set what it gives each of the three rates, in percent."""

    response: int
    resolution: int
    satisfaction: int


@transaction.atomic
def set_rate_weights(actor: Account, *, response: int, resolution: int, satisfaction: int, source: str) -> RateWeights:
    """Set the weights of the three rates from now on. Those that hold are returned when the same ones are sent again.

    Raises:
        PermissionDenied: when the actor is not the city's office.
        ValidationError: when they do not sum to a hundred, or the source is missing.
    """
    if not may_set_weights(actor):
        raise PermissionDenied(_("由市级评议办定权重。"))
    city = Division.objects.select_for_update().get(pk=city_code(actor.scope_id))
    source = source.strip()
    if response + resolution + satisfaction != 100:
        raise ValidationError(_("三项权重之和须为 100。"))
    if not source:
        raise ValidationError({"source": _("请写明依据。")})
    given = {"response": response, "resolution": resolution, "satisfaction": satisfaction, "source": source}
    before = RateWeights.objects.filter(city=city).last()
    if before is not None and all(getattr(before, name) == value for name, value in given.items()):
        return before
    weights = RateWeights(city=city, set_by=actor, **given)
    weights.full_clean()
    weights.save()
    told = RateWeightsSet(response=response, resolution=resolution, satisfaction=satisfaction)
    record(actor, told, f"matters.rateweights:{weights.pk}", scope=city.code)
    return weights
