"""What the ballot does not write down: columns, audit records, sessions, log lines, cookies (ADR 1)."""

import json
import logging
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection
from django.db.models import ForeignKey, Model
from django.test import Client, RequestFactory

from tests import factories
from tests.appraisals.room import Hall
from yizhen.appraisals.models import Card, OpenedSheet, Opinion, RollEntry, SealedOpinion, SealedSheet, Session
from yizhen.audit.models import Record
from yizhen.console.keeping import BallotIsOpen, back_up
from yizhen.web.middleware import AnonymousPaths, NoBallotLines

# --- columns ---------------------------------------------------------------------------------------------------------

COLUMNS: dict[type[Model], set[str]] = {
    Card: {"id", "round", "class_code", "code_hash", "state"},
    SealedSheet: {"id", "round", "class_code", "sealed", "receipt"},
    SealedOpinion: {"id", "round", "sealed", "fingerprint"},
    OpenedSheet: {"id", "round", "class_code", "marks", "void_reason"},
    Opinion: {"id", "round", "speaker", "text"},
    RollEntry: {"id", "campaign", "class_code", "label", "badge", "present", "card_handed_out"},
}


@pytest.mark.parametrize("model", list(COLUMNS))
def test_columns_are_these_and_no_others(model: type[Model], db: None) -> None:
    assert {field.name for field in model._meta.fields} == COLUMNS[model]
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, model._meta.db_table)
    assert {column.name for column in described} == {field.column for field in model._meta.fields}


@pytest.mark.parametrize("model", [Card, SealedSheet, SealedOpinion, OpenedSheet])
def test_no_table_of_the_ballot_points_anywhere_but_to_its_round(model: type[Model]) -> None:
    assert [field.name for field in model._meta.fields if isinstance(field, ForeignKey)] == ["round"]
    names = {relation.related_model.__name__ for relation in model._meta.related_objects}  # type: ignore[union-attr]
    assert names == set()


def test_nothing_in_the_database_refers_to_cards_or_sheets(db: None) -> None:
    tables = {model._meta.db_table for model in (Card, SealedSheet, SealedOpinion, OpenedSheet)}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            constraints = connection.introspection.get_constraints(cursor, table).values()
            targets = {constraint["foreign_key"][0] for constraint in constraints if constraint["foreign_key"]}
            assert targets & tables == set(), table


def test_keys_do_not_tell_the_order(opened: Hall) -> None:
    opened.vote_all()
    keys = list(SealedSheet.objects.values_list("pk", flat=True))
    assert len(set(keys)) == 30
    assert max(keys) > 2**56  # sixty-two random bits, not a sequence


# --- casting over HTTP ------------------------------------------------------------------------------------------------


class Lines(logging.Handler):
    """Collects every record that reaches it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Every line that any logger of the site writes, on the root logger and on those that do not propagate to it."""
    handler = Lines()
    loggers = [
        logging.getLogger(),
        *(logging.getLogger(name) for name in ("django", "django.request", "yizhen", "axes")),
    ]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)


def cast(client: Client, code: str, sheet: bytes, opinions: list[bytes] | None = None) -> Any:
    body = {
        "code": code,
        "sheet": b64encode(sheet).decode(),
        "opinions": [b64encode(opinion).decode() for opinion in opinions or []],
    }
    return client.post("/b/cast", json.dumps(body), content_type="application/json")


def test_casting_writes_no_record_no_session_and_no_line(opened: Hall, lines: Lines) -> None:
    before = (
        Record.objects.count(),
        BrowserSession.objects.count(),
        Session.objects.get(campaign=opened.campaign).version,
    )
    client, codes = Client(), opened.codes["A"]
    states = [
        cast(client, codes[0], opened.sheet("A", opened.marks()), [opened.opinion("好")]).json()["state"],
        cast(client, codes[0], opened.sheet("A", opened.marks())).json()["state"],
        cast(client, "XXXX", opened.sheet("A", opened.marks())).json()["state"],
        cast(client, codes[1], b"short").json()["state"],
    ]
    assert states == ["counted", "card_used", "unknown_card", "malformed"]
    after = (
        Record.objects.count(),
        BrowserSession.objects.count(),
        Session.objects.get(campaign=opened.campaign).version,
    )
    assert after == before
    assert [record.getMessage() for record in lines.records] == []


def test_casting_with_a_signed_in_browser_is_the_same_as_without(opened: Hall) -> None:
    client = factories.signed_in(opened.office, staff_mode=True)
    before = dict(client.session.items())
    response = cast(client, opened.codes["A"][0], opened.sheet("A", opened.marks()))
    assert (response.json()["state"], dict(response.cookies)) == ("counted", {})
    assert response.wsgi_request.COOKIES == {}
    assert not response.wsgi_request.user.is_authenticated
    assert dict(client.session.items()) == before


@pytest.mark.parametrize("path", ["/b/", "/b/form", "/b/cast"])
def test_ballot_addresses_forget_who_asks(path: str) -> None:
    seen: dict[str, Any] = {}

    def view(request: Any) -> Any:
        from django.http import HttpResponse

        seen.update(request.META)
        seen["cookies"] = request.COOKIES
        return HttpResponse()

    headers = {"HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_USER_AGENT": "Phone", "HTTP_REFERER": "https://x.example/"}
    request = RequestFactory().post(path, REMOTE_ADDR="203.0.113.9", **headers)  # type: ignore[arg-type]
    request.COOKIES = {"sessionid": "abc", "django_language": "en"}
    response = AnonymousPaths(view)(request)
    assert seen["cookies"] == {"django_language": "en"}
    assert seen["REMOTE_ADDR"] == "0.0.0.0"
    assert {"HTTP_COOKIE", *headers} & set(seen) == set()
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_other_addresses_keep_their_cookies() -> None:
    request = RequestFactory().get("/appraisals/", REMOTE_ADDR="203.0.113.9")
    request.COOKIES = {"sessionid": "abc"}
    AnonymousPaths(lambda request: request)(request)  # type: ignore[arg-type, return-value]
    assert (request.COOKIES, request.META["REMOTE_ADDR"]) == ({"sessionid": "abc"}, "203.0.113.9")


@pytest.mark.parametrize(
    ("path", "written"), [("/b/cast", False), ("/b/", False), ("/appraisals/", True), (None, True)]
)
def test_log_filter_keeps_ballot_addresses_out(path: str | None, written: bool) -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "failed", None, None)
    if path is not None:
        record.request = RequestFactory().get(path)
    assert NoBallotLines().filter(record) is written


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '{"code": []}',
        '{"code": "X", "sheet": "密"}',
        '{"code": "X", "sheet": "!!!!"}',
        '{"code": "X", "sheet": 5}',
        '{"code": "X", "opinions": 5}',
        '{"code": "X", "opinions": {"a": 1}}',
        '{"code": "X", "opinions": ["é"]}',
        "[" * 100_000,
        '{"code": "' + "X" * 300_000,
    ],
    ids=range(13),
)
def test_malformed_bodies_are_answered_and_never_logged(opened: Hall, lines: Lines, body: str) -> None:
    client = Client()
    for path in ("/b/cast", "/b/form"):
        response = client.post(path, body, content_type="application/json")
        assert response.status_code in {400, 404}
        assert response.json()["state"] in {"malformed", "unknown_card"}
    assert lines.records == []


@pytest.mark.parametrize("path", ["/b/form", "/b/cast"])
def test_ballot_addresses_refuse_other_verbs(db: None, path: str) -> None:
    assert Client().get(path).status_code == 405


@pytest.mark.parametrize(
    ("number", "state"), [(0, "ready"), (1, "card_used"), (2, "revoked")], ids=["ready", "used", "revoked"]
)
def test_form_tells_the_state_of_the_card_and_never_whose(opened: Hall, number: int, state: str) -> None:
    opened.vote("A", 1, opened.marks())
    Card.objects.filter(pk=_card(opened, 2).pk).update(state="revoked")
    answer = (
        Client()
        .post("/b/form", json.dumps({"code": opened.codes["A"][number]}), content_type="application/json")
        .json()
    )
    assert (answer["state"], answer["class"], answer["key"]) == (state, "A", opened.round.public_key)
    assert {"label", "voter", "card", "user"} & set(answer) == set()


def _card(hall: Hall, number: int) -> Card:
    from yizhen.appraisals.actions.ballot import find_card

    found = find_card(hall.codes["A"][number])
    assert found is not None
    return found


def test_form_before_and_after(prepared: Hall) -> None:
    from yizhen.appraisals.actions.ballot import close_ballot, open_ballot

    def state() -> str:
        body = json.dumps({"code": prepared.codes["A"][0]})
        return str(Client().post("/b/form", body, content_type="application/json").json()["state"])

    seen = [state()]
    open_ballot(prepared.office, prepared.campaign)
    seen.append(state())
    close_ballot(prepared.office, prepared.campaign)
    seen.append(state())
    assert seen == ["not_open", "ready", "closed"]


# --- while the ballot is open ----------------------------------------------------------------------------------------


def test_status_tells_totals_alone_while_open(opened: Hall) -> None:
    opened.vote("A", 0, opened.marks())
    opened.vote("E", 0, opened.marks())
    status = Client().get(f"/now/{opened.campaign.token}/status").json()
    assert status["turnout"] == {"returned": 2, "issued": 30}
    told = {
        "version",
        "phase",
        "phase_name",
        "speaker",
        "remaining",
        "running",
        "message",
        "questions",
        "at",
        "turnout",
    }
    assert set(status) == told


def test_status_is_304_when_nothing_changed(opened: Hall) -> None:
    address = f"/now/{opened.campaign.token}/status"
    tag = Client().get(address)["ETag"]
    again = Client().get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    opened.vote("A", 0, opened.marks())
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 200


def test_backup_is_refused_while_a_ballot_is_open(opened: Hall, tmp_path: Any) -> None:
    with pytest.raises(BallotIsOpen):
        back_up(tmp_path / "open.zip")
    assert not (tmp_path / "open.zip").exists()


def test_opened_sheets_have_nothing_of_the_sealed_ones(opened: Hall) -> None:
    from tests.appraisals import room

    opened.vote_all()
    room.count(opened)
    sealed = set(SealedSheet.objects.values_list("pk", flat=True))
    assert sealed & set(OpenedSheet.objects.values_list("pk", flat=True)) == set()
    receipts = set(SealedSheet.objects.values_list("receipt", flat=True))
    text = json.dumps([*OpenedSheet.objects.values("class_code", "marks", "void_reason")])
    assert [receipt for receipt in receipts if receipt in text] == []
