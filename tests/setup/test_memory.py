"""What tests put back instead of making it again: the same rows, and only where the same would be made."""

from typing import Any

import pytest
from django.db import transaction

from tests import factories, memory
from tests.appraisals import room
from tests.factories import CITY
from yizhen.audit.actions import first_broken_link
from yizhen.audit.models import Record
from yizhen.people.models import Account, Unit
from yizhen.places.models import Division


def undone(make: Any, *arguments: Any) -> tuple[Any, dict[str, list[memory.Row]]]:
    """Return what a making returns and every row of the database after it, and undo it."""
    with transaction.atomic():
        result, rows = make(*arguments), memory._rows()
        transaction.set_rollback(True)
    return result, rows


def test_a_hall_put_back_is_the_hall_that_was_made(db: None) -> None:
    def hall(seen: list[int]) -> room.Hall:
        factories.fictional_city()
        factories.catalogue()
        made = room.counted()
        seen.append(Record.objects.count())
        assert first_broken_link() is None
        return made

    seen: list[int] = []
    (first, rows), (second, again) = undone(hall, seen), undone(hall, seen)
    assert {table: set(lying) for table, lying in again.items()} == {table: set(lying) for table, lying in rows.items()}
    assert second is not first
    assert (second.campaign, second.heads, second.codes) == (first.campaign, first.heads, first.codes)
    assert bytes(second.secret) == bytes(first.secret)
    assert seen[0] == seen[1] > 50


def test_what_is_made_after_it_is_new(db: None) -> None:
    factories.fictional_city()
    numbers = []
    for _time in range(2):
        with transaction.atomic():
            factories.catalogue()
            numbers.append((Record.objects.count(), Unit.objects.create(code="NEW", name_zh="新", division_id=CITY)))
            transaction.set_rollback(True)
    assert numbers[0] == numbers[1]


@pytest.fixture
def times(db: None) -> Any:
    """A maker that counts how often it was at work."""
    made = []

    @memory.remembered
    def account(role: str, scope: Division) -> Account:
        made.append(role)
        return factories.account.__wrapped__(role, scope.code)  # type: ignore[attr-defined]

    return account, made


def test_the_same_is_made_once(times: Any) -> None:
    account, made = times
    city = factories.fictional_city()
    names = {undone(account, "county", city)[0].username for _time in range(3)}
    assert (len(names), made) == (1, ["county"])
    undone(account, "county", factories.place("990103"))
    undone(account, "department", city)
    assert made == ["county", "county", "department"]


def test_after_another_history_it_is_made_anew(times: Any) -> None:
    account, made = times
    city = factories.fictional_city()
    undone(account, "county", city)
    with transaction.atomic():
        factories.describe("990181101", "grain_agriculture", 7)  # a record and no row
        undone(account, "county", city)
        transaction.set_rollback(True)
    with transaction.atomic():
        Unit.objects.create(code="ODD", name_zh="没有记录", division=city)  # a row and no record
        undone(account, "county", city)
        transaction.set_rollback(True)
    undone(account, "county", city)
    assert made == ["county"] * 3


def test_what_changes_rows_or_is_given_things_is_made_anew(db: None) -> None:
    made = []

    @memory.remembered
    def renamed(thing: Any = None) -> None:
        made.append(thing)
        Division.objects.filter(code=CITY).update(name_zh="某市")

    factories.fictional_city()
    for thing in (None, None, object(), object()):
        undone(renamed, thing)
    assert len(made) == 4


def test_switched_off_everything_is_made_anew(times: Any) -> None:
    account, made = times
    city = factories.fictional_city()
    undone(account, "county", city)
    with memory.off():
        undone(account, "county", city)
    assert made == ["county"] * 2
