"""Every address as every role: who is let in, who is turned away, and that nobody finds what lies elsewhere."""

import pytest
from django.db import connection
from django.test import Client

from tests.console.addresses import ADMINS, ANSWERS_A_SCRIPT, NO, OK, OPEN, PAGES, POST, POSTS
from tests.console.peopled import peopled_city
from tests.factories import GUDU, LIUAN, SHIMEN, XITANG, bring_to, signed_in, task
from tests.memory import remembered
from yizhen.matters.lifecycle import State
from yizhen.people.models import ROLES


@pytest.fixture
@remembered
def site(db):
    return peopled_city()


def test_every_page_as_every_role(site):
    people, ids = site
    # Whom rules let in is the same on both databases; whether a page's queries run is not, and depends on the scope.
    roles = ROLES if connection.vendor == "sqlite" else ("city_office", "department", "township_office", "grid_worker")
    clients = {role: signed_in(people[role]) for role in roles}

    found = {page: {role: clients[role].get(page.format(**ids)).status_code for role in roles} for page in PAGES}

    expected = {page: {role: statuses[role] for role in roles} for page, statuses in PAGES.items()}
    assert {page: statuses for page, statuses in found.items() if statuses != expected[page]} == {}


@pytest.mark.once
def test_every_change_as_every_role(site):
    people, ids = site
    clients = {role: signed_in(user) for role, user in people.items()}

    found = {
        page: {role: clients[role].post(page.format(**ids), {"verb": "accept", "x": "1"}).status_code for role in ROLES}
        for page in POSTS
    }

    assert {page: statuses for page, statuses in found.items() if statuses != POSTS[page]} == {}


def test_every_page_and_change_without_an_account_leads_to_sign_in(site):
    _people, ids = site
    client = Client()

    answers = [(page, client.get(page.format(**ids))) for page in PAGES if page not in OPEN]
    answers += [
        (page, client.post(page.format(**ids), {"verb": "accept"})) for page in POSTS if page not in ANSWERS_A_SCRIPT
    ]

    wrong = [
        page
        for page, response in answers
        if response.status_code != 302 or not response.headers["Location"].startswith("/sign-in/")
    ]
    assert wrong == []
    assert {page: client.post(page).status_code for page in ANSWERS_A_SCRIPT} == ANSWERS_A_SCRIPT


def test_open_pages_need_no_account(site):
    client = Client()

    assert {page: client.get(page).status_code for page in OPEN} == OPEN


def test_changes_by_a_mere_link_are_refused(site):
    people, ids = site
    client = signed_in(people["city_office"], staff_mode=True)
    pages = [
        "/indicators/import/{batch}/commit/",
        "/indicators/import/{batch}/undo/",
        "/places/calendars/closures/{closure}/withdraw/",
        "/matters/routing/draft/",
        "/matters/routing/in-force/",
        "/matters/routing/cases/",
        "/matters/routing/rules/{rule}/change/",
        "/matters/routing/cases/{case}/remove/",
        "/indicators/indices/beds/2/freeze/",
        "/indicators/schemes/beds/items/",
        "/matters/field/send/",
        "/matters/calendar/feed/",
        "/matters/searches/{search}/drop/",
        "/staff-mode/leave/",
        "/accounts/{account}/switch/",
        "/sign-out/",
    ]

    assert [client.get(page.format(**ids)).status_code for page in pages] == [POST] * len(pages)


def test_changes_without_the_form_token_are_refused(site):
    people, ids = site
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["city_office"], backend="django.contrib.auth.backends.ModelBackend")

    assert [client.post(page.format(**ids), {"x": "1"}).status_code for page in POSTS] == [NO] * len(POSTS)


# --- what the pages hold -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_search_finds_nothing_outside_the_scope(site, role):
    people, _ids = site
    client = signed_in(people[role])
    far = {
        m.division_id
        for word in ("路灯", "整改", "排查")
        for m in client.get("/search/", {"q": word}).context["matters"]
    }
    villages = {d.code for d in client.get("/search/", {"q": "村"}).context["places"]}

    scope = people[role].scope_id
    assert [code for code in far if not code.startswith(scope)] == []
    assert [code for code in villages if not code.startswith(scope)] == []
    if role in ADMINS:
        assert (far, list(client.get("/search/", {"q": "率"}).context["indicators"])) == (set(), [])


def found_on(pages, words, client, ids):
    """Return the pages on which one of some words stands."""
    contents = ((page, client.get(page.format(**ids)).content.decode(errors="replace")) for page in pages)
    return [(page, word) for page, content in contents for word in words if word in content]


@pytest.mark.once
@pytest.mark.parametrize("role", ADMINS)
def test_administrators_see_no_business_data_on_any_page(site, role):
    people, ids = site
    client = signed_in(people[role])
    pages = [page for page, statuses in PAGES.items() if statuses[role] == OK and page != "/audit/"]
    words = [ids[name] for name in ("task", "village", "neighbour", "far")] + [
        "前湾村路灯",
        "石门镇整改",
        "汛期隐患排查",
        "19.14",
    ]

    assert found_on(pages, words, client, ids) == []


@pytest.mark.once
@pytest.mark.parametrize("role", ["township_head", "township_office", "village", "grid_worker"])
def test_nothing_of_another_township_is_on_any_page(site, role):
    people, ids = site
    client = signed_in(people[role])
    pages = [page for page, statuses in PAGES.items() if statuses[role] == OK]

    words = [ids["neighbour"], ids["far"], "西塘桥路灯", "石门镇整改", "塘西村", "石门村"]
    assert found_on(pages, words, client, ids) == []


@pytest.mark.parametrize(
    ("role", "own", "due"),
    [("city_office", True, 2), ("county", True, 2), ("township_office", True, 3), ("township_head", True, 3), ("village", False, 1),
     ("grid_worker", False, 0), ("department", True, 0), ("scrutineer", True, 0)],
)  # fmt: skip
def test_counts_on_today_and_township_pages_are_of_the_own_scope(site, role, own, due):
    people, _ids = site
    client = signed_in(people[role])

    here, there = client.get(f"/township/{LIUAN}/").context, client.get(f"/township/{XITANG}/").context

    assert client.get("/").context["due_count"] == due
    assert here["own"] == own
    if role in {"township_head", "township_office", "village", "grid_worker"}:
        assert "threads" not in there


def test_headquarters_counts_the_own_county_only(site):
    people, _ids = site

    rows = {role: signed_in(people[role]).get("/headquarters/").context["rows"] for role in ("city_office", "county")}

    assert {role: {r.division.code: (r.total, r.promises) for r in found} for role, found in rows.items()} == {
        "city_office": {LIUAN: (5, 0), XITANG: (1, 0), GUDU: (0, 0), SHIMEN: (1, 1), "990103001": (0, 0)},
        "county": {LIUAN: (5, 0), XITANG: (1, 0), GUDU: (0, 0)},
    }


def test_headquarters_counts_bounces_on_the_sender(site):
    people, _ids = site
    bring_to(
        State.RETURNED, task(people["department"]), handler=people["township_office"], verifier=people["department"]
    )

    bounces = signed_in(people["county"]).get("/headquarters/").context["bounces"]

    assert [(row.unit.code, row.sent, row.returned) for row in bounces] == [("EMG", 2, 1), ("HEA", 1, 0)]


@pytest.mark.parametrize(
    "text", ["%", "_", "'\"", "\\", "<script>", "🪡", "长" * 5000, "{{ 1 }}", "..", "%s", "\u202e", "-1"]
)
def test_odd_words_break_no_search_and_are_shown_as_text(site, text):
    people, _ids = site
    office, auditor = signed_in(people["city_office"]), signed_in(people["audit_admin"])
    pages = ["/search/", "/places/", "/matters/", "/matters/board/"]

    answers = [office.get(page, {"q": text, "page": text, "place": text, "thread": text}) for page in pages]
    answers.append(auditor.get("/audit/", {"q": text, "page": text}))

    assert [response.status_code for response in answers] == [200] * 5
    assert ["<script>" in response.content.decode() for response in answers] == [False] * 5


@pytest.mark.parametrize("word", ["nosuch", "长" * 60, "%25", "🪡", "'"])
def test_odd_words_in_an_address_are_not_found(site, word):
    people, _ids = site
    client = signed_in(people["city_office"])
    pages = [f"/township/{word}/", f"/matters/{word}/", f"/places/{word}/describe/", f"/indicators/L01/{word}/"]

    assert [client.get(page).status_code for page in pages] == [404] * len(pages)
