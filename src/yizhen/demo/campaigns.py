"""The demo's two campaigns: last period's, finished and being rectified, and today's, about to begin."""

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from nacl.public import PrivateKey

from yizhen.appraisals.actions import (
    arrivals,
    ballot,
    campaigns,
    carding,
    opinions,
    publishing,
    reports,
    results,
    session,
    speech,
)
from yizhen.appraisals.actions.rectification import send_common_problem
from yizhen.appraisals.common_problems import common_groups
from yizhen.appraisals.models import Campaign, DutyReport, Phase, Round, Speaker
from yizhen.appraisals.queries import rectification_of_campaign
from yizhen.appraisals.shares import paper_of
from yizhen.matters.actions import issue_notice, take_step
from yizhen.matters.colours import Colour
from yizhen.matters.lifecycle import Verb
from yizhen.people.models import Account, Appointment, Unit

from .clock import days_ago
from .phones import plausible_marks, seal_opinion, seal_sheet

HEAP = "demo-cards.json"
HOLDERS = ("监票人甲", "监票人乙", "监票人丙")
Accounts = dict[str, Account]
VOTERS = {"A": 20, "B": 40, "C": 30, "D": 9, "E": 60}
TODAYS_VOTERS = {"A": 8, "B": 10, "C": 8, "D": 9, "E": 12}


def _prepare(
    accounts: Accounts,
    story: dict[str, Any],
    title: str,
    period: str,
    previous: Campaign | None,
    session_on: date,
    voters: dict[str, int],
) -> Campaign:
    office = accounts["office"]
    campaign = campaigns.make_campaign(office, kind="comprehensive", title=title, period=period, previous=previous)
    campaign = campaigns.change_part(office, campaign, "rules", {**campaign.config["rules"], "publish": "group"})
    campaigns.set_basics(
        office,
        campaign,
        title=title,
        period=period,
        reports_due_on=session_on - timedelta(days=3),
        session_on=session_on,
    )
    names = [row["township"] for row in story["speakers_demo"]]
    campaigns.choose_speakers(
        office,
        campaign,
        list(Appointment.objects.filter(division__name_zh__in=names, ended_on__isnull=True).order_by("division_id")),
    )
    campaigns.set_roll(
        office,
        campaign,
        {
            code: [str(speaker) for speaker in campaign.speakers.order_by("division_id")]
            if code == "D"
            else [f"{code}类代表{number:02d}" for number in range(1, count + 1)]
            for code, count in voters.items()
        },
    )
    return publishing.publish(office, campaign)


def _write_reports(campaign: Campaign, *, leave: str | None = None) -> None:
    for report in DutyReport.objects.filter(speaker__campaign=campaign).select_related("speaker__division"):
        author = Account.objects.get(role="township_head", scope=report.speaker.division)
        if report.speaker.division.name_zh == leave:
            continue
        sections = reports.draft_sections(report)
        gaps = reports.propose(report)["gaps"]
        if gaps:
            sections["next_steps"] = (
                f"一、补短板。{gaps[0]['name_zh']}现为{{{{{gaps[0]['code']}}}}},先补最急的部分，由分管负责人牵头。\n"
                "二、请市级有关部门在规划和资金上给予支持，并共享已有数据，不再要求重复填报。"
            )
        reports.save_report(author, report, sections, base=0)
        reports.submit_report(author, report)


def _play_session(accounts: Accounts, campaign: Campaign, problems: dict[str, list[dict[str, Any]]]) -> None:
    office = accounts["office"]
    session.begin_session(office, campaign)
    session.draw_lots(office, campaign, "3-5-1-6")
    for speaker in Speaker.objects.filter(campaign=campaign).order_by("position").select_related("division"):
        session.move_to(office, campaign, speaker, Phase.REPORT)
        session.move_to(office, campaign, speaker, Phase.COMMENT)
        named = problems.get(speaker.division.name_zh, [])
        speech.make_comment(
            office,
            speaker,
            strengths="工作有思路，数据实，敢讲问题。" if named else "情况清楚，措施可行。",
            problems=named,
        )


def _vote(accounts: Accounts, campaign: Campaign, codes: dict[str, list[str]], voters: dict[str, int]) -> PrivateKey:
    office, key = accounts["office"], PrivateKey.generate()
    round_ = campaign.current_round
    carding.set_key(accounts["key"], round_, bytes(key.public_key).hex(), HOLDERS)
    entries = list(campaign.roll.values_list("pk", flat=True))
    arrivals.mark_attendance(office, campaign, entries, present=True, handed_out=True)
    ballot.open_ballot(office, campaign)
    cast_all(
        Round.objects.get(pk=round_.pk),
        {code: heap[: voters[code]] for code, heap in codes.items()},
        random.Random(90315),
    )
    ballot.close_ballot(office, campaign)
    return key


def _two_shares(key: PrivateKey) -> list[str]:
    return paper_of(bytes(key), bytes(key.public_key))[:2]


def cast_all(round_: Round, codes: dict[str, list[str]], chance: random.Random) -> int:
    """Vote with unused cards by program, through the same door as a phone. Returns how many sheets were counted."""
    counted = 0
    speakers = round_.layout["speakers"]
    for class_code, heap in codes.items():
        for number, code in enumerate(heap):
            own = speakers[number % len(speakers)] if class_code == "D" else None
            marks = plausible_marks(round_.layout, chance, own)
            sealed_opinions = []
            if number % 17 == 3:
                subject = chance.choice(speakers)
                sealed_opinions = [
                    seal_opinion(round_.public_key, round_.pk, subject, "民生短板讲得实，请把时间表公布出来。")
                ]
            sheet = seal_sheet(round_.public_key, round_.pk, class_code, marks, round_.layout)
            counted += ballot.cast_sheet(code, sheet, sealed_opinions, round_.pk).state == "counted"
    return counted


def first_campaign(accounts: Accounts, story: dict[str, Any]) -> Campaign:
    """Play last period's campaign from its start to its rectification, 130 to 20 days ago."""
    office = accounts["office"]
    with days_ago(140):
        held = timezone.localdate() + timedelta(days=15)
        campaign = _prepare(accounts, story, "第一期全市乡镇（街道）党政正职述职评议", "上一期", None, held, VOTERS)
        codes = {code: carding.make_cards(office, campaign, code, count) for code, count in VOTERS.items()}
    with days_ago(130):
        _write_reports(campaign)
    with days_ago(125):
        _play_session(accounts, campaign, _problems(story))
        key = _vote(accounts, campaign, codes, VOTERS)
        results.count_round(accounts["key"], campaign.current_round, _two_shares(key))
    with days_ago(124):
        _moderate(office, campaign)
        results.issue_results(office, Campaign.objects.get(pk=campaign.pk))
    _rectify(accounts, story, campaign)
    return campaign


def _moderate(office: Account, campaign: Campaign) -> None:
    """Decide about the opinions: one in three public, one to the person alone, one withheld."""
    told = ("public", "to_person", "withheld")
    for number, opinion in enumerate(campaign.current_round.opinions.order_by("speaker__division_id", "id")):
        decision = told[number % 3]
        opinions.decide_opinion(
            office, opinion, decision, "" if decision == "withheld" else "有评议人希望公布补短板的时间表。"
        )


LINES = {
    "R01": ("development", ""),
    "R02": ("livelihood", "L01"),
    "R03": ("livelihood", "L05"),
    "R08": ("party_style", "P03"),
    "R09": ("livelihood", "L01"),
    "R10": ("safety", ""),
}


def _problems(story: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the problems that leaders named last time, from the story's rectification list, with dates from today."""
    as_of = date.fromisoformat(story["_about"]["as_of"])
    real_today = timezone.localdate() + timedelta(days=125)
    named: dict[str, list[dict[str, Any]]] = {}
    for item in story["rectification_items"]:
        line, indicator = LINES.get(item["id"], ("livelihood", ""))
        due = real_today + (date.fromisoformat(item["due"]) - as_of)
        named.setdefault(item["subject"], []).append(
            {
                "fact": item["problem_zh"],
                "requirement": item["measure_zh"],
                "owner": item["owner"],
                "due_on": due,
                "indicator": indicator,
                "work_line": line,
            }
        )
    return named


SAME_WORDS = "已与有关单位对接并排出计划，明确专人负责，群众反映良好，请予核验。"
# What became of an item: (days ago, step), after it was accepted 120 days ago. "new" was not even accepted.
STAGES: dict[str, tuple[tuple[int, Verb], ...]] = {
    "handling": (),
    "overdue": (),
    "copied": ((6, Verb.REPORT_DONE),),
    "look_back": ((40, Verb.REPORT_DONE), (34, Verb.PASS)),
    "reopened": ((112, Verb.REPORT_DONE), (106, Verb.PASS), (75, Verb.LOOK_BACK_HOLDS), (12, Verb.LOOK_BACK_REOPENS)),
    "closed": (
        (118, Verb.REPORT_DONE),
        (115, Verb.PASS),
        (84, Verb.LOOK_BACK_HOLDS),
        (24, Verb.LOOK_BACK_HOLDS),
    ),
}
CHECKED = {
    Verb.PASS: "现场核验，并随机询问三户居民，情况属实。",
    Verb.LOOK_BACK_HOLDS: "再到现场看，没有反弹。",
    Verb.LOOK_BACK_REOPENS: "再到现场看，又停运两处，管护合同没有续签。",
}


def _rectify(accounts: Accounts, story: dict[str, Any], campaign: Campaign) -> None:
    """Lead each promise to where the story has it: an overdue one with a notice, one reopened, two with the same words."""
    stages = {item["problem_zh"]: item["state"] for item in story["rectification_items"]}
    office = accounts["office"]
    for matter in rectification_of_campaign(campaign):
        stage = stages[matter.problem.fact]
        if stage == "new":
            continue
        clerk = Account.objects.get(role="township_office", scope=matter.division)
        with days_ago(120):
            take_step(clerk, matter, Verb.ACCEPT)
        for days, verb in STAGES[stage]:
            with days_ago(days):
                if verb == Verb.REPORT_DONE:
                    text = SAME_WORDS if stage == "copied" else f"已完成：{matter.problem.requirement}。"
                    take_step(clerk, matter, verb, text=text, disposition="solved")
                else:
                    take_step(office, matter, verb, text=CHECKED[verb])
        if stage == "overdue":
            with days_ago(9):
                issue_notice(office, matter, Colour.BLUE)
    _send_common_problem(accounts, campaign)


def _send_common_problem(accounts: Accounts, campaign: Campaign) -> None:
    """Send the problem that two speakers share to the department concerned, which has accepted it."""
    group = common_groups(campaign)[0][0]
    with days_ago(20):
        (matter,) = send_common_problem(
            accounts["office"],
            campaign,
            problems=[problem.pk for problem in group.problems],
            units=[Unit.objects.get(pk=group.unit_id)],
            title="多个乡镇每万人床位低于全市平均",
            requirement="按县域统筹床位和医生下派，排出三年时间表，一个月内给各镇答复。",
            client_id="demo",
        )
    with days_ago(18):
        take_step(accounts[group.unit_id.lower()], matter, Verb.ACCEPT)


def second_campaign(accounts: Accounts, story: dict[str, Any], first: Campaign, *, finished: bool) -> Campaign:
    """Prepare today's campaign; when ``finished``, play it too. The heap of cards is kept in a file for the demo."""
    with days_ago(5):
        campaign = _prepare(
            accounts,
            story,
            "第二期全市乡镇（街道）党政正职述职评议",
            "本期",
            first,
            timezone.localdate() + timedelta(days=5),
            TODAYS_VOTERS,
        )
    with days_ago(2):
        _write_reports(campaign, leave=None if finished else "柳岸镇")
    office = accounts["office"]
    codes = {code: carding.make_cards(office, campaign, code, count + 2) for code, count in TODAYS_VOTERS.items()}
    (Path(settings.DATA_DIR) / HEAP).write_text(json.dumps({"campaign": campaign.pk, "codes": codes}), encoding="utf-8")
    if finished:
        _play_session(accounts, campaign, {"柳岸镇": _problems(story)["柳岸镇"][:1]})
        key = _vote(accounts, campaign, codes, TODAYS_VOTERS)
        results.count_round(accounts["key"], campaign.current_round, _two_shares(key))
    return campaign
