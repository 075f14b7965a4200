"""What a phone in the field sends: once for each draft, whole or not at all, and nobody else's.

The nine cases of idempotency: first call, retry after success, retry while running, retry after a failure, same id with
another body, an old id, another account's id, two at once, a crash in between.
"""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import yizhen.matters.actions.field as field_action
import yizhen.matters.pages.field as field_pages
from tests import factories
from tests.factories import GRID, LIUAN, at_once, picture, signed_in, upload
from yizhen.audit.models import Record
from yizhen.documents import photographs
from yizhen.matters.actions import SentBefore, file_report
from yizhen.matters.field.drafts import PHOTO_LIMIT, TITLE_LIMIT, Draft, read_draft
from yizhen.matters.lifecycle import State
from yizhen.matters.models import Evidence, FieldReport, Matter
from yizhen.people.devices import COOKIE, account_key
from yizhen.web.templatetags.yizhen import moment

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def worker(db):
    factories.fictional_city()
    return factories.account("grid_worker")


def said(user, **changed):
    """What the page posts for a draft."""
    content = {
        "client_id": ID,
        "account": account_key(user),
        "kind": "grid_event",
        "place": GRID,
        "text": "井盖破了。行人绕着走",
        "field_spot": "前湾路口",
        "field_source": "网格员",
        "seen_at": "2026-03-02 09:12",
    }
    return content | changed


def draft(user, **changed) -> Draft:
    return read_draft(said(user, **changed))


def post(user, photos=(), after=(), **changed):
    files = {"photos": list(photos), "after": list(after)}
    return signed_in(user).post("/matters/field/send/", {**said(user, **changed), **files})


def photo(colour="teal", size=(40, 30)):
    return upload("photo-1.jpg", picture(colour, size, "JPEG"))


# --- the nine cases ------------------------------------------------------------------------------------------------


def test_first_call_opens_one_matter_with_its_photograph(worker):
    answer = post(worker, photos=[photo()])

    matter = Matter.objects.get()
    assert (answer.status_code, answer.json()) == (
        200,
        {"client_id": ID, "number": matter.number, "address": f"/matters/{matter.number}/"},
    )
    assert (matter.kind, matter.title, matter.text) == ("grid_event", "井盖破了", "井盖破了。行人绕着走")
    assert (matter.state, matter.division_id, matter.raised_by) == (State.REPORTED, GRID, worker)
    assert matter.fields == {"spot": "前湾路口", "source": "网格员"}
    assert [(piece.event.sequence, piece.name) for piece in Evidence.objects.all()] == [(1, "photo-1.jpg")]
    assert Record.objects.filter(event="matters.opened", subject=f"matters.matter:{matter.pk}").count() == 1


def test_a_period_of_hours_is_told_in_hours_with_its_moment(worker):
    address = post(worker).json()["address"]
    clock = Matter.objects.get().clocks.get(governs=True)
    page = signed_in(worker).get(address).content.decode()

    assert clock.due_at is not None
    assert f"<b>{moment(clock.due_at)}</b>" in page
    assert re.search(r"<dd>2 小时\s*</dd>", page)
    assert "2 个自然日" not in page


def test_retry_after_success_is_answered_the_same(worker):
    first = post(worker, photos=[photo()])
    again = post(worker, photos=[photo()])

    assert (again.status_code, again.json()) == (200, first.json())
    assert (Matter.objects.count(), Evidence.objects.count(), FieldReport.objects.count()) == (1, 1, 1)


def test_retry_after_a_failure_opens_it(worker, monkeypatch):
    def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(field_action, "evidence_of", full)
    failed = post(worker, photos=[photo()])
    left = (Matter.objects.count(), FieldReport.objects.count(), Record.objects.filter(event="matters.opened").count())
    monkeypatch.undo()
    again = post(worker, photos=[photo()])

    assert (failed.status_code, left) == (507, (0, 0, 0))
    assert (again.status_code, Matter.objects.count(), Evidence.objects.count()) == (200, 1, 1)


def test_photographs_that_find_no_room_may_come_again(worker):
    held = 0
    while photographs.IN_LINE.acquire(blocking=False):
        held += 1
    try:
        busy = post(worker, photos=[photo()])
    finally:
        for _one in range(held):
            photographs.IN_LINE.release()
    left = Matter.objects.count()
    again = post(worker, photos=[photo()])

    assert (busy.status_code, busy.json()["again"], busy.headers["Retry-After"], left) == (503, 3, "3", 0)
    assert "过一会儿" in busy.json()["error"]
    assert (again.status_code, Matter.objects.count(), Evidence.objects.count()) == (200, 1, 1)


def test_same_id_with_another_body_is_refused_and_names_the_first_one(worker):
    number = post(worker).json()["number"]
    answers = [
        post(worker, text="井盖丢了。"),
        post(worker, photos=[photo()]),
        post(worker, field_spot="另一个路口"),
        post(worker, kind="hazard", field_major="no", field_place="路口"),
        post(worker, latitude="30.2", longitude="120.1"),
    ]

    assert [(answer.status_code, answer.json()["number"]) for answer in answers] == [(409, number)] * 5
    assert (Matter.objects.count(), Evidence.objects.count()) == (1, 0)


def test_old_id_is_answered_for_ever(worker, monkeypatch):
    number = post(worker).json()["number"]
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timezone.timedelta(days=800))

    again = file_report(worker, draft(worker))

    assert (again.number, Matter.objects.count()) == (number, 1)


def test_another_accounts_id_is_refused_without_a_word_about_it(worker):
    number = post(worker).json()["number"]
    other = factories.account("grid_worker")
    same, different = post(other), post(other, text="别的话。")

    assert [answer.status_code for answer in (same, different)] == [409, 409]
    assert same.json() == different.json() == {"error": "这个草稿编号已经用过。"}
    assert number not in same.content.decode()
    assert Matter.objects.count() == 1


def test_draft_of_another_account_is_not_sent_under_this_one(worker):
    other = factories.account("grid_worker")

    answer = post(other, account=account_key(worker))

    assert (answer.status_code, Matter.objects.count()) == (403, 0)
    assert "另一个账号" in answer.json()["error"]


def test_two_at_once_are_one_matter_with_one_photograph(committing):
    factories.fictional_city()
    worker = factories.account("grid_worker")

    numbers = at_once([lambda: file_report(worker, draft(worker), photos=[photo()]).number] * 4)

    assert (len(set(numbers)), len(numbers)) == (1, 4)
    assert (Matter.objects.count(), Evidence.objects.count(), FieldReport.objects.count()) == (1, 1, 1)


def test_two_accounts_at_once_with_one_id_are_one_matter(committing):
    factories.fictional_city()
    people = [factories.account("grid_worker"), factories.account("grid_worker")]

    def send(user, kind):
        try:
            return file_report(user, draft(user, kind=kind, field_major="no", field_place="路口")).raised_by_id
        except SentBefore as refused:
            return refused.matter

    found = at_once([lambda: send(people[0], "grid_event"), lambda: send(people[1], "hazard")])

    kept = FieldReport.objects.get()
    assert sorted(found, key=str) == sorted([kept.by_id, None], key=str)
    assert Matter.objects.get().raised_by_id == kept.by_id


def test_crash_in_between_leaves_nothing_and_the_retry_opens_it(worker, monkeypatch):
    def crash(*_given, **_more):
        raise RuntimeError("power cut")

    monkeypatch.setattr(field_action, "take_step", crash)
    with pytest.raises(RuntimeError):
        file_report(worker, draft(worker, solved="1", how="当场垫平。"))
    left = (Matter.objects.count(), FieldReport.objects.count(), Record.objects.filter(event="matters.opened").count())
    monkeypatch.undo()

    matter = file_report(worker, draft(worker, solved="1", how="当场垫平。"))

    assert left == (0, 0, 0)
    assert (matter.state, matter.number[-5:]) == (State.HANDLED, "00001")


# --- solved at once, place, time -----------------------------------------------------------------------------------


def test_solved_at_once_waits_for_somebody_else_with_photographs_of_both(worker):
    answer = post(worker, photos=[photo()], after=[photo("gold"), photo("olive")], solved="1", how="当场垫平。")

    matter = Matter.objects.get(number=answer.json()["number"])
    assert (matter.state, matter.done_by, matter.disposition, matter.verified_by) == (
        State.HANDLED,
        worker,
        "solved",
        None,
    )
    assert [piece.event.sequence for piece in Evidence.objects.all()] == [1, 2, 2]


def test_solved_at_once_wants_the_fields_of_the_result(worker):
    lacking = post(worker, kind="environment", field_medium="水", solved="1", how="清走了。")
    whole = post(worker, kind="environment", field_medium="水", field_measured="无异味", solved="1", how="清走了。")

    assert (lacking.status_code, list(lacking.json()["errors"])) == (400, ["field_measured"])
    assert Matter.objects.get(number=whole.json()["number"]).results == {"measured": "无异味"}


def test_kind_that_must_be_filed_first_is_not_solved_at_once(worker):
    answer = post(worker, kind="hazard", field_major="no", field_place="路口", solved="1", how="清走了。")

    assert (answer.status_code, list(answer.json()["errors"]), Matter.objects.count()) == (400, ["how"], 0)


def test_place_is_kept_to_about_ten_metres_and_only_if_given(worker):
    post(worker, latitude="30.260251", longitude="120.165049", accuracy="12.6")
    post(worker, client_id="f" * 32)

    kept = FieldReport.objects.values_list("latitude", "longitude", "accuracy")
    assert list(kept) == [(Decimal("30.2603"), Decimal("120.1650"), 13), (None, None, None)]


def test_clock_runs_from_the_servers_time_whatever_the_phone_says(worker):
    with_old_clock = file_report(worker, draft(worker, seen_at="1999-01-01 00:00"))
    without = file_report(worker, draft(worker, client_id="f" * 32, seen_at=""))

    assert with_old_clock.due_on == without.due_on
    assert abs(with_old_clock.opened_at - timezone.now()) < timezone.timedelta(minutes=1)
    assert [report.seen_at for report in FieldReport.objects.all()] == ["1999-01-01 00:00", ""]
    page = signed_in(worker).get(f"/matters/{with_old_clock.number}/").content.decode()
    assert "手机上的时间：1999-01-01 00:00" in page


def test_photograph_keeps_nothing_but_its_pixels(worker):
    exif = Image.Exif()
    exif[0x010E] = "SECRET"
    post(worker, photos=[upload("x.jpg", picture("teal", (3000, 10), "JPEG", exif=exif))])

    with Evidence.objects.get().file.open("rb") as file:
        content = file.read()
    assert b"SECRET" not in content
    with Image.open(BytesIO(content)) as drawn:
        assert (drawn.format, drawn.width) == ("JPEG", 1600)


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "petition"}, "kind"),  # exists, but no grid worker opens it
        ({"kind": "dispute"}, "kind"),  # sealed: not on a phone
        ({"kind": "nothing"}, "kind"),
        ({"place": LIUAN}, "place"),
        ({"place": "990181102201"}, "place"),
        ({"place": ""}, "place"),
        ({"text": "  "}, "text"),
        ({"text": "字" * 4001}, "text"),
        ({"solved": "1"}, "how"),
        ({"client_id": "short"}, "client_id"),
        ({"client_id": ID.upper()}, "client_id"),
        ({"field_spot": ""}, "field_spot"),
        ({"field_source": "别处"}, "field_source"),
        ({"latitude": "91", "longitude": "0"}, "position"),
        ({"latitude": "30"}, "position"),
        ({"latitude": "NaN", "longitude": "1"}, "position"),
        ({"latitude": "30", "longitude": "120", "accuracy": "inf"}, "position"),
        ({"latitude": "30", "longitude": "120", "accuracy": "-1"}, "position"),
    ],
)
def test_wrong_draft_is_refused_at_its_field(worker, changed, field):
    answer = post(worker, **changed)

    assert (answer.status_code, list(answer.json()["errors"]), Matter.objects.count()) == (400, [field], 0)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda: upload("a.jpg", b"\xff\xd8\xff" + b"x" * PHOTO_LIMIT), "太大"),
        (lambda: upload("a.jpg", b"\xff\xd8\xff broken"), "打不开"),
        (lambda: upload("a.pdf", b"%PDF-1.7\n%%EOF"), "只收照片"),
        (lambda: upload("a.jpg", b"<script>"), "只接受照片"),
    ],
)
def test_wrong_photograph_is_refused_and_nothing_is_opened(worker, file, words):
    answer = post(worker, photos=[file()])

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["photos"])
    assert words in answer.json()["errors"]["photos"][0]
    assert (Matter.objects.count(), FieldReport.objects.count()) == (0, 0)


def test_too_many_photographs_are_refused(worker):
    answer = post(worker, photos=[photo() for _unused in range(7)])

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["photos"])


def test_request_that_is_too_large_is_refused_in_words(worker, monkeypatch):
    monkeypatch.setattr(field_pages, "MOST_BYTES", 1000)
    answer = post(worker, photos=[photo()])

    assert (answer.status_code, Matter.objects.count()) == (413, 0)


def test_session_that_has_ended_is_told_in_words_not_by_a_redirect(worker):
    answers = [Client().post("/matters/field/send/", said(worker)), Client().get("/matters/field/me/")]

    assert [(answer.status_code, list(answer.json())) for answer in answers] == [(401, ["error"])] * 2


def test_account_that_reports_nothing_from_the_field_is_refused(worker):
    department = factories.account("department")

    with pytest.raises(PermissionDenied):
        file_report(department, draft(department, kind="hazard"))
    assert signed_in(department).get("/matters/field/me/").status_code == 403


def test_receipt_is_never_changed_or_deleted(worker):
    post(worker)
    for change in (
        lambda: FieldReport.objects.update(client_id="f" * 32),
        lambda: FieldReport.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_half_a_place_is_refused_by_the_database(worker):
    matter = file_report(worker, draft(worker))
    with pytest.raises(DatabaseError), transaction.atomic():
        FieldReport.objects.create(
            client_id="e" * 32, by=worker, matter=matter, digest="0", latitude=Decimal(30), longitude=None
        )


# --- who, and whose phone ------------------------------------------------------------------------------------------


def test_me_names_kinds_fields_and_places_of_this_account_alone(worker):
    answer = signed_in(worker).get("/matters/field/me/")

    told = answer.json()
    assert [kind["code"] for kind in told["kinds"]] == ["grid_event", "hazard", "environment", "flood_drought"]
    assert [kind["code"] for kind in told["kinds"] if kind["solves"]] == ["grid_event", "environment"]
    assert [place["code"] for place in told["places"]] == [GRID]
    assert told["account"] == account_key(worker)
    assert answer.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.parametrize(("number", "queries"), [(1, 7), (3, 7)])
def test_me_asks_the_same_number_of_queries_for_one_and_three_places(
    worker, django_assert_num_queries, number, queries
):
    village = factories.account("village")
    for place in range(2, number + 1):
        factories.Division.objects.create(
            code=f"{GRID[:-1]}{place}", name_zh=f"第{place}网格", level="grid", kind="grid", parent_id=GRID[:12]
        )
    browser = signed_in(village)

    with django_assert_num_queries(queries):
        answer = browser.get("/matters/field/me/")

    assert len(answer.json()["places"]) == number + 1


def test_phone_is_told_whose_it_is_until_somebody_signs_out(worker):
    factories.account("grid_worker", username="grid-b", password=factories.PASSWORD)
    other = factories.Account.objects.get(username="grid-b")
    browser = signed_in(worker)
    browser.get("/matters/field/me/")
    first = browser.cookies[COOKIE].value
    browser.session.flush()
    browser.get("/matters/field/me/")
    expired = browser.cookies[COOKIE].value
    browser.post("/sign-in/", {"username": "grid-b", "password": factories.PASSWORD})
    second = browser.cookies[COOKIE].value
    browser.post("/sign-out/")

    assert (first, expired, second) == (account_key(worker), account_key(worker), account_key(other))
    assert browser.cookies[COOKIE].value == ""


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_title_is_the_beginning_of_the_text_on_one_line(text):
    made = Draft(ID, "", "", "", text.strip()).title

    assert 0 < len(made) <= TITLE_LIMIT
    assert "\n" not in made
    assert text.strip().startswith(made.removesuffix("…")) or made.endswith("…")


def test_errors_are_in_the_language_of_the_phone(worker):
    browser = signed_in(worker)
    browser.cookies["django_language"] = "en"
    answer = browser.post("/matters/field/send/", said(worker, text=""))

    assert list(answer.json()["errors"]) == ["text"]


def test_draft_of_somebody_who_was_suspended_meanwhile_is_refused(worker):
    content = draft(worker)
    worker.is_active = False

    with pytest.raises((PermissionDenied, ValidationError)):
        file_report(worker, content)
    assert Matter.objects.count() == 0
