"""The four boards of a front command post: open matters by kind, and what each room says of the place."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yizhen.growth.projects import queries as projects
from yizhen.growth.projects import rules as project_rules
from yizhen.matters.kinds import MatterKind
from yizhen.matters.kinds.registry import kinds_in_force
from yizhen.matters.models import Matter
from yizhen.matters.queries import board_counts
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.web.board import BoardLine

NAMES = {"development": _("发展"), "livelihood": _("民生"), "safety": _("平安"), "party_style": _("党建")}
Room = Callable[[Account, Division], list[BoardLine]]
# What the rooms say, by the board on which they say it.
ROOMS: dict[str, tuple[Room, ...]] = {"development": (projects.board_lines,)}


@dataclass(frozen=True, slots=True)
class KindCount:
    """Open matters of a kind by light; ``kind`` is None where it was taken out of force."""

    code: str
    kind: MatterKind | None
    lights: Counter[str]

    @property
    def total(self) -> int:
        """Number of open matters."""
        return sum(self.lights.values())


@dataclass(frozen=True, slots=True)
class Board:
    """One of the four boards of a place."""

    code: str
    name: Any
    kinds: list[KindCount]
    lines: list[BoardLine]

    @property
    def total(self) -> int:
        """Number of open matters."""
        return sum(kind.total for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a board: what it is for, and whom it is shown to (None: everybody with business here)."""

    board: str
    name: Any
    about: Any
    address: str
    roles: frozenset[str] | None = None

    @property
    def link(self) -> str:
        """Its address."""
        path, _mark, query = self.address.partition("?")
        return reverse(path) + (f"?{query}" if query else "")


PAGES = (
    Page("development", _("招商项目"), _("从在谈到投产：三含量筛选、关口、承诺与兑现"), "growth:projects", frozenset(project_rules.READING)),
    Page("livelihood", _("群众诉求"), _("办理中的群众诉求，由提出的人评判"), "matters:list?kind=resident_request&state=open"),
    Page("safety", _("重大隐患"), _("挂牌督办、整改和核验"), "matters:list?kind=major_hazard&state=open"),
    Page("safety", _("三率与处置率"), _("按期、解决、满意：分母、区间和同类"), "matters:rates"),
    Page("party_style", _("干部队伍统计"), _("年龄、学历、任职经历，只有汇总"), "people:roster", frozenset({"city_office"})),
)  # fmt: skip


def pages_for(user: Account) -> list[tuple[Any, list[Page]]]:
    """Return (board, its pages that the user may open), in the order of the four boards."""
    shown = [page for page in PAGES if page.roles is None or user.role in page.roles]
    return [(name, [page for page in shown if page.board == code]) for code, name in NAMES.items()]


def boards_of(user: Account, division: Division, matters: QuerySet[Matter]) -> list[Board]:
    """Return the four boards of a place as the user sees it. Each room takes a constant number of queries."""
    counts, kinds = board_counts(matters), kinds_in_force()
    return [
        Board(
            code,
            name,
            [KindCount(kind, kinds.get(kind), lights) for kind, lights in sorted(counts.get(code, {}).items())],
            [line for room in ROOMS.get(code, ()) for line in room(user, division)],
        )
        for code, name in NAMES.items()
    ]
