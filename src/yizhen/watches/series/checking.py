"""Checking readings before anything is written: the same for the form, the table and the interface. Nothing is written here.

Messages are "中文 · English": pages show the half that they speak, the interface answers with both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from yizhen.watches.models import Reading, Series

AHEAD = timedelta(minutes=5)
LIMIT = Decimal(10) ** 11
PLACES = 3
TEXT = 120
MESSAGES = {
    "unknown_place": "这项监测没有这个地方 · This watch has no such place",
    "forbidden_place": "您不能填这个地方的读数 · You may not enter readings of this place",
    "bad_place": "没有写地方，或者这项监测没有这个地方；请写代码或者名称 · No place, or none of this watch: give its code or name",
    "bad_time": "时间看不懂，请写成 2026-10-01 08:00 · No time that can be read",
    "no_zone": "时间要带时区，如 2026-10-01T08:00:00+08:00 · The time needs its zone, as in 2026-10-01T08:00:00+08:00",
    "future": "时间在将来，请核对设备的时钟 · The time lies in the future: check the clock of the device",
    "too_old": "时间早于一年前，请核对设备的时钟；补旧数请用表格导入 · More than a year ago: check the clock, or import a table",
    "bad_value": "不是数 · Not a number",
    "too_precise": "最多 3 位小数 · Three decimals at most",
    "too_large": "数太大 · The number is too large",
    "bad_text": "备注和原因各最多 120 字，不能有控制字符 · Notes and reasons have 120 characters at most and no control characters",
    "differs": "这个时间已有不同的读数；要更正，请写明更正原因 · There is another reading of this time: give a reason to correct it",
    "twice": "同一个地方、同一个时间，前面已有不同的数 · Another value of the same place and time stands above",
    "nothing_to_withdraw": "这个时间没有读数，不能撤回 · There is no reading of this time to withdraw",
    "no_reason": "撤回要写明原因 · Give a reason to withdraw a reading",
}


@dataclass
class Sent:
    """One reading as it was sent: the code of its place, its own time, its value (None: it is withdrawn)."""

    place: str
    at: datetime | None
    value: Decimal | None
    note: str = ""
    reason: str = ""


@dataclass
class Checked:
    """One reading, checked: what taking it over would do, what stands now, and what is wrong at which field."""

    sent: Sent
    status: str = "new"
    series: Series | None = None
    before: Reading | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def refuse(self, name: str, code: str) -> None:
        """Say what is wrong at a field."""
        self.status = "error"
        self.errors.setdefault(name, code)


def check(
    sent: Sequence[Sent], series: Iterable[Series], now: datetime, *, oldest: datetime | None = None
) -> list[Checked]:
    """Check readings against each other and against what is kept. One query.

    Args:
        sent: what was sent; rows that could not be read have no time.
        series: the series that the sender may write.
        now: the time of arrival.
        oldest: readings before it are refused, where a device's clock may be wrong.
    """
    by_place = {one.division_id: one for one in series}
    rows = [_check_one(one, by_place, now, oldest) for one in sent]
    times = [row.sent.at for row in rows if row.sent.at and not row.errors]
    kept: dict[tuple[int, datetime], list[Reading]] = {}
    if times:
        found = Reading.objects.filter(series__in=by_place.values(), at__gte=min(times), at__lte=max(times))
        for one in found.order_by("pk"):
            kept.setdefault((one.series_id, one.at), []).append(one)
    seen: dict[tuple[int, datetime], Sent] = {}
    for row in rows:
        if not row.errors and row.series is not None and row.sent.at is not None:
            _compare(row, (row.series.pk, row.sent.at), kept, seen)
    return rows


def _check_one(sent: Sent, by_place: dict[str, Series], now: datetime, oldest: datetime | None) -> Checked:
    row = Checked(sent, series=by_place.get(sent.place))
    if row.series is None:
        row.refuse("place", "unknown_place" if sent.place else "bad_place")
    if sent.at is None:
        row.refuse("at", "bad_time")
    else:
        sent.at = sent.at.astimezone(UTC).replace(microsecond=0)
        if sent.at > now + AHEAD:
            row.refuse("at", "future")
        elif oldest is not None and sent.at < oldest:
            row.refuse("at", "too_old")
    if sent.value is not None:
        code = wrong_number(sent.value)
        if code:
            row.refuse("value", code)
    for name in ("note", "reason"):
        text = getattr(sent, name)
        if len(text) > TEXT or not text.isprintable():
            row.refuse(name, "bad_text")
    return row


def wrong_number(value: Decimal) -> str:
    """Return what is wrong with a number, or an empty text."""
    if not value.is_finite():
        return "bad_value"
    if abs(value) >= LIMIT:
        return "too_large"
    exponent = value.normalize().as_tuple().exponent
    return "too_precise" if isinstance(exponent, int) and exponent < -PLACES else ""


def _compare(row: Checked, key: tuple[int, datetime], kept: dict[Any, list[Reading]], seen: dict[Any, Sent]) -> None:
    """Say what taking a row over would do, against what is kept and against the rows above it.

    What was corrected since and comes once more, without a reason, has come before: it is the same.
    """
    sent = row.sent
    above = seen.setdefault(key, sent)
    if above is not sent:
        if above.value == sent.value:
            row.status = "same"
        else:
            row.refuse("value", "twice")
        return
    versions = kept.get(key, [])
    row.before = versions[-1] if versions else None
    if row.before is None:
        if sent.value is None:
            row.refuse("value", "nothing_to_withdraw")
    elif row.before.value == sent.value or (not sent.reason and sent.value in [one.value for one in versions[:-1]]):
        row.status = "same"
    elif not sent.reason:
        row.refuse("reason", "no_reason" if sent.value is None else "differs")
    else:
        row.status = "changed"
