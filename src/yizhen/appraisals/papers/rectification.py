"""整改清单: every problem that was named, with the columns that rectification lists have everywhere (domain 1.9)."""

from typing import Any

from yizhen.appraisals.citations import words_of
from yizhen.appraisals.models import Campaign, Problem
from yizhen.appraisals.queries import named_problems
from yizhen.documents.content import Official, Table, Text, chinese_date
from yizhen.documents.workbook import Sheet
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter

from .words import in_chinese, issued_on, issuer

COLUMNS = (
    "序号", "地方", "问题", "表现", "原因", "整改措施", "责任领导", "责任单位·人", "完成时限", "进展", "佐证", "验收人", "销号日期", "回头看",
)  # fmt: skip
WIDTHS = (0.8, 1.1, 2, 1.7, 1.1, 2, 1.5, 1.5, 1.5, 1.9, 1, 1.1, 1.5, 1.5)
LOOKED = {Verb.LOOK_BACK_HOLDS: "没有反弹", Verb.LOOK_BACK_REOPENS: "反弹，重新打开"}


@in_chinese
def rectification_rows(campaign: Campaign) -> list[list[Any]]:
    """Return the list's rows. What nobody has entered is empty: the unit fills it in by hand."""
    problems = named_problems(campaign).prefetch_related("comment__speaker__figures", "matter__events__evidence")
    return [_row(number, problem) for number, problem in enumerate(problems, start=1)]


def _row(number: int, problem: Problem) -> list[Any]:
    speaker, matter = problem.comment.speaker, problem.matter
    contents = {figure.indicator_id: figure.content for figure in speaker.figures.all()}
    shown = ""
    if (content := contents.get(problem.indicator)) is not None:
        shown = f"{content['name_zh']} {words_of(content, None)}（市均 {words_of(content, 'city')}）"
    row = [number, speaker.subject.name_zh, problem.fact, shown, "", problem.requirement]
    row += [f"{speaker.person} {speaker.title}", f"{speaker.subject.name_zh} {problem.owner}"]
    if matter is None:
        return [*row, chinese_date(problem.due_on), "尚未交办", "", "", "", ""]
    return [*row, chinese_date(matter.due_on), *_progress(matter)]


def _progress(matter: Matter) -> list[str]:
    events = list(matter.events.all())
    looked = [LOOKED[Verb(event.verb)] for event in events if event.verb in LOOKED]
    state = str(matter.state_name) + (f"（重开 {matter.reopened} 次）" if matter.reopened else "")
    look_back = looked[-1] if looked else f"定于{chinese_date(matter.look_back_on)}" if matter.look_back_on else ""
    return [
        f"{state}。{matter.last_report}" if matter.last_report else state,
        "、".join(evidence.name for event in events for evidence in event.evidence.all()),
        str(matter.verified_by) if matter.verified_by else "",
        chinese_date(matter.closed_on) if matter.closed_on else "",
        look_back,
    ]


@in_chinese
def rectification_list(campaign: Campaign) -> Official:
    """Describe the list as a document across the page."""
    rows = rectification_rows(campaign)
    note = "办理人报告办结，由他人核验后销号；30 日、90 日后回头看，反弹的重新打开，期限不变。"
    return Official(
        f"{campaign.title}\n整改清单",
        [
            Table(COLUMNS, rows, WIDTHS, points=9, centred=frozenset({0})) if rows else Text("没有点评指出的问题。"),
            Text(note),
        ],
        signature=issuer(campaign),
        signed_on=issued_on(campaign),
        landscape=True,
    )


def rectification_sheet(campaign: Campaign, stamp: str) -> Sheet:
    """Return the list as a sheet of a workbook, marked with who took it and when."""
    footer = f"{campaign.title} 整改清单 {stamp}"
    return Sheet("整改清单", [COLUMNS, *rectification_rows(campaign)], footer=footer)
