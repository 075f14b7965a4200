"""Rounds for all, for each batch and for each speaker; cards and keys over several rounds."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import PLACES, Hall
from yizhen.appraisals.actions import arrivals, ballot, campaigns, carding, publishing, results, session
from yizhen.appraisals.models import Card, Opinion, Phase, Result, Round, Speaker
from yizhen.appraisals.sealing import card_hash
from yizhen.demo.phones import seal_opinion, seal_sheet

VOTERS = {"A": 6, "B": 3, "C": 3, "D": 3, "E": 3}


def hall_of(plan: str, **changes: Any) -> Hall:
    """Return a session with key, cards and everybody present, voting by the plan."""
    hall = room.draft(voters=VOTERS)
    rules = {**hall.campaign.config["rules"], "ballot": plan, **changes}
    campaigns.change_part(hall.office, hall.campaign, "rules", rules)
    for place, batch in zip(PLACES, (1, 2, 2), strict=True):
        Speaker.objects.filter(campaign=hall.campaign, division_id=place).update(batch=batch)
    publishing.publish(hall.office, hall.campaign)
    hall.fresh()
    session.begin_session(hall.office, hall.campaign)
    session.draw_lots(hall.office, hall.campaign, "3-5-1-6")
    room.give_cards(hall)
    arrivals.mark_attendance(hall.office, hall.campaign, room.entries(hall), present=True, handed_out=True)
    hall.fresh()
    return hall


def speak(hall: Hall, place: str) -> None:
    for phase in (Phase.REPORT, Phase.QUESTIONS, Phase.COMMENT):
        session.move_to(hall.office, hall.campaign, hall.speaker(place), phase)


def vote(hall: Hall, round_: Round, grade: str = "excellent") -> None:
    """Let everybody vote in a round."""
    items = round_.layout["items"]
    marks = {str(pk): dict.fromkeys(items, grade) for pk in round_.layout["speakers"]}
    for code, number in VOTERS.items():
        for n in range(number):
            sheet = seal_sheet(round_.public_key, round_.pk, code, marks, round_.layout)
            assert ballot.cast_sheet(hall.codes[code][n], sheet, [], round_.pk).state == "counted"


def current(hall: Hall) -> Round:
    found = hall.fresh().current_round
    assert found is not None
    return found


@pytest.mark.parametrize(("plan", "sizes"), [("end", [3]), ("batch", [1, 2]), ("speaker", [1, 1, 1])])
def test_rounds_are_those_that_the_rules_ask_for(city: Any, plan: str, sizes: list[int]) -> None:
    hall = hall_of(plan)
    rounds = list(hall.campaign.live_rounds)
    assert [len(one.speaker_ids) for one in rounds] == sizes
    assert sorted(pk for one in rounds for pk in one.speaker_ids) == sorted(
        hall.campaign.speakers.values_list("pk", flat=True)
    )
    assert {one.public_key for one in rounds} == {bytes(hall.secret.public_key).hex()}  # type: ignore[union-attr]


def test_batches_speak_one_after_another(city: Any) -> None:
    hall = hall_of("batch")
    assert [speaker.batch for speaker in hall.campaign.speakers.order_by("position")] == [1, 2, 2]


def test_a_card_votes_once_in_every_round(city: Any) -> None:
    hall = hall_of("speaker")
    order = list(hall.campaign.speakers.order_by("position"))
    for speaker in order:
        speak(hall, speaker.division_id)
        round_ = ballot.open_ballot(hall.office, hall.campaign)
        assert round_.speaker_ids == [speaker.pk]
        vote(hall, round_)
        again = seal_sheet(round_.public_key, round_.pk, "A", {}, round_.layout)
        assert ballot.cast_sheet(hall.codes["A"][0], again, [], round_.pk).state == "card_used"
        ballot.close_ballot(hall.office, hall.campaign)
    results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])
    assert hall.fresh().state == "counted"
    assert sorted(str(r.total) for r in Result.objects.filter(round__campaign=hall.campaign)) == ["100.000"] * 3


def test_a_card_of_another_round_is_not_known_there(city: Any) -> None:
    hall = hall_of("speaker")
    first, second, _third = hall.campaign.live_rounds
    hashes = {one.pk: set(one.cards.values_list("code_hash", flat=True)) for one in (first, second)}
    assert not hashes[first.pk] & hashes[second.pk]
    assert card_hash(hall.codes["A"][0], first.pk) in hashes[first.pk]


def test_the_phone_finds_the_round_that_the_hall_is_at(city: Any) -> None:
    hall = hall_of("speaker")
    order = list(hall.campaign.speakers.order_by("position"))
    for speaker in order:
        speak(hall, speaker.division_id)
        card = ballot.find_card(hall.codes["B"][0])
        assert card is not None
        assert card.round.speaker_ids == [speaker.pk]
        ballot.open_ballot(hall.office, hall.campaign)
        ballot.close_ballot(hall.office, hall.campaign)


def test_nobody_speaks_again_after_his_own_round(city: Any) -> None:
    hall = hall_of("speaker")
    first, second = hall.campaign.speakers.order_by("position")[:2]
    speak(hall, first.division_id)
    ballot.open_ballot(hall.office, hall.campaign)
    with pytest.raises(ValidationError):
        session.move_to(hall.office, hall.campaign, second, Phase.REPORT)
    ballot.close_ballot(hall.office, hall.campaign)
    with pytest.raises(ValidationError):
        session.move_to(hall.office, hall.campaign, first, Phase.REPORT)
    session.move_to(hall.office, hall.campaign, second, Phase.REPORT)


def test_people_come_and_go_between_rounds(city: Any) -> None:
    hall = hall_of("batch")
    absent = room.entries(hall, "E")[:2]
    ballot.open_ballot(hall.office, hall.campaign)
    with pytest.raises(ValidationError):
        arrivals.mark_attendance(hall.office, hall.campaign, absent, present=False)
    ballot.close_ballot(hall.office, hall.campaign)
    arrivals.mark_attendance(hall.office, hall.campaign, absent, present=False)
    second = ballot.open_ballot(hall.office, hall.campaign)
    assert second.classes.get(code="E").present == 1
    ballot.close_ballot(hall.office, hall.campaign)
    with pytest.raises(ValidationError):
        arrivals.mark_attendance(hall.office, hall.campaign, absent, present=True)


def test_a_key_that_has_opened_sheets_seals_no_others(city: Any) -> None:
    hall = hall_of("batch")
    vote(hall, ballot.open_ballot(hall.office, hall.campaign))
    ballot.close_ballot(hall.office, hall.campaign)
    results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[1:])
    waiting = current(hall)
    assert (hall.campaign.state, waiting.state, waiting.public_key, waiting.holders) == (
        "in_session",
        "prepared",
        "",
        [],
    )
    with pytest.raises(ValidationError, match="密钥"):
        ballot.open_ballot(hall.office, hall.campaign)


def test_a_void_round_is_voted_again_and_the_others_stand(city: Any) -> None:
    hall = hall_of("batch")
    first = ballot.open_ballot(hall.office, hall.campaign)
    first.classes.filter(code="B").update(issued=1)
    vote(hall, first)
    assert ballot.close_ballot(hall.office, hall.campaign).state == "void"
    assert current(hall).pk == first.pk
    again = ballot.prepare_revote(hall.office, hall.campaign)
    assert (again.replaces_id, again.layout, current(hall).pk) == (first.pk, first.layout, again.pk)
    assert Card.objects.filter(round__campaign=hall.campaign, round__state="prepared", state="fresh").count() == 0
    room.give_cards(hall)
    arrivals.mark_attendance(hall.office, hall.campaign, room.entries(hall), present=True, handed_out=True)
    for _round in range(2):
        vote(hall, ballot.open_ballot(hall.office, hall.campaign))
        ballot.close_ballot(hall.office, hall.campaign)
    counted = results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])
    assert len(counted) == 2
    assert Result.objects.filter(round__campaign=hall.campaign).count() == 3


def test_opinions_and_totals_of_every_round_are_told(city: Any) -> None:
    hall = hall_of("speaker", publish="all")
    for speaker in hall.campaign.speakers.order_by("position"):
        round_ = ballot.open_ballot(hall.office, hall.campaign)
        marks = {str(speaker.pk): dict.fromkeys(round_.layout["items"], "excellent")}
        opinion = seal_opinion(round_.public_key, round_.pk, speaker.pk, f"关于{speaker.person}")
        for code, number in VOTERS.items():
            for n in range(number):
                sheet = seal_sheet(round_.public_key, round_.pk, code, marks, round_.layout)
                ballot.cast_sheet(hall.codes[code][n], sheet, [opinion] if (code, n) == ("A", 0) else [], round_.pk)
        ballot.close_ballot(hall.office, hall.campaign)
    results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])
    desk = factories.signed_in(hall.office)
    for opinion_ in Opinion.objects.all():
        typed = {"opinion": opinion_.pk, "decision": "public", "text": f"归纳{opinion_.speaker_id}"}
        assert desk.post(f"/appraisals/{hall.campaign.pk}/opinions/", typed).status_code == 302
    results.issue_results(hall.office, hall.fresh())
    public = Client().get(f"/now/{hall.campaign.token}/results/")
    assert [dot["row"].result.speaker.position for dot in public.context["dots"]] == [1, 2, 3]
    assert len(public.context["opinions"]) == 3


def test_an_old_screen_neither_opens_nor_closes_another_round(city: Any) -> None:
    hall = hall_of("speaker")
    desk = factories.signed_in(hall.office, staff_mode=True)
    do = f"/appraisals/{hall.campaign.pk}/console/do/"
    first = current(hall).number
    assert f'name="round" value="{first}"' in desk.get(f"/appraisals/{hall.campaign.pk}/console/").content.decode()
    for what in ("open", "close", "open"):  # the second host still sees the first round
        desk.post(do, {"what": what, "round": first})
    second = current(hall)
    assert (second.number != first, second.state) == (True, "prepared")
    ballot.open_ballot(hall.office, hall.campaign)
    desk.post(do, {"what": "close", "round": first})
    assert current(hall).state == "open"


def test_rounds_with_two_keys_are_counted_one_key_after_the_other(city: Any) -> None:
    hall = hall_of("batch")
    vote(hall, ballot.open_ballot(hall.office, hall.campaign))
    first = ballot.close_ballot(hall.office, hall.campaign)
    old = hall.shares[:2]
    room.give_cards(hall)  # the scrutineers made a new key for the rounds to come
    vote(hall, ballot.open_ballot(hall.office, hall.campaign))
    second = ballot.close_ballot(hall.office, hall.campaign)
    page = factories.signed_in(hall.scrutineer).get(f"/appraisals/{hall.campaign.pk}/key/")
    assert page.context["round"].pk == first.pk
    assert [one.pk for one in results.count_rounds(hall.scrutineer, hall.campaign, old)] == [first.pk]
    with pytest.raises(ValidationError, match="不是本次投票的密钥"):
        results.count_rounds(hall.scrutineer, hall.campaign, old)
    page = factories.signed_in(hall.scrutineer).get(f"/appraisals/{hall.campaign.pk}/key/")
    assert page.context["round"].pk == second.pk
    results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])
    assert hall.fresh().state == "counted"


def test_a_key_opens_nothing_while_another_round_is_sealed_with_it(city: Any) -> None:
    hall = hall_of("batch")
    vote(hall, ballot.open_ballot(hall.office, hall.campaign))
    ballot.close_ballot(hall.office, hall.campaign)
    ballot.open_ballot(hall.office, hall.campaign)
    with pytest.raises(ValidationError, match="同一把密钥"):
        results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])
    ballot.close_ballot(hall.office, hall.campaign)
    assert len(results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])) == 2


def test_revoked_card_votes_in_no_round_and_a_spare_one_does(city: Any) -> None:
    hall = hall_of("speaker")
    code = hall.codes["A"][0]
    assert carding.revoke_card(hall.office, hall.campaign, code.lower()) == "A"
    first = ballot.open_ballot(hall.office, hall.campaign)
    sheet = seal_sheet(first.public_key, first.pk, "A", {}, first.layout)
    assert ballot.cast_sheet(code, sheet, [], first.pk).state == "revoked"
    assert ballot.cast_sheet(hall.codes["A"][-1], sheet, [], first.pk).state == "counted"
    for wrong, words in ((code, "作废"), ("ABCDEFGHJKLM", "没有这张票卡"), (hall.codes["A"][-1], "已经投过票")):
        with pytest.raises(ValidationError, match=words):
            carding.revoke_card(hall.office, hall.campaign, wrong)


def test_opening_by_mistake_is_undone_only_while_no_sheet_is_in(city: Any) -> None:
    hall = hall_of("end")
    round_ = ballot.open_ballot(hall.office, hall.campaign)
    assert ballot.undo_opening(hall.office, hall.campaign).state == "prepared"
    assert round_.classes.count() == 0
    round_ = ballot.open_ballot(hall.office, hall.campaign)
    assert hall.vote("A", 0, hall.marks()).state == "counted"
    with pytest.raises(ValidationError):
        ballot.undo_opening(hall.office, hall.campaign)


def test_a_ballot_closed_by_mistake_is_opened_again_and_everything_counts(city: Any) -> None:
    hall = hall_of("end")
    ballot.open_ballot(hall.office, hall.campaign)
    assert hall.vote("A", 0, hall.marks()).state == "counted"
    closed = ballot.close_ballot(hall.office, hall.campaign)
    assert closed.root
    reopened = ballot.reopen_ballot(hall.office, hall.campaign, closed)
    assert (reopened.state, reopened.root, reopened.closed_at) == ("open", "", None)
    assert hall.vote("A", 1, hall.marks("competent")).state == "counted"
    final = ballot.close_ballot(hall.office, hall.campaign)
    assert final.root != closed.root
    assert final.classes.get(code="A").returned == 2
    results.count_rounds(hall.scrutineer, hall.campaign, hall.shares[:2])
    with pytest.raises(ValidationError):
        ballot.reopen_ballot(hall.office, hall.fresh(), final)


# --- quotas ----------------------------------------------------------------------------------------------------------


def with_quota(quota: str) -> Hall:
    hall = room.draft(voters=VOTERS)
    classes = [{**row, "quota": quota if row["code"] == "A" else ""} for row in hall.campaign.config["classes"]]
    campaigns.change_part(hall.office, hall.campaign, "classes", classes)
    publishing.publish(hall.office, hall.campaign)
    session.begin_session(hall.office, hall.campaign)
    room.give_cards(hall)
    arrivals.mark_attendance(hall.office, hall.campaign, room.entries(hall), present=True, handed_out=True)
    ballot.open_ballot(hall.office, hall.campaign)
    hall.fresh()
    return hall


@pytest.mark.parametrize(("quota", "allowed"), [("34", 1), ("67", 2), ("1", 1), ("100", 3)])
def test_quota_is_a_share_of_the_speakers_rounded_down_at_least_one(city: Any, quota: str, allowed: int) -> None:
    assert with_quota(quota).round.layout["quotas"] == {"A": allowed}


def test_a_sheet_over_the_quota_is_void_and_only_in_its_class(city: Any) -> None:
    hall = with_quota("34")
    hall.vote("A", 0, hall.marks("excellent"))  # three best grades, one allowed: a phone would not have sent it
    hall.vote("B", 0, hall.marks("excellent"))
    allowed = hall.marks("competent") | {str(hall.speaker().pk): dict.fromkeys(hall.round.layout["items"], "excellent")}
    hall.vote("A", 1, allowed)
    room.count(hall)
    reasons = sorted(hall.round.opened_sheets.values_list("class_code", "void_reason"))
    assert reasons == [("A", ""), ("A", "over_quota"), ("B", "")]


def test_quota_counts_the_overall_item_alone(city: Any) -> None:
    hall = with_quota("34")
    marks = hall.marks("excellent")
    for row in list(marks.values())[1:]:
        row["overall"] = "competent"
    hall.vote("A", 0, marks)
    room.count(hall)
    assert hall.round.opened_sheets.get().void_reason == ""


def test_quota_and_a_ballot_for_each_speaker_exclude_each_other(draft: Hall) -> None:
    classes = [{**row, "quota": "25"} for row in draft.campaign.config["classes"]]
    campaigns.change_part(draft.office, draft.campaign, "classes", classes)
    rules = {**draft.campaign.config["rules"], "ballot": "speaker"}
    campaigns.change_part(draft.office, draft.campaign, "rules", rules)
    assert [part for part, _message in campaigns.readiness(draft.fresh())] == ["classes"] * 5


@pytest.mark.parametrize("holders", [(), ("甲", "乙"), ("甲", "乙", "乙"), ("甲", "乙", " "), ("甲", "乙", "丙", "丁")])
def test_three_different_holders_keep_the_shares(published: Hall, holders: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="三位"):
        carding.set_key(published.scrutineer, published.round, "ab" * 32, holders)


def test_a_speaker_keeps_no_share(published: Hall) -> None:
    with pytest.raises(ValidationError, match="不能担任监票"):
        carding.set_key(published.scrutineer, published.round, "ab" * 32, (published.speaker().person, "乙", "丙"))
