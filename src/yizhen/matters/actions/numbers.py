"""Numbers of matters: by kind and year, without gaps."""

from django.db import connection

from yizhen.audit.prepared import Prepared
from yizhen.matters.models import NumberSeries

LOCKED = Prepared(lambda prefix: NumberSeries.objects.select_for_update().filter(prefix=prefix).values_list("last"))


def lock_series(letter: str, year: int) -> NumberSeries:
    """Lock the series of a kind and a year: whoever comes second waits here."""
    prefix = f"{letter}{year}-"
    known = LOCKED.first(prefix)
    if known is None:
        NumberSeries.objects.get_or_create(prefix=prefix)
        known = LOCKED.first(prefix)
    assert known is not None
    return NumberSeries(prefix=prefix, last=known[0])


def next_numbers(series: NumberSeries, some: int) -> list[str]:
    """Take the next numbers of a locked series."""
    first = series.last + 1
    series.last += some
    with connection.cursor() as cursor:
        cursor.execute("UPDATE matters_numberseries SET last = %s WHERE prefix = %s", [series.last, series.prefix])
    return [f"{series.prefix}{number:05d}" for number in range(first, series.last + 1)]
