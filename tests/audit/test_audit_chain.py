"""The chain: only declared events, only inside a transaction, never changed, and any change is found."""

from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from yizhen.audit.actions import GENESIS, first_broken_link, link_hash, record
from yizhen.audit.events import REGISTRY, event
from yizhen.audit.models import Record
from yizhen.audit.queries import records_visible_to
from yizhen.audit.triggers import append_only, install, take_off


@event("tests.noted")
class Noted:
    """Something was noted."""

    text: str
    number: int = 0


def note(text: str = "甲") -> Record:
    with transaction.atomic():
        return record(None, Noted(text=text), "tests.note:1", scope="9901")


def drop_guards() -> None:
    """Do what a tamperer with full rights would do first."""
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER audit_record_guards_{verb}")
            else:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"DROP TRIGGER audit_record_guards_{verb} ON audit_record")


def test_record_keeps_what_happened(db):
    city = factories.fictional_city()
    actor = factories.account("city_office")
    before = Record.objects.count()

    with transaction.atomic():
        link = record(actor, Noted(text="“甲”", number=7), "tests.note:12", scope=city.code)

    kept = Record.objects.get(number=before + 1)
    assert kept == link
    assert (kept.actor, kept.actor_label, kept.event) == (actor, str(actor), "tests.noted")
    assert (kept.subject, kept.scope, kept.details) == ("tests.note:12", "9901", {"text": "“甲”", "number": 7})


def test_record_by_the_system_is_labelled_so(db):
    assert (note().actor, note().actor_label) == (None, "system")


def test_first_record_follows_genesis_and_next_follows_it(db):
    first, second = note("甲"), note("乙")

    assert [first.number, second.number] == [1, 2]
    assert [first.previous_hash, second.previous_hash] == [GENESIS, first.hash]
    assert [first.hash, second.hash] == [link_hash(first), link_hash(second)]


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        record(None, Noted(text="甲"), "tests.note:1")

    assert Record.objects.count() == 0


def test_record_of_an_undeclared_event_is_refused(db):
    @dataclass(frozen=True)
    class Whispered:
        text: str

    @dataclass(frozen=True)
    class Forged:
        text: str
        event_name = "tests.noted"

    for undeclared in (Whispered("甲"), Forged("甲"), "tests.noted", None):
        with pytest.raises(TypeError, match="not a declared audit event"), transaction.atomic():
            record(None, undeclared, "tests.note:1")

    assert Record.objects.count() == 0


def test_event_declared_twice_is_refused():
    with pytest.raises(ValueError, match="declared twice"):
        event("tests.noted")(type("Again", (), {"__annotations__": {"text": str}}))

    assert REGISTRY["tests.noted"] is Noted


def test_record_rolls_back_with_its_action(db):
    note("甲")

    with transaction.atomic():
        record(None, Noted(text="乙"), "tests.note:2")
        transaction.set_rollback(True)

    assert list(Record.objects.values_list("number", flat=True)) == [1]
    assert first_broken_link() is None


def test_update_of_a_record_is_refused_by_the_database(db):
    note()

    with pytest.raises(DatabaseError, match="audit_record refuses update"), transaction.atomic():
        Record.objects.update(subject="tests.note:2")

    assert Record.objects.get().subject == "tests.note:1"


def test_delete_of_a_record_is_refused_by_the_database(db):
    note()

    with pytest.raises(DatabaseError, match="audit_record refuses delete"), transaction.atomic():
        Record.objects.all().delete()

    assert Record.objects.count() == 1


def test_update_by_plain_sql_is_refused_by_the_database(db):
    note()

    with pytest.raises(DatabaseError, match="refuses update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_record SET actor_label = 'nobody'")


def test_chain_of_an_empty_site_is_whole(db):
    assert first_broken_link() is None


def test_chain_of_real_actions_is_whole(db):
    factories.fictional_city()
    factories.everybody()

    assert Record.objects.count() > 11
    assert first_broken_link() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "tests.note:99"),
        ("actor_label", "somebody else"),
        ("event", "people.signed_in"),
        ("scope", "990181"),
        ("details", {"text": "改过", "number": 0}),
        ("at", "2001-01-01T00:00:00Z"),
    ],
)
def test_changed_record_is_the_first_broken_link(db, field, value):
    for text in "甲乙丙":
        note(text)
    drop_guards()

    Record.objects.filter(number=2).update(**{field: value})

    assert first_broken_link() == (2, "was changed after it was written")


def test_record_changed_with_a_fresh_hash_breaks_the_next_link(db):
    for text in "甲乙丙":
        note(text)
    drop_guards()
    forged = Record.objects.get(number=2)
    forged.details = {"text": "改过", "number": 0}

    Record.objects.filter(number=2).update(details=forged.details, hash=link_hash(forged))

    assert first_broken_link() == (3, "does not follow the link before it")


@pytest.mark.parametrize("number", [1, 2])
def test_removed_record_is_named_missing(db, number):
    for text in "甲乙丙":
        note(text)
    drop_guards()

    Record.objects.filter(number=number).delete()

    assert first_broken_link() == (number, "missing")


@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40),
        min_size=1,
        max_size=6,
    ),
    number=st.integers(-(2**53), 2**53),
)
def test_chain_of_any_texts_is_whole_after_reading_it_back(django_db_setup, django_db_blocker, texts, number):
    with django_db_blocker.unblock(), transaction.atomic():
        for text in texts:
            record(None, Noted(text=text, number=number), "tests.note:1")

        assert first_broken_link() is None
        assert [link.details["text"] for link in Record.objects.order_by("number")] == texts
        transaction.set_rollback(True)


def test_records_are_visible_to_the_audit_administrator_only(db):
    factories.fictional_city()
    accounts = factories.everybody()
    total = Record.objects.count()

    seen = {role: records_visible_to(user).count() for role, user in accounts.items()}

    assert seen == {role: total if role == "audit_admin" else 0 for role in accounts}


def test_records_are_hidden_from_a_suspended_audit_administrator(db):
    factories.fictional_city()
    auditor = factories.account("audit_admin")
    auditor.is_active = False

    assert records_visible_to(auditor).count() == 0


def test_audit_page_says_that_the_chain_is_whole_or_where_it_breaks(db):
    factories.fictional_city()
    client = factories.signed_in(factories.account("audit_admin"))
    whole = client.get("/audit/")
    drop_guards()
    Record.objects.filter(number=2).update(subject="tests.other:1")

    broken = client.get("/audit/")

    assert (whole.status_code, whole.context["broken"]) == (200, None)
    assert (broken.status_code, broken.context["broken"]) == (200, (2, "was changed after it was written"))


def test_audit_page_finds_by_event_and_subject(db):
    factories.fictional_city()
    auditor = factories.account("audit_admin")
    for text in "甲乙":
        note(text)
    client = factories.signed_in(auditor)

    found = {
        q: len(client.get("/audit/", {"q": q}).context["page"]) for q in ("tests.noted", "tests.note:1", "nothing")
    }

    assert found == {"tests.noted": 2, "tests.note:1": 2, "nothing": 0}


def test_triggers_are_taken_off_for_a_migration_where_they_stand_in_its_way_and_come_back(db):
    """SQLite renames no table that a trigger of another one looks at."""
    guards = append_only("audit_record")

    def standing() -> int:
        return sum(guard.name in triggers() for guard in guards)

    assert standing() == 2
    take_off(guards, "default")
    assert standing() == (0 if connection.vendor == "sqlite" else 2)
    install(guards, "default")
    assert standing() == 2


def triggers() -> set[str]:
    table = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger"
    )
    with connection.cursor() as cursor:
        cursor.execute(table)
        return {row[0] for row in cursor.fetchall()}
