"""What the speech says of the heads of townships, from appointments as of a day. Pure.

Somebody in two such posts at once is counted once. Ages are in completed years by the month of birth, as the roster has
no day; who has no month is left out of ages and decades, and told beside them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .posts import CHIEFS, DEGREES, LEADER, POSTGRADUATE

YOUNG = 35
AT_ONCE = timedelta(days=92)  # a move within three months is a direct one
DECADES = (1960, 1970, 1980, 1990, 2000)


class Held(NamedTuple):
    """One appointment: whose, which post where, from and to; ``ended`` is its last day, None while it is held."""

    official: int
    birth: str
    degree: str
    post: str
    division: str
    began: date
    ended: date | None

    def on(self, day: date) -> bool:
        """Whether the post is held on a day."""
        return self.began <= day and (self.ended is None or self.ended >= day)

    def age(self, day: date) -> int | None:
        """Completed years on a day, by the month of birth."""
        if not self.birth:
            return None
        year, month = map(int, self.birth.split("-"))
        return day.year - year - (day.month < month)


Test = Callable[[Held, date], bool]


def _born(decade: int) -> Test:
    return lambda held, _day: bool(held.birth) and decade <= int(held.birth[:4]) < decade + 10


def _degree(*degrees: str) -> Test:
    return lambda held, _day: held.degree in degrees


def _young(held: Held, day: date) -> bool:
    age = held.age(day)
    return age is not None and age <= YOUNG


# Code → name, definition, who is in it.
FIGURES: dict[str, tuple[Any, Any, Test]] = {
    "count": (_("人数"), _("这一天在任的乡镇（街道）党政正职，一人兼两职算一人"), lambda _held, _day: True),
    **{
        f"born_{decade}s": (
            format_lazy(_("“{decade}后”"), decade=f"{decade % 100:02d}"),
            format_lazy(_("{first} 年 1 月至 {last} 年 12 月出生"), first=decade, last=decade + 9),
            _born(decade),
        )
        for decade in DECADES
    },
    "young": (_("35 岁及以下"), _("按出生年月算到这一天的周岁不超过 35"), _young),
    "bachelor_or_above": (_("本科及以上"), _("学历为大学本科、硕士或博士研究生"), _degree("bachelor", *POSTGRADUATE)),
    "postgraduate": (_("研究生"), _("学历为硕士或博士研究生"), _degree(*POSTGRADUATE)),
    **{code: (name, _("学历栏填的就是这一项"), _degree(code)) for code, name in DEGREES.items()},
    "no_birth": (_("没有填出生年月"), _("不计入年龄和年代"), lambda held, _day: not held.birth),
    "no_degree": (_("没有填学历"), _("不计入学历"), lambda held, _day: held.degree not in DEGREES),
}
CAREERS: dict[str, tuple[Any, Any]] = {
    "leaders": (_("县（市、区）党政领导班子成员"), _("这一天在任，一人兼两职算一人")),
    "experienced": (
        _("其中有乡镇（街道）党政正职经历"),
        _("第一次进县（市、区）班子以前，任过乡镇（街道）党政正职"),
    ),
    "promoted": (_("新提拔进县（市、区）班子"), _("第一次进班子的任职日期在换届期间")),
    "direct": (
        _("其中直接从乡镇（街道）党政正职提拔"),
        _("进班子以前最后一个职务是乡镇（街道）党政正职，离任不超过三个月"),
    ),
}


@dataclass(frozen=True)
class Summary:
    """The heads of townships on a day: whom each figure counts, ages, and the earliest and the latest month of birth."""

    day: date
    chiefs: list[Held]
    members: dict[str, list[int]]
    average_age: float | None
    oldest: str
    youngest: str

    def count(self, code: str) -> int:
        """Return how many a figure counts."""
        return len(self.members[code])

    def share(self, code: str) -> float | None:
        """Return a figure as a share of all of whom it could be said, in percent; None of nobody."""
        missing = {"young": "no_birth", **{f"born_{decade}s": "no_birth" for decade in DECADES}}
        missing |= dict.fromkeys(("bachelor_or_above", "postgraduate", *DEGREES), "no_degree")
        whole = len(self.chiefs) - (self.count(missing[code]) if code in missing else 0)
        return 100 * self.count(code) / whole if whole else None


def summary(held: Iterable[Held], day: date) -> Summary:
    """Return the figures of the heads of townships on a day."""
    chiefs = one_each(one for one in held if one.post in CHIEFS and one.on(day))
    members = {
        code: [one.official for one in chiefs if test(one, day)] for code, (_name, _words, test) in FIGURES.items()
    }
    ages = [age for one in chiefs if (age := one.age(day)) is not None]
    births = sorted(one.birth for one in chiefs if one.birth)
    return Summary(
        day,
        chiefs,
        members,
        sum(ages) / len(ages) if ages else None,
        births[0] if births else "",
        births[-1] if births else "",
    )


def one_each(held: Iterable[Held]) -> list[Held]:
    """Return one appointment of each official: the one that began last, a secretary's before a head's."""
    kept: dict[int, Held] = {}
    for one in sorted(held, key=lambda each: (each.began, each.post)):
        kept[one.official] = one
    return sorted(kept.values(), key=lambda each: (each.division, each.post, each.official))


def careers(held: Sequence[Held], day: date, first: date, last: date) -> dict[str, list[int]]:
    """Return whom each figure of careers counts.

    Args:
        held: all appointments, those that have ended with them.
        day: as of which day leaders are in office.
        first: the first day of the term change.
        last: its last day.
    """
    of: dict[int, list[Held]] = {}
    for one in held:
        of.setdefault(one.official, []).append(one)
    found: dict[str, list[int]] = {code: [] for code in CAREERS}
    for official, posts in of.items():
        entered = min((one.began for one in posts if one.post == LEADER), default=None)
        if entered is None:
            continue
        before = [one for one in posts if one.began < entered]
        if any(one.post == LEADER and one.on(day) for one in posts):
            found["leaders"].append(official)
            if any(one.post in CHIEFS for one in before):
                found["experienced"].append(official)
        if first <= entered <= last:
            found["promoted"].append(official)
            if _is_direct(before, entered):
                found["direct"].append(official)
    return found


def _is_direct(before: Sequence[Held], entered: date) -> bool:
    latest = max((one.began for one in before), default=None)
    return any(
        one.post in CHIEFS and one.began == latest and (one.ended is None or one.ended >= entered - AT_ONCE)
        for one in before
    )


def by_county(chiefs: Iterable[Held], day: date) -> dict[str, tuple[Counter[str], float | None]]:
    """Return county → posts counted, and the average age of its heads of townships."""
    found: dict[str, tuple[Counter[str], list[int]]] = {}
    for one in chiefs:
        posts, ages = found.setdefault(one.division[:6], (Counter(), []))
        posts[one.post] += 1
        if (age := one.age(day)) is not None:
            ages.append(age)
    return {county: (posts, sum(ages) / len(ages) if ages else None) for county, (posts, ages) in sorted(found.items())}
