"""The interface: a token of one watch, all or nothing, clear errors in both languages, nothing for anybody else."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.factories import LIUAN, signed_in
from tests.watches.watched import ago, levels, watched
from yizhen.audit.models import Record
from yizhen.matters.models import Matter
from yizhen.watches.models import Reading, Token
from yizhen.watches.series.actions import end_watch, issue_token, revoke_token
from yizhen.watches.series.api import A_MINUTE, BYTES, READINGS


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


@pytest.fixture
def water(people):
    watch = watched(people["department"])
    levels(people["department"], watch)
    return watch


@pytest.fixture
def secret(people, water):
    return issue_token(people["department"], water, "水尺一号")[1]


def reading(value="5.2", minutes: float = 5, **more):
    return {"place": LIUAN, "at": ago(minutes).isoformat(), "value": value, **more}


def post(watch, secret: str, content, **headers):
    body = content if isinstance(content, bytes | str) else json.dumps({"readings": content})
    given = {"Authorization": f"Bearer {secret}"} if secret else {}
    return Client(enforce_csrf_checks=True).post(
        f"/watches/api/{watch.pk}/readings/", body, content_type="application/json", headers={**given, **headers}
    )


def test_readings_are_taken_once_and_open_a_matter(water, secret):
    answers = [post(water, secret, [reading(), reading("4.80", 3, note="自动")]) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in answers] == [
        (200, {"new": 2, "corrected": 0, "same": 0}),
        (200, {"new": 0, "corrected": 0, "same": 2}),
    ]
    first = Reading.objects.first()
    assert (first.way, first.by, first.token.label) == ("api", None, "水尺一号")
    assert Matter.objects.count() == 1
    assert post(water, secret, [reading(5.1, reason="校准")]).json()["corrected"] == 1


def test_token_is_shown_once_and_kept_as_a_hash_alone(people, water):
    client, address = signed_in(people["department"]), f"/watches/{water.pk}/interface/"
    shown = client.post(address, {"label": "水尺一号"}).content.decode()
    token = Token.objects.get()
    secret = next(
        word for word in shown.replace("<", " ").replace(">", " ").split() if len(word) > 30 and word.startswith("yzw_")
    )
    assert post(water, secret, [reading()]).status_code == 200
    assert secret not in client.get(address).content.decode()
    assert secret not in str(list(Record.objects.values_list("details", flat=True)))
    assert secret not in str(list(Token.objects.values_list()))
    assert client.post(address, {"label": " "}).status_code == 400
    assert client.post(f"{address}{token.pk}/revoke/").status_code == 302
    assert post(water, secret, [reading()]).status_code == 401
    assert signed_in(people["township_office"]).get(address).status_code == 403


@pytest.mark.parametrize("given", ["", "x", "yzw_" + "a" * 43, "é", "yzw_\x00"])
def test_wrong_token_is_told_nothing(water, secret, given):
    answer = post(water, given, [reading()])
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert set(answer.json()["error"]) == {"code", "zh", "en"}
    assert not Reading.objects.exists()


def test_token_of_one_watch_writes_no_other(people, water, secret):
    other = watched(people["department"], client_id="o")
    refused = [
        post(other, secret, [reading()]),
        Client().post("/watches/api/999999/readings/", headers={"Authorization": f"Bearer {secret}"}),
    ]
    assert [(one.status_code, one.json()["error"]["code"]) for one in refused] == [(403, "other_watch")] * 2
    end_watch(people["department"], water)
    assert post(water, secret, [reading()]).status_code == 401  # ending revokes
    assert not Reading.objects.exists()


def test_session_and_cookie_count_for_nothing(people, water):
    answer = signed_in(people["department"]).post(
        f"/watches/api/{water.pk}/readings/", json.dumps({"readings": [reading()]}), content_type="application/json"
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "not_json"),
        ("[]", 400, "not_json"),
        ("{", 400, "not_json"),
        (b"\xff\xfe", 400, "not_json"),
        ("[" * 60_000, 400, "not_json"),
        ('{"readings": 1}', 400, "not_json"),
        ('{"readings": [1]}', 400, "not_json"),
        ('{"readings": [{}], "x": 1}', 400, "not_json"),
        ('{"readings": []}', 400, "too_many"),
        (json.dumps({"readings": [{}] * (READINGS + 1)}), 400, "too_many"),
        ("9" * 100_000, 400, "not_json"),
        ("x" * (BYTES + 1), 413, "too_large"),
    ],
    ids=range(12),
)
def test_what_is_no_request_is_refused_in_both_languages(water, secret, body, status, code):
    answer = post(water, secret, body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert error["zh"] != error["en"] != ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "many"}, "value"),
        ({"value": None}, "value"),
        ({"value": True}, "value"),
        ({"value": [1]}, "value"),
        ({"value": "Infinity"}, "value"),
        ({"value": "1e400"}, "value"),
        ({"value": "１２"}, "value"),
        ({"value": "0.0001"}, "value"),
        ({"at": None}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-07-01T08:00:00"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "at"),
        ({"place": 990181101}, "place"),
        ({"place": "990122101"}, "place"),
        ({"note": "\u0000"}, "note"),
        ({"note": "\ud800"}, "note"),
        ({"note": "x" * 121}, "note"),
        ({"colour\ud800": "red"}, "colour?"),
    ],
)
def test_wrong_reading_is_named_by_index_and_field_and_none_is_taken(water, secret, changes, field):
    answer = post(water, secret, [reading(), {**reading(minutes=9), **changes}])
    found = answer.json()
    assert (answer.status_code, found["error"]["code"]) == (400, "readings")
    assert {(one["index"], one["field"]) for one in found["readings"]} <= {(0, field), (1, field)}
    assert all(one["zh"] and one["en"] and one["zh"] != one["en"] for one in found["readings"])
    assert not Reading.objects.exists()


def test_nan_that_json_does_not_know_is_no_number(water, secret):
    body = json.dumps({"readings": [reading()]}).replace('"5.2"', "NaN")
    assert post(water, secret, body).json()["readings"][0]["field"] == "value"


@pytest.mark.parametrize(
    ("minutes", "taken"), [(-4, True), (-10, False), (60 * 24 * 300, True), (60 * 24 * 400, False)]
)
def test_clocks_that_are_wrong_are_refused(water, secret, minutes, taken):
    answer = post(water, secret, [reading(minutes=minutes)])
    assert (answer.status_code == 200) == taken


def test_another_value_of_the_same_time_needs_a_reason(water, secret):
    post(water, secret, [reading()])
    answer = post(water, secret, [reading("5.3")])
    assert (answer.status_code, answer.json()["readings"][0]["code"]) == (400, "differs")


def test_too_many_requests_are_told_to_wait(water, secret):
    post(water, secret, [reading()])
    now = timezone.now().replace(second=0, microsecond=0)
    for minute in (now, now + timedelta(minutes=1)):  # the minute may turn while this runs
        Token.objects.update(minute=minute, used=A_MINUTE)
        answer = post(water, secret, [reading()])
        if answer.status_code == 429:
            break
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    Token.objects.update(minute=now - timedelta(minutes=1))
    assert post(water, secret, [reading()]).status_code == 200


def test_only_post_is_taken(water, secret):
    answer = Client().get(f"/watches/api/{water.pk}/readings/", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer["Allow"], answer.json()["error"]["code"]) == (405, "POST", "method")


def test_tokens_are_managed_by_the_office_in_charge_and_stay_as_they_were(people, water, secret):
    token = Token.objects.get()
    for role in ("township_office", "county", "village", "system_admin"):
        with pytest.raises(PermissionDenied):
            issue_token(people[role], water, "x")
        with pytest.raises(PermissionDenied):
            revoke_token(people[role], token)
    with pytest.raises(ValidationError):
        issue_token(people["department"], water, "")
    revoke_token(people["department"], token)
    revoke_token(people["department"], token)
    assert Record.objects.filter(event="watches.token_revoked").count() == 1
    for change in (lambda: Token.objects.update(revoked_at=None), lambda: Token.objects.all().delete()):
        with pytest.raises(DatabaseError, match="refuses"), transaction.atomic():
            change()
