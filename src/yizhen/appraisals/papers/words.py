"""Words that several papers share."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.utils import timezone
from django.utils.translation import override

from yizhen.appraisals.actions.campaigns import subject
from yizhen.appraisals.config import counting_rule, is_paper
from yizhen.appraisals.declaring import DIVISORS, margins_are_exact, method_of, rule_in_words
from yizhen.appraisals.models import Campaign, Question, Result, RoundClass, Speaker
from yizhen.audit.models import Record
from yizhen.documents.content import chinese_date

DIGITS = "〇一二三四五六七八九"
OBJECTION_DAYS = 30  # 政府督查工作条例 art. 17
P = ParamSpec("P")
R = TypeVar("R")


def in_chinese(function: Callable[P, R]) -> Callable[P, R]:
    """Let a paper be in Chinese, in whatever language the page is read that asks for it."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with override("zh-hans"):
            return function(*args, **kwargs)

    return wrapped


def numeral(number: int) -> str:
    """Write 1 to 999 as headings count: 一, 十, 十一, 二十, 一百零五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "")


def moment(value: datetime | None) -> str:
    """Write a time to the minute, in the site's time zone."""
    if value is None:
        return "——"
    local = timezone.localtime(value)
    return f"{chinese_date(local.date())}{local:%H:%M}"


def grouped(value: str) -> str:
    """Write a hash in groups of eight, so that it can be compared by eye and broken between lines."""
    return " ".join(value[at : at + 8] for at in range(0, len(value), 8))


def ended(text: str) -> str:
    """Return a sentence with exactly one full stop."""
    return text.strip().rstrip("。") + "。"


def issuer(campaign: Campaign) -> str:
    """Return whose papers they are."""
    return f"{campaign.division.name_zh}述职评议工作办公室"


def open_number() -> str:
    """Return a document number for the office's register to fill in."""
    return f"　　　〔{timezone.localdate().year}〕　　号"


def issued_on(campaign: Campaign) -> date | None:
    """Return the day on which the results were issued; None before, so that a draft has no date."""
    record = Record.objects.filter(event="appraisals.issued", subject=subject(campaign)).first()
    return timezone.localtime(record.at).date() if record else None


def speakers_in_order(campaign: Campaign) -> list[Speaker]:
    """Return the speakers in the order of speaking, with all that the papers say of them."""
    return list(
        campaign.speakers.select_related("division", "official", "unit", "report", "comment")
        .prefetch_related("questions", "comment__problems", "report__versions", "figures")
        .order_by("position", "division_id")
    )


def questions_of(speaker: Speaker) -> list[Question]:
    """Return the questions that were put, in their order, from what was fetched with the speaker."""
    put = [one for one in speaker.questions.all() if not one.proposed and not one.dropped]
    return sorted(put, key=lambda question: (question.asked_at, question.pk))


def counted_results(campaign: Campaign) -> list[Result]:
    """Return the declared results of all counted rounds, in the order of speaking, with all that the papers say."""
    return list(
        Result.objects.filter(round__campaign=campaign, round__state="counted")
        .select_related(
            "round", "speaker__division", "speaker__official", "speaker__unit", "speaker__campaign__division"
        )
        .prefetch_related("speaker__questions", "speaker__comment__problems")
        .order_by("speaker__position", "speaker_id")
    )


def headcount(campaign: Campaign) -> list[dict[str, Any]]:
    """Return class → entitled and present (people, of the latest round), issued, returned, void (sheets of all rounds).

    Void rounds that were voted again are left out. What is not known of a round yet is None.
    """
    rounds = campaign.live_rounds.exclude(state="prepared").prefetch_related("classes")
    found: dict[str, list[RoundClass]] = {}
    for round_ in rounds:
        for row in round_.classes.all():
            found.setdefault(row.code, []).append(row)

    def sheets(rows: list[RoundClass], name: str) -> int | None:
        numbers = [getattr(row, name) for row in rows]
        return None if None in numbers else sum(numbers)

    return [
        {
            "code": row["code"],
            "zh": row["zh"],
            "entitled": own[-1].entitled,
            "present": own[-1].present,
            **{name: sheets(own, name) for name in ("issued", "returned", "void")},
        }
        for row in campaign.config["classes"]
        if (own := found.get(row["code"]))
    ]


def quorum_in_words(config: dict[str, Any]) -> str:
    """Write how many have to be present."""
    quorum = config["rules"]["quorum"]
    return "超过应到人数的二分之一" if quorum == "1/2" else f"不少于应到人数的{quorum}"


def revised_in_words(campaign: Campaign) -> str:
    """Write when the published rules were last amended; nothing when they never were."""
    last = campaign.versions.order_by("-number").first()
    return f"，{moment(last.at)}修订为第 {last.number} 版" if last and last.number > 1 else ""


def _channels_in_words(config: dict[str, Any]) -> list[str]:
    """Write when there is voting, who votes on paper, and who may give only so many best grades."""
    rules = config["rules"]
    best = next(row["zh"] for row in config["grades"] if row["code"] == rules["excellent"])
    item = next(row["zh"] for row in config["items"] if row["code"] == rules["headline"])
    when = {"batch": "每批述职完投一次票。", "speaker": "每位述职、点评完投一次票。"}
    paper = "、".join(f"{row['code']}类" for row in config["classes"] if is_paper(row))
    return [
        *([when[rules["ballot"]]] if rules.get("ballot") in when else []),
        *([f"{paper}用纸质票，其余用手机投票。"] if paper else []),
        *(
            f"{row['code']}类每张票“{item}”评为“{best}”的，不超过本轮述职人数的 {row['quota']}%（去尾取整，至少 1 名）。"
            for row in config["classes"]
            if row.get("quota")
        ),
    ]


def rules_in_words(config: dict[str, Any]) -> list[str]:
    """Write the frozen rule in plain sentences."""
    rules, by = config["rules"], config["rules"].get("denominator", "valid")
    exact = margins_are_exact(counting_rule(config), method_of(config))
    names = {row["code"]: row["zh"] for row in config["grades"]}
    return [
        "等次和系数：" + "、".join(f"{row['zh']} {row['coef']}" for row in config["grades"]) + "。",
        "评议项目和权重：" + "、".join(f"{row['zh']} {row['weight']}%" for row in config["items"]) + "。",
        "投票类别和权重："
        + "、".join(f"{row['code']}类（{row['zh']}）{row['weight']}%" for row in config["classes"])
        + "。",
        *_channels_in_words(config),
        *rule_in_words(config),
        _divisor_in_words(by),
        f"优秀率是“{names[rules['excellent']]}”占{DIVISORS[by]}的比例；负面率是"
        + "、".join(f"“{names[code]}”" for code in rules["negative"])
        + f"合计占{DIVISORS[by]}的比例。",
        f"到会{quorum_in_words(config)}方可投票；收回票多于发出票，本轮作废，重新投票；收回票等于或少于发出票，有效。",
        (
            f"某类有效票不足 {rules['min_valid_per_class']} 张的，该类得分不公布，并另隐一类以防反推；"
            f"有效票总数不足 {rules['min_valid_total']} 张的，不出结果。"
        ),
        "不排名次。" + ("总分附 95% 置信区间，说明这个总分自身有多大把握，不用来同他人比较。" if exact else ""),
    ]


def _divisor_in_words(by: str) -> str:
    if by == "valid":
        return "“不了解”和不填（弃权）计入收回票，不计入分母。"
    return f"“不了解”和不填（弃权）的票没有分数，但仍在分母（{DIVISORS[by]}）里。"
