"""Pages that join rooms: what is due, what is red, what the next session needs."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.translation import gettext as _

from yizhen.appraisals.models import Campaign, CampaignState, DutyReport
from yizhen.appraisals.queries import campaigns_visible_to, own_speaker, reports_visible_to
from yizhen.appraisals.rules import may_hold_key, may_manage, may_tell, may_write
from yizhen.clocks import Light
from yizhen.matters.lifecycle import OPEN_STATES
from yizhen.matters.models import Matter
from yizhen.matters.queries import (
    by_light,
    lights_of,
    matters_visible_to,
    rectification_of,
    threads_into,
)
from yizhen.people.models import Account
from yizhen.places.models import Division
from yizhen.places.queries import inside, townships_visible_to
from yizhen.web.templatetags.yizhen import day

from .boards import boards_of


@dataclass(frozen=True)
class Need:
    """One thing that a session still needs, with the page where it is done."""

    text: str
    address: str
    arguments: tuple[Any, ...]
    done: bool = False

    @property
    def link(self) -> str:
        """The address of the page where it is done."""
        return reverse(self.address, args=self.arguments)


def coming_campaign(user: Account) -> Campaign | None:
    """Return the campaign that is nearest to its session, or running; else the last one that was issued."""
    campaigns = campaigns_visible_to(user)
    coming = campaigns.exclude(state=CampaignState.ISSUED).order_by("session_on", "-pk").first()
    return coming or campaigns.filter(state=CampaignState.ISSUED).order_by("-session_on", "-pk").first()


def needs_of(user: Account, campaign: Campaign) -> list[Need]:
    """Return what a campaign needs next, for whoever can do it."""
    pk = (campaign.pk,)
    round_ = campaign.current_round
    if campaign.state == CampaignState.DRAFT:
        return (
            [Need(_("完成设置并发布"), "appraisals:wizard", (campaign.pk, "publish"))]
            if may_manage(user, campaign)
            else []
        )
    if campaign.state == CampaignState.ISSUED:
        own = own_speaker(user, campaign)
        result = [Need(_("看本人结果"), "appraisals:result", (campaign.pk, own.pk))] if own else []
        return [*result, Need(_("看整改清单"), "appraisals:feedback", pk)]
    if may_manage(user, campaign):
        speakers = campaign.speakers.count()
        submitted = campaign.speakers.filter(report__submitted_at__isnull=False).count()
        cards = round_.cards.exclude(state="revoked").count() if round_ else 0
        drawn = campaign.speakers.filter(position__isnull=False).exists()
        present = campaign.roll.filter(present=True).count()
        before = round_ is not None and round_.state == "prepared"
        needs = [
            Need(
                _("述职报告：已交 %(n)s / %(all)s，交稿日 %(day)s")
                % {"n": submitted, "all": speakers, "day": day(campaign.reports_due_on)},
                "appraisals:campaign",
                pk,
                submitted == speakers,
            ),
            Need(_("监票人生成密钥"), "appraisals:campaign", pk, bool(round_ and round_.public_key)),
            Need(_("印制票卡：%(n)s 张") % {"n": cards}, "appraisals:cards", pk, cards > 0),
            Need(_("签到：%(n)s 人") % {"n": present}, "appraisals:attendance", pk, present > 0),
            Need(_("抽签排定次序"), "appraisals:console", pk, drawn),
        ]
        if before:
            return needs
        if campaign.state == CampaignState.COUNTED:
            return [Need(_("查看结果并反馈"), "appraisals:results", pk)]
        return [Need(_("主持会议"), "appraisals:console", pk)]
    if round_ is not None and may_hold_key(user, round_):
        if round_.state == "closed":
            return [Need(_("用密钥开启计票"), "appraisals:key", pk)]
        return [
            Need(_("生成并保管本轮密钥"), "appraisals:key", pk, bool(round_.public_key)),
            *_paper_need(user, campaign),
        ]
    return _paper_need(user, campaign)


def _paper_need(user: Account, campaign: Campaign) -> list[Need]:
    """Return the typing of paper sheets, for whoever may do it while boxes wait."""
    waiting = campaign.live_rounds.filter(state="closed", classes__paper=True).exists()
    return (
        [Need(_("清点和录入纸质票"), "appraisals:paper", (campaign.pk,))]
        if waiting and may_tell(user, campaign)
        else []
    )


def my_reports(user: Account) -> list[DutyReport]:
    """Return the reports that the user still has to write or submit."""
    mine = {"speaker__unit": user.unit_id} if user.unit_id else {"speaker__division_id": user.scope_id}
    reports = reports_visible_to(user).filter(
        **mine, submitted_at__isnull=True, speaker__campaign__state=CampaignState.PUBLISHED
    )
    return [report for report in reports if may_write(user, report)]


@dataclass(frozen=True)
class TownshipRow:
    """A township in headquarters' table: open matters by light, promises, objections."""

    division: Division
    open: Counter[str]
    promises: int
    returned: int

    @property
    def total(self) -> int:
        """Number of open matters."""
        return sum(self.open.values())


def headquarters(user: Account) -> list[TownshipRow]:
    """Return the townships under a city or county with what is stuck: in code order, never ranked."""
    townships = list(townships_visible_to(user).filter(code__startswith=user.scope_id, retired_on=None))
    rows = (
        matters_visible_to(user)
        .filter(state__in=OPEN_STATES)
        .order_by()
        .annotate(town=Substr("division_id", 1, 9))
        .values("town")
        .annotate(
            all=Count("pk"),
            promises=Count("pk", filter=Q(kind="rectification")),
            returned=Count("pk", filter=Q(state="returned")),
            **by_light(),
        )
    )
    found: dict[str, Any] = {row["town"]: row for row in rows}
    none: dict[str, Any] = dict.fromkeys(("all", "promises", "returned", *Light), 0)
    counts = ((township, found.get(township.code, none)) for township in townships)
    return [TownshipRow(township, lights_of(row), row["promises"], row["returned"]) for township, row in counts]


def front_command(user: Account, division: Division) -> dict[str, Any]:
    """Return what a township's front command post shows: the needle, four boards, promises."""
    matters = matters_visible_to(user).filter(inside(division.code))
    return {
        "threads": needle(threads_into(user, division)),
        "boards": boards_of(user, division, matters),
        "promises": rectification_of(division).order_by("due_on"),
    }


def matters_behind(user: Account, division: Division) -> dict[str, list[Matter]]:
    """Return indicator code → the open matters of a township that stand behind its figure, as far as the user sees them."""
    found: dict[str, list[Matter]] = {}
    matters = matters_visible_to(user).filter(inside(division.code), state__in=OPEN_STATES)
    for matter in matters.exclude(indicator="").order_by("due_on"):
        found.setdefault(matter.indicator, []).append(matter)
    return found


def needle(threads: list[Any]) -> list[dict[str, Any]]:
    """Lay the threads out as curves into one needle: thickness is the number of open matters, colour the worst light."""
    width, top, bottom = 900, 46, 250
    gap = width / (len(threads) + 1) if threads else width
    laid = []
    for number, thread in enumerate(threads, start=1):
        x = gap * number
        laid.append(
            {
                "thread": thread,
                "x": round(x, 1),
                "path": f"M{x:.1f} {top} C{x:.1f} {(top + bottom) / 2:.0f} {width / 2} {(top + bottom) / 2:.0f} {width / 2} {bottom}",
                "width": min(3 + 2.5 * thread.count, 22),
            }
        )
    return laid
