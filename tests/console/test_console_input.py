"""What no person types: NUL characters and endless numbers never break a page."""

import pytest
from django.test import Client

from tests import factories


@pytest.fixture
def office(db: None, client: Client) -> Client:
    factories.fictional_city()
    client.force_login(factories.account("city_office"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    "address", ["/matters/?q=%00", "/search/?q=a%00b", "/places/?q=%00", "/township/%00/", "/indicators/L01/%00/"]
)
def test_nul_in_an_address_is_refused(office: Client, address: str) -> None:
    assert office.get(address).status_code == 400


def test_nul_in_a_form_is_refused_before_anything_reads_it(client: Client, db: None) -> None:
    factories.fictional_city()
    assert client.post("/sign-in/", {"username": "a\0b", "password": "x"}).status_code == 400


def test_nul_is_the_only_thing_refused(office: Client) -> None:
    assert office.get("/matters/?q=%E2%80%AE%F0%9F%98%80").status_code == 200
