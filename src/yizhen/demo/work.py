"""The demo's matters of all kinds, played through the real actions: each row of ``data/work.json`` is one story."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from yizhen.matters.actions import ask_review, give_verdict, register_matter, take_step
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter
from yizhen.people.models import Account
from yizhen.places.models import Division

from .clock import days_ago

OPENERS = {"office": "township_office", "grid": "grid_worker"}
SAYS = {
    Verb.CONFIRM: "已到现场核实。",
    Verb.OBJECT: "不在本单位职责范围，按职责清单退回。",
    Verb.REPORT_DONE: "已按要求办理，经过和结果见附件台账。",
    Verb.SOLVE_AT_ONCE: "当场清理完毕。",
    Verb.PASS: "另派人员到现场核对，情况属实。",
    Verb.SEND_BACK: "现场抽查仍有一处没有改到位，请继续办理。",
    Verb.ASK_EXTENSION: "配件到货需要时间，申请延期。",
    Verb.SUSPEND: "按法规中止计时。",
    Verb.UPHOLD_FIRST: "原处理意见事实清楚、依据正确，维持。",
    Verb.OVERTURN: "选房顺序的依据没有说明，撤销原意见，重新办理。",
    Verb.LOOK_BACK_HOLDS: "回头看，没有反弹。",
    Verb.LOOK_BACK_REOPENS: "回头看时又被占用，重新打开。",
}
BY_HANDLER = {
    "accept": Verb.ACCEPT,
    "object": Verb.OBJECT,
    "report": Verb.REPORT_DONE,
    "ask_extension": Verb.ASK_EXTENSION,
    "suspend": Verb.SUSPEND,
}
BY_FILER = {"confirm": Verb.CONFIRM, "file": Verb.FILE}
BY_VERIFIER = {
    "pass": Verb.PASS,
    "send_back": Verb.SEND_BACK,
    "look_back": Verb.LOOK_BACK_HOLDS,
    "look_back_reopens": Verb.LOOK_BACK_REOPENS,
}
BY_REVIEWER = {"uphold": Verb.UPHOLD_FIRST, "overturn": Verb.OVERTURN}
BY_REQUESTER: dict[str, Callable[[str], Matter]] = {
    "satisfied": lambda code: give_verdict(code, solved=True),
    "unsatisfied": lambda code: give_verdict(code, solved=False, text="说到账了，还是没有到账。"),
    "ask_review": lambda code: ask_review(code, "对处理意见不服，申请复查。"),
    "ask_second": lambda code: ask_review(code, "对复查意见不服，申请复核。"),
}


@dataclass(frozen=True)
class Cast:
    """Who plays a story: whoever opens and files it, handles it, verifies it, and reviews it."""

    opener: Account
    filer: Account
    handler: Account
    verifier: Account
    reviewer: Account


def play_stories(accounts: Mapping[str, Account]) -> None:
    """Open the matters of ``data/work.json`` and lead each to where its story ends."""
    for number, story in enumerate(stories()):
        _play(story, _cast(story, accounts), f"demo:work:{number}")


def stories() -> list[dict[str, Any]]:
    """Return the rows: kind, place, who opens it, title, text, age in days, steps, to whom, and fields."""
    rows: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "work.json").read_text(encoding="utf-8"))
    return rows


def _cast(story: dict[str, Any], accounts: Mapping[str, Account]) -> Cast:
    place = Division.objects.get(name_zh=story["place"], level="township")
    local = {role: Account.objects.get(role=role, scope=place) for role in ("township_office", "township_head")}
    by, city, to = story["by"], accounts["office"], story.get("to", "place")
    opener = city if by == "city" else local["township_office"] if by == "office" else accounts[by]
    filer = local["township_office"] if opener.role == "grid_worker" else opener
    handler = local["township_office"] if to == "place" else accounts[to.lower()]
    if opener.role == "grid_worker" and story["steps"] == ["solve"]:
        handler = opener
    above = KINDS[story["kind"]].entry == "new" or filer is city
    verifier = city if above else filer if filer.role == "department" else local["township_head"]
    return Cast(opener, filer, handler, verifier, city)


def _play(story: dict[str, Any], cast: Cast, client_id: str) -> None:
    matter, code = _open(story, cast, client_id)
    ages = _ages(story)
    for age, step in zip(ages, story["steps"], strict=True):
        with days_ago(age):
            if step in BY_REQUESTER:
                BY_REQUESTER[step](code)
            else:
                _step(story, cast, matter, step)


def _ages(story: dict[str, Any]) -> list[float]:
    """Return how many days ago each step was taken: quickly until the work begins, look-backs not before their day."""
    age, steps = float(story["age"]), story["steps"]
    quick = [step for step in steps if step in {*BY_FILER, "dispatch", "solve"}]
    first = [age - 0.02 * (number + 1) for number in range(len(quick))]
    rest, looks = len(steps) - len(quick), [step for step in steps if step.startswith("look_back")]
    gap = min(2.0, age / (rest + 1))
    later = [age - 0.5 - gap * number for number in range(rest - len(looks))]
    return [*first, *later, *(0.5 for _look in looks)]


def _open(story: dict[str, Any], cast: Cast, client_id: str) -> tuple[Matter, str]:
    kind = KINDS[story["kind"]]
    given: dict[str, Any] = {}
    if "due" in story:
        given["due_on"] = timezone.localdate() + timedelta(days=story["due"])
    if "below" in story:
        given["parent"] = Matter.objects.get(kind=story["below"], division__name_zh=story["place"])
    if "accused" in story:
        given["accused_places"] = [Division.objects.get(name_zh=story["accused"], level="township")]
    place = (
        cast.opener.scope
        if cast.opener.role == "grid_worker"
        else Division.objects.get(name_zh=story["place"], level="township")
    )
    with days_ago(story["age"]):
        return register_matter(
            cast.opener, kind, client_id=client_id, division=place, fields=story.get("fields", {}),
            requester=story.get("requester", ""), title=story["title"], text=story["text"], work_line=kind.work_line, **given,
        )  # fmt: skip


def _step(story: dict[str, Any], cast: Cast, matter: Matter, step: str) -> None:
    brought: dict[str, Any] = {}
    if step == "dispatch":
        actor, verb = cast.filer, Verb.DISPATCH
        unit = cast.handler.unit if cast.handler.role == "department" else None
        brought = {"to_unit": unit, "to_division": None if unit else cast.handler.scope}
    elif step in BY_FILER:
        actor, verb = cast.filer, BY_FILER[step]
    elif step in BY_REVIEWER:
        actor, verb = cast.reviewer, BY_REVIEWER[step]
    elif step in BY_VERIFIER:
        actor, verb = cast.verifier, BY_VERIFIER[step]
    else:
        actor, verb = cast.handler, Verb.SOLVE_AT_ONCE if step == "solve" else BY_HANDLER[step]
    if verb in {Verb.REPORT_DONE, Verb.SOLVE_AT_ONCE}:
        brought = {"disposition": "solved", "fields": story.get("results", {})}
    if verb == Verb.SUSPEND:
        brought = {"reason": story["reason"]}
    take_step(actor, matter, verb, text=SAYS.get(verb, ""), **brought)
