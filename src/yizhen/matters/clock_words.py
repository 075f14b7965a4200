"""A deadline in the page's language: each day in a sentence, and the strip of small squares."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yizhen.clocks import DayStep, Deadline, Reason, Refusal, Run, Unit
from yizhen.places.calendars import holiday_label
from yizhen.web.templatetags.yizhen import chinese

SUSPENSION_NAMES = {
    "hearing": gettext_lazy("听证"),
    "third_party_opinion": gettext_lazy("征求第三方意见"),
    "correction": gettext_lazy("申请人补正"),
    "technical_appraisal": gettext_lazy("技术鉴定"),
    "expert_appraisal": gettext_lazy("检验、检测、鉴定或者专家评审"),
    "public_notice": gettext_lazy("公示"),
}
REFUSALS = {
    Refusal.BEFORE_START: gettext_lazy("早于起始日。"),
    Refusal.AFTER_DUE: gettext_lazy("已过到期日：延长和中止都须在到期之前。"),
    Refusal.EXTENDED_BEFORE: gettext_lazy("能延长的都已延长，不能再延。"),
    Refusal.TOO_LONG: gettext_lazy("延长得太多。"),
    Refusal.OTHER_UNIT: gettext_lazy("延长与期限的计算单位不同。"),
    Refusal.NOT_LISTED: gettext_lazy("这个期限没有规定可以因此中止。"),
    Refusal.BACKWARDS: gettext_lazy("结束早于开始。"),
    Refusal.SUSPENDED_BEFORE: gettext_lazy("这些日子已经中止，或者前一次中止还没有结束。"),
    Refusal.NOT_SUSPENDED: gettext_lazy("没有中止，不用恢复。"),
}
# What the strip tells apart, in the order of its legend: the class of a square, its mark and its name.
LEGEND = (
    ("start_excluded", pgettext_lazy("mark of a day", "起"), gettext_lazy("起始日，不计")),
    ("counted", "1", gettext_lazy("计入，数字是第几天")),
    ("extended", "1", gettext_lazy("延长期，计入")),
    ("make_up_workday", pgettext_lazy("mark of a day", "班"), gettext_lazy("调休上班，计入")),
    ("half_day", pgettext_lazy("mark of a day", "半"), gettext_lazy("半天上班，算一个工作日")),
    ("weekend", "", gettext_lazy("周末，不计")),
    ("holiday", pgettext_lazy("mark of a day", "休"), gettext_lazy("放假，不计")),
    ("local_closure", pgettext_lazy("mark of a day", "停"), gettext_lazy("当地停工，不计")),
    ("suspended", "‖", gettext_lazy("中止，不计")),
    ("restarted", "↺", gettext_lazy("重新起算之前，不计")),
    ("rolled", pgettext_lazy("mark of a day", "延"), gettext_lazy("顺延到的上班日")),
    ("named_in_order", pgettext_lazy("mark of a day", "定"), gettext_lazy("交办时指定")),
    ("due", "", gettext_lazy("到期日（粗框）")),
)
MARKS = {code: mark for code, mark, _name in LEGEND}


@dataclass(frozen=True)
class StripCell:
    """One small square: ``kinds`` are its classes, ``number`` its place in the count, ``mark`` what it is otherwise."""

    day: date
    kinds: str
    number: int | None
    mark: Any
    words: str
    begins_month: bool


def in_words(deadline: Deadline) -> list[tuple[date, str]]:
    """Return the derivation as a sentence for each day."""
    return [(step.day, _sentence(deadline, step)) for step in deadline.steps]


def runs_in_words(deadline: Deadline) -> list[tuple[date, date, str]]:
    """Return the derivation as a sentence for each run of alike days; a run of one day is told like the day."""
    by_day = {step.day: step for step in deadline.steps}
    return [
        (
            run.first,
            run.last,
            _run_sentence(deadline, run, by_day[run.first])
            if run.first != run.last
            else _sentence(deadline, by_day[run.first]),
        )
        for run in deadline.collapsed()
    ]


def strip_of(deadline: Deadline) -> list[StripCell]:
    """Return one small square for each day of the derivation."""
    return [
        StripCell(
            day=step.day,
            kinds=" ".join(_kinds(deadline, step)),
            number=step.number,
            mark="" if step.reason is Reason.COUNTED else MARKS[step.reason.value],
            words=words,
            begins_month=step.day.day == 1 or step is deadline.steps[0],
        )
        for step, (_day, words) in zip(deadline.steps, in_words(deadline), strict=True)
    ]


def legend_of(deadline: Deadline) -> list[tuple[str, Any, Any]]:
    """Return the entries of the legend that the strip needs: class, mark and name."""
    used = {kind for step in deadline.steps for kind in _kinds(deadline, step)}
    return [entry for entry in LEGEND if entry[0] in used]


def amount_in_words(amount: int, unit: Unit) -> str:
    """Return an amount with its unit: 20 working days."""
    one = amount == 1
    texts = {
        Unit.HOUR: _("1 小时") if one else _("%(n)s 小时"),
        Unit.NATURAL_DAY: _("1 个自然日") if one else _("%(n)s 个自然日"),
        Unit.WORKING_DAY: _("1 个工作日") if one else _("%(n)s 个工作日"),
        Unit.MONTH: _("1 个月") if one else _("%(n)s 个月"),
    }
    return texts[unit] % {"n": amount}


def source_in_words(source: str) -> str:
    """Return the half of "中文 · English" that the page speaks; another text as it is."""
    zh, mark, en = source.partition(" · ")
    return zh if chinese() or not mark else en


def _kinds(deadline: Deadline, step: DayStep) -> list[str]:
    kinds = [step.reason.value]
    if step.counted and step.reason is not Reason.COUNTED:
        kinds.insert(0, "counted")
    if _is_extended(deadline, step):
        kinds.append("extended")
    if step.day == deadline.due and not deadline.is_suspended:
        kinds.append("due")
    return kinds


def _is_extended(deadline: Deadline, step: DayStep) -> bool:
    return step.number is not None and step.number > deadline.ordinary_days


def _sentence(deadline: Deadline, step: DayStep) -> str:
    parts = [_what(deadline, step)]
    if step.day == deadline.warning != deadline.due:
        parts.append(_("期限的最后一天，这天不上班，顺延。"))
    if step.day == deadline.due:
        parts.append(_("最早这一天到期。") if deadline.is_suspended else _("到期。"))
    return _joined(parts)


def _what(deadline: Deadline, step: DayStep) -> str:
    """Say what a day is in the derivation."""
    name = holiday_label(step.name)
    if step.counted:
        n = {"n": step.number, "name": name}
        if step.reason is Reason.MAKE_UP_WORKDAY:
            return _("第 %(n)s 天，%(name)s调休上班。") % n
        if step.reason is Reason.HALF_DAY:
            return _("第 %(n)s 天，半天上班（%(name)s），算一个工作日。") % n
        return (_("第 %(n)s 天（延长期）。") if _is_extended(deadline, step) else _("第 %(n)s 天。")) % n
    texts = {
        Reason.START_EXCLUDED: _("起始日，不计入。"),
        Reason.WEEKEND: _("周末，不计入。"),
        Reason.HOLIDAY: _("%(name)s放假，不计入。") % {"name": name},
        Reason.LOCAL_CLOSURE: _("当地停工（%(name)s），不计入。") % {"name": name},
        Reason.SUSPENDED: _("%(reason)s，期限中止，不计入。") % {"reason": _why(deadline, step.day)},
        Reason.RESTARTED: _("之后重新起算，不计入。"),
        Reason.ROLLED: _("顺延到这个上班日。"),
        Reason.NAMED_IN_ORDER: _("交办时指定。"),
    }
    return texts[step.reason]


def _why(deadline: Deadline, day: date) -> str:
    found = next((one.reason for one in deadline.suspensions if one.covers(day)), "")
    return str(SUSPENSION_NAMES.get(found, found))


def _run_sentence(deadline: Deadline, run: Run, first: DayStep) -> str:
    """Say what several days in a row are."""
    if not run.counted:
        return _what(deadline, first)
    n = {"first": first.number, "last": run.number_of_last}
    text = (
        _("第 %(first)s 至 %(last)s 天（延长期）。")
        if _is_extended(deadline, first)
        else _("第 %(first)s 至 %(last)s 天。")
    )
    return _joined([text % n, *([_("到期。")] if run.last == deadline.due and not deadline.is_suspended else [])])


def _joined(sentences: list[str]) -> str:
    return ("" if chinese() else " ").join(sentences)
