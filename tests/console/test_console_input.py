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


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/growth/projects/7/realised/", "/growth/projects/7/"),
        ("/exchange/1/questions/1/answer/", "/exchange/1/questions/"),
        ("/exchange/1/questions/", "/exchange/1/"),
    ],
)
def test_browser_at_an_address_of_forms_is_led_to_the_page_above(office: Client, address: str, above: str) -> None:
    led = office.get(address, headers={"Accept": "text/html,application/xhtml+xml"})
    assert (led.status_code, led["Location"]) == (302, above)
    assert office.get(address).status_code == 405


def test_stranger_at_a_page_that_is_not_there_is_shown_both_doors(client: Client, db: None) -> None:
    page = client.get("/ask/nothing/")
    assert (page.status_code, "居民首页" in page.content.decode(), "管辖范围" in page.content.decode()) == (
        404,
        True,
        False,
    )


def test_nul_is_the_only_thing_refused(office: Client) -> None:
    assert office.get("/matters/?q=%E2%80%AE%F0%9F%98%80").status_code == 200
