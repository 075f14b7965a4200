"""What the appraisals' tests share: the fictional city, halls at each stage, and a live server."""

from collections.abc import Iterator

import pytest

from tests import factories
from tests.appraisals import room
from tests.appraisals.live import Live, serving
from tests.appraisals.room import Hall
from yizhen.people.models import Account
from yizhen.places.models import Division


@pytest.fixture
def city(db: None) -> Division:
    return factories.fictional_city()


@pytest.fixture
def office(city: Division) -> Account:
    return factories.account("city_office")


@pytest.fixture
def draft(city: Division) -> Hall:
    return room.draft()


@pytest.fixture
def published(city: Division) -> Hall:
    return room.published()


@pytest.fixture
def prepared(city: Division) -> Hall:
    return room.prepared()


@pytest.fixture
def opened(city: Division) -> Hall:
    return room.opened()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Live]:
    """A real server with an empty site; each test makes a hall of its own."""
    with serving(tmp_path_factory.mktemp("live") / "data", f"live_{worker_id}") as made:
        yield made
