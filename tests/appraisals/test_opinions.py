import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.appraisals import room
from tests.appraisals.room import Hall
from tests.memory import remembered
from yizhen.appraisals.actions import results
from yizhen.appraisals.actions.opinions import decide_opinion
from yizhen.appraisals.models import Opinion, OpinionDecision, SealedOpinion
from yizhen.appraisals.queries import opinions_to_moderate, released_opinions
from yizhen.audit.models import Record
from yizhen.places.models import Division

ORIGINAL = "俺看呀，路修得忒慢。"


@pytest.fixture
@remembered
def hall(city: Division) -> Hall:
    """A counted hall with two opinions about Liuan and one about Gudu."""
    made = room.opened()
    made.vote("A", 0, made.marks(), [made.opinion(ORIGINAL), made.opinion("堤要修。", factories.GUDU)])
    made.vote("A", 1, made.marks(), [made.opinion("办事窗口午休没有人。")])
    made.vote_all("competent", {"B": 6, "C": 6})
    room.count(made)
    return made


def opinion(text: str = ORIGINAL) -> Opinion:
    return Opinion.objects.select_related("round").get(text=text)


def page(hall: Hall) -> str:
    return f"/appraisals/{hall.campaign.pk}/opinions/"


# --- deciding --------------------------------------------------------------------------------------------------------


def test_decision_is_kept_with_a_summary_and_recorded_without_it(hall: Hall) -> None:
    made = decide_opinion(hall.office, opinion(), "to_person", " 有人认为修路进度慢。 ")
    assert (made.decision, made.text, made.by) == ("to_person", "有人认为修路进度慢。", hall.office)
    record = Record.objects.get(event="appraisals.opinion_decided")
    assert record.details == {"decision": "to_person"}
    assert record.subject == f"appraisals.campaign:{hall.campaign.pk}"


def test_last_decision_counts_and_the_first_one_stays(hall: Hall) -> None:
    decide_opinion(hall.office, opinion(), "public", "修路进度慢。")
    decide_opinion(hall.office, opinion(), "withheld", "写了也不留")
    assert list(OpinionDecision.objects.values_list("decision", "text")) == [
        ("withheld", ""),
        ("public", "修路进度慢。"),
    ]
    assert {o.text: d and d.decision for o, d in opinions_to_moderate(hall.office, hall.campaign)} == {
        ORIGINAL: "withheld",
        "堤要修。": None,
        "办事窗口午休没有人。": None,
    }


@pytest.mark.parametrize(
    ("decision", "text", "field"),
    [
        ("public", "", "text"),
        ("to_person", "   ", "text"),
        ("public", "俺看呀 路修得忒慢", "text"),
        ("public", "长" * 401, "text"),
        ("burn", "好", "decision"),
    ],
    ids=["no summary", "blank", "word for word", "too long", "unknown"],
)
def test_decision_that_is_refused(hall: Hall, decision: str, text: str, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        decide_opinion(hall.office, opinion(), decision, text)
    assert list(caught.value.message_dict) == [field]
    assert not OpinionDecision.objects.exists()


@pytest.mark.parametrize("role", ["scrutineer", "township_head", "department", "village", "audit_admin"])
def test_others_neither_decide_nor_read(hall: Hall, role: str) -> None:
    other = factories.account(role)
    with pytest.raises(PermissionDenied):
        decide_opinion(other, opinion(), "withheld")
    assert opinions_to_moderate(other, hall.campaign) == []
    assert factories.signed_in(other).get(page(hall)).status_code in {403, 404}


def test_database_refuses_a_decision_that_says_nothing_and_any_change(hall: Hall) -> None:
    made = decide_opinion(hall.office, opinion(), "public", "修路进度慢。")
    for text, decision in (("", "public"), ("有话", "withheld")):
        with pytest.raises(IntegrityError), transaction.atomic():
            OpinionDecision.objects.create(
                opinion=opinion(), decision=decision, text=text, by=hall.office, at=timezone.now()
            )
    for attempt in (made.delete, lambda: OpinionDecision.objects.update(text="改")):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            attempt()


# --- issuing ---------------------------------------------------------------------------------------------------------


def test_issue_removes_every_original_and_leaves_what_was_decided(hall: Hall) -> None:
    decide_opinion(hall.office, opinion(), "public", "修路进度慢。")
    decide_opinion(hall.office, opinion("办事窗口午休没有人。"), "to_person", "窗口午间无人值守。")
    assert SealedOpinion.objects.count() == 3
    results.issue_results(hall.office, hall.campaign)
    assert set(Opinion.objects.values_list("text", flat=True)) == {""}
    assert not SealedOpinion.objects.exists()
    assert Record.objects.get(event="appraisals.issued").details["originals_removed"] == 3
    hall.fresh()
    told = {
        public: sorted(d.text for d in released_opinions(hall.campaign, hall.speaker(), public_only=public))
        for public in (False, True)
    }
    assert told == {False: ["修路进度慢。", "窗口午间无人值守。"], True: ["修路进度慢。"]}
    assert released_opinions(hall.campaign, hall.speaker(factories.GUDU)) == []


def test_failed_issue_removes_nothing(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """All or nothing: what fails after the removal brings the originals back."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(results, "record", fail)
    with pytest.raises(RuntimeError):
        results.issue_results(hall.office, hall.campaign)
    assert "" not in Opinion.objects.values_list("text", flat=True)
    assert SealedOpinion.objects.count() == 3
    assert hall.fresh().state == "counted"


def test_nothing_is_released_before_the_issue_nor_decided_after_it(hall: Hall) -> None:
    decide_opinion(hall.office, opinion(), "public", "修路进度慢。")
    assert released_opinions(hall.campaign) == []
    left = opinion("堤要修。")
    results.issue_results(hall.office, hall.campaign)
    with pytest.raises(ValidationError):
        decide_opinion(hall.office, left, "public", "堤防要加固。")


# --- pages -----------------------------------------------------------------------------------------------------------


def test_page_decides_one_and_goes_on_to_the_next(hall: Hall) -> None:
    client, first = factories.signed_in(hall.office), opinion()
    listed = client.get(page(hall))
    assert (listed.status_code, listed.context["undecided"]) == (200, 3)
    answer = client.post(page(hall), {"opinion": first.pk, "decision": "public", "text": "修路进度慢。"})
    following = next(o.pk for o, done in opinions_to_moderate(hall.office, hall.campaign) if done is None)
    assert (answer.status_code, answer["Location"]) == (302, f"{page(hall)}#o-{following}")
    assert client.get(page(hall)).context["undecided"] == 2


def test_page_keeps_what_was_typed_when_it_is_refused(hall: Hall) -> None:
    client, first = factories.signed_in(hall.office), opinion()
    answer = client.post(page(hall), {"opinion": first.pk, "decision": "public", "text": ORIGINAL})
    assert answer.status_code == 400
    assert answer.context["failed"]["text"] == ORIGINAL
    assert client.post(page(hall), {"opinion": "x", "decision": "public"}).status_code == 404


def test_opinion_of_another_campaign_is_not_found(hall: Hall) -> None:
    other = room.draft(hall.office, hall.scrutineer, hall.heads, title="第二期述职评议")
    room.publishing.publish(other.office, other.campaign)
    answer = factories.signed_in(hall.office).post(
        page(other), {"opinion": opinion().pk, "decision": "withheld", "text": ""}
    )
    assert answer.status_code == 404
    assert not OpinionDecision.objects.exists()


def test_results_page_warns_of_undecided_ones(hall: Hall) -> None:
    client = factories.signed_in(hall.office)
    address = f"/appraisals/{hall.campaign.pk}/results/"
    assert client.get(address).context["undecided"] == 3
    for one in Opinion.objects.select_related("round"):
        decide_opinion(hall.office, one, "withheld")
    assert client.get(address).context["undecided"] == 0


def test_person_reads_public_and_own_ones_alone(hall: Hall) -> None:
    decide_opinion(hall.office, opinion(), "withheld")
    decide_opinion(hall.office, opinion("办事窗口午休没有人。"), "to_person", "窗口午间无人值守。")
    decide_opinion(hall.office, opinion("堤要修。"), "to_person", "堤防要加固。")
    results.issue_results(hall.office, hall.campaign)
    own = f"/appraisals/{hall.campaign.pk}/results/{hall.speaker().pk}/"
    seen = {
        user.role: [text in factories.signed_in(user).get(own).content.decode() for text in ("窗口午间", "堤防要加固")]
        for user in (hall.heads[factories.LIUAN], hall.office, hall.scrutineer)
    }
    assert seen == {"township_head": [True, False], "city_office": [True, False], "scrutineer": [False, False]}
