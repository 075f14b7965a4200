"""The demo's livelihood projects at all stages, and facilities with their use, played through the real actions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from yizhen.indicators.models import Indicator
from yizhen.indicators.periods import before, bounds, containing
from yizhen.livelihood.facilities.actions import enter_use, open_facility, set_use_rule
from yizhen.livelihood.models import ANSWERS, Project
from yizhen.livelihood.projects import actions
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division

from .clock import days_ago

DATA = Path(__file__).parent / "data" / "livelihood.json"
SOURCE = "虚构台账"
SPANS = {"delayed": (-140, 70), "silent": (-140, 70), "listed": (12, 190), "reported": (-170, -12)}  # days from today
STEPS = ("完成招标", "主体完工", "投入使用")


@dataclass(frozen=True)
class Story:
    """One project as the story tells it: who leads it, who looks on, and when."""

    told: dict[str, Any]
    project: Project
    leader: Account
    office: Account
    began: date
    ended: date


def make_livelihood(accounts: Mapping[str, Account]) -> None:
    """Propose the projects, let deputies vote, lead each to its stage, and enter the facilities."""
    content = json.loads(DATA.read_text(encoding="utf-8"))
    places = {one.name_zh: one for one in Division.objects.filter(level="township")}
    offices = {one.scope_id: one for one in Account.objects.filter(role="township_office")}
    with days_ago(320):
        made = [_propose(number, one, places, offices, accounts) for number, one in enumerate(content["projects"])]
    with days_ago(300):
        votes = {project.pk: one["votes"] for one, project in zip(content["projects"], made, strict=True)}
        actions.record_vote(
            accounts["office"], client_id="demo", division=Division.objects.get(pk=accounts["office"].scope_id),
            held_on=timezone.localdate(), votes=votes, **content["vote"],
        )  # fmt: skip
    for told, project in zip(content["projects"], made, strict=True):
        project.refresh_from_db()
        if project.stage == "listed":
            began, ended = _span(told["stage"], told.get("months"))
            leader = accounts[told["lead"].lower()] if told["lead"] else offices[project.division_id]
            _lead(Story(told, project, leader, accounts["office"], began, ended))
    _facilities(content["facilities"], places, offices, accounts["office"])


def _propose(
    number: int, told: dict[str, Any], places: Mapping[str, Division], offices: Mapping[str, Account],
    accounts: Mapping[str, Account],
) -> Project:  # fmt: skip
    place = places[told["place"]]
    return actions.propose(
        accounts[told["lead"].lower()] if told["lead"] else offices[place.code],
        client_id=f"demo:{number}", division=place, name_zh=told["zh"], name_en=told["en"], kind=told["kind"],
        year=timezone.localdate().year, what=told["what"], lead_unit=Unit.objects.filter(pk=told["lead"]).first(),
        acceptance_unit=Unit.objects.filter(pk=told["accept"]).first(), budget=Decimal(told["budget"]), money_source=told["money"],
        indicator=Indicator.objects.filter(pk=told["indicator"]).first(),
    )  # fmt: skip


def _span(stage: str, months: list[int] | None) -> tuple[date, date]:
    """Return the days on which works began and were accepted: within whole months back from the last complete one."""
    today = timezone.localdate()
    if months is None:
        first, last = SPANS[stage]
        return today + timedelta(days=first), today + timedelta(days=last)
    began, ended = (bounds(_month(today, back))[0] for back in months)
    return began + timedelta(days=5), ended + timedelta(days=19)


def _month(today: date, back: int) -> str:
    month = containing(today, "monthly")
    for _unused in range(back + 1):
        month = before(month, "monthly")
    return month


def _ago(day: date) -> int:
    return (timezone.localdate() - day).days


def _lead(story: Story) -> None:
    stage, leader = story.told["stage"], story.leader
    length = (story.ended - story.began) / 3
    late = timedelta(days=40) if stage in {"delayed", "silent"} else timedelta(0)
    with days_ago(_ago(story.began) + 20):
        project, steps = story.project, []
        for number, name in enumerate(STEPS, start=1):
            planned = story.began + length * number - (late if number == 2 else timedelta(0))
            steps.append(
                actions.add_milestone(
                    leader, project, client_id=f"demo:{project.pk}:{number}", name=name, planned_on=planned
                )
            )
        _photograph(story, "before", "改造以前（示意图，虚构）", "#8a7f72")
        actions.publish(story.office, project, public=True)
    if stage == "listed":
        return
    with days_ago(_ago(story.began)):
        actions.start(leader, project, story.began)
    done = 1 if stage in {"delayed", "silent"} else 3
    for number in range(done):
        day = story.began + length * (number + 1) - timedelta(days=1)
        with days_ago(_ago(day)):
            actions.finish_milestone(leader, project, milestone=steps[number], actual_on=day)
    _pay(story)
    if stage == "delayed":
        with days_ago(12):
            actions.explain_delay(
                leader, project, client_id="demo", milestone=steps[1],
                reason="梅雨期地下水位高，沟槽塌方，改为钢板桩支护。", new_on=timezone.localdate() + timedelta(days=35),
            )  # fmt: skip
    if done == 3:
        _finish(story)


def _pay(story: Story) -> None:
    amounts = story.told["paid"]
    until = min(story.ended, timezone.localdate())
    for number, amount in enumerate(amounts, start=1):
        day = story.began + (until - story.began) / (len(amounts) + 1) * number
        reason = story.told.get("over", "") if number == len(amounts) else ""
        with days_ago(_ago(day)):
            actions.pay(
                story.leader, story.project, client_id=f"demo:{story.project.pk}:{number}", amount=Decimal(amount), paid_on=day,
                source=f"支付凭证 {number} 号（虚构）", reason=reason,
            )  # fmt: skip


def _finish(story: Story) -> None:
    project, ago = story.project, _ago(story.ended)
    with days_ago(ago + 2):
        _photograph(story, "after", "完成以后（示意图，虚构）", "#5d8f6a")
        actions.report_done(story.leader, project)
    if story.told["stage"] == "reported":
        with days_ago(ago + 1):
            actions.accept(
                story.office,
                project,
                client_id=f"demo:{project.pk}:no",
                passed=False,
                text="消防通道宽度不足，退回整改。",
            )
        with days_ago(2):
            actions.report_done(story.leader, project)
        return
    with days_ago(ago):
        actions.accept(
            story.office,
            project,
            client_id=f"demo:{project.pk}",
            passed=True,
            text="现场查看三处，核对清单和影像，符合要求。",
        )
    number = 0
    for answer, times in zip(ANSWERS, story.told["verdicts"], strict=True):
        for _unused in range(times):
            number += 1
            with days_ago(max(ago - 1 - number % 9, 0)):
                actions.give_verdict(project, client_id=f"{project.pk:012x}{number:012x}", answer=answer)


def _photograph(story: Story, moment: str, caption: str, colour: str) -> None:
    picture = Image.new("RGB", (960, 640), "#d7e3ea")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 400, 960, 640), fill=colour)
    draw.polygon(((120, 400), (320, 240), (520, 400)), fill="#6b4a3a")
    draw.rectangle((170, 400, 470, 520), fill="#efe6d8")
    if moment == "after":
        draw.line((0, 580, 960, 560), fill="#f4f4f4", width=14)
        draw.ellipse((700, 260, 840, 420), fill="#3f7a50")
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=70)
    actions.keep_photograph(
        story.leader, story.project, client_id=f"demo:{story.project.pk}:{moment}", moment=moment, caption=caption,
        file=SimpleUploadedFile("demo.jpg", buffer.getvalue()),
    )  # fmt: skip


def _facilities(
    told: list[dict[str, Any]], places: Mapping[str, Division], offices: Mapping[str, Account], office: Account
) -> None:
    with days_ago(290):
        set_use_rule(office, kind="sewage", low=Decimal(40), high=Decimal(95), basis="市治水办会议纪要（虚构）")
    for number, one in enumerate(told):
        place = places[one["place"]]
        actor = offices[place.code]
        with days_ago(280):
            made = open_facility(
                actor, client_id=f"demo:{number}", division=place, name_zh=one["zh"], name_en=one["en"], kind=one["kind"],
                capacity=Decimal(one["capacity"]), capacity_unit=one["unit"], counts_people=one.get("people", False),
                opened_on=timezone.localdate() - timedelta(days=900), source=SOURCE,
                indicator=Indicator.objects.filter(pk=one["indicator"]).first(),
            )  # fmt: skip
        for back, used in enumerate(reversed(one["used"])):
            period = _month(timezone.localdate(), back)
            ended = bounds(period)[1]
            enter_use(actor, made, period=period, used=Decimal(used), source=SOURCE, as_of=ended)
