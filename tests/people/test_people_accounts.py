"""Accounts: one role each, opened and switched by separated administrators."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests import factories
from tests.factories import LIUAN, SHIMEN, signed_in
from yizhen.audit.models import Record
from yizhen.people.actions import (
    account_of_link,
    appoint,
    found_site,
    make_sign_in_link,
    open_account,
    renew_link,
    switch_account,
)
from yizhen.people.models import ADMIN_ROLES, ROLES, Account, Appointment, Official
from yizhen.people.queries import accounts_visible_to, has_administrators, officials_visible_to, units_visible_to

ADMINISTRATORS = {
    "system_admin": ("sys", "Qinglan-sys-1"),
    "security_admin": ("sec", "Qinglan-sec-2"),
    "audit_admin": ("aud", "Qinglan-aud-3"),
}


@pytest.fixture
def city(db):
    return factories.fictional_city()


def opened(actor, role="county", **changes):
    fields = {"username": "new", "display_name": "新岗位", "role": role, "scope": factories.place("990181")}
    return open_account(actor, **(fields | changes))


# --- opening -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ROLES)
def test_open_account_is_for_the_system_administrator_only(city, actor):
    user = factories.account(actor)

    if actor == "system_admin":
        assert opened(user).role == "county"
    else:
        with pytest.raises(PermissionDenied):
            opened(user)
    assert Account.objects.filter(username="new").count() == (actor == "system_admin")


@pytest.mark.parametrize("role", ADMIN_ROLES)
def test_system_administrator_cannot_open_an_administrators_account(city, role):
    with pytest.raises(PermissionDenied):
        opened(factories.account("system_admin"), role=role)

    assert Account.objects.filter(username="new").count() == 0


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ADMIN_ROLES])
def test_system_administrator_opens_every_business_account_without_a_password(city, role):
    made = opened(factories.account("system_admin"), role=role, unit=factories.unit() if role == "department" else None)

    assert (made.role, made.has_usable_password()) == (role, False)


def test_suspended_system_administrator_opens_nothing(city):
    user = factories.account("system_admin")
    user.is_active = False

    with pytest.raises(PermissionDenied):
        opened(user)


def test_open_account_is_recorded(city):
    actor = factories.account("system_admin")

    made = opened(actor)

    link = Record.objects.get(event="people.account_opened", actor=actor)
    assert (link.subject, link.scope, link.details) == (
        f"people.account:{made.pk}",
        "990181",
        {"username": "new", "role": "county"},
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "taken"}, "username"),
        ({"username": "x" * 41}, "username"),
        ({"display_name": " "}, "display_name"),
        ({"role": "emperor"}, "role"),
        ({"role": "department"}, "__all__"),
        ({"password": "Short-1"}, "password"),
        ({"password": "onlylowercase"}, "password"),
        ({"password": "new-office-NEW"}, "password"),
    ],
)
def test_open_account_with_a_wrong_value_is_an_error_at_its_field(city, changes, field):
    opened(None, username="taken")

    with pytest.raises(ValidationError) as caught:
        opened(None, **({"username": "new-office"} | changes))

    assert list(caught.value.message_dict) == [field]
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    ("password", "right"),
    [
        ("Qinglan-2031", True),
        ("qinglan-2031", True),
        ("QINGLAN-qinglan", True),
        ("Qinglan2031", True),
        ("qinglan2031", False),
        ("Qinglan-1", False),
        ("一二三四五六七八九十", False),
        ("Password123", False),
    ],
)
def test_password_needs_ten_characters_of_three_classes_and_not_a_common_one(city, password, right):
    if right:
        assert opened(None, password=password).check_password(password)
    else:
        with pytest.raises(ValidationError) as caught:
            opened(None, password=password)
        assert list(caught.value.message_dict) == ["password"]


def test_unknown_role_is_refused_by_the_database(city):
    with pytest.raises(IntegrityError, match="account_role_is_known"), transaction.atomic():
        Account.objects.create(username="x", display_name="x", role="emperor", scope=city)


def test_two_roles_in_one_account_are_refused_by_the_database(city):
    user = factories.account("system_admin")

    with pytest.raises(IntegrityError, match="account_role_is_known"), transaction.atomic():
        Account.objects.filter(pk=user.pk).update(role="audit_admin,sys")


def test_department_without_its_unit_is_refused_by_the_database(city):
    with pytest.raises(IntegrityError, match="account_department_has_unit"), transaction.atomic():
        Account.objects.create(username="x", display_name="x", role="department", scope=city)


def test_no_account_has_a_permission_by_table(city):
    assert [user.has_perm("people.add_account") for user in factories.everybody().values()] == [False] * len(ROLES)


# --- the three administrators --------------------------------------------------------------------------------------


def test_found_site_makes_the_three_administrators(city):
    made = found_site(city, ADMINISTRATORS)

    assert [(user.username, user.role) for user in made] == [(ADMINISTRATORS[role][0], role) for role in ADMIN_ROLES]
    assert has_administrators()


def test_found_site_a_second_time_is_refused(city):
    found_site(city, ADMINISTRATORS)

    with pytest.raises(PermissionDenied):
        found_site(city, {role: (name + "2", word + "2") for role, (name, word) in ADMINISTRATORS.items()})

    assert Account.objects.count() == 3


def test_found_site_names_every_error_and_makes_nobody(city):
    wrong = {
        "system_admin": ("sys", "weak"),
        "security_admin": ("", "Qinglan-sec-2"),
        "audit_admin": ("aud", "Qinglan-sec-2"),
    }

    with pytest.raises(ValidationError) as caught, transaction.atomic():
        found_site(city, wrong)

    assert set(caught.value.message_dict) == {
        "system_admin.password",
        "security_admin.username",
        "audit_admin.password",
    }
    assert Account.objects.count() == 0


def test_found_site_twice_at_once_makes_three_administrators(committing):
    city = factories.fictional_city()
    other = {role: (name + "2", word + "2") for role, (name, word) in ADMINISTRATORS.items()}

    results = factories.at_once([lambda: found_site(city, ADMINISTRATORS), lambda: found_site(city, other)])

    assert sorted(type(result).__name__ for result in results) == ["PermissionDenied", "list"]
    assert sorted(Account.objects.values_list("role", flat=True)) == sorted(ADMIN_ROLES)


# --- switching -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ROLES)
def test_switch_account_is_for_the_security_administrator_only(city, actor):
    user, target = factories.account(actor), factories.account("county")

    if actor == "security_admin":
        switch_account(user, target, active=False, reason="离任")
    else:
        with pytest.raises(PermissionDenied):
            switch_account(user, target, active=False, reason="离任")

    target.refresh_from_db()
    assert target.is_active == (actor != "security_admin")


def test_security_administrator_cannot_switch_himself(city):
    user = factories.account("security_admin")

    with pytest.raises(PermissionDenied):
        switch_account(user, user, active=False, reason="离任")


def test_switch_account_without_a_reason_is_refused(city):
    target = factories.account("county")

    with pytest.raises(ValidationError) as caught:
        switch_account(factories.account("security_admin"), target, active=False, reason="  ")

    assert list(caught.value.message_dict) == ["reason"]
    assert Account.objects.get(pk=target.pk).is_active


def test_switch_account_is_recorded_with_its_reason(city):
    actor, target = factories.account("security_admin"), factories.account("county")

    switch_account(actor, target, active=False, reason=" 离任 ")
    switch_account(actor, target, active=True, reason="返岗")

    assert [link.details for link in Record.objects.filter(event="people.account_switched").order_by("number")] == [
        {"active": False, "reason": "离任"},
        {"active": True, "reason": "返岗"},
    ]


def test_suspended_account_is_out_at_its_next_click(city):
    user = factories.account("county")
    client = signed_in(user)
    before = client.get("/places/").status_code

    switch_account(factories.account("security_admin"), user, active=False, reason="离任")

    assert (before, client.get("/places/").status_code) == (200, 302)


# --- readers -------------------------------------------------------------------------------------------------------


def test_accounts_are_visible_to_the_system_and_security_administrators_only(city):
    accounts = factories.everybody()

    seen = {role: accounts_visible_to(user).count() for role, user in accounts.items()}

    assert seen == {role: len(ROLES) if role in {"system_admin", "security_admin"} else 0 for role in ROLES}


def test_officials_are_visible_to_the_organisation_office_and_the_own_county_only(city):
    office = factories.account("city_office")
    for name, code in (("甲", LIUAN), ("乙", SHIMEN)):
        appoint(office, name=name, division=factories.place(code), title="党委书记", began_on=date(2024, 1, 1))
    left = appoint(office, name="丙", division=factories.place(LIUAN), title="党委书记", began_on=date(2020, 1, 1))
    Appointment.objects.filter(official=left).update(ended_on=date(2023, 12, 31))

    seen = {role: [o.name for o in officials_visible_to(user)] for role, user in factories.everybody().items()}

    assert seen == {role: {"city_office": ["甲", "乙"], "county": ["甲"]}.get(role, []) for role in ROLES}


def test_appoint_is_for_the_organisation_office_only(city):
    for role, user in factories.everybody().items():
        if role == "city_office":
            appoint(user, name="甲", division=factories.place(LIUAN), title="镇长", began_on=date(2024, 1, 1))
        else:
            with pytest.raises(PermissionDenied):
                appoint(user, name="甲", division=factories.place(LIUAN), title="镇长", began_on=date(2024, 1, 1))

    assert Official.objects.count() == 1


def test_appointment_that_ends_before_it_begins_is_refused_by_the_database(city):
    official = appoint(None, name="甲", division=city, title="书记", began_on=date(2024, 1, 1))

    with pytest.raises(IntegrityError, match="appointment_ends_after_it_begins"), transaction.atomic():
        Appointment.objects.filter(official=official).update(ended_on=date(2023, 12, 31))


def test_units_of_the_own_city_are_visible(city):
    factories.unit("EMG")

    assert [unit.code for unit in units_visible_to(factories.account("grid_worker"))] == ["EMG"]


# --- pages ---------------------------------------------------------------------------------------------------------


FORM = {"username": "chenghu", "display_name": "澄湖市", "role": "county", "scope": "990181", "unit": ""}


def test_accounts_page_opens_an_account_and_shows_its_link_once(city):
    client = signed_in(factories.account("system_admin"), staff_mode=True)

    response = client.post("/accounts/", FORM)
    again = client.get("/accounts/")

    made = Account.objects.get(username="chenghu")
    assert (response.status_code, made.role, made.scope_id) == (200, "county", "990181")
    assert response.context["link"].startswith("http://testserver/sign-in/")
    assert again.context["link"] == ""
    visitor = signed_in(made)
    assert visitor.get("/accounts/").status_code == 403


def test_accounts_page_outside_staff_mode_opens_nothing(city):
    client = signed_in(factories.account("system_admin"))

    response = client.post("/accounts/", FORM)

    assert (response.status_code, response.headers["Location"]) == (302, "/staff-mode/?next=/accounts/")
    assert not Account.objects.filter(username="chenghu").exists()


def test_accounts_page_for_the_security_administrator_opens_nothing(city):
    client = signed_in(factories.account("security_admin"), staff_mode=True)

    assert (client.get("/accounts/").status_code, client.post("/accounts/", FORM).status_code) == (200, 403)
    assert not Account.objects.filter(username="chenghu").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "audit_admin"}, "role"),
        ({"role": "system_admin"}, "role"),
        ({"scope": "999999"}, "scope"),
        ({"username": ""}, "username"),
        ({"role": "department"}, "__all__"),
    ],
)
def test_accounts_page_shows_errors_at_their_fields(city, change, field):
    client = signed_in(factories.account("system_admin"), staff_mode=True)

    response = client.post("/accounts/", FORM | change)

    assert list(response.context["form"].errors) == [field]
    assert not Account.objects.filter(username="chenghu").exists()


def test_switch_page_suspends_with_a_reason_and_not_without(city):
    target = factories.account("county")
    client = signed_in(factories.account("security_admin"), staff_mode=True)
    states = []

    for reason in ("", "离任"):
        client.post(reverse("people:switch", args=[target.pk]), {"active": "0", "reason": reason})
        states.append(Account.objects.get(pk=target.pk).is_active)

    assert states == [True, False]


def test_switch_page_outside_staff_mode_changes_nothing(city):
    target = factories.account("county")
    client = signed_in(factories.account("security_admin"))

    response = client.post(reverse("people:switch", args=[target.pk]), {"active": "0", "reason": "离任"})

    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/staff-mode/")
    assert Account.objects.get(pk=target.pk).is_active


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"system_admin", "security_admin"}])
def test_switch_page_hides_accounts_from_everybody_else(city, role):
    target = factories.account("county")
    client = signed_in(factories.account(role), staff_mode=True)

    assert client.post(reverse("people:switch", args=[target.pk]), {"active": "0", "reason": "x"}).status_code == 404


def test_switch_page_refuses_the_system_administrator(city):
    target = factories.account("county")
    client = signed_in(factories.account("system_admin"), staff_mode=True)

    assert client.post(reverse("people:switch", args=[target.pk]), {"active": "0", "reason": "x"}).status_code == 403
    assert Account.objects.get(pk=target.pk).is_active


def test_link_of_a_new_account_signs_it_in(city):
    user = factories.account("county")
    secret = make_sign_in_link(user)
    response = factories.Client().post(f"/sign-in/{secret}/")

    assert (response.status_code, response.headers["Location"]) == (302, "/")


# --- one's own password --------------------------------------------------------------------------------------------


def test_password_page_sets_the_first_password_of_an_account_that_came_by_link(city, client):
    user = factories.account("county", username="chenghu")
    client.post(f"/sign-in/{make_sign_in_link(user)}/")

    response = client.post("/password/", {"password": factories.PASSWORD, "again": factories.PASSWORD})

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/places/").status_code == 200  # still signed in
    assert Account.objects.get(pk=user.pk).check_password(factories.PASSWORD)
    assert Record.objects.filter(event="people.password_set", actor=user, details={}).count() == 1


def test_password_page_asks_for_the_current_password_where_there_is_one(city):
    user = factories.account("county", password=factories.PASSWORD)
    client = signed_in(user)
    new = {"password": "Chenghu-2032-pw", "again": "Chenghu-2032-pw"}

    answers = [
        client.post("/password/", new | {"current": typed}).status_code for typed in ("", "wrong", factories.PASSWORD)
    ]

    assert answers == [400, 400, 302]
    assert Account.objects.get(pk=user.pk).check_password("Chenghu-2032-pw")


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        ("Short-1", "Short-1", "password"),
        ("Qinglan-2031-pw", "Qinglan-2031-px", "again"),
        ("", "", "password"),
        ("chenghu-Chenghu", "chenghu-Chenghu", "password"),
    ],
)
def test_password_page_refuses_what_is_weak_or_typed_differently(city, password, again, field):
    user = factories.account("county", username="chenghu-Chenghu")

    response = signed_in(user).post("/password/", {"password": password, "again": again})

    assert (response.status_code, list(response.context["form"].errors)[0]) == (400, field)
    assert not Account.objects.get(pk=user.pk).has_usable_password()


def test_password_changed_signs_other_browsers_out(city):
    user = factories.account("county", password=factories.PASSWORD)
    here, there = signed_in(user), signed_in(user)
    there.get("/places/")

    here.post("/password/", {"current": factories.PASSWORD, "password": "Chenghu-2032-pw", "again": "Chenghu-2032-pw"})

    assert [client.get("/places/").status_code for client in (here, there)] == [200, 302]


# --- officials -----------------------------------------------------------------------------------------------------


POST = {"name": "甲", "division": LIUAN, "post": "town_secretary", "title": "党委书记", "began_on": "2024-01-01"}


def test_officials_page_enters_an_official(city):
    client = signed_in(factories.account("city_office"))

    response = client.post("/officials/", POST)

    assert (response.status_code, response.headers["Location"]) == (302, "/officials/")
    assert [o.name for o in client.get("/officials/").context["officials"]] == ["甲"]


def test_officials_page_shows_a_county_its_own_and_lets_it_enter_nobody(city):
    office = signed_in(factories.account("city_office"))
    for name, code in (("甲", LIUAN), ("乙", SHIMEN)):
        office.post("/officials/", POST | {"name": name, "division": code})
    county = signed_in(factories.account("county"))

    assert county.post("/officials/", POST).status_code == 403
    assert [o.name for o in county.get("/officials/").context["officials"]] == ["甲"]
    assert "乙" not in county.get("/officials/").content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"division": "990181"}, "division"),
        ({"title": "x" * 61}, "title"),
        ({"began_on": "x"}, "began_on"),
    ],
)
def test_officials_page_shows_errors_at_their_fields(city, change, field):
    response = signed_in(factories.account("city_office")).post("/officials/", POST | change)

    assert (response.status_code, list(response.context["form"].errors)) == (400, [field])
    assert Official.objects.count() == 0


def test_renewed_link_clears_the_password_and_the_old_link(db: None) -> None:
    factories.fictional_city()
    keeper, clerk = factories.account("system_admin"), factories.account("township_office", "990181101")
    old = make_sign_in_link(clerk)
    clerk.set_password("Old-password-1")
    clerk.save()
    new = renew_link(keeper, clerk)
    clerk.refresh_from_db()
    assert not clerk.has_usable_password()
    assert account_of_link(old) is None
    assert account_of_link(new) == clerk


def test_renewed_link_is_not_made_for_administrators_or_by_others(db: None) -> None:
    factories.fictional_city()
    keeper, auditor = factories.account("system_admin"), factories.account("audit_admin")
    with pytest.raises(PermissionDenied):
        renew_link(keeper, auditor)
    with pytest.raises(PermissionDenied):
        renew_link(factories.account("city_office"), factories.account("township_office", "990181101"))
