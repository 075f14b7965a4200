"""A city of one's own: the national table, the first-run wizard, and the first figures of real places."""

import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password

from tests import factories
from tests.factories import observation_workbook, row, signed_in, upload
from tests.memory import remembered
from yizhen.audit.actions import first_broken_link
from yizhen.cli import main
from yizhen.console.founding import AlreadyFounded, found_city
from yizhen.indicators.models import Indicator, Observation
from yizhen.people.models import ADMIN_ROLES, Account, Unit
from yizhen.places.models import Category, Division
from yizhen.places.national import UnknownDivision, city_divisions

GOOD = {
    "system_admin.username": "sys",
    "system_admin.password": "Yangzhou-sys-1",
    "security_admin.username": "sec",
    "security_admin.password": "Yangzhou-sec-2",
    "audit_admin.username": "aud",
    "audit_admin.password": "Yangzhou-aud-3",
}


def expected_counts(code: str) -> Counter[str]:
    return Counter(str(unit.level) for unit in city_divisions(code) if not unit.placeholder)


def test_found_city_of_yangzhou_loads_every_unit(db):
    city, counts = found_city("3210")

    assert (city.code, city.name_zh, city.parent) == ("3210", "扬州市", None)
    assert counts == {"prefecture": 1, "county": 7, "township": 98, "village": 1437 - 10}  # ten rows only fill a level
    assert counts == expected_counts("3210")
    assert Counter(Division.objects.values_list("level", flat=True)) == counts


def test_found_city_hangs_every_unit_below_another(db):
    found_city("3210")

    assert list(Division.objects.filter(parent=None).values_list("code", flat=True)) == ["3210"]
    assert [d.code for d in Division.objects.exclude(parent=None) if not d.code.startswith(d.parent_id)] == []


def test_found_city_brings_categories_departments_and_catalogue(db):
    found_city("3210", villages=False)

    assert (Category.objects.count(), Unit.objects.count(), Indicator.objects.count()) == (6, 27, 30)
    assert {unit.division_id for unit in Unit.objects.all()} == {"3210"}
    assert Account.objects.count() == 0


def test_found_city_without_villages_holds_none(db):
    assert found_city("扬州市", villages=False)[1] == {"prefecture": 1, "county": 7, "township": 98}


def test_found_city_a_second_time_adds_nothing(db):
    first = found_city("3210")
    before = set(Division.objects.values_list("code", "name_zh"))

    second = found_city("扬州")

    assert second == first
    assert set(Division.objects.values_list("code", "name_zh")) == before
    assert Indicator.objects.count() == 30


def test_found_city_restores_a_name_of_the_table(db):
    found_city("3210", villages=False)
    Division.objects.filter(code="321084").update(name_zh="高邮县")

    found_city("3210", villages=False)

    assert factories.place("321084").name_zh == "高邮市"


def test_found_city_refuses_another_city_in_the_same_data(db):
    found_city("3210", villages=False)

    with pytest.raises(AlreadyFounded, match="3210"):
        found_city("南京市", villages=False)

    assert Division.objects.filter(code__startswith="3201").count() == 0


def test_found_city_refuses_the_data_of_the_fictional_city(db):
    factories.fictional_city()

    with pytest.raises(AlreadyFounded, match="9901"):
        found_city("3210", villages=False)


def test_found_city_of_an_unknown_name_lists_the_nearest(db):
    with pytest.raises(UnknownDivision, match="扬州市（3210）"):
        found_city("杨州市")

    assert Division.objects.count() == 0


def test_found_city_of_a_municipality_and_of_a_county(db):
    city, counts = found_city("321084", villages=False)

    assert (city.code, counts["county"], counts["township"]) == ("321084", 1, 13)


# --- the command line ----------------------------------------------------------------------------------------------


def test_init_command_of_an_unknown_city_lists_the_nearest_names(db, capsys):
    code = main(["init", "--city", "杨州市"])

    output = capsys.readouterr()
    assert code == 2
    assert output.err.startswith("✗ 没有名为“杨州市”的市、县、区。")
    assert "江苏省扬州市（3210）" in output.err
    assert Division.objects.count() == 0


def test_init_command_says_what_it_loaded_and_what_is_next(db, capsys):
    code = main(["init", "--city", "3210", "--no-villages"])

    output = capsys.readouterr()
    assert (code, output.err) == (0, "")
    assert output.out.splitlines()[:4] == ["✓ 扬州市 3210", "  · prefecture: 1", "  · county: 7", "  · township: 98"]
    assert "yizhen serve" in output.out


def test_init_command_refuses_a_second_city(db, capsys):
    main(["init", "--city", "3210", "--no-villages"])

    assert main(["init", "--city", "3201", "--no-villages"]) == 2
    assert "3210" in capsys.readouterr().err


def test_init_command_makes_a_data_directory_that_only_its_owner_can_unlock(tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2] / "src")}

    done = subprocess.run(
        [sys.executable, "-m", "yizhen", "init", "--city", "3210", "--no-villages", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(tmp_path / "yizhen.sqlite3") as database:
        counts = dict(database.execute("SELECT level, count(*) FROM places_division GROUP BY level"))
        triggers = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    database.close()
    assert counts == {"prefecture": 1, "county": 7, "township": 98}
    assert {"audit_record_guards_update", "audit_record_guards_delete"} < triggers


# --- the first-run wizard ------------------------------------------------------------------------------------------


@pytest.fixture
@remembered
def yangzhou(db):
    return found_city("3210", villages=False)[0]


@pytest.mark.parametrize("path", ["/", "/sign-in/"])
def test_new_site_leads_to_the_wizard(yangzhou, client, path):
    response = client.get(path)

    assert (response.status_code, response.headers["Location"]) == (302, "/first-run/")


def test_wizard_before_any_city_says_what_is_missing(db, client):
    assert client.get("/first-run/").status_code == 503


def test_wizard_asks_for_three_administrators(yangzhou, client):
    response = client.get("/first-run/")

    assert response.status_code == 200
    assert [group[0] for group in response.context["groups"]] == list(ADMIN_ROLES)
    assert Account.objects.count() == 0


def test_wizard_creates_exactly_three_administrators_and_is_gone(yangzhou, client):
    made = client.post("/first-run/", GOOD)

    assert (made.status_code, made.headers["Location"]) == (302, "/sign-in/")
    assert {(a.username, a.role, a.scope_id, a.is_active) for a in Account.objects.all()} == {
        ("sys", "system_admin", "3210", True),
        ("sec", "security_admin", "3210", True),
        ("aud", "audit_admin", "3210", True),
    }
    again = {key: value + "x" for key, value in GOOD.items()}
    assert [client.get("/first-run/").status_code, client.post("/first-run/", again).status_code] == [410, 410]
    assert Account.objects.count() == 3
    assert first_broken_link() is None


@pytest.mark.parametrize("role", ADMIN_ROLES)
def test_wizard_lets_each_administrator_sign_in_with_the_password_typed(yangzhou, client, role):
    client.post("/first-run/", GOOD)

    response = client.post("/sign-in/", {"username": GOOD[f"{role}.username"], "password": GOOD[f"{role}.password"]})

    assert (response.status_code, response.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("password", ["", "admin", "123456", "password", "yizhen", "Admin@123", "sys", "changeme"])
def test_no_default_password_opens_any_account(yangzhou, client, password):
    client.post("/first-run/", GOOD)

    assert [a.username for a in Account.objects.all() if check_password(password, a.password)] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"system_admin.password": "Short-1"}, "system_admin.password"),
        ({"security_admin.password": "alllowercaseletters"}, "security_admin.password"),
        ({"audit_admin.password": "1234567890"}, "audit_admin.password"),
        (
            {"system_admin.username": "yangzhou-boss", "system_admin.password": "Yangzhou-boss1"},
            "system_admin.password",
        ),
        ({"audit_admin.password": GOOD["system_admin.password"]}, "audit_admin.password"),
        ({"security_admin.username": "sys"}, "security_admin.username"),
        ({"security_admin.username": ""}, "security_admin.username"),
        ({"audit_admin.password": ""}, "audit_admin.password"),
        ({"system_admin.username": "x" * 41}, "system_admin.username"),
    ],
)
def test_wizard_error_is_at_its_field_keeps_usernames_and_creates_nobody(yangzhou, client, change, field):
    response = client.post("/first-run/", GOOD | change)

    form = response.context["form"]
    assert list(form.errors) == [field]
    assert [form[f"{role}.username"].value() for role in ADMIN_ROLES] == [
        (GOOD | change)[f"{role}.username"] for role in ADMIN_ROLES
    ]
    assert Account.objects.count() == 0
    page = response.content.decode()
    assert [
        secret for key, secret in (GOOD | change).items() if key.endswith("password") and secret and secret in page
    ] == []


# --- your own city, end to end -------------------------------------------------------------------------------------


def test_own_city_imports_figures_of_its_real_townships_and_villages(db, client):
    found_city("3210")
    client.post("/first-run/", GOOD)
    office = factories.account("city_office", "3210")
    townships = list(Division.objects.filter(level="township").values_list("code", flat=True))
    villages = list(Division.objects.filter(code__startswith="321084", level="village").values_list("code", flat=True))
    rows = [row("L01", code, "2025", numerator=10 + n, denominator=10_000 + n) for n, code in enumerate(townships)]
    rows += [row("P03", code, "2025Q4", value=n % 7) for n, code in enumerate([*townships, *villages])]
    browser = signed_in(office)

    checked = browser.post("/indicators/import/", {"file": upload("扬州.xlsx", observation_workbook(rows))})
    dry = browser.get(checked.headers["Location"])
    before = Observation.objects.count()
    committed = browser.post(checked.headers["Location"] + "commit/")

    assert (checked.status_code, dry.status_code, committed.status_code) == (302, 200, 302)
    assert dry.context["run"].counts == {"error": 0, "new": 98 + 98 + len(villages), "changed": 0, "same": 0}
    assert before == 0
    assert Counter(Observation.objects.values_list("indicator_id", "division__level")) == {
        ("L01", "township"): 98,
        ("P03", "township"): 98,
        ("P03", "village"): len(villages),
    }
    assert len(villages) > 100
    assert browser.get(f"/indicators/L01/{townships[0]}/").status_code == 200
