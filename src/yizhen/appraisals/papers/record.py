"""会议纪要: the record of proceedings, from the roll call to the declared results. Signed by hand."""

from decimal import ROUND_HALF_UP, Decimal

from yizhen.appraisals.models import Campaign, Question, Round, Speaker
from yizhen.appraisals.suppression import HIDDEN, printed_rates
from yizhen.documents.content import Block, Heading, Official, Signatures, Table, Text, chinese_date

from .words import (
    counted_results,
    ended,
    grouped,
    headcount,
    in_chinese,
    issuer,
    moment,
    numeral,
    questions_of,
    quorum_in_words,
    rules_in_words,
    speakers_in_order,
)

ROUND_STATES = {
    "prepared": "未开启",
    "open": "正在投票",
    "closed": "已结束，待计票",
    "counted": "已计票",
    "void": "作废",
}


@in_chinese
def record_of_proceedings(campaign: Campaign) -> Official:
    """Describe the record: times are the round's, never a sheet's; results without rank, with intervals."""
    speakers = speakers_in_order(campaign)
    body: list[Block] = [
        Heading("一、会议概况"),
        *_attendance(campaign),
        Heading("二、述职次序"),
        *_order(campaign, speakers),
        Heading("三、述职、提问和点评"),
        *[block for number, speaker in enumerate(speakers, start=1) for block in _speech(number, speaker)],
        Heading("四、民主测评"),
        *[block for round_ in campaign.rounds.order_by("number") for block in _ballot(round_)],
        Heading("五、宣布的结果"),
        *_results(campaign),
        Heading("六、规则"),
        Text(f"规则于{moment(campaign.published_at)}发布并冻结，哈希（SHA-256）为 {grouped(campaign.config_hash)}。"),
        *[Text(f"{n}．{sentence}") for n, sentence in enumerate(rules_in_words(campaign.config), start=1)],
        Signatures(("主持人", "监票人", "监票人", "计票人"), lead="以上情况属实。"),
    ]
    return Official(f"{campaign.title}\n会议纪要", body, signature=issuer(campaign))


def _attendance(campaign: Campaign) -> list[Block]:
    rows = headcount(campaign)
    day = chinese_date(campaign.session_on)
    lead = f"会议日期：{day}。范围：{campaign.division.name_zh}。述职期间：{campaign.period}。"
    if not rows:
        return [Text(lead), Text("投票没有开启，应到、实到人数没有冻结。")]
    entitled, present = (sum(row[name] for row in rows) for name in ("entitled", "present"))
    columns = ("entitled", "present", "issued", "returned", "void")
    body = [
        [f"{row['code']}　{row['zh']}", *("—" if row[name] is None else row[name] for name in columns)] for row in rows
    ]
    body.append(["合计", *(sum(row[name] or 0 for row in rows) for name in columns)])
    return [
        Text(lead),
        Text(
            f"应到 {entitled} 人，实到 {present} 人。规定到会{quorum_in_words(campaign.config)}方可投票。"
            "应到、实到和发出票数在开启投票时冻结。下表应到、实到以人计，发出、收回和废票以张计。"
        ),
        Table(
            ("类别", "应到", "实到", "发出", "收回", "废票"),
            body,
            (4.6, 1, 1, 1, 1, 1),
            centred=frozenset(range(1, 6)),
        ),
    ]


def _order(campaign: Campaign, speakers: list[Speaker]) -> list[Block]:
    seed = campaign.session.lot_seed
    within = "分批抽签，批次在前的先述职，同一批内" if len({speaker.batch for speaker in speakers}) > 1 else ""
    said = (
        f"次序由抽签决定，公开种子为“{seed}”：{within}以“种子|代码”的 SHA-256 值由小到大排列，任何人都可以复算。"
        if seed
        else "没有抽签。"
    )
    return [
        Text(said),
        Table(
            ("次序", "地方（部门）", "代码", "述职人", "职务"),
            [[s.position or "—", s.subject.name_zh, s.key, s.person, s.title] for s in speakers],
            (0.9, 1.9, 1.6, 1.8, 3),
            centred=frozenset({0, 2}),
        ),
    ]


def _speech(number: int, speaker: Speaker) -> list[Block]:
    version = next(iter(speaker.report.versions.all()), None)
    paper = f"书面报告第 {version.number} 版（校验值 {version.sha256[:8]}）" if version else "没有书面报告"
    in_time = "，已提交，晚于交稿日" if speaker.report.light == "red" else "，已按时提交"
    submitted = in_time if speaker.report.submitted_at else "，未提交，以最后保存的为准" if version else ""
    lines = [f"{'已述职' if speaker.heard else '未述职'}。{paper}{submitted}。"]
    for n, question in enumerate(questions_of(speaker), start=1):
        due = question.follow_up_on
        later = f"未当场答复，{chinese_date(due)}前书面答复" if due else "未当场答复，会后跟进"
        answer = "已答复" if question.answered else later
        promised = f"承诺：{ended(question.commitment)}" if question.commitment else "没有另作承诺。"
        lines.append(f"提问 {n}（{Question.SOURCES[question.source]}）：{question.text}　{answer}。{promised}")
    comment = getattr(speaker, "comment", None)
    if comment is None:
        lines.append("没有点评。")
    else:
        if comment.strengths:
            lines.append(f"点评肯定：{ended(comment.strengths)}")
        lines += [
            f"点评指出问题 {n}：{ended(p.fact)}要求：{ended(p.requirement)}责任人：{p.owner}。完成时限：{chinese_date(p.due_on)}。"
            for n, p in enumerate(comment.problems.all(), start=1)
        ]
    return [
        Heading(f"（{numeral(number)}）{speaker.subject.name_zh}　{speaker.person}（{speaker.title}）", level=2),
        Text("\n".join(lines)),
    ]


def _ballot(round_: Round) -> list[Block]:
    classes = list(round_.classes.all())
    issued, returned, void = (sum(getattr(row, n) or 0 for row in classes) for n in ("issued", "returned", "void"))
    lines = [
        (
            f"第 {round_.number} 轮（{ROUND_STATES[round_.state]}）：{moment(round_.opened_at)}开启，"
            f"{moment(round_.closed_at)}结束。发出 {issued} 张，收回 {returned} 张，废票 {void} 张。"
        ),
    ]
    if round_.state == "void":
        lines.append("有类别收回票多于发出票，本轮作废，重新投票。")
    if round_.public_key:
        holders = f"，由{'、'.join(round_.holders)}各持一份" if round_.holders else ""
        lines.append(
            f"密钥由监票人在浏览器里生成，分成三份{holders}，任意两份才能开票，计票前不在服务器上；"
            f"本轮公钥为 {grouped(round_.public_key)}。"
        )
    if round_.root:
        lines.append(
            f"票根哈希（SHA-256，覆盖全部回执）为 {grouped(round_.root)}；回执清单已公布，投票人可核对自己的票是否计入。"
        )
    return [Text("\n".join(lines))]


def _results(campaign: Campaign) -> list[Block]:
    results = counted_results(campaign)
    if not results:
        return [Text("尚未计票。")]
    config = campaign.config
    table, scores = [], []
    for result in results:
        place = result.speaker.subject.name_zh
        excellent, negative = printed_rates(config, result)
        interval = result.interval
        table.append(
            [
                result.speaker.position or "—",
                place,
                result.speaker.person,
                "不出结果" if result.total is None else result.total,
                f"{interval['low']:.1f}–{interval['high']:.1f}" if interval else "—",
                excellent or HIDDEN,
                negative or HIDDEN,
            ]
        )
        hidden = set(result.declared["hidden_classes"])
        shown = [
            HIDDEN if row["code"] in hidden else _points(result.declared["class_scores"].get(row["code"]))
            for row in config["classes"]
        ]
        scores.append([place, *shown])
    codes = [f"{row['code']}类（{row['weight']}%）" for row in config["classes"]]
    return [
        Text("按述职次序列出，不排名次。区间为总分的 95% 置信区间，说明总分自身有多大把握，不用来同他人比较。"),
        Table(
            ("次序", "地方", "述职人", "总分", "95%区间", "优秀率", "负面率"),
            table,
            (0.9, 1.6, 1.7, 1.2, 1.6, 1.3, 1.2),
            centred=frozenset({0, 3, 4, 5, 6}),
        ),
        Text("各类别得分："),
        Table(("地方", *codes), scores, (1.6, *(1.2 for _code in codes)), centred=frozenset(range(1, len(codes) + 1))),
        Text(f"{HIDDEN}：票数太少，或为防止反推而一并不列；写成整数的比率也是这个缘故。"),
    ]


def _points(score: str | None) -> str:
    """Write a class's score to two decimals; a class without valid sheets has none."""
    return "—" if score is None else f"{Decimal(score).quantize(Decimal('0.01'), ROUND_HALF_UP)}"
