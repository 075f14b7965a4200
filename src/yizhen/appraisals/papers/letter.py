"""反馈函: the letter to one speaker: own result in plain words, what was said, what is required, what may be done about it.

The result of a civil servant's assessment is notified in writing (公务员法 art. 38).
"""

from datetime import date

from yizhen.appraisals.config import counting_rule
from yizhen.appraisals.declaring import margins_are_exact, method_of
from yizhen.appraisals.models import Campaign, Result, Speaker
from yizhen.appraisals.suppression import HIDDEN, distribution, printed_rates
from yizhen.documents.content import Block, Heading, Official, Table, Text, chinese_date

from .words import OBJECTION_DAYS, ended, in_chinese, issuer, questions_of


@in_chinese
def letter(result: Result, signed_on: date | None) -> Official:
    """Describe the letter on one declared result; small counts are not in it. A draft has no date."""
    speaker = result.speaker
    campaign = speaker.campaign
    body: list[Block] = [
        Text(
            f"您在{chinese_date(campaign.session_on)}召开的{campaign.title}会议上作了述职，接受了提问、点评和民主测评。"
            "现将结果反馈给您。"
        ),
        Heading("一、评议结果"),
        *_result(campaign, result),
        Heading("二、点评意见"),
        *_comment(speaker),
        Heading("三、整改要求"),
        *_requirements(speaker),
        Heading("四、您的权利"),
        Text(
            f"对评议结果有异议的，可以自结果反馈之日起 {OBJECTION_DAYS} 日内（反馈当日不计）书面提出，说明理由。"
            f"异议由没有参与作出本次结论的人员办理，{OBJECTION_DAYS} 日内作出决定并书面答复。提出异议不影响对您的评价。\n"
            "本函只送您本人。"
        ),
    ]
    return Official(
        f"{campaign.title}\n结果反馈函",
        body,
        addressee=f"{speaker.subject.name_zh}　{speaker.person}同志" if speaker.person else speaker.subject.name_zh,
        signature=issuer(campaign),
        signed_on=signed_on,
    )


def _result(campaign: Campaign, result: Result) -> list[Block]:
    config = campaign.config
    if result.total is None:
        least = config["rules"]["min_valid_total"]
        return [Text(f"有效票不足 {least} 张，或缺一类评议人，按照事先公布的规则，不出结果。这不是对工作的评价。")]
    excellent, negative = printed_rates(config, result)
    rates = "，".join(
        f"{name}{f' {rate}' if rate else '不列（会反推出少数几张票）'}"
        for name, rate in (("优秀率", excellent), ("负面率", negative))
    )
    lines = [f"按照事先公布并冻结的规则，您的总分为 {result.total} 分（满分 100 分），{rates}。"]
    if result.interval:
        low, high = result.interval["low"], result.interval["high"]
        lines.append(
            f"这个总分有多大把握：95% 置信区间为 {low:.1f}–{high:.1f} 分。意思是，换一批同样的人来评，总分大致会落在这个范围。"
            "它只说明您这个总分自身的把握，不能用来同别人比高低。本次评议不排名次。"
        )
    elif not margins_are_exact(counting_rule(config), method_of(config)):
        lines.append("本次规则不是有效票的加权平均，这个总分不附区间。本次评议不排名次。")
    else:
        lines.append("票数不足以估计这个总分有多大把握，请谨慎看待。本次评议不排名次。")
    return [
        Text("\n".join(lines)),
        Table(
            ("项目（权重）", *(row["zh"] for row in config["grades"]), "不了解", "弃权"),
            [[f"{item['zh']}（{item['weight']}%）", *cells] for item, cells in distribution(config, result)],
            (3, *(1.2 for _grade in config["grades"]), 1.1, 0.9),
            caption="各项目票数分布（各类合计，张）",
            centred=frozenset(range(1, len(config["grades"]) + 3)),
        ),
        Text(f"不足 5 张的写作“<5”；{HIDDEN} 是为防止反推而不列的。“不了解”含回避。"),
    ]


def _comment(speaker: Speaker) -> list[Block]:
    comment = getattr(speaker, "comment", None)
    if comment is None or not (comment.strengths or comment.problems.all()):
        return [Text("没有点评意见。")]
    problems = [f"指出的问题 {n}：{ended(problem.fact)}" for n, problem in enumerate(comment.problems.all(), start=1)]
    return [Text("\n".join([f"肯定：{ended(comment.strengths)}", *problems] if comment.strengths else problems))]


def _requirements(speaker: Speaker) -> list[Block]:
    comment = getattr(speaker, "comment", None)
    problems = list(comment.problems.all()) if comment else []
    promises = [question for question in questions_of(speaker) if question.commitment]
    if not problems and not promises:
        return [Text("本次没有需要整改的问题。")]
    blocks: list[Block] = []
    if problems:
        blocks = [
            Text("请按下表整改。办结由他人核验，并在 30 日、90 日后回头看；整改情况作为下次述职报告的第一部分。"),
            Table(
                ("序号", "问题", "要求", "责任人", "完成时限"),
                [[n, p.fact, p.requirement, p.owner, chinese_date(p.due_on)] for n, p in enumerate(problems, start=1)],
                (0.9, 2.8, 2.8, 1.5, 2.1),
                centred=frozenset({0}),
            ),
        ]
    if promises:
        blocks.append(
            Text("您在答问时的承诺：\n" + "\n".join(f"{q.text}　承诺：{ended(q.commitment)}" for q in promises))
        )
    return blocks
