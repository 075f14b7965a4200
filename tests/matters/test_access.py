"""What the address table gives away: every address of the room, read by everybody, about matters that are not theirs.

The addresses are taken from the URL table itself, so that a new page is asked the same questions on the day it is made.
"""

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests import factories
from tests.factories import LIUAN, SHIMEN, place, signed_in
from tests.matters.led import filled, opened, step
from yizhen.matters.actions import new_follow_code, register_matter
from yizhen.matters.kinds import KINDS
from yizhen.matters.lifecycle import Verb
from yizhen.matters.models import Evidence, Matter
from yizhen.people.models import Unit

ROOMS = ("matters/", "search/", "headquarters/", "township/", "")
STRANGERS = (
    "county",
    "township_head",
    "township_office",
    "village",
    "grid_worker",
    "department",
    "scrutineer",
    "audit_admin",
)
SECRET = "暗号鹊桥"
ASKED = (
    {}, {"q": SECRET}, {"q": "{number}"}, {"sort": "due_on"}, {"sort": "-number", "state": "closed"}, {"page": "2"},
    {"kind": "petition"}, {"kind": "accusation", "state": "open"}, {"place": SHIMEN}, {"place": LIUAN}, {"thread": "EMG"},
    {"light": "red"}, {"line": "safety"}, {"m": "{number}"}, {"since": "2020-01-01"},
)  # fmt: skip


def addresses(patterns, prefix: str = "") -> Iterator[str]:
    """Yield every address of the URL table, with its converters still in it."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


TABLE = sorted({route for route in addresses(get_resolver().url_patterns) if route.startswith("matters/")})
PLAIN = [route for route in TABLE if "<" not in route] + ["search/", "headquarters/", f"township/{SHIMEN}/", ""]
LISTS = (
    "matters/",
    "matters/queue/",
    "matters/board/",
    "matters/calendar/",
    "matters/digest/",
    "matters/bulk/",
    "search/",
)
OF_A_MATTER = [route for route in TABLE if "<str:number>" in route]


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.fixture
def far(people) -> list[Matter]:
    """One matter of every kind in a township of another county, and matters that accuse the township here and its sender."""
    city = people["city_office"]
    matters = []
    for kind in sorted(
        set(KINDS) - {"common_problem", "rectification"}
    ):  # what was promised after an appraisal is public
        code = {"follow_code": new_follow_code()} if KINDS[kind].asks_verdict or KINDS[kind].sealed else {}
        matter = opened(kind, city, township=SHIMEN, title=f"{SECRET}{kind}", **code)
        matters.append(matter)
    for kind, accused in (
        ("petition", {"accused_places": [place(LIUAN)]}),
        ("accusation", {"accused_units": [Unit.objects.get(code="EMG")], "accused_places": [place(LIUAN)]}),
    ):
        matter, _code = register_matter(
            city, KINDS[kind], client_id=f"accused{kind}", division=place(LIUAN), title=f"{SECRET}反映{kind}", text="请依法办。",
            work_line="safety", requester="某某", fields=filled(kind, "open"), **accused,
        )  # fmt: skip
        matters.append(matter)
    return matters


@pytest.fixture(autouse=True)
def _marked(monkeypatch):
    """Give every matter that is opened here a title that is found nowhere else."""
    monkeypatch.setattr(
        "tests.matters.led.FILLED", {"text": SECRET, "number": "3", "yes_no": "yes", "date": "2026-03-02"}
    )


def strangers_of(people, matter: Matter) -> list[str]:
    """Return the roles that may not know of a matter: those elsewhere, and whoever it accuses."""
    if matter.division_id == LIUAN:  # the county over an accused township must be able to act
        return [role for role in STRANGERS if role != "county"]
    return list(STRANGERS)


def body(response) -> str:
    """Return what a response says, spreadsheets and documents unpacked."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.startswith("docProps/")]  # when it was made
            return "".join(archive.read(name).decode("utf-8", "replace") for name in names)
    return content.decode("utf-8", "replace")


def plain(text: str, number: str) -> str:
    """Return a page without what differs from one visit to the next."""
    text = re.sub(r'"token": "[^"]*"', "", text)
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|value="[0-9a-f]{24}"', "", text)
    text = re.sub(r"\b\d\d:\d\d\b", "TIME", text)  # a minute may pass between two visits
    return text.replace(number, "NUMBER")


@pytest.mark.parametrize("role", ["county", "township_office", "grid_worker", "department", "audit_admin"])
def test_no_list_search_sort_or_export_names_a_matter_that_is_not_theirs(people, far, role):
    client = signed_in(people[role])
    theirs = [matter for matter in far if role in strangers_of(people, matter)]
    first = theirs[0].number
    told = {}
    for route in PLAIN:
        for asked in ASKED if route in LISTS else ASKED[:3]:
            query = {name: value.format(number=first) for name, value in asked.items()}
            said = body(client.get(f"/{route}", query)).replace(first, "")  # what was asked is said back in its field
            named = [matter.number for matter in theirs if matter.title in said or matter.number in said]
            if named:
                told[route, str(query)] = named
    assert told == {}


@pytest.mark.parametrize("kind", ["assigned_task", "petition", "accusation"])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_error_about_a_matter_is_the_same_as_about_one_that_is_not_there(people, far, kind, verb):
    matter = [each for each in far if each.kind == kind][-1]
    nobodys = f"{matter.number[:-5]}99999"
    told = {}
    for role in strangers_of(people, matter):
        client = signed_in(people[role])
        for route in OF_A_MATTER:
            pages = []
            for number in (matter.number, nobodys):
                path = re.sub(r"<str:number>", number, route)
                path = re.sub(r"<slug:\w+>", "accept", re.sub(r"<int:\w+>", "1", path))
                answer = getattr(client, verb)(f"/{path}", {"verb": "accept", "text": "x"} if verb == "post" else {})
                pages.append((answer.status_code, plain(body(answer), number)))
            if pages[0] != pages[1]:
                told[role, route] = (pages[0][0], pages[1][0])
    assert told == {}


def test_attachments_of_others_are_not_there(people):
    city = people["city_office"]
    matter = step(city, opened("hazard", city, township=SHIMEN), Verb.DISPATCH, to_division=place(SHIMEN))
    office = factories.account("township_office", SHIMEN)
    matter = step(office, matter, Verb.ACCEPT)
    photo = SimpleUploadedFile("a.png", factories.picture(), "image/png")
    step(office, matter, Verb.REPORT_DONE, disposition="solved", fields=filled("hazard", "result"), file=photo)
    piece = Evidence.objects.get()

    routes = [route for route in TABLE if route.startswith("matters/evidence/")]
    assert len(routes) >= 2
    for role in STRANGERS:
        for route in routes:
            address = "/" + re.sub(r"<int:pk>", str(piece.pk), route)
            assert signed_in(people[role]).get(address).status_code == 404, (role, address)
            assert Client().get(address).status_code == 302
    assert body(signed_in(office).get(f"/matters/evidence/{piece.pk}/"))


@pytest.mark.parametrize("role", ["township_head", "township_office", "village", "grid_worker", "department"])
def test_the_accused_learn_not_even_a_count(people, role):
    """Every page says the same before and after a matter that accuses whoever reads it was registered."""
    client = signed_in(people[role])
    pages = [route for route in PLAIN if "calendar/feed" not in route]

    def everything() -> dict[str, str]:
        return {route: plain(body(client.get(f"/{route}")), "-") for route in pages}

    everything()
    before = everything()
    for kind in ("petition", "accusation", "foi"):
        accused = {"accused_places": [place(LIUAN)], "accused_units": [Unit.objects.get(code="EMG")]}
        register_matter(
            people["city_office"], KINDS[kind], client_id=kind, division=place(LIUAN), title="反映柳岸镇", text="请依法办。",
            work_line="safety", requester="某某", fields=filled(kind, "open"), **accused,
        )  # fmt: skip
    after = everything()
    changed = {
        route: [line for line in after[route].split("\n") if line not in before[route]]
        for route in pages
        if before[route] != after[route]
    }
    assert changed == {}
