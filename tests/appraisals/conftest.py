"""What the appraisals' tests share: the fictional city, halls at each stage, and a live server."""

import pytest

from tests import factories
from tests.appraisals import room
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
