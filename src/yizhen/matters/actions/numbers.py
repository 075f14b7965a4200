"""Numbers of matters: by kind and year, without gaps."""

from yizhen.matters.models import NumberSeries


def lock_series(letter: str, year: int) -> NumberSeries:
    """Lock the series of a kind and a year: whoever comes second waits here."""
    prefix = f"{letter}{year}-"
    known = NumberSeries.objects.select_for_update().filter(prefix=prefix).first()
    if known is not None:
        return known
    NumberSeries.objects.get_or_create(prefix=prefix)
    return NumberSeries.objects.select_for_update().get(prefix=prefix)


def next_number(series: NumberSeries) -> str:
    """Take the next number of a locked series."""
    series.last += 1
    series.save(update_fields=["last"])
    return f"{series.prefix}{series.last:05d}"
