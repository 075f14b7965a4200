import random
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import VOTERS, Hall
from yizhen.appraisals import queries
from yizhen.appraisals.actions import results
from yizhen.appraisals.actions.opinions import decide_opinion
from yizhen.appraisals.models import Opinion, Result
from yizhen.appraisals.queries import group_figures
from yizhen.demo.phones import plausible_marks
from yizhen.places.models import Division

FIVE = (factories.LIUAN, factories.XITANG, factories.GUDU, factories.SHIMEN, factories.JIANGFENG)
OPINION = "修路太慢了。"


def played(publish: str | None, places: tuple[str, ...] = FIVE, **rules: Any) -> Hall:
    """Return a counted hall with a comment on Liuan and two opinions, one made public."""
    chosen = {**rules, "publish": publish} if publish else rules
    hall = room.opened(places=places, rules=chosen or None)
    room.speech.make_comment(hall.office, hall.speaker(), strengths="数据实。", problems=[room.problem()])
    chance = random.Random(90315)
    for code, number in VOTERS.items():
        for n in range(number):
            opinions = (
                [hall.opinion(OPINION), hall.opinion("只给本人。", factories.XITANG)] if (code, n) == ("A", 0) else []
            )
            hall.vote(code, n, plausible_marks(hall.round.layout, chance), opinions)
    room.count(hall)
    for one in Opinion.objects.select_related("round", "speaker"):
        public = one.speaker.division_id == factories.LIUAN
        decide_opinion(
            hall.office, one, "public" if public else "to_person", "修路进度慢。" if public else "私下转告。"
        )
    return hall


def seen(hall: Hall) -> str:
    """Return the public page, as somebody without an account sees it."""
    response = Client().get(f"/now/{hall.campaign.token}/results/")
    assert response.status_code == 200
    return response.content.decode()


def issued(publish: str | None, **options: Any) -> Hall:
    hall = played(publish, **options)
    results.issue_results(hall.office, hall.campaign)
    return hall


def totals() -> list[str]:
    return [str(total) for total in Result.objects.values_list("total", flat=True)]


@pytest.mark.parametrize("publish", ["group", "all"])
def test_nothing_is_public_before_the_issue(city: Division, publish: str) -> None:
    hall = played(publish)
    page = seen(hall)
    assert [total for total in totals() if total in page] == []
    assert "修路进度慢。" not in page
    assert "每万人床位低于全市" not in page


@pytest.mark.parametrize("publish", [None, "none"])
def test_by_default_nothing_is_public_after_it_either(city: Division, publish: str | None) -> None:
    page = seen(issued(publish))
    assert [total for total in totals() if total in page] == []
    assert [name for name in ("修路进度慢。", "每万人床位低于全市", "示例干部") if name in page] == []


def test_group_shows_all_together_and_commitments_but_nobodys_score(city: Division) -> None:
    hall = issued("group")
    page, figures = seen(hall), group_figures(hall.fresh())
    assert figures is not None
    assert (figures["speakers"], figures["low"]) == (5, None)
    assert f"{figures['mean']:.1f}" in page
    assert [total for total in totals() if total in page] == []
    assert "示例干部" not in page
    assert "每万人床位低于全市" in page
    assert "修路进度慢。" in page
    assert "私下转告。" not in page
    assert OPINION not in page


def test_all_shows_totals_with_intervals_and_no_small_number(city: Division) -> None:
    hall = issued("all")
    page = seen(hall)
    assert [total for total in totals() if total not in page] == []
    response = Client().get(f"/now/{hall.campaign.token}/results/")
    rows = [dot["row"] for dot in response.context["dots"]]
    assert [row.result.speaker.position for row in rows] == sorted(row.result.speaker.position for row in rows)
    for row in rows:
        assert row.estimate is not None
        assert f"{row.estimate.low:.1f}" in page
    assert "私下转告。" not in page


def test_group_of_few_speakers_tells_no_mean(city: Division) -> None:
    hall = issued("group", places=room.PLACES)
    assert group_figures(hall.fresh()) is None
    mean = sum(Result.objects.values_list("total", flat=True)) / 3
    assert f"{mean:.1f}" not in seen(hall)


def test_group_leaves_out_who_has_no_total_so_that_subtraction_tells_nothing(
    city: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "FEWEST_SPEAKERS", 2)
    hall = room.opened(rules={"publish": "all"})
    lonely = str(hall.speaker(factories.GUDU).pk)
    for code, number in VOTERS.items():
        for n in range(number):
            marks = hall.marks("competent")
            if (code, n) not in {("A", 0), ("A", 1), ("A", 2)}:
                marks[lonely] = {}
            hall.vote(code, n, marks)
    room.count(hall)
    assert Result.objects.get(speaker=lonely).total is None
    group = group_figures(hall.campaign)
    assert group is not None
    assert [number for grade, number in group["grades"] if grade["code"] == "competent"] == [2 * sum(VOTERS.values())]


def test_draft_has_no_public_page(city: Division) -> None:
    assert Client().get(f"/now/{room.draft().campaign.token}/results/").status_code == 404
    assert Client().get("/now/unknown/results/").status_code == 404
