"""Bulk steps: the guards, the preview, the table of what became of each, and that a double tap does nothing twice."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests import factories
from tests.factories import SHIMEN, at_once, bring_to, rectification, request, signed_in, task
from yizhen.audit.models import Record
from yizhen.demo.clock import days_ago
from yizhen.matters.actions import issue_notice, take_bulk, take_step
from yizhen.matters.colours import Colour
from yizhen.matters.desk.bulk import LIMIT, VERBS, BulkStep, chosen_among, offers_for, why_not
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import BulkItem, BulkRun, Event, Matter, SupervisionNotice

ACCEPT, INSIST, WITHDRAW, REMIND = BulkStep


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def states(*matters: Matter) -> list[str]:
    return [Matter.objects.get(pk=matter.pk).state for matter in matters]


def rows(run: BulkRun) -> list[tuple[str, str]]:
    return [(item.outcome, item.why) for item in run.items.all()]


# --- the guards ----------------------------------------------------------------------------------------------------


def test_nothing_that_needs_a_look_of_its_own_is_a_bulk_step():
    assert set(VERBS.values()) == {Verb.ACCEPT, Verb.INSIST, Verb.WITHDRAW}
    assert [step.value for step in BulkStep] == ["accept", "insist", "withdraw", "remind"]


@pytest.mark.parametrize("step", ["pass_verification", "report_done", "verdict_satisfied", "send_back", "", "x"])
def test_other_steps_are_refused_by_page_and_database(people, step):
    matter = bring_to(
        State.HANDLED, task(people["department"]), handler=people["township_office"], verifier=people["department"]
    )
    data = {"step": step, "text": "属实。", "client_id": "c1", "m": [matter.number]}

    assert signed_in(people["department"]).post("/matters/bulk/", data).status_code == 400
    with pytest.raises(IntegrityError), transaction.atomic():
        BulkRun.objects.create(by=people["department"], client_id="c1", step=step)
    assert states(matter) == ["handled"]


def test_steps_are_offered_with_those_that_stand_against_them(people):
    new, handling = task(people["department"], title="新"), task(people["department"], title="在办")
    take_step(people["township_office"], handling, Verb.ACCEPT)

    (offer,) = offers_for(people["township_office"], [new, Matter.objects.get(pk=handling.pk)])

    assert (offer.step, offer.fits, [matter for matter, _why in offer.against]) == ("accept", [new], [handling])
    assert "办理中" in offer.against[0][1]
    assert (offer.fits_all, offer.needs_text) == (False, False)


def test_text_is_asked_for_where_the_table_asks(people):
    matters = [task(people["department"]), task(people["department"])]

    (offer,) = offers_for(people["department"], matters)

    assert (offer.step, offer.needs_text, offer.fits_all) == ("withdraw", True, True)
    with pytest.raises(ValidationError, match="请写明情况或理由"):
        take_bulk(people["department"], WITHDRAW, matters, text="  ", client_id="c1")
    assert not BulkRun.objects.exists()


def test_more_than_a_hundred_are_refused(people):
    matters = [Matter(pk=number) for number in range(1, LIMIT + 2)]
    with pytest.raises(ValidationError, match="一次最多 100 件"):
        take_bulk(people["city_office"], REMIND, matters, client_id="c1")
    with pytest.raises(ValidationError, match="请先选事项"):
        take_bulk(people["city_office"], ACCEPT, [], client_id="c1")

    page = signed_in(people["county"]).get("/matters/bulk/", {"m": [f"R2026-{n:05d}" for n in range(LIMIT + 1)]})

    assert page.status_code == 400
    assert "选了 101 件" in page.content.decode()


def test_matters_outside_the_scope_are_not_found(people):
    far = rectification(people["city_office"], SHIMEN)
    client = signed_in(people["township_office"])

    assert client.get("/matters/bulk/", {"m": far.number}).status_code == 404
    data = {"step": "accept", "client_id": "c1", "m": [far.number]}
    assert client.post("/matters/bulk/", data).status_code == 404
    assert states(far) == ["new"]


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_takes_the_same_queries_for_one_and_for_three(people, rows, django_assert_num_queries):
    numbers = [task(people["department"]).number for _row in range(rows)]
    client = signed_in(people["township_office"])
    client.get("/matters/bulk/", {"m": numbers, "step": "accept"})

    with django_assert_num_queries(6):
        client.get("/matters/bulk/", {"m": numbers, "step": "accept"})


# --- doing it ------------------------------------------------------------------------------------------------------


def test_step_is_looked_at_first_then_taken_then_told(people):
    first, second = task(people["department"], title="一"), task(people["department"], title="二")
    client = signed_in(people["township_office"])
    preview = client.get("/matters/bulk/", {"m": [first.number, second.number], "step": "accept"})
    assert states(first, second) == ["new", "new"]

    data = {
        "step": "accept",
        "text": "收到。",
        "client_id": preview.context["client_id"],
        "m": [first.number, second.number],
    }
    answer = client.post("/matters/bulk/", data, follow=True)

    assert states(first, second) == ["handling", "handling"]
    assert answer.redirect_chain == [(f"/matters/bulk/{BulkRun.objects.get().pk}/", 302)]
    assert [item.outcome for item in answer.context["items"]] == ["done", "done"]
    assert (
        list(Event.objects.filter(verb="accept").values_list("text", "by"))
        == [("收到。", people["township_office"].pk)] * 2
    )
    assert Record.objects.filter(event="matters.stepped").count() == 2
    assert Record.objects.get(event="matters.bulk_begun").details == {"step": "accept", "matters": 2}


def test_one_that_fails_stops_no_other_and_says_why(people):
    good, moved_on, foreign = (task(people["department"], title=title) for title in "一二三")
    take_step(people["township_office"], moved_on, Verb.ACCEPT)
    take_step(people["department"], foreign, Verb.WITHDRAW, text="重复。")

    run = take_bulk(people["township_office"], ACCEPT, [moved_on, good, foreign], client_id="c1")

    assert [outcome for outcome, _why in rows(run)] == ["refused", "done", "refused"]
    assert [why[:9] for _outcome, why in rows(run)] == ["现在是“办理中”，", "", "现在是“已撤回”，"]
    assert states(moved_on, good, foreign) == ["handling", "handling", "withdrawn"]
    page = signed_in(people["township_office"]).get(f"/matters/bulk/{run.pk}/").content.decode()
    assert ("3 件中办了 1 件" in page, page.count("没有办")) == (True, 2)


def test_insist_and_withdraw_answer_many_objections(people):
    handler, sender = people["township_office"], people["department"]
    matters = [bring_to(State.RETURNED, task(sender), handler=handler, verifier=sender) for _one in range(3)]

    insisted = take_bulk(sender, INSIST, matters[:2], text="属地责任。", client_id="c1")
    withdrawn = take_bulk(sender, WITHDRAW, matters[2:], text="派错了。", client_id="c2")

    assert rows(insisted) + rows(withdrawn) == [("done", "")] * 3
    assert states(*matters) == ["new", "new", "withdrawn"]


def test_reminder_is_blue_and_issued_once(people):
    with days_ago(30):
        late, in_time, request_late = (
            rectification(people["city_office"], days=20), rectification(people["city_office"], days=60), request()[0],
        )  # fmt: skip
        older = rectification(people["city_office"], days=5)
    with days_ago(20):
        issue_notice(people["county"], older, Colour.BLUE)

    run = take_bulk(people["county"], REMIND, [late, in_time, request_late, older], client_id="c1")
    again = take_bulk(people["county"], REMIND, [late], client_id="c2")

    assert [outcome for outcome, _why in rows(run) + rows(again)] == [
        "done",
        "refused",
        "refused",
        "refused",
        "refused",
    ]
    assert "橙色督办" in rows(run)[3][1]
    assert "已经发过督办单" in rows(again)[0][1]
    assert SupervisionNotice.objects.filter(matter=late).count() == 1


@pytest.mark.parametrize("role", ["township_office", "village", "grid_worker", "system_admin", "scrutineer"])
def test_who_may_not_take_a_step_is_refused_by_each_matter(people, role):
    matter = rectification(people["city_office"])

    assert why_not(people[role], WITHDRAW, matter)
    assert why_not(people[role], REMIND, matter)
    assert why_not(people["city_office"], WITHDRAW, matter) == ""


# --- once ----------------------------------------------------------------------------------------------------------


def test_same_client_id_is_the_same_run(people):
    matters = [task(people["department"]), task(people["department"])]

    first = take_bulk(people["township_office"], ACCEPT, matters, client_id="c1")
    second = take_bulk(people["township_office"], ACCEPT, matters, client_id="c1")

    assert (first, rows(second)) == (second, [("done", "")] * 2)
    assert Event.objects.filter(verb="accept").count() == 2


def test_same_client_id_with_another_content_is_refused_and_another_users_is_another_run(people):
    matters = [task(people["department"]), task(people["department"])]
    take_bulk(people["township_office"], ACCEPT, matters, client_id="c1")

    for step, chosen, text in ((ACCEPT, matters[:1], ""), (ACCEPT, matters, "另一段话"), (REMIND, matters, "")):
        with pytest.raises(ValidationError, match="已经提交过"):
            take_bulk(people["township_office"], step, chosen, text=text, client_id="c1")
    other = take_bulk(people["township_head"], ACCEPT, matters, client_id="c1")

    assert [outcome for outcome, _why in rows(other)] == ["refused"] * 2


def test_run_that_broke_off_goes_on_where_it_stood(people):
    first, second = task(people["department"]), task(people["department"])
    run = take_bulk(people["township_office"], ACCEPT, [first], client_id="c1")
    BulkItem.objects.create(run=run, matter=second)  # as a crash leaves it: asked for, not reached
    client = signed_in(people["township_office"])
    assert "接着办完" in client.get(f"/matters/bulk/{run.pk}/").content.decode()

    client.post("/matters/bulk/", {"step": "accept", "text": "", "client_id": "c1", "m": [first.number, second.number]})

    assert rows(run) == [("done", "")] * 2
    assert Event.objects.filter(verb="accept").count() == 2


def test_two_taps_at_once_do_each_matter_once(committing):
    factories.fictional_city()
    department, office = factories.account("department"), factories.account("township_office")
    matters = [task(department) for _one in range(3)]

    runs = at_once([lambda: take_bulk(office, ACCEPT, matters, client_id="c1")] * 2)

    assert runs[0] == runs[1]
    assert rows(runs[0]) == [("done", "")] * 3
    assert Event.objects.filter(verb="accept").count() == 3


def test_result_is_shown_to_who_did_it_alone(people):
    run = take_bulk(people["township_office"], ACCEPT, [task(people["department"])], client_id="c1")

    found = {role: signed_in(user).get(f"/matters/bulk/{run.pk}/").status_code for role, user in people.items()}

    assert {role for role, status in found.items() if status == 200} == {"township_office"}


def test_refusal_without_a_reason_cannot_be_stored(people):
    run = take_bulk(people["township_office"], ACCEPT, [task(people["department"])], client_id="c1")

    with pytest.raises(IntegrityError), transaction.atomic():
        run.items.update(outcome="refused", why="")
    with pytest.raises(IntegrityError), transaction.atomic():
        run.items.update(outcome="perhaps", why="")


def test_chosen_matters_come_once_each_in_order(people):
    second, first = task(people["department"]), task(people["department"])

    numbers = [first.number, second.number, first.number, "R1999-00001"]

    assert chosen_among(people["county"], numbers) == [second, first]


@pytest.mark.parametrize("page", ["/matters/", "/matters/queue/", "/matters/board/"])
def test_matters_are_chosen_on_list_queue_and_board(people, page):
    matter = task(people["department"])

    content = signed_in(people["township_office"]).get(page).content.decode()

    assert f'form="bulk" name="m" value="{matter.number}"' in content
    assert '<form id="bulk"' in content
