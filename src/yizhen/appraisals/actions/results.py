"""Counting with the holder's key, declaring by the frozen rule, issuing."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from nacl.public import PrivateKey

from yizhen.appraisals import estimates
from yizhen.appraisals.actions.campaigns import locked, subject
from yizhen.appraisals.actions.opinions import remove_originals
from yizhen.appraisals.actions.session import bump
from yizhen.appraisals.actions.speech import assign_problem
from yizhen.appraisals.config import NOT_INFORMED, counting_rule
from yizhen.appraisals.declaring import declare_counts, margins_are_exact, method_of
from yizhen.appraisals.double_entry import unsettled_paper
from yizhen.appraisals.firmness import firmness, sheet_points
from yizhen.appraisals.models import (
    Campaign,
    CampaignState,
    OpenedSheet,
    Opinion,
    PaperSheet,
    Phase,
    Problem,
    Result,
    Round,
    SealedSheet,
    Speaker,
)
from yizhen.appraisals.rules import may_hold_key
from yizhen.appraisals.sealing import RANDOM, UnreadableSheet, over_quota, read_marks, read_opinion, unseal
from yizhen.appraisals.shares import SECRET_BYTES, WrongShare, secret_from
from yizhen.audit.actions import record
from yizhen.audit.events import event
from yizhen.people.models import Account
from yizhen.scoring.intervals import stratified_interval
from yizhen.scoring.tally import CountingRule, Sheet

Counts = dict[str, dict[str, dict[str, int]]]


@event("appraisals.counted")
class RoundCounted:
    """The sheets were opened and counted: totals only."""

    sheets: int
    void: int
    root: str


@event("appraisals.issued")
class ResultsIssued:
    """Results and rectification items were issued, and the originals of opinions removed."""

    rectification: int
    originals_removed: int


WRONG_SHARES = {
    "mistyped": gettext_lazy("有一份密钥输入有误，请对照纸面逐组核对。"),
    "too_few": gettext_lazy("需要两位持份人各输入一份密钥。"),
    "other_key": gettext_lazy("有一份不是本次投票的密钥。"),
    "same": gettext_lazy("两份是同一份密钥，请另一位持份人输入。"),
}


def opening_key(round_: Round, shares: Sequence[str]) -> PrivateKey | None:
    """Return the round's key from the words of two of its shares; None for a round that had no phones.

    Raises:
        ValidationError: keyed ``key``, when the words are no shares of this key.
    """
    if not round_.public_key:
        return None
    public = bytes.fromhex(round_.public_key)
    try:
        secret = secret_from(shares, public)
    except WrongShare as error:
        raise ValidationError({"key": WRONG_SHARES[error.reason]}) from error
    key = PrivateKey(secret) if len(secret) == SECRET_BYTES else None
    if key is None or bytes(key.public_key) != public:
        raise ValidationError({"key": WRONG_SHARES["other_key"]})
    return key


def count_rounds(actor: Account, campaign: Campaign, shares: Sequence[str]) -> list[Round]:
    """Count every closed round of a campaign that these shares open, and return them.

    Rounds may have keys of their own: one that was voted again, or that got a new key between two rounds.

    Raises:
        PermissionDenied, ValidationError: as :func:`count_round`.
    """
    closed = list(campaign.live_rounds.filter(state="closed"))
    if not closed:
        raise ValidationError(_("投票还没有结束，或本轮无效，不能计票。"))
    opened = [round_ for round_ in closed if _opens(round_, shares)] or closed[:1]  # the first one says what is wrong
    with transaction.atomic():
        for round_ in opened:
            count_round(actor, round_, shares)
    return opened


def round_for_key(campaign: Campaign) -> Round | None:
    """Return the round that the key page is about: the one that the hall is at, else the first one to be counted."""
    current: Round | None = campaign.current_round
    if current is not None and current.state in {"prepared", "open", "void"}:
        return current
    return campaign.live_rounds.filter(state="closed").first() or current


def _opens(round_: Round, shares: Sequence[str]) -> bool:
    try:
        opening_key(round_, shares)
    except ValidationError:
        return False
    return True


@transaction.atomic
def count_round(actor: Account, round_: Round, shares: Sequence[str]) -> list[Result]:
    """Open the sheets with two of the scrutineers' shares, take the paper sheets in, and declare the results.

    A key that has opened sheets seals no others: rounds still to come lose it and need a new one.

    Raises:
        PermissionDenied: when the actor is not a scrutineer.
        ValidationError: when the round is not closed, another one with the same key is open, paper is not settled, or
            the shares are mistyped or other ones.
    """
    if not may_hold_key(actor, round_):
        raise PermissionDenied(_("只有监票人可以开启计票。"))
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.state == "counted":
        return list(round_.results.all())
    if round_.state != "closed":
        raise ValidationError(_("投票还没有结束，或本轮无效，不能计票。"))
    if round_.public_key and round_.campaign.rounds.filter(state="open", public_key=round_.public_key).exists():
        raise ValidationError(_("用同一把密钥的另一轮正在投票，结束以后才能计票。"))
    if missing := unsettled_paper(round_):
        raise ValidationError(_("纸质票还没有录完：%(what)s。") % {"what": "、".join(missing)})
    key = opening_key(round_, shares)
    sheets = [_from_paper(round_, paper) for paper in round_.paper_sheets.all()]
    if key is not None:
        sheets += [_unsealed(round_, sealed, key) for sealed in round_.sealed_sheets.all()]
        _open_opinions(round_, key)
    RANDOM.shuffle(sheets)
    OpenedSheet.objects.bulk_create(sheets, batch_size=500)
    for row in round_.classes.all():
        row.void = sum(sheet.class_code == row.code and bool(sheet.void_reason) for sheet in sheets)
        row.save(update_fields=["void"])
    results = [
        _declare(round_, speaker, sheets) for speaker in round_.campaign.speakers.filter(pk__in=round_.speaker_ids)
    ]
    Result.objects.bulk_create(results)
    round_.state = "counted"
    declared = [result.speaker for result in results if result.total is not None]
    read = _read_sheets(round_, declared, sheets)
    round_.firmness = _firmness(round_, read)
    round_.statistics = _statistics(round_, results, read)
    round_.save(update_fields=["state", "firmness", "statistics"])
    waiting = round_.campaign.rounds.filter(state="prepared")
    waiting.filter(public_key=round_.public_key).update(public_key="", holders=[])
    if not round_.campaign.live_rounds.exclude(state="counted").exists():
        Campaign.objects.filter(pk=round_.campaign_id).update(state=CampaignState.COUNTED)
        bump(round_.campaign, phase=Phase.RESULTS)
    else:
        bump(round_.campaign)
    record(
        actor,
        RoundCounted(sheets=len(sheets), void=sum(bool(sheet.void_reason) for sheet in sheets), root=round_.root),
        f"appraisals.round:{round_.pk}",
        scope=round_.campaign.division_id,
    )
    return list(round_.results.all())


def _unsealed(round_: Round, sealed: SealedSheet, key: PrivateKey) -> OpenedSheet:
    sheet = OpenedSheet(round=round_, class_code=sealed.class_code)
    try:
        sheet.marks = read_marks(unseal(key, bytes(sealed.sealed)), round_.pk, sealed.class_code, round_.layout)
    except UnreadableSheet as error:
        sheet.void_reason = error.reason
    return sheet


def _from_paper(round_: Round, paper: PaperSheet) -> OpenedSheet:
    sheet = OpenedSheet(round=round_, class_code=paper.class_code, void_reason=paper.void_reason)
    if not paper.void_reason:
        sheet.marks = {str(speaker): {} for speaker in round_.speaker_ids} | (paper.marks or {})
        if over_quota(sheet.marks, paper.class_code, round_.layout):
            sheet.marks, sheet.void_reason = {}, "over_quota"
    return sheet


def _open_opinions(round_: Round, key: Any) -> None:
    limit = int(round_.campaign.config["rules"].get("opinion_chars", 200))
    opinions = []
    for sealed in round_.sealed_opinions.all():
        try:
            value = unseal(key, bytes(sealed.sealed))
        except UnreadableSheet:
            continue
        if read := read_opinion(value, round_.pk, round_.layout, limit):
            opinions.append(Opinion(round=round_, speaker_id=read[0], text=read[1]))
    RANDOM.shuffle(opinions)
    Opinion.objects.bulk_create(opinions)


def counts_of(round_: Round, speaker: Speaker, sheets: list[OpenedSheet]) -> Counts:
    """Return item → class → what was counted (returned, void, abstained, not_informed, grades)."""
    config = round_.campaign.config
    issued = {row.code: row.issued for row in round_.classes.all()}
    counts: Counts = {}
    for item in round_.layout["items"]:
        counts[item] = {}
        for row in config["classes"]:
            tally: dict[str, int] = defaultdict(int)
            for sheet in sheets:
                if sheet.class_code != row["code"]:
                    continue
                tally["returned"] += 1
                if sheet.void_reason:
                    tally["void"] += 1
                else:
                    tally[sheet.grades_of(speaker).get(item, "abstained")] += 1
            counts[item][row["code"]] = {
                "issued": issued.get(row["code"], 0),
                "returned": tally["returned"],
                "void": tally["void"],
                "abstained": tally["abstained"],
                NOT_INFORMED: tally[NOT_INFORMED],
                **{grade: tally[grade] for grade in round_.layout["grades"]},
            }
    return counts


def _declare(round_: Round, speaker: Speaker, sheets: list[OpenedSheet]) -> Result:
    config = round_.campaign.config
    rule = counting_rule(config)
    counts = counts_of(round_, speaker, sheets)
    method = method_of(config)
    declared = declare_counts(rule, counts, method)
    exact = margins_are_exact(rule, method)
    return Result(
        round=round_,
        speaker=speaker,
        total=declared.total,
        excellent_rate=declared.excellent_rate,
        negative_rate=declared.negative_rate,
        counts=counts,
        declared={
            "class_scores": {code: _text(score) for code, score in declared.class_scores.items()},
            "item_scores": {
                item: {code: _text(score) for code, score in scores.items()}
                for item, scores in declared.item_scores.items()
            },
            "valid_by_class": dict(declared.valid_by_class),
            "weights_used": {code: str(weight) for code, weight in declared.weights_used.items()},
            "hidden_classes": sorted(declared.hidden_classes),
            "flags": list(declared.flags),
            "method": method.name,
        },
        interval=_interval(round_, speaker, sheets, rule) if declared.total is not None and exact else None,
    )


def _interval(
    round_: Round, speaker: Speaker, sheets: list[OpenedSheet], rule: CountingRule
) -> dict[str, float] | None:
    scores: dict[str, list[float]] = defaultdict(list)
    for sheet in sheets:
        points = sheet_points(rule, sheet.grades_of(speaker))
        if points is not None:
            scores[sheet.class_code].append(points)
    found = stratified_interval(
        scores,
        {code: float(weight) for code, weight in rule.class_weights.items()},
        {row.code: row.entitled for row in round_.classes.all()},
    )
    if found is None:
        return None
    return {"low": round(found.low, 2), "high": round(found.high, 2), "standard_error": round(found.standard_error, 3)}


def _read_sheets(round_: Round, speakers: list[Speaker], sheets: list[OpenedSheet]) -> list[Sheet]:
    """Return the sheets as the statistics read them: graded marks of the speakers who have a result."""
    known = set(round_.layout["grades"])
    return [
        Sheet(
            sheet.class_code,
            {
                str(speaker.pk): {i: g for i, g in sheet.grades_of(speaker).items() if g in known}
                for speaker in speakers
            },
        )
        for sheet in sheets
    ]


def _firmness(round_: Round, sheets: list[Sheet]) -> dict[str, Any] | None:
    """Return how firm the declared differences are; None under a rule whose margins cannot be had exactly."""
    config = round_.campaign.config
    rule = counting_rule(config)
    return firmness(rule, sheets) if margins_are_exact(rule, method_of(config)) else None


def _statistics(round_: Round, results: list[Result], sheets: list[Sheet]) -> dict[str, Any]:
    hidden = {code for result in results for code in result.declared["hidden_classes"]}
    return estimates.statistics(counting_rule(round_.campaign.config), sheets, hidden)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


@transaction.atomic
def issue_results(actor: Account, campaign: Campaign) -> Campaign:
    """Issue the results: every problem named becomes a rectification item, every speaker may see the own result.

    The originals of opinions are removed in the same transaction: what was decided about them remains, and an opinion
    that nobody decided about is withheld.
    """
    campaign = locked(actor, campaign, CampaignState.COUNTED)
    problems = list(Problem.objects.filter(comment__speaker__campaign=campaign, matter__isnull=True))
    for problem in problems:
        assign_problem(actor, problem)
    removed = remove_originals(campaign)
    campaign.state = CampaignState.ISSUED
    campaign.issued_by, campaign.issued_at = actor, timezone.now()
    campaign.save(update_fields=["state", "issued_by", "issued_at"])
    bump(campaign)
    issued = ResultsIssued(rectification=len(problems), originals_removed=removed)
    record(actor, issued, subject(campaign), scope=campaign.division_id)
    return campaign
