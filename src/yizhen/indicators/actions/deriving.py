"""What is approved becomes the indicator's figure: nobody types it a second time. Called by approval, in its transaction."""

from decimal import ROUND_05UP, Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.indicators.checking import PLACES
from yizhen.indicators.known import known_values
from yizhen.indicators.models import Approval, Collection, DataField, Indicator, Observation
from yizhen.indicators.periods import bounds, fits
from yizhen.places.models import Division

LONGEST_NOTE = 120
KEPT = ("indicator_id", "period", "value", "numerator", "denominator", "source_id", "as_of", "note", "batch_id")


def derive_figures(approval: Approval) -> int:
    """Write the figures of a place that its approved values now make whole; returns how many.

    An imported figure that stands there is kept with the approval, to stand again when the approval is taken back.
    """
    collection, place = approval.collection, approval.division
    written = 0
    fields = DataField.objects.filter(code__in=collection.asked, indicator__isnull=False)
    for indicator in Indicator.objects.filter(pk__in=fields.values("indicator")).select_related("source"):
        if fits(collection.period, indicator.frequency) and (made := _figure(collection, place, indicator)):
            written += 1
            _put(approval, made)
    approval.save(update_fields=["replaced"])
    return written


def _figure(collection: Collection, place: Division, indicator: Indicator) -> Observation | None:
    period = collection.period
    top, bottom = (_part(indicator, part, place, period) for part in ("numerator", "denominator"))
    if indicator.per:
        if top is None or not bottom:
            return None
        value = (top / bottom * indicator.per).quantize(PLACES, ROUND_05UP)
    else:
        whole = _part(indicator, "value", place, period)
        if whole is None:
            return None
        value, top, bottom = whole, None, None
    return Observation(
        indicator=indicator, division=place, period=period, value=value, numerator=top, denominator=bottom,
        source=indicator.source, as_of=min(bounds(period)[1], timezone.localdate()), collection=collection,
        note=_("报表 %(form)s 核准后生成") % {"form": collection.form.code},
    )  # fmt: skip


def _put(approval: Approval, made: Observation) -> None:
    have = Observation.objects.filter(indicator=made.indicator, division=made.division, period=made.period).first()
    if have is not None:
        if have.collection_id is None:
            note = _("%(note)s，原导入值 %(value)s") % {"note": made.note, "value": f"{have.value.normalize():f}"}
            made.note = note[:LONGEST_NOTE]
            approval.replaced.append({name: _plain(getattr(have, name)) for name in KEPT})
        made.pk = have.pk
    made.save()


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)


def _part(indicator: Indicator, part: str, place: Division, period: str) -> Decimal | None:
    """Return a part of an indicator at a place: its field's value, or the sum of all below; None while one is missing."""
    field = indicator.fields.filter(part=part).first()
    if field is None:
        by_residents = part == "denominator" and indicator.per_resident and place.population
        return Decimal(place.population or 0) if by_residents else None
    below = Division.objects.filter(code__startswith=place.code, level=field.level, retired_on__isnull=True)
    codes = list(below.values_list("code", flat=True))
    known = known_values([field], codes, period)
    # A base that is recorded once a year stands until the next one; what is counted must be of this very period.
    numbers = [
        one.number
        for one in known.values()
        if one.number is not None and (part == "denominator" or one.period == period)
    ]
    return sum(numbers, Decimal(0)) if numbers and len(numbers) == len(codes) else None


def forget_figures(approval: Approval) -> None:
    """Take back the figures that an approval made, and let those stand again that it had replaced.

    Reports keep their own frozen copies.
    """
    Observation.objects.filter(collection=approval.collection, division=approval.division).delete()
    Observation.objects.bulk_create(
        [Observation(**row, division=approval.division) for row in approval.replaced], ignore_conflicts=True
    )
