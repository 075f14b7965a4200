"""The right of refusal: what the duty list does not hold goes back with a numbered, citable reply."""

from datetime import timedelta
from io import BytesIO

import docx
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, rectification, signed_in, task
from tests.matters.duties import in_force, row
from yizhen.audit.models import Record
from yizhen.matters.actions import assign_duty, keep_item, refuse_task, take_step
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Matter, TaskRefusal
from yizhen.people.models import ROLES


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.mark.parametrize(
    ("code", "ground", "sentence"),
    [
        (None, "outside", "1. 清单没有这一事项，属清单之外的任务，未经准入。"),
        ("W-1", "withdrawn", "1. “事项W-1”（W-1）列入上级部门收回事项清单，由MKT局承担，乡镇（街道）不再承担。"),
        ("C-2", "not_lead", "1. “事项C-2”（C-2）列入配合履职事项清单，由HEA局牵头并交办，来文单位不是牵头部门。"),
    ],
)
def test_refusal_sends_the_task_back_with_a_reply_that_cites_the_list(people, code, ground, sentence):
    items = in_force(people["city_office"])
    matter = task(people["department"])

    made = refuse_task(people["township_office"], matter, item=items.get(code))

    today = timezone.localdate()
    matter.refresh_from_db()
    event = matter.events.last()
    assert (made.number, made.ground, made.refused_on) == (f"{LIUAN}-{today.year}-T001", ground, today)
    assert made.text.split("\n")[1] == sentence
    assert "“2026年版”（清委办〔2026〕1号）" in made.text
    assert "（所引依据：清应急〔2026〕1号）" in made.text
    assert (matter.state, event.verb, made.event, event.text) == (
        "returned", "object", event, f"{made.text}\n{made.number}",
    )  # fmt: skip
    assert Record.objects.filter(event__in=["matters.task_refused", "matters.stepped"]).count() == 2


@pytest.mark.parametrize(("code", "sender"), [("B-1", "department"), ("C-1", "department"), ("B-1", "county")])
def test_task_that_the_list_holds_is_not_refused_with_it(people, code, sender):
    items = in_force(people["city_office"])
    matter = task(people[sender])

    with pytest.raises(ValidationError, match="应当承办"):
        refuse_task(people["township_office"], matter, item=items[code])
    matter.refresh_from_db()
    assert (matter.state, TaskRefusal.objects.count()) == ("new", 0)


def test_what_the_task_cites_counts_before_what_is_chosen(people):
    items = in_force(people["city_office"])
    (matter,) = assign_duty(
        people["department"], duty=items["C-1"], townships=[factories.place(LIUAN)], client_id="c", title="检查", text="检查。",
        work_line="safety", due_on=timezone.localdate(),
    )  # fmt: skip
    for chosen in (None, items["W-1"]):
        with pytest.raises(ValidationError, match="C-1"):
            refuse_task(people["township_office"], matter, item=chosen)

    keep_item(people["city_office"], items["C-1"], **row("C-1", "withdrawn", "EMG"))

    assert refuse_task(people["township_office"], matter).ground == "withdrawn"
    assert matter.duty.ground == "lead"


def test_new_edition_that_takes_an_item_back_lets_its_tasks_be_refused(people):
    items = in_force(people["city_office"], "旧版", ago=30)
    (matter,) = assign_duty(
        people["department"], duty=items["C-1"], townships=[factories.place(LIUAN)], client_id="c", title="检查", text="检查。",
        work_line="safety", due_on=timezone.localdate(),
    )  # fmt: skip
    in_force(people["city_office"], "新版", ago=0, rows=[row("C-1", "withdrawn", "EMG")])

    made = refuse_task(people["township_office"], matter)

    assert (made.ground, made.item.duty_list.edition) == ("withdrawn", "新版")
    assert "“新版”" in made.text


def test_without_a_list_nothing_is_refused_with_it(people):
    with pytest.raises(ValidationError, match="没有生效"):
        refuse_task(people["township_office"], task(people["department"]))


@pytest.mark.parametrize("role", ROLES)
def test_only_the_township_refuses(people, role):
    in_force(people["city_office"])
    matter = task(people["department"])

    if role in {"township_head", "township_office"}:
        assert refuse_task(people[role], matter).by == people[role]
        return
    with pytest.raises(PermissionDenied):
        refuse_task(people[role], matter)


def test_accepted_tasks_other_kinds_and_other_townships_are_not_refused(people):
    in_force(people["city_office"])
    office = people["township_office"]
    accepted = take_step(office, task(people["department"]), Verb.ACCEPT)
    elsewhere = task(people["department"], factories.XITANG)

    for matter in (accepted, elsewhere, rectification(people["city_office"])):
        with pytest.raises(PermissionDenied):
            refuse_task(office, matter)


def test_numbers_run_by_township_and_a_maintained_task_is_refused_again(people):
    in_force(people["city_office"])
    office, matter = people["township_office"], task(people["department"])
    first = refuse_task(office, matter)
    take_step(people["department"], matter, Verb.INSIST, text="请办理。")
    matter.refresh_from_db()
    second = refuse_task(office, matter)
    other = refuse_task(
        factories.account("township_office", factories.XITANG), task(people["department"], factories.XITANG)
    )

    year = timezone.localdate().year
    assert [one.number for one in (first, second, other)] == [
        f"{LIUAN}-{year}-T001", f"{LIUAN}-{year}-T002", f"{factories.XITANG}-{year}-T001",
    ]  # fmt: skip


def test_database_keeps_replies_as_they_are(people):
    items = in_force(people["city_office"])
    made = refuse_task(people["township_office"], task(people["department"]))
    other = task(people["department"])
    values = {
        "matter": other,
        "event": other.events.get(),
        "division": made.division,
        "text": "x",
        "refused_on": made.refused_on,
    }
    for ground, item in (("outside", items["W-1"]), ("withdrawn", None), ("basic", items["B-1"])):
        with pytest.raises(IntegrityError), transaction.atomic():
            TaskRefusal.objects.create(number=ground, ground=ground, item=item, by=made.by, **values)
    with pytest.raises(DatabaseError, match="matters_taskrefusal refuses update"), transaction.atomic():
        TaskRefusal.objects.filter(pk=made.pk).update(text="改过")
    with pytest.raises(DatabaseError, match="matters_taskrefusal refuses delete"), transaction.atomic():
        TaskRefusal.objects.filter(pk=made.pk).delete()


# --- pages ---------------------------------------------------------------------------------------------------------


def test_township_refuses_on_its_page_and_the_sender_reads_the_reply(people):
    items = in_force(people["city_office"])
    matter = task(people["department"])
    township, sender = signed_in(people["township_office"]), signed_in(people["department"])
    assert f"/matters/{matter.number}/refuse/" in township.get(f"/matters/{matter.number}/").content.decode()
    assert f"/matters/{matter.number}/refuse/" not in sender.get(f"/matters/{matter.number}/").content.decode()

    nothing = township.post(f"/matters/{matter.number}/refuse/", {})
    both = township.post(f"/matters/{matter.number}/refuse/", {"item": items["W-1"].pk, "outside": "on"})
    assert [(one.status_code, list(one.context["form"].errors)) for one in (nothing, both)] == [(400, ["item"])] * 2
    wrong = township.post(f"/matters/{matter.number}/refuse/", {"item": items["B-1"].pk})
    answer = township.post(f"/matters/{matter.number}/refuse/", {"item": items["W-1"].pk})

    made = TaskRefusal.objects.get()
    page = f"/matters/refusals/{made.number}/"
    assert (wrong.status_code, list(wrong.context["form"].errors), answer.headers["Location"]) == (400, ["item"], page)
    assert made.number in sender.get(f"/matters/{matter.number}/").content.decode()
    assert made.text.split("\n")[1] in sender.get(page).content.decode()
    assert signed_in(factories.account("department", unit=factories.unit("HEA"))).get(page).status_code == 404
    assert signed_in(factories.account("township_office", factories.XITANG)).get(page).status_code == 404


def test_reply_is_an_official_letter(people):
    items = in_force(people["city_office"])
    made = refuse_task(people["township_office"], task(people["department"]), item=items["W-1"])

    answer = signed_in(people["department"]).get(f"/matters/refusals/{made.number}/reply.docx")

    document = docx.Document(BytesIO(answer.content))
    lines = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert lines[0] == "关于不予承接“汛期隐患排查”的复函"
    assert lines[1] == "EMG局："
    assert lines[2:5] == made.text.split("\n")
    assert lines[5] == f"复函编号：{made.number}"
    assert lines[6] == "柳岸镇"
    section = document.sections[0]
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)


@pytest.mark.parametrize("number", [1, 3])
def test_matter_page_takes_the_same_queries_for_one_and_three_replies(people, number):
    in_force(people["city_office"])
    matter = task(people["department"])
    for turn in range(number):
        refuse_task(people["township_office"], Matter.objects.get(pk=matter.pk))
        if turn < number - 1:
            take_step(people["department"], matter, Verb.INSIST, text="请办理。")
    client = signed_in(people["county"])
    client.get(f"/matters/{matter.number}/")

    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/matters/{matter.number}/").status_code == 200

    assert len(queries) == 22


def test_task_due_dates_do_not_move_when_it_is_refused(people):
    in_force(people["city_office"])
    matter = task(people["department"], days=9)

    refuse_task(people["township_office"], matter)

    matter.refresh_from_db()
    assert matter.due_on == timezone.localdate() + timedelta(days=9)
