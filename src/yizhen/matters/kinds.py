"""The kinds of matters and the clock that each one runs by."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from yizhen.clocks import Deadline, DeadlineRule, Unit, compute_deadline, fixed_deadline


@dataclass(frozen=True)
class MatterKind:
    """One kind: its letter in numbers, its clock, and whether the requester has the last word.

    ``may_withdraw`` lets the sender take it back while nobody has accepted it; a resident's request is nobody's to take
    back.

    ``look_back_days`` are the days after closing on which it is looked at again, in order; ``notice_days`` the
    days to answer a supervision notice once it is overdue (None: a kind that is not supervised this way).
    """

    code: str
    letter: str
    name: object
    asks_verdict: bool = False
    may_object: bool = False
    may_withdraw: bool = False
    rule: DeadlineRule | None = None
    look_back_days: tuple[int, ...] = ()
    notice_days: int | None = None


KINDS = {
    kind.code: kind
    for kind in (
        MatterKind(
            "assigned_task",
            "R",
            pgettext_lazy("kind of matter", "交办任务"),
            may_object=True,
            may_withdraw=True,
            notice_days=7,
        ),
        MatterKind(
            "resident_request",
            "S",
            pgettext_lazy("kind of matter", "群众诉求"),
            asks_verdict=True,
            rule=DeadlineRule(
                event="received",
                amount=5,
                unit=Unit.WORKING_DAY,
                result="reply_and_feedback",
                source=gettext_noop("潍坊市12345政务服务便民热线条例第二十条（地方规定，可改）"),
            ),
        ),
        MatterKind(
            "rectification",
            "Z",
            pgettext_lazy("kind of matter", "整改事项"),
            may_withdraw=True,
            look_back_days=(30, 90),
            notice_days=7,
        ),
        MatterKind(
            "common_problem",
            "G",
            pgettext_lazy("kind of matter", "共性问题"),
            may_object=True,
            may_withdraw=True,
            rule=DeadlineRule(
                event="assigned",
                amount=30,
                unit=Unit.WORKING_DAY,
                result="done",
                source=gettext_noop("本项目默认三十个工作日（不是法定期限，可改）"),
            ),
            notice_days=7,
        ),
    )
}
WORK_LINES = {
    "development": _("促发展"),
    "livelihood": _("惠民生"),
    "safety": _("保平安"),
    "party_style": _("党建作风"),
}


def deadline_for(kind: MatterKind, opened: date, due: date | None, rule: DeadlineRule | None = None) -> Deadline:
    """Return the deadline of a new matter: by the kind's rule, by the order's, or the day that the order names.

    Raises:
        ValueError: when there is neither a rule nor a day.
    """
    rule = kind.rule or rule
    if rule is not None:
        return compute_deadline(rule, opened)
    if due is None:
        raise ValueError(f"{kind.code} needs a due date")
    return fixed_deadline(due, opened, source=gettext_noop("交办单载明的期限"))
