"""Matters of any kind, opened and led through the lifecycle, for tests."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.utils import timezone

from tests.factories import LIUAN
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import open_matter, take_step
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter
from yizhen.places.models import Division

FILLED = {
    "text": "已经核实，照此办理",
    "number": "3",
    "yes_no": "yes",
    "date": "2026-03-02",
}


@contextmanager
def on(day: date):
    """Let everything inside happen at noon of a day."""
    then = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())
    with days_ago((timezone.now() - then) / timedelta(days=1)):
        yield


def filled(kind: str, stage: str) -> dict[str, str]:
    fields = KINDS[kind].fields_of(stage)
    return {each.code: each.choices[0] if each.type == "choice" else FILLED[each.type] for each in fields}


def opened(kind: str, actor, *, township: str = LIUAN, **given) -> Matter:
    rule = {} if KINDS[kind].first_clock else {"due_on": timezone.localdate() + timedelta(days=20)}
    return open_matter(
        actor,
        kind=kind,
        text="请按规定办理，并写明结果。",
        division=Division.objects.get(code=township),
        work_line=KINDS[kind].work_line or "safety",
        client_id=f"{kind}:{Matter.objects.count()}",
        **{"title": "柳岸镇前湾村的一件事", "fields": filled(kind, "open"), **rule, **given},
    )


def step(actor, matter: Matter, verb: Verb, **brought) -> Matter:
    return take_step(actor, matter, verb, **{"text": "情况属实，已经办理。", **brought})
