"""Rules and their reasons in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yizhen.matters.kinds import KINDS, WORK_LINES
from yizhen.matters.models import Matter, RoutingRule
from yizhen.people.models import Account

from .rules import Aspect, Ground, Judgement, Rule
from .versions import advice_for

WEEKDAYS = (
    gettext_lazy("周一"), gettext_lazy("周二"), gettext_lazy("周三"), gettext_lazy("周四"), gettext_lazy("周五"),
    gettext_lazy("周六"), gettext_lazy("周日"),
)  # fmt: skip


def spans(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return numbers as runs: 6, 7, 8, 12 are 6 to 8 and 12."""
    made: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if made and number == made[-1][1] + 1:
            made[-1] = (made[-1][0], number)
        else:
            made.append((number, number))
    return made


def written(numbers: Iterable[int], names: Sequence[Any] | None = None) -> str:
    """Write numbers as people do: 6-9、12; or their names."""
    named = [[str(names[end - 1]) if names else str(end) for end in run] for run in spans(numbers)]
    return _("、").join(first if first == last else f"{first}–{last}" for first, last in named)


def conditions(rule: Rule, places: Mapping[str, str]) -> list[str]:
    """Return what a rule asks for, one phrase each; nothing: it takes everything."""
    made = []
    if rule.kind:
        made.append(_("种类：%(name)s") % {"name": KINDS[rule.kind].name if rule.kind in KINDS else rule.kind})
    if rule.line:
        made.append(_("条线：%(name)s") % {"name": WORK_LINES.get(rule.line, rule.line)})
    if rule.place:
        made.append(_("地方：%(name)s") % {"name": places.get(rule.place, rule.place)})
    if rule.months:
        made.append(_("月份：%(months)s") % {"months": written(rule.months)})
    if rule.weekdays:
        made.append(_("星期：%(days)s") % {"days": written(rule.weekdays, WEEKDAYS)})
    if rule.hours:
        made.append(_("钟点：%(first)s 时至 %(last)s 时") % {"first": rule.hours[0], "last": rule.hours[1]})
    if rule.any_of:
        made.append(_("有任一词：%(words)s") % {"words": _("、").join(rule.any_of)})
    if rule.none_of:
        made.append(_("没有词：%(words)s") % {"words": _("、").join(rule.none_of)})
    return made


def ground_in_words(ground: Ground) -> str:
    """Say why one thing fits or does not."""
    words = _("、").join(ground.words)
    if ground.aspect == Aspect.ANY_OF:
        return _("找到“%(words)s”") % {"words": words} if ground.fits else _("要找的词一个也没有")
    if ground.aspect == Aspect.NONE_OF:
        return _("没有要排除的词") if ground.fits else _("有要排除的“%(words)s”") % {"words": words}
    fits, misses = {
        Aspect.ACTIVE: ("", _("这条规则已停用")),
        Aspect.KIND: (_("种类相符"), _("种类不符")),
        Aspect.LINE: (_("条线相符"), _("条线不符")),
        Aspect.PLACE: (_("在这个地方"), _("不在这个地方")),
        Aspect.MONTH: (_("月份相符"), _("不在这些月份")),
        Aspect.WEEKDAY: (_("星期相符"), _("不在这些星期")),
        Aspect.HOUR: (_("钟点相符"), _("不在这个时段")),
    }[ground.aspect]
    return fits if ground.fits else misses


@dataclass(frozen=True)
class Explained:
    """One line of a route: the rule, whether it fits, and why in words."""

    rule: RoutingRule
    fits: bool
    why: str


def explain(judgements: Iterable[Judgement], rules: Iterable[RoutingRule]) -> list[Explained]:
    """Return a route's judgements in words: all grounds of the one that fits, of the others the one that does not."""
    by_key = {rule.pk: rule for rule in rules}
    made = []
    for judgement in judgements:
        grounds = judgement.grounds if judgement.fits else judgement.grounds[-1:]
        why = _("；").join(ground_in_words(ground) for ground in grounds) or _("这条规则什么都收")
        made.append(Explained(by_key[judgement.rule.key], judgement.fits, why))
    return made


def advice_in_words(user: Account, matter: Matter) -> dict[str, Any] | None:
    """Return where the rules in force would send a new matter, with the reasons in words; None where nobody asks."""
    advice = advice_for(user, matter)
    if advice is None:
        return None
    lines = explain(advice.route.judgements, advice.version.rules)
    return {
        "lines": lines,
        "number": advice.version.rule_set.number,
        "decides": lines[-1] if advice.route.winner else None,
    }
