"""The door in front of the middleware: the same answers, and nothing read of who asks."""

import io
import json
import logging
from base64 import b64encode
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.appraisals import room
from tests.appraisals.room import Hall
from yizhen.appraisals.actions import session
from yizhen.appraisals.models import Session
from yizhen.appraisals.views import ballot
from yizhen.appraisals.views.door import Door

TELLING = {
    "REMOTE_ADDR": "203.0.113.9",
    "HTTP_X_FORWARDED_FOR": "203.0.113.9",
    "HTTP_USER_AGENT": "Phone",
    "HTTP_REFERER": "https://x.example/",
    "HTTP_COOKIE": "sessionid=abc; django_language=en; csrftoken=def",
}
BALLOT_READS = {"REQUEST_METHOD", "PATH_INFO", "CONTENT_LENGTH", "wsgi.input"}


class Watched(dict[str, Any]):
    """An environment that notes what is read of it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.seen: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.seen.add(key)
        return super().get(key, default)


class Asked:
    """One request at a door behind which there is nothing."""

    def __init__(self, method: str, path: str, body: bytes = b"", door: Door | None = None, **headers: str) -> None:
        self.passed = False
        given = {"REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": str(len(body))}
        self.environ = Watched(given | {"wsgi.input": io.BytesIO(body)} | TELLING | headers)
        door = door or Door(self.site)
        door.site = self.site
        self.status, self.headers = 0, {}
        self.content = b"".join(door(self.environ, self.start))

    def site(self, _environ: Any, _start: Any) -> list[bytes]:
        self.passed = True
        return []

    def start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = int(status.split()[0]), dict(headers)

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def sheet_body(hall: Hall, number: int, sheet: bytes | None = None, **more: Any) -> bytes:
    sealed = hall.sheet("A", hall.marks()) if sheet is None else sheet
    return json.dumps({"code": hall.codes["A"][number], "sheet": b64encode(sealed).decode(), **more}).encode()


def test_cast_is_answered_as_the_view_answers(opened: Hall) -> None:
    opened.vote("A", 2, opened.marks())
    round_id = opened.round.pk
    bodies = [
        sheet_body(opened, 0, round=round_id),
        sheet_body(opened, 2, round=round_id),
        sheet_body(opened, 2),
        sheet_body(opened, 3, b"short"),
        sheet_body(opened, 3, round=10**15),
        sheet_body(opened, 3, round="1e9999"),
        json.dumps({"code": "XXXX", "sheet": "", "round": round_id}).encode(),
        *(b"", b"{", b"[]", b"\xff", b'{"sheet": "!"}', b'{"opinions": 5}', b"[" * 100_000),
    ]
    for body in bodies:
        at_door = Asked("POST", "/b/cast", body)
        view = Client().post("/b/cast", body, content_type="application/json")
        states = [at_door.json["state"], view.json()["state"]]
        assert states in ([view.json()["state"]] * 2, ["counted", "already_counted"]), body[:80]
        assert at_door.status == view.status_code
        assert set(at_door.json) == set(view.json())


def test_form_is_answered_as_the_view_answers(opened: Hall) -> None:
    door = Door(lambda *_arguments: [])
    for code in (opened.codes["A"][0], opened.codes["B"][1], "XXXX", ""):
        body = json.dumps({"code": code}).encode()
        view = Client().post("/b/form", body, content_type="application/json")
        for _twice in range(2):
            at_door = Asked("POST", "/b/form", body, door)
            assert (at_door.status, at_door.json) == (view.status_code, view.json())


def test_form_knows_at_once_that_a_card_was_used(opened: Hall) -> None:
    door = Door(lambda *_arguments: [])
    body = json.dumps({"code": opened.codes["A"][0]}).encode()
    assert Asked("POST", "/b/form", body, door).json["state"] == "ready"
    opened.vote("A", 0, opened.marks())
    assert Asked("POST", "/b/form", body, door).json["state"] == "card_used"


def test_a_hall_that_waits_costs_one_query_a_phone(prepared: Hall, django_assert_num_queries: Any) -> None:
    door = Door(lambda *_arguments: [])
    first, second = (json.dumps({"code": code}).encode() for code in prepared.codes["A"][:2])
    assert Asked("POST", "/b/form", first, door).json["state"] == "not_open"
    with django_assert_num_queries(1):
        assert Asked("POST", "/b/form", second, door).json["state"] == "not_open"


def test_form_knows_a_round_that_was_made_this_second(published: Hall) -> None:
    door = Door(lambda *_arguments: [])
    assert Asked("POST", "/b/form", b"{}", door).status == 404
    later = room.opened(office=published.office, scrutineer=published.scrutineer, heads=published.heads)
    body = json.dumps({"code": later.codes["A"][0]}).encode()
    assert Asked("POST", "/b/form", body, door).json["state"] == "ready"


@pytest.mark.parametrize("path", ["/b/cast", "/b/form"])
def test_ballot_reads_nothing_of_who_asks(opened: Hall, path: str) -> None:
    asked = Asked("POST", path, sheet_body(opened, 0))
    assert (asked.status, asked.passed) == (200, False)
    assert asked.environ.seen == BALLOT_READS
    assert (asked.headers["Cache-Control"], asked.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert {"Set-Cookie", "ETag", "Server-Timing", "Date"} & set(asked.headers) == set()


def test_answers_carry_what_the_middleware_sets(opened: Hall) -> None:
    view = Client().post("/b/form", b"{}", content_type="application/json")
    asked = Asked("POST", "/b/form", b"{}")
    assert set(view.headers) - {"Content-Language", "Vary"} <= set(asked.headers)
    for name in ("X-Content-Type-Options", "X-Frame-Options", "Cross-Origin-Opener-Policy", "Cache-Control"):
        assert asked.headers[name] == view.headers[name]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/b/"), ("GET", "/b/cast"), ("HEAD", "/b/cast"), ("PUT", "/b/form"), ("POST", "/b/"), ("POST", "/b/cast/"),
        ("POST", "/now/abc/status"), ("GET", "/now/abc/"), ("GET", "/now/a/b/status"), ("GET", "/now/abc/status/"),
        ("GET", "/appraisals/"), ("GET", "/now//status"), ("GET", "/now/%00/status"),
    ],
)  # fmt: skip
def test_everything_else_goes_to_the_site(method: str, path: str) -> None:
    assert Asked(method, path).passed


def test_door_reads_no_more_than_a_sheet_can_have(db: None) -> None:
    asked = Asked("POST", "/b/cast", b'{"code": "' + b"X" * 3_000_000)
    assert (asked.status, asked.environ["wsgi.input"].tell()) == (404, ballot.BODY_LIMIT)
    for length in ("-1", "x", "9" * 40, ""):
        assert Asked("POST", "/b/cast", b"{}", CONTENT_LENGTH=length).status == 404


@pytest.mark.parametrize(("language", "said"), [("en", True), ("zh-hans", False), ("xx", False)])
def test_failure_says_later_in_the_readers_language_and_writes_no_line(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, language: str, said: bool
) -> None:
    def fails(_body: bytes) -> Any:
        raise RuntimeError("a secret")

    monkeypatch.setattr(ballot, "answer_cast", fails)
    seen: list[str] = []
    monkeypatch.setattr(ballot, "LATER", Words(seen))
    with caplog.at_level(logging.DEBUG):
        asked = Asked("POST", "/b/cast", b"{}", HTTP_COOKIE=f"a=b; django_language={language}")
    assert (asked.status, asked.json) == (503, {"state": "later", "message": "later"})
    assert seen == ["en" if said else "zh-hans"]
    assert caplog.records == []


class Words:
    """A message that notes the language in which it is written."""

    def __init__(self, seen: list[str]) -> None:
        self.seen = seen

    def __str__(self) -> str:
        from django.utils.translation import get_language

        self.seen.append(str(get_language()))
        return "later"


# --- the status -------------------------------------------------------------------------------------------------------


def test_status_is_answered_as_the_view_answers(opened: Hall) -> None:
    path = f"/now/{opened.campaign.token}/status"
    view, asked = Client().get(path), Asked("GET", path, HTTP_COOKIE="")
    assert {**asked.json, "at": 0} == {**view.json(), "at": 0}
    assert asked.headers["ETag"] == view["ETag"]
    assert asked.headers["Cache-Control"] == "no-cache"
    assert asked.environ.seen == {"REQUEST_METHOD", "PATH_INFO", "HTTP_COOKIE", "HTTP_IF_NONE_MATCH"}
    unchanged = Asked("GET", path, HTTP_COOKIE="", HTTP_IF_NONE_MATCH=view["ETag"])
    assert (unchanged.status, unchanged.content) == (304, b"")
    assert Asked("GET", "/now/nobody/status").status == 404


def test_status_is_read_once_a_second_in_each_language(opened: Hall, django_assert_num_queries: Any) -> None:
    door, path = Door(lambda *_arguments: []), f"/now/{opened.campaign.token}/status"
    first = Asked("GET", path, door=door, HTTP_COOKIE="").json
    english = Asked("GET", path, door=door, HTTP_COOKIE="django_language=en").headers["ETag"]
    assert english.endswith('.en"')
    with django_assert_num_queries(0):
        for _phone in range(20):
            assert Asked("GET", path, door=door, HTTP_COOKIE="").json["version"] == first["version"]
    opened.vote("A", 0, opened.marks())
    door.halls.seconds = 0
    assert Asked("GET", path, door=door, HTTP_COOKIE="").json["turnout"]["returned"] == 1


def test_status_countdown_runs_on_between_two_readings(published: Hall) -> None:
    session.begin_session(published.office, published.campaign)
    session.draw_lots(published.office, published.campaign, "1")
    speaker = published.campaign.speakers.get(position=1)
    session.move_to(published.office, published.campaign, speaker, session.Phase.REPORT)
    assert Session.objects.get(campaign=published.campaign).ends_at is not None
    door, path = Door(lambda *_arguments: []), f"/now/{published.campaign.token}/status"
    left = [Asked("GET", path, door=door).json["remaining"] for _twice in range(2)]
    assert left[1] < left[0]


def test_served_application_is_the_door() -> None:
    from yizhen.config.wsgi import application

    assert isinstance(application, Door)
    assert settings.WSGI_APPLICATION == "yizhen.config.wsgi.application"
