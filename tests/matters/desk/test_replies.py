"""Reply templates: whose, for which step, and that only known placeholders are filled."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import bring_to, rectification, signed_in, task
from yizhen.audit.models import Record
from yizhen.matters.actions import drop_reply, save_reply
from yizhen.matters.desk.replies import FOUND, filled, replies_for, replies_of, unknown_placeholders
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Event, Matter, ReplyTemplate
from yizhen.matters.rules import possible_steps

KEEPERS = ("city_office", "county", "department", "township_office")


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def reply(user, title="收到", text="{place}已收到。", **fields) -> ReplyTemplate:
    return save_reply(user, title=title, text=text, **fields)


def offered(user, matter: Matter) -> dict[str, list[str]]:
    found = replies_for(user, matter, possible_steps(user, matter))
    return {verb.value: [one.title for one, _text in texts] for verb, texts in found.items() if texts}


def test_offices_and_departments_keep_their_own(people):
    made = {role: reply(people[role], title=role) for role in KEEPERS}

    assert {role: [one.title for one in replies_of(people[role])] for role in KEEPERS} == {r: [r] for r in KEEPERS}
    assert made["department"].unit == people["department"].unit
    assert [one.title for one in replies_of(people["township_head"])] == ["township_office"]
    assert [
        role for role in people if role not in KEEPERS and role != "township_head" and replies_of(people[role])
    ] == []


@pytest.mark.parametrize(
    "role", ["township_head", "village", "grid_worker", "scrutineer", "teller", "system_admin", "security_admin"]
)
def test_nobody_else_writes_them(people, role):
    with pytest.raises(PermissionDenied):
        reply(people[role])


def test_another_units_template_is_neither_changed_nor_dropped(people):
    theirs = reply(people["department"])
    other = factories.account("department", unit=factories.unit("HEA"))

    with pytest.raises(PermissionDenied):
        reply(other, reply=theirs)
    with pytest.raises(PermissionDenied):
        drop_reply(other, theirs)
    assert signed_in(other).get(f"/matters/replies/{theirs.pk}/").status_code == 404
    assert signed_in(other).post(f"/matters/replies/{theirs.pk}/drop/").status_code == 404


def test_template_is_made_changed_and_dropped_on_its_page_and_audited(people):
    client = signed_in(people["department"])
    client.post("/matters/replies/", {"title": "维持", "text": "{title}属地办理。", "verb": "insist"})
    made = ReplyTemplate.objects.get()

    client.post(f"/matters/replies/{made.pk}/", {"title": "维持交办", "text": "{number}属地办理。", "verb": "insist"})
    made.refresh_from_db()
    assert (made.title, made.text, made.verb, made.by) == (
        "维持交办",
        "{number}属地办理。",
        "insist",
        people["department"],
    )
    client.post(f"/matters/replies/{made.pk}/drop/")

    assert not ReplyTemplate.objects.exists()
    records = Record.objects.filter(event__startswith="matters.reply").order_by("number")
    assert [(r.event, r.details["title"]) for r in records] == [
        ("matters.reply_saved", "维持"),
        ("matters.reply_saved", "维持交办"),
        ("matters.reply_dropped", "维持交办"),
    ]


def test_unknown_placeholder_is_an_error_at_the_text(people):
    data = {"title": "收到", "text": "{place}{name}{电话}{name}已收到{number}。"}

    page = signed_in(people["department"]).post("/matters/replies/", data)

    assert page.status_code == 400
    assert page.context["form"].errors == {
        "text": ["不认识 {name}、{电话}；只能用 {number}、{title}、{place}、{due}。"]
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({"state": "nonsense"}, "state"),
        ({"verb": "nonsense"}, "verb"),
        ({"verb": "verdict_satisfied"}, "verb"),
        ({"verb": "accept", "state": "closed"}, "state"),
        ({"title": ""}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"text": "长" * 2001}, "text"),
    ],
)
def test_wrong_field_is_named(people, fields, field):
    with pytest.raises(ValidationError) as error:
        reply(people["department"], **fields)

    assert list(error.value.message_dict) == [field]


def test_title_is_once_in_a_unit(people):
    first = reply(people["department"])
    reply(people["county"])
    with pytest.raises(ValidationError, match="同名"):
        reply(people["department"])
    reply(people["department"], reply=first)

    for user in (people["department"], people["county"]):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReplyTemplate.objects.create(
                division=user.scope,
                unit=user.unit if user.role == "department" else None,
                title="收到",
                text="x",
                by=user,
            )


def test_templates_fit_kind_state_and_step(people):
    office = people["township_office"]
    reply(office, "任何")
    reply(office, "接收", verb="accept")
    reply(office, "任务的异议", verb="object", kind="assigned_task")
    reply(office, "整改的异议", verb="object", kind="rectification")
    reply(office, "在办", state="handling")
    new = task(people["department"])
    handling = bring_to(State.HANDLING, rectification(people["city_office"]), handler=office, verifier=people["county"])

    assert offered(office, new) == {"accept": ["任何", "接收"], "object": ["任何", "任务的异议"]}
    assert offered(office, handling) == {"report_done": ["任何", "在办"]}
    assert offered(people["county"], new) == {}


def test_template_is_offered_on_the_page_filled_in_and_never_sent(people):
    reply(people["township_office"], "收到", "{place}已收到{number}“{title}”。", verb="accept")
    matter = task(people["department"], title='<b>"井盖"</b>')
    before = Event.objects.count()

    page = signed_in(people["township_office"]).get(f"/matters/{matter.number}/").content.decode()

    text = f"柳岸镇已收到{matter.number}“&lt;b&gt;&quot;井盖&quot;&lt;/b&gt;”。"
    assert page.count(text) == 2  # a choice for the script, and text to copy without it
    assert 'id="reply-accept"' in page
    assert 'id="reply-object"' not in page
    assert Event.objects.count() == before


def test_places_and_dates_are_in_the_language_of_the_text(people):
    division = people["county"].scope
    division.name_en = "Chenghu"
    matter = Matter(number="R1", title="t", division=division, due_on=factories.yesterday().replace(2026, 3, 2))
    with translation.override("en"):
        texts = filled("{place}于{due}前", matter), filled("{place} by {due}", matter)

    assert texts == ("澄湖市于2026年3月2日(周一)前", "Chenghu by 2 Mar 2026 (Mon)")


@given(st.text(alphabet="{}numbertile中 ", max_size=40))
def test_filling_changes_known_placeholders_alone(text):
    matter = Matter(
        number="N", title="{due}", division=factories.Division(name_zh="P"), due_on=factories.date(2026, 3, 2)
    )

    written = filled(text, matter)

    known = {"{number}": "N", "{title}": "{due}"}
    parts = FOUND.split(text)
    expected = "".join(
        part if number % 2 == 0 else known.get(f"{{{part}}}", f"{{{part}}}") for number, part in enumerate(parts)
    )
    assert written == expected
    assert set(unknown_placeholders(text)) == {name for name in FOUND.findall(text) if f"{{{name}}}" not in known}


def test_steps_of_the_requester_take_no_template(people):
    matter = task(people["city_office"], dispatcher=None)
    reply(people["city_office"], "任何")

    assert all(Verb(verb) != Verb.SATISFIED for verb in offered(people["city_office"], matter))


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_for_one_and_for_three(people, rows, django_assert_num_queries):
    for number in range(rows):
        reply(people["department"], f"样本{number}")
    client = signed_in(people["department"])
    client.get("/matters/replies/")

    with django_assert_num_queries(4):
        client.get("/matters/replies/")
