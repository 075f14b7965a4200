"""What is approved becomes the indicator's figure: nobody types it a second time. Called by approval, in its transaction."""

from decimal import ROUND_05UP, Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.indicators.checking import PLACES
from yizhen.indicators.known import known_values
from yizhen.indicators.models import Collection, DataField, Indicator, Observation
from yizhen.indicators.periods import bounds, fits
from yizhen.places.models import Division

LONGEST_NOTE = 120


def derive_figures(collection: Collection, place: Division) -> int:
    """Write the figures of a place that its approved values now make whole; returns how many."""
    written = 0
    fields = DataField.objects.filter(items__form=collection.form, items__asks=True, indicator__isnull=False)
    for indicator in Indicator.objects.filter(pk__in=fields.values("indicator")).select_related("source"):
        if fits(collection.period, indicator.frequency):
            written += _write(collection, place, indicator)
    return written


def _write(collection: Collection, place: Division, indicator: Indicator) -> bool:
    period = collection.period
    top, bottom = (_part(indicator, part, place, period) for part in ("numerator", "denominator"))
    if indicator.per:
        if top is None or not bottom:
            return False
        value = (top / bottom * indicator.per).quantize(PLACES, ROUND_05UP)
    else:
        whole = _part(indicator, "value", place, period)
        if whole is None:
            return False
        value, top, bottom = whole, None, None
    have = Observation.objects.filter(indicator=indicator, division=place, period=period).first()
    note = _("报表 %(form)s 核准后生成") % {"form": collection.form.code}
    if have is not None and have.batch_id is not None and have.value != value:
        note = _("%(note)s，原导入值 %(value)s") % {"note": note, "value": f"{have.value.normalize():f}"}
    Observation.objects.update_or_create(
        indicator=indicator,
        division=place,
        period=period,
        defaults={
            "value": value, "numerator": top, "denominator": bottom, "source": indicator.source,
            "as_of": min(bounds(period)[1], timezone.localdate()), "note": note[:LONGEST_NOTE], "batch": None,
            "collection": collection,
        },
    )  # fmt: skip
    return True


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


def forget_figures(collection: Collection, place: Division) -> None:
    """Take back the figures that an approval made; reports keep their own frozen copies."""
    Observation.objects.filter(collection=collection, division=place).delete()
