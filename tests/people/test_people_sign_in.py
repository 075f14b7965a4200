"""Signing in, staff mode, idle limits, one-time links and lock-out."""

import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.factories import PASSWORD, enter_staff_mode, signed_in
from yizhen.audit.models import Record
from yizhen.people.actions import account_of_link, make_sign_in_link, switch_account, use_sign_in_link
from yizhen.people.models import ROLES, SignInLink

STAFF_ROLES = {"city_office", "county", "system_admin", "security_admin"}


@pytest.fixture
def city(db):
    return factories.fictional_city()


@pytest.fixture
def user(city):
    factories.account("system_admin")
    return factories.account("city_office", password=PASSWORD, username="office")


def sign_in(client, password=PASSWORD, username="office", **data):
    return client.post("/sign-in/", {"username": username, "password": password, **data})


def is_in(client) -> bool:
    return client.get("/places/").status_code == 200


# --- password ------------------------------------------------------------------------------------------------------


def test_sign_in_with_the_right_password(user, client):
    response = sign_in(client)

    assert (response.status_code, response.headers["Location"], is_in(client)) == (302, "/", True)
    assert Record.objects.filter(event="people.signed_in", actor=user, details={"by": "password"}).count() == 1


@pytest.mark.parametrize(
    ("username", "password"), [("office", "wrong"), ("nobody", PASSWORD), ("office", ""), ("", "")]
)
def test_sign_in_with_wrong_words_is_refused_alike(user, client, username, password):
    response = sign_in(client, password, username)

    assert (response.status_code, is_in(client)) == (400, False)
    assert response.context["error"] == "用户名或密码不对。连续五次输错将锁定十分钟。"


def test_sign_in_of_a_suspended_account_is_refused(user, client):
    switch_account(factories.account("security_admin"), user, active=False, reason="离任")

    assert (sign_in(client).status_code, is_in(client)) == (400, False)


def test_sign_in_of_an_account_without_password_is_refused(city, client):
    factories.account("system_admin")
    factories.account("county", username="office")

    assert sign_in(client, "").status_code == 400


@pytest.mark.parametrize(
    ("target", "place"),
    [("/places/", "/places/"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("javascript:alert(1)", "/")],
)
def test_sign_in_goes_on_to_an_address_of_this_site_only(user, client, target, place):
    assert sign_in(client, next=target).headers["Location"] == place


def test_sign_out_ends_the_session(user, client):
    sign_in(client)

    response = client.post("/sign-out/")

    assert (response.status_code, is_in(client)) == (302, False)


def test_sign_out_by_a_mere_link_is_refused(user, client):
    sign_in(client)

    assert (client.get("/sign-out/").status_code, is_in(client)) == (405, True)


def test_sign_in_without_the_form_token_is_refused(user):
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


# --- lock-out ------------------------------------------------------------------------------------------------------


def test_fifth_wrong_password_locks_the_account_for_this_address(user, client):
    wrong = [sign_in(client, "wrong").status_code for _unused in range(5)]

    right = sign_in(client)

    assert wrong == [400, 400, 400, 400, 429]
    assert (right.status_code, is_in(client)) == (429, False)
    assert "people/locked.html" in [template.name for template in right.templates]


def test_four_wrong_passwords_do_not_lock(user, client):
    for _unused in range(4):
        sign_in(client, "wrong")

    assert (sign_in(client).status_code, is_in(client)) == (302, True)


def test_right_password_clears_the_count(user, client):
    for _unused in range(2):
        for _again in range(4):
            sign_in(client, "wrong")
        assert sign_in(client).status_code == 302


def test_lock_holds_for_this_account_and_address_only(user, client):
    factories.account("county", username="county", password=PASSWORD)
    for _unused in range(5):
        sign_in(client, "wrong")

    assert sign_in(client, username="county").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9")).status_code == 302


@pytest.mark.parametrize(("minutes", "status"), [(9, 429), (11, 302)])
def test_lock_ends_after_ten_minutes(user, client, minutes, status):
    for _unused in range(5):
        sign_in(client, "wrong")

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=minutes))

    assert sign_in(client).status_code == status


# --- staff mode ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_staff_mode_is_for_those_who_can_publish_or_change_accounts(city, role):
    account = factories.account(role)
    client = signed_in(account)

    page = client.get("/staff-mode/")
    entered = client.post("/staff-mode/", {"confirm": account.username})

    assert (page.status_code, entered.status_code) == ((200, 302) if role in STAFF_ROLES else (403, 403))
    assert ("staff_mode_until" in client.session) == (role in STAFF_ROLES)


def test_staff_mode_asks_for_the_password_of_an_account_that_has_one(user):
    client = signed_in(user)

    entered = []
    for typed in ("", "wrong", user.username, PASSWORD):
        client.post("/staff-mode/", {"confirm": typed})
        entered.append("staff_mode_until" in client.session)

    assert entered == [False, False, False, True]


def test_staff_mode_asks_for_the_username_where_there_is_no_password(city):
    client = signed_in(factories.account("city_office", username="office"))

    entered = []
    for typed in ("", "Office", "office"):
        client.post("/staff-mode/", {"confirm": typed})
        entered.append("staff_mode_until" in client.session)

    assert entered == [False, False, True]


def test_staff_mode_is_recorded_when_entered_and_left(city):
    account = factories.account("city_office", username="office")
    client = signed_in(account)

    client.post("/staff-mode/", {"confirm": "office"})
    client.post("/staff-mode/leave/")

    assert "staff_mode_until" not in client.session
    assert [link.details for link in Record.objects.filter(event="people.staff_mode").order_by("number")] == [
        {"entered": True},
        {"entered": False},
    ]


def test_staff_mode_lasts_half_an_hour(city):
    client = signed_in(factories.account("city_office", username="office"))

    client.post("/staff-mode/", {"confirm": "office"})

    assert 1790 < client.session["staff_mode_until"] - time.time() <= 1800


def test_staff_mode_that_ran_out_must_be_entered_again(city):
    target = factories.account("county")
    client = signed_in(factories.account("security_admin"))
    answers = []

    for seconds in (60, -1):
        enter_staff_mode(client, seconds=seconds)
        response = client.post(f"/accounts/{target.pk}/switch/", {"active": "0", "reason": "离任"})
        answers.append(response.headers["Location"].split("?")[0])

    assert answers == ["/accounts/", "/staff-mode/"]


def test_staff_mode_ends_with_the_session(city):
    account = factories.account("city_office", username="office")
    client = signed_in(account, staff_mode=True)

    client.post("/sign-out/")
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")

    assert "staff_mode_until" not in client.session


# --- idle ----------------------------------------------------------------------------------------------------------


def idle(client, seconds):
    session = client.session
    session["seen"] = time.time() - seconds
    session.save()


@pytest.mark.parametrize(("seconds", "inside"), [(1700, True), (1801, False)])
def test_idle_account_is_signed_out_after_half_an_hour(city, seconds, inside):
    client = signed_in(factories.account("county"))
    client.get("/places/")

    idle(client, seconds)

    assert is_in(client) == inside


def test_idle_count_begins_again_with_every_visit(city):
    client = signed_in(factories.account("county"))

    for _unused in range(3):
        client.get("/places/")
        idle(client, 1700)

    assert is_in(client)


def test_idle_account_is_asked_to_sign_in_and_comes_back(city):
    client = signed_in(factories.account("county"))
    client.get("/places/")
    idle(client, 1801)

    assert client.get("/places/").headers["Location"] == "/sign-in/?next=/places/"


# --- one-time links ------------------------------------------------------------------------------------------------


def test_link_is_kept_as_a_hash_only(user):
    secret = make_sign_in_link(user)

    link = SignInLink.objects.get()
    assert (len(link.secret_hash), secret in link.secret_hash, link.used_at) == (64, False, None)


def test_link_shown_is_not_used_up(user, client):
    secret = make_sign_in_link(user)

    seen = [client.get(f"/sign-in/{secret}/").status_code for _unused in range(3)]

    assert (seen, is_in(client)) == ([200, 200, 200], False)
    assert account_of_link(secret) == user


def test_link_signs_in_once(user):
    secret = make_sign_in_link(user)
    first, second = Client(), Client()

    answers = [client.post(f"/sign-in/{secret}/").status_code for client in (first, second)]

    assert answers == [302, 410]
    assert (is_in(first), is_in(second)) == (True, False)
    assert Client().get(f"/sign-in/{secret}/").status_code == 410
    assert Record.objects.filter(event="people.signed_in", details={"by": "one-time link"}).count() == 1


def test_link_used_twice_at_once_signs_one_in(committing):
    factories.fictional_city()
    user = factories.account("city_office")
    secret = make_sign_in_link(user)

    results = factories.at_once([lambda: use_sign_in_link(secret)] * 6)

    assert sorted(str(result) for result in results) == sorted([str(user), *["None"] * 5])
    assert Record.objects.filter(event="people.signed_in").count() == 1


def test_link_unknown_expired_or_of_a_suspended_account_signs_nobody_in(user, client):
    expired = make_sign_in_link(user, valid=timedelta(seconds=-1))
    suspended = factories.account("county")
    refused = make_sign_in_link(suspended)
    switch_account(factories.account("security_admin"), suspended, active=False, reason="离任")

    answers = [client.post(f"/sign-in/{secret}/").status_code for secret in ("nosuch", expired, refused)]

    assert (answers, is_in(client)) == ([410, 410, 410], False)


def test_links_of_one_account_are_used_up_one_by_one(user):
    first, second = make_sign_in_link(user), make_sign_in_link(user)

    assert [use_sign_in_link(secret) for secret in (first, first, second)] == [user, None, user]
