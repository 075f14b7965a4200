"""The readers of appraisals."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from statistics import mean, quantiles
from typing import Any

from django.db.models import Count, Q, QuerySet

from yizhen.matters.models import Matter
from yizhen.people.models import Account
from yizhen.places.queries import city_code
from yizhen.web.templatetags.yizhen import chinese

from .declaring import flag_words
from .models import (
    Campaign,
    CampaignState,
    DutyReport,
    Objection,
    Opinion,
    OpinionDecision,
    Problem,
    Result,
    Round,
    Speaker,
)
from .reading import Estimate, estimates_of
from .rules import (
    AUTHORS,
    MANAGERS,
    is_person_concerned,
    may_create,
    may_judge,
    may_manage,
    may_see_all_results,
    may_see_result,
)
from .suppression import printed_rates, suppressed


def campaigns_visible_to(user: Account) -> QuerySet[Campaign]:
    """Return the campaigns of the user's city; drafts only for those who run them, rehearsals for nobody."""
    campaigns = Campaign.objects.select_related("division", "previous").filter(is_rehearsal=False)
    if not user.is_active or user.is_admin:
        return campaigns.none()
    campaigns = campaigns.filter(division__code__startswith=city_code(user.scope_id))
    if may_create(user):
        return campaigns.filter(Q(division__code__startswith=user.scope_id) | ~Q(state=CampaignState.DRAFT))
    return campaigns.exclude(state=CampaignState.DRAFT)


def reports_visible_to(user: Account) -> QuerySet[DutyReport]:
    """Return the reports that the user may read: own and run ones always, others once submitted."""
    reports = DutyReport.objects.select_related("speaker__campaign", "speaker__division", "speaker__official")
    if not user.is_active or user.is_admin:
        return reports.none()
    reports = reports.filter(speaker__campaign__in=campaigns_visible_to(user))
    submitted = Q(submitted_at__isnull=False)
    if user.role == "department" and user.unit_id:
        return reports.filter(submitted | Q(speaker__unit=user.unit_id))
    if user.role not in MANAGERS | AUTHORS:
        return reports.filter(submitted)
    below = Q(speaker__division__code__startswith=user.scope_id)
    return reports.filter(submitted | (below if user.role in MANAGERS else below & Q(speaker__unit__isnull=True)))


def results_visible_to(user: Account, campaign: Campaign) -> list[Result]:
    """Return the declared results that the user may see, in the order of speaking: rank is off.

    Nobody sees any before every round is counted: later speakers would be heard by a hall that knows the first totals.
    """
    if not campaign.is_counted:
        return []
    results = Result.objects.filter(round__campaign=campaign).select_related(
        "speaker__division", "speaker__official", "speaker__campaign", "round"
    )
    if may_see_all_results(user, campaign):
        return list(results)
    return [result for result in results if may_see_result(user, result.speaker)]


def own_speaker(user: Account, campaign: Campaign) -> Speaker | None:
    """Return the speaker whose own account this is: head of a township, village or department; None for others."""
    mine = Q(unit=user.unit_id) if user.unit_id else Q(unit__isnull=True, division=user.scope_id)
    found = campaign.speakers.filter(mine).first()
    return found if found is not None and is_person_concerned(user, found) else None


def speakers_with_reports(campaign: Campaign) -> QuerySet[Speaker]:
    """Return the speakers with place, person, report state and counts, in constant queries."""
    return (
        campaign.speakers.select_related("campaign", "division", "official", "unit", "report", "comment")
        .annotate(
            question_count=Count("questions", distinct=True), problem_count=Count("comment__problems", distinct=True)
        )
        .order_by("position", "division_id")
    )


def named_problems(campaign: Campaign) -> QuerySet[Problem]:
    """Return every problem that was named in the campaign, in the order of speaking."""
    return (
        Problem.objects.filter(comment__speaker__campaign=campaign)
        .select_related(
            "comment__speaker__division", "comment__speaker__unit", "comment__speaker__official", "matter__verified_by"
        )
        .order_by("comment__speaker__position", "pk")
    )


def rectification_of_campaign(campaign: Campaign) -> QuerySet[Matter]:
    """Return the rectification items that came out of a campaign."""
    return (
        Matter.objects.filter(problem__comment__speaker__campaign=campaign)
        .select_related("division", "addressee", "problem__comment__speaker")
        .order_by("due_on", "number")
    )


def attendance(campaign: Campaign) -> list[dict[str, Any]]:
    """Return class → entitled, present, cards handed out, in the order of the classes."""
    counted = {
        row["class_code"]: row
        for row in campaign.roll.order_by()
        .values("class_code")
        .annotate(
            entitled=Count("pk"),
            present=Count("pk", filter=Q(present=True)),
            handed=Count("pk", filter=Q(card_handed_out=True)),
        )
    }
    empty = {"entitled": 0, "present": 0, "handed": 0}
    return [{**row, **counted.get(row["code"], empty)} for row in campaign.config["classes"]]


@dataclass(frozen=True)
class ResultRow:
    """One speaker's declared result as a page shows it: hidden classes are gone before anything is sorted or drawn."""

    result: Result
    class_scores: list[tuple[str, str | None, bool]]
    low: float | None
    high: float | None
    excellent_rate: Decimal | None
    negative_rate: Decimal | None
    estimate: Estimate | None = None

    @property
    def flags(self) -> list[str]:
        """What the counting rule had to note, in words."""
        return [flag_words(flag, "zh" if chinese() else "en") for flag in self.result.declared["flags"]]


def result_rows(user: Account, campaign: Campaign) -> list[ResultRow]:
    """Return the visible results with suppression applied, before anything is sorted, drawn or exported."""
    whole = may_see_all_results(user, campaign)
    return shown_rows(campaign, results_visible_to(user, campaign), exact=whole)


def shown_rows(campaign: Campaign, results: list[Result], *, exact: bool) -> list[ResultRow]:
    """Return results as they may be shown; rates that would give back one to four sheets only when ``exact``."""
    rows = []
    estimates: dict[int, Estimate] = {}
    for statistics in {result.round_id: result.round.statistics for result in results}.values():
        estimates |= estimates_of(statistics)
    for result in results:
        rates = (result.excellent_rate, result.negative_rate) if exact else _safe_rates(campaign, result)
        hidden = set(result.declared["hidden_classes"])
        scores = [
            (
                row["code"],
                None if row["code"] in hidden else result.declared["class_scores"].get(row["code"]),
                row["code"] in hidden,
            )
            for row in campaign.config["classes"]
        ]
        interval = result.interval or {}
        rows.append(
            ResultRow(
                result,
                scores,
                interval.get("low"),
                interval.get("high"),
                *rates,
                estimates.get(result.speaker_id),
            )
        )
    return rows


def _safe_rates(campaign: Campaign, result: Result) -> tuple[Decimal | None, Decimal | None]:
    def number(rate: str | None) -> Decimal | None:
        return None if rate is None else Decimal(rate.rstrip("%"))

    excellent, negative = printed_rates(campaign.config, result)
    return number(excellent), number(negative)


@dataclass(frozen=True)
class FirmRow:
    """How firm a speaker's place is: towards the next one (None in the last row) and against all others.

    ``gap`` in points, ``sheets`` that would undo it, ``sure`` whether it is beyond chance; ``above``, ``below`` and
    ``open_`` count the speakers this one is surely above, surely below, or cannot be told from.
    """

    speaker: Speaker
    following: Speaker | None
    gap: str | None
    sheets: int | None
    sure: bool | None
    above: int | None
    below: int | None
    others: int

    @property
    def open_(self) -> int | None:
        """The number of speakers this one cannot be told from."""
        return None if self.above is None or self.below is None else self.others - self.above - self.below


def firm_rows(user: Account, campaign: Campaign, round_: Round | None = None) -> list[FirmRow]:
    """Return how firm the differences are in a round, else the last, highest total first, to who sees all results."""
    round_ = round_ or campaign.current_round
    if round_ is None or not round_.firmness or not may_see_all_results(user, campaign):
        return []
    speakers = {str(speaker.pk): speaker for speaker in campaign.speakers.select_related("division")}
    rows = [row for row in round_.firmness["rows"] if row["ratee"] in speakers]
    return [
        FirmRow(
            speaker=speakers[row["ratee"]],
            following=speakers[following["ratee"]] if following else None,
            gap=row["gap"],
            sheets=row["sheets"],
            sure=row["sure"],
            above=row["above"],
            below=row["below"],
            others=len(rows) - 1,
        )
        for row, following in zip_longest(rows, rows[1:])
    ]


def announced_rows(campaign: Campaign) -> list[dict[str, Any]]:
    """Return what is announced in the hall: declared totals with their intervals, in the order of speaking, no classes."""
    results = Result.objects.filter(round__campaign=campaign).select_related("speaker__division", "speaker__unit")
    return [
        {
            "position": result.speaker.position,
            "subject": result.speaker.subject,
            "total": result.total,
            "low": (result.interval or {}).get("low"),
            "high": (result.interval or {}).get("high"),
        }
        for result in results.order_by("speaker__position")
    ]


def opinions_to_moderate(user: Account, campaign: Campaign) -> list[tuple[Opinion, OpinionDecision | None]]:
    """Return the opinions of a campaign with the latest decision on each, to those who run it."""
    if not may_manage(user, campaign):
        return []
    return [(opinion, next(iter(opinion.decisions.all()), None)) for opinion in _opinions_of(campaign)]


def _opinions_of(campaign: Campaign) -> QuerySet[Opinion]:
    """Return the opinions of all rounds, in the order of speaking, with their decisions, the latest first."""
    return (
        Opinion.objects.filter(round__campaign=campaign)
        .select_related("speaker__division", "speaker__unit")
        .prefetch_related("decisions__by")
        .order_by("speaker__position", "speaker__division_id", "id")
    )


def released_opinions(
    campaign: Campaign, speaker: Speaker | None = None, *, public_only: bool = False
) -> list[OpinionDecision]:
    """Return what was decided to be told, as summarised, once the results are issued: the last decision counts."""
    if campaign.state != CampaignState.ISSUED:
        return []
    opinions = _opinions_of(campaign)
    if speaker is not None:
        opinions = opinions.filter(speaker=speaker)
    told = {"public"} if public_only else {"public", "to_person"}
    latest = [next(iter(opinion.decisions.all()), None) for opinion in opinions]
    return [decision for decision in latest if decision is not None and decision.decision in told]


def objections_visible_to(user: Account, campaign: Campaign) -> list[Objection]:
    """Return the objections of a campaign: to who runs it, the person concerned, and those who may decide."""
    objections = Objection.objects.filter(speaker__campaign=campaign).select_related(
        "speaker__division", "speaker__official", "speaker__campaign", "decided_by"
    )
    if may_manage(user, campaign):
        return list(objections)
    return [
        objection
        for objection in objections
        if is_person_concerned(user, objection.speaker) or may_judge(user, objection.speaker)
    ]


FEWEST_SPEAKERS = 5  # below it a mean or a quartile of totals would tell single persons' totals


def group_figures(campaign: Campaign) -> dict[str, Any] | None:
    """Return figures of all speakers together, without any one's: None before the count, or with too few speakers.

    ``speakers``; ``mean`` of the declared totals in points, and ``low`` and ``high``, their quartiles in whole points
    (an exact one would be somebody's total), with eight speakers or more; ``grades`` (grade row, marks) of the headline
    item over all, small ones suppressed.
    """
    # Those without a total have too few sheets to be told: neither are they part of a sum.
    results = list(Result.objects.filter(round__campaign=campaign, total__isnull=False))
    totals = sorted(result.total for result in results if result.total is not None)
    if len(totals) < FEWEST_SPEAKERS:
        return None
    headline = campaign.config["rules"]["headline"]
    marks = [
        sum(row[grade["code"]] for result in results for row in result.counts[headline].values())
        for grade in campaign.config["grades"]
    ]
    quarters = quantiles(totals, n=4, method="inclusive") if len(totals) >= 8 else None
    return {
        "speakers": len(totals),
        "mean": mean(totals),
        "low": round(quarters[0]) if quarters else None,
        "high": round(quarters[2]) if quarters else None,
        "grades": list(zip(campaign.config["grades"], suppressed(marks), strict=True)),
    }
