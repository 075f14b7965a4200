"""结果通报: group statistics and what was promised; no personal scores (domain 1.8)."""

from statistics import fmean
from typing import Any

from yizhen.appraisals.models import Campaign, Result
from yizhen.appraisals.queries import FEWEST_SPEAKERS, named_problems
from yizhen.appraisals.suppression import suppressed, totals
from yizhen.documents.content import Block, Heading, Letterhead, Official, Table, Text, chinese_date

from .words import counted_results, headcount, in_chinese, issued_on, issuer, open_number, speakers_in_order


@in_chinese
def circular(campaign: Campaign) -> Official:
    """Describe the circular: who met, how the marks fell over all speakers together, what is to be put right."""
    results = counted_results(campaign)
    body: list[Block] = [
        Heading("一、基本情况"),
        Text(_meeting(campaign)),
        Heading("二、民主测评总体情况"),
        *_statistics(campaign.config, results),
        Heading("三、需要整改的问题"),
        *_problems(campaign),
        Heading("四、有关要求"),
        Text(
            "各地要对照点评问题，逐项明确措施、责任人和完成时限，按期整改；办结由他人核验，并在 30 日、90 日后回头看。"
            "整改情况作为下次述职报告的第一部分。\n"
            f"个人评议结果由评议工作办公室另行书面反馈本人，{_told(campaign)}不排名。"
        ),
    ]
    return Official(
        f"{campaign.title}\n结果通报",
        body,
        letterhead=Letterhead(f"{issuer(campaign)}文件", open_number()),
        addressee="各有关单位",
        signature=issuer(campaign),
        signed_on=issued_on(campaign),
    )


def _told(campaign: Campaign) -> str:
    if campaign.config["rules"].get("publish") == "all":
        return "总分按会前冻结的规则公开，"
    return "总分已当场宣布，" if campaign.is_announced else "不公开、"


def _meeting(campaign: Campaign) -> str:
    speakers = speakers_in_order(campaign)
    heard = sum(speaker.heard for speaker in speakers)
    questions = sum(len(speaker.questions.all()) for speaker in speakers)
    rows = headcount(campaign)
    sums = {name: sum(row[name] or 0 for row in rows) for name in ("entitled", "present", "issued", "returned", "void")}
    return (
        f"{chinese_date(campaign.session_on)}召开{campaign.title}会议，{heard} {'个部门' if speakers and speakers[0].unit_id else '名述职人'}述职，现场和会前提问 {questions} 个。"
        f"应到 {sums['entitled']} 人，实到 {sums['present']} 人；发出测评票 {sums['issued']} 张，"
        f"收回 {sums['returned']} 张，废票 {sums['void']} 张。"
    )


def _statistics(config: dict[str, Any], results: list[Result]) -> list[Block]:
    declared = [result for result in results if result.total is not None]
    if len(declared) < FEWEST_SPEAKERS:  # of few, each could work out the others'
        return [Text(f"有结果的述职人不足 {FEWEST_SPEAKERS} 名，总体数据不公布。")]
    rows = []
    for item in config["items"]:
        sums = [totals(config, result.counts[item["code"]]) for result in declared]
        rows.append([item["zh"], *suppressed([sum(one[column] for one in sums) for column in sums[0]])])
    blocks: list[Block] = [
        Text("全部述职人合计的票数分布（单位：张次）如下，不足 5 的写作“<5”，※ 为防止反推而不列。"),
        Table(
            ("项目", *(row["zh"] for row in config["grades"]), "不了解", "弃权"),
            rows,
            (2, *(1.2 for _grade in config["grades"]), 1.2, 1),
            centred=frozenset(range(1, len(config["grades"]) + 3)),
        ),
    ]
    intervals = [result.interval for result in declared]
    mean = f"{len(declared)} 名述职人总分的平均数为 {fmean(float(r.total or 0) for r in declared):.1f} 分"
    if all(intervals):
        # The error of a mean is at most the mean of the errors, however much the totals move together.
        low, high = (fmean(interval[side] for interval in intervals if interval) for side in ("low", "high"))
        mean += f"（95% 置信区间不宽于 {low:.1f}–{high:.1f} 分）"
    return [*blocks, Text(f"{mean}。")]


def _problems(campaign: Campaign) -> list[Block]:
    problems = named_problems(campaign)
    if not problems:
        return [Text("没有点评指出的问题。")]
    return [
        Table(
            ("序号", "地方", "问题", "整改要求", "完成时限"),
            [
                [n, p.comment.speaker.subject.name_zh, p.fact, p.requirement, chinese_date(p.due_on)]
                for n, p in enumerate(problems, start=1)
            ],
            (0.9, 1.5, 2.8, 2.8, 2.1),
            centred=frozenset({0}),
        )
    ]
