"""The rectification board of a campaign: items by state, with age, look-backs, copied reports and supervision."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yizhen.matters.copies import Copy, copies_among
from yizhen.matters.lifecycle import WITH_HANDLER, State
from yizhen.matters.models import Matter, SupervisionNotice
from yizhen.matters.queries import matters_visible_to
from yizhen.matters.supervision import NeededNotice, last_notice, needed_among
from yizhen.people.models import Account

from .models import Campaign, Problem
from .queries import rectification_of_campaign


@dataclass(frozen=True)
class BoardItem:
    """One promise. ``opens`` says whether the reader may open it; what is not for everybody is empty otherwise."""

    matter: Matter
    opens: bool
    age: int
    copies: list[Copy]
    notice: SupervisionNotice | None
    report: str

    @property
    def problem(self) -> Problem:
        """The problem as the leader named it."""
        return self.matter.problem

    @property
    def verifier(self) -> str:
        """Who verified it, or "" while nobody has."""
        return str(self.matter.verified_by or "")

    @property
    def is_looked_back_upon(self) -> bool:
        """Whether it is closed and every look-back has held."""
        return self.matter.state == State.CLOSED and self.matter.look_back_on is None


@dataclass(frozen=True)
class Overview:
    """How far the promises are, in counts: no rate, no rank, nobody's name."""

    promised: int
    in_time: int
    verified: int
    reopened: int
    overdue: int


@dataclass(frozen=True)
class RectificationBoard:
    """What the page shows: columns by state, the counts, and the notices that the reader may issue now."""

    items: list[BoardItem]
    overview: Overview
    needed: list[NeededNotice]

    @property
    def columns(self) -> list[tuple[str, list[BoardItem]]]:
        """The columns: title and items, in the order of the work."""
        sieves: list[tuple[str, Callable[[BoardItem], bool]]] = [
            (_("待接收"), lambda item: item.matter.state == State.NEW),
            (_("办理中"), lambda item: item.matter.state == State.HANDLING),
            (_("待核验"), lambda item: item.matter.state == State.HANDLED),
            (_("已销号，等回头看"), lambda item: item.matter.state == State.CLOSED and not item.is_looked_back_upon),
            (_("回头看完成"), lambda item: item.is_looked_back_upon),
        ]
        return [(title, [item for item in self.items if sieve(item)]) for title, sieve in sieves]


def rectification_board(user: Account, campaign: Campaign, today: date | None = None) -> RectificationBoard:
    """Return the board as the user may see it, in constant queries.

    Everybody who sees the campaign sees what was promised and how far it is; reports and supervision are for those who
    may open the item, copied reports for those who verify it.
    """
    day = today or timezone.localdate()
    matters = list(
        rectification_of_campaign(campaign)
        .exclude(state=State.WITHDRAWN)
        .select_related("addressee", "verified_by", "done_by", "problem__comment__speaker__division")
        .prefetch_related("look_backs", "notices", "events", "recusals")
    )
    opens = set(matters_visible_to(user).filter(pk__in=[matter.pk for matter in matters]).values_list("pk", flat=True))
    copies = copies_among(user, matters)
    items = [_item(matter, matter.pk in opens, copies.get(matter.pk, []), day) for matter in matters]
    return RectificationBoard(items, overview_of(matters, day), needed_among(user, matters, today))


def _item(matter: Matter, opens: bool, copies: list[Copy], day: date) -> BoardItem:
    ended = matter.closed_on or day
    return BoardItem(
        matter=matter,
        opens=opens,
        age=(ended - timezone.localtime(matter.opened_at).date()).days,
        copies=copies,
        notice=last_notice(matter) if opens else None,
        report=matter.last_report if opens else "",
    )


def overview_of(matters: Iterable[Matter], day: date) -> Overview:
    """Return the counts. Done in time is what stands as done by its due date: a reopened item is not solved."""
    promised = list(matters)
    return Overview(
        promised=len(promised),
        in_time=sum(matter.done_on is not None and matter.done_on <= matter.due_on for matter in promised),
        verified=sum(matter.state == State.CLOSED for matter in promised),
        reopened=sum(matter.reopened > 0 for matter in promised),
        overdue=sum(matter.state in WITH_HANDLER and matter.due_on < day for matter in promised),
    )


def table_head() -> list[str]:
    """Return the titles of the table: the columns that rectification lists have everywhere."""
    return [
        _("编号"),
        _("地方"),
        _("问题"),
        _("整改措施"),
        _("责任领导"),
        _("责任单位（人）"),
        _("完成时限"),
        _("状态"),
        _("已历天数"),
        _("进展"),
        _("核验人"),
        _("销号日期"),
        _("回头看"),
        _("重开次数"),
        _("督办"),
        _("相同文字或文件"),
    ]


def table_row(item: BoardItem) -> list[Any]:
    """Return one row under :func:`table_head`."""
    matter = item.matter
    return [
        matter.number,
        (matter.addressee or matter.division).name_zh,
        item.problem.fact,
        item.problem.requirement,
        matter.accountable,
        matter.owner,
        matter.due_on.isoformat(),
        str(matter.state_name),
        item.age,
        item.report,
        item.verifier,
        matter.closed_on.isoformat() if matter.closed_on else "",
        "; ".join(_look_back(*planned) for planned in matter.look_back_plan),
        matter.reopened,
        f"{item.notice.colour_name} {item.notice.issued_on.isoformat()}" if item.notice else "",
        " ".join(copy.other.number for copy in item.copies),
    ]


def _look_back(days: int, day: date, found: Any) -> str:
    outcome = "" if found is None else _("没有反弹") if found.holds else _("反弹")
    return f"{days}: {day.isoformat()} {outcome}".strip()
