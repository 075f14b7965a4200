"""The four boards of a front command post: open matters by kind, and what each room says of the place."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yizhen.exchange.queries import board_lines as exchanged
from yizhen.exchange.rules import READING as EXCHANGING
from yizhen.growth.enterprises.board import board_lines as firms
from yizhen.growth.enterprises.rules import READING as SERVING
from yizhen.growth.industry.queries import board_lines as industries
from yizhen.growth.parks.queries import board_lines as parks
from yizhen.growth.projects.queries import board_lines as projects
from yizhen.growth.projects.rules import READING as INVESTING
from yizhen.livelihood.gaps.queries import board_lines as livelihood
from yizhen.livelihood.projects.rules import READING as BUILDING
from yizhen.matters.kinds import MatterKind
from yizhen.matters.kinds.registry import kinds_in_force
from yizhen.matters.models import Matter
from yizhen.matters.queries import board_counts
from yizhen.matters.rules import DOOR_ROLES
from yizhen.needs.board import board_lines as asked
from yizhen.needs.consultations.rules import READING as ASKING
from yizhen.needs.talents.rules import READING as HOUSING
from yizhen.party.board import board_lines as party
from yizhen.party.rules import READING as GOVERNING
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.watches.emergency.queries import board_lines as on_duty
from yizhen.watches.readiness.queries import board_lines as ready
from yizhen.watches.series.queries import board_lines as watched
from yizhen.watches.series.rules import READING as WATCHING
from yizhen.web.board import BoardLine

NAMES = {"development": _("发展"), "livelihood": _("民生"), "safety": _("平安"), "party_style": _("党建")}
Room = Callable[[Account, Division], list[BoardLine]]
# What the rooms say, by the board on which they say it.
ROOMS: dict[str, tuple[Room, ...]] = {
    "development": (industries, parks, projects, firms),
    "livelihood": (livelihood, watched, ready, asked),
    "safety": (on_duty,),
    "party_style": (party, exchanged),
}


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
    roles: AbstractSet[str] | None = None

    @property
    def link(self) -> str:
        """Its address."""
        path, _mark, query = self.address.partition("?")
        return reverse(path) + (f"?{query}" if query else "")


CITY = {"city_office"}
PAGES = (
    Page("development", _("特色产业"), _("宜农宜工宜商宜游：申报、区位商、同业的邻居、产业社区"), "growth:industries", INVESTING),
    Page("development", _("工业集中区"), _("产出、税收、用地、能耗，离目标还差多少"), "growth:parks", INVESTING),
    Page("development", _("招商项目"), _("从在谈到投产：三含量筛选、关口、承诺与兑现"), "growth:projects", INVESTING),
    Page("development", _("企业"), _("点对点服务、走访、诉求"), "growth:firms", SERVING),
    Page("development", _("应付中小企业款项"), _("30 天、最长 60 天；谁欠的、逾期多久"), "growth:payments", SERVING),
    Page("development", _("惠企政策"), _("条件就是数据：哪些企业符合，这家符合哪些，为什么"), "growth:policies", SERVING),
    Page("development", _("政策兑现"), _("免申即享名单、申请、到账期限"), "growth:redemptions", SERVING),
    Page("livelihood", _("民生实事项目"), _("票决、节点、资金、照片、居民评价，按指标评判"), "livelihood:projects", BUILDING),
    Page("livelihood", _("公共设施"), _("建设好、使用好：使用对容量"), "livelihood:facilities", BUILDING),
    Page("livelihood", _("民生短板"), _("差距、设施、项目在一页"), "livelihood:own_gaps", BUILDING),
    Page("livelihood", _("监测"), _("物价、物资、水位、岗位：过线开一件事项，数据回落才了"), "watches:watches", WATCHING),
    Page("livelihood", _("问需问计"), _("一个问题、几个选项；结果怎样用了，没答复就是欠账"), "needs:consultations", ASKING),
    Page("livelihood", _("人才服务"), _("需求建议、人才公寓、政策送达"), "needs:talents", HOUSING),
    Page("livelihood", _("代居民登记"), _("电话、窗口来的，编码交给本人"), "needs:on_behalf", DOOR_ROLES),
    Page("livelihood", _("群众诉求"), _("办理中的群众诉求，由提出的人评判"), "matters:list?kind=resident_request&state=open"),
    Page("safety", _("应急值守"), _("值班表按岗位和单位，没人的班次看得见"), "watches:duty", WATCHING),
    Page("safety", _("应急预案"), _("版本、有效期、联系岗位"), "watches:plans", WATCHING),
    Page("safety", _("应急资源"), _("床位、人员、物资的数；事件结束后销毁，留证明"), "watches:readiness", WATCHING),
    Page("safety", _("突发事件"), _("开始、加密填报、结束、销毁"), "watches:emergencies", WATCHING),
    Page("safety", _("重大隐患"), _("挂牌督办、整改和核验"), "matters:list?kind=major_hazard&state=open"),
    Page("safety", _("三率与处置率"), _("按期、解决、满意：分母、区间和同类"), "matters:rates"),
    Page("party_style", _("党建作风"), _("责任清单、承诺、行动支部、督办、学习计划"), "party:city", GOVERNING),
    Page("party_style", _("经验交流"), _("试过什么、前后的数、什么没成；别处可以问、可以采用"), "exchange:notes", EXCHANGING),
    Page("party_style", _("干部队伍统计"), _("年龄、学历、任职经历，只有汇总"), "people:roster", CITY),
    Page("party_style", _("廉洁承诺"), _("一年一次，写明文本；没有打分"), "people:commitments", {*CITY, "township_head", "township_office"}),
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
