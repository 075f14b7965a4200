"""The resident's door: places from lists, photographs without what the camera wrote, large type, a receipt, a small page."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from tests import factories
from tests.factories import GUDU, LIUAN, picture, request, upload
from yizhen.demo.clock import days_ago
from yizhen.matters.models import Evidence, Follower, Matter
from yizhen.portal.flood import middleware
from yizhen.portal.flood.budget import Door
from yizhen.portal.flood.question import DIGITS, SALT, WORDS

ASK = {
    "client_id": "abc", "division": "990181101201", "work_line": "livelihood", "title": "路灯不亮", "text": "村口三盏路灯不亮。",
}  # fmt: skip
FIRST_LOAD = 60 * 1024  # bytes


@pytest.fixture
def city(db):
    return factories.fictional_city()


def test_places_are_chosen_county_then_township_then_village(city, client):
    door = client.get("/ask/")
    offered = {county.code: [place.code for place in places] for county, places in door.context["counties"]}
    assert offered == {
        "990103": ["990103001"],
        "990122": ["990122101"],
        "990181": ["990181101", "990181102", "990181103"],
    }
    assert f'href="?place={LIUAN}"' in door.content.decode()
    form = client.get("/ask/", {"place": LIUAN}).context["form"]
    assert [code for code, _name in form.fields["division"].choices] == [LIUAN, "990181101201", "990181101202"]
    assert client.post("/ask/", ASK).status_code == 200
    assert Matter.objects.get().division_id == "990181101201"


def test_another_place_is_chosen_with_everything_typed_still_there(city, client):
    elsewhere = client.post("/ask/", ASK | {"elsewhere": "1"})
    form = elsewhere.context["form"]
    assert [code for _county, group in form.fields["division"].choices[1:] for code, _name in group] == sorted(
        factories.TOWNSHIPS
    )
    assert (form["text"].value(), form["client_id"].value()) == (ASK["text"], "abc")
    assert client.post("/ask/", ASK | {"division": GUDU}).status_code == 200
    assert Matter.objects.get().division_id == GUDU


def camera(place: bool = True) -> SimpleUploadedFile:
    """Return a photograph that says where it was taken and by what."""
    exif = Image.Exif()
    exif[0x010F] = "示例相机"
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 1.0, 2.0), 3: "E", 4: (120.0, 1.0, 2.0)})
    return SimpleUploadedFile("我家门口.jpg", picture(kind="JPEG", exif=exif.tobytes(), size=(2000, 50)))


def test_photographs_are_kept_as_pixels_alone(city, client):
    assert client.post("/ask/", ASK | {"photo": [camera(), camera()]}).status_code == 200
    kept = list(Evidence.objects.all())
    assert [(piece.event.verb, piece.latitude, piece.longitude) for piece in kept] == [("open", None, None)] * 2
    with kept[0].file.open() as file, Image.open(BytesIO(file.read())) as drawn:
        assert (dict(drawn.getexif()), drawn.width, drawn.format) == ({}, 1600, "JPEG")
    assert "我家门口" not in kept[0].file.name
    again = client.post("/ask/", ASK | {"photo": camera()})
    assert (again.context["code"], Evidence.objects.count()) == ("", 2)


@pytest.mark.parametrize(
    "files",
    [[upload("x.pdf", b"%PDF-1.7 x")], [upload("x.jpg", b"\xff\xd8\xff broken")], [upload()] * 4],
    ids=["pdf", "broken", "four"],
)
def test_what_is_no_photograph_or_too_many_is_refused_and_no_word_is_lost(city, client, files):
    refused = client.post("/ask/", ASK | {"photo": files})
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["photo"])
    assert ASK["text"] in refused.content.decode()
    assert not Matter.objects.exists()


def test_the_very_same_words_are_followed_and_not_filed_again(city, client):
    client.post("/ask/", ASK)
    same = client.post("/ask/", ASK | {"client_id": "other", "own": "1"})
    assert (same.context["same"], Matter.objects.count()) == (True, 1)
    followed = client.post("/ask/", ASK | {"client_id": "other", "follow": same.context["hints"][0][1]})
    assert (len(followed.context["code"]), Follower.objects.count()) == (11, 1)
    assert client.post("/ask/", ASK | {"client_id": "third", "own": "1", "text": "昨天修了，又坏了。"}).context["code"]


def test_what_somebody_may_have_asked_is_sent_from_the_end_of_the_form(city, client):
    request(LIUAN, title="前湾村路灯不亮")
    page = client.post("/ask/", ASK)
    html = page.content.decode()
    assert (bool(page.context.get("same")), html.count('name="own"')) == (False, 1)
    assert html.index('name="photo"') < html.index('name="own"')


def test_same_words_after_a_day_are_a_new_matter(city, client):
    with days_ago(2):
        request("990181101201", title=ASK["title"])
    assert client.post("/ask/", ASK | {"own": "1"}).context["code"]


def test_receipt_says_when_an_answer_is_due_and_where_to_follow(city, client):
    received = client.post("/ask/", ASK)
    page = received.content.decode()
    assert received.context["code"] in page
    assert "http://testserver/ask/follow/" in page
    assert "<svg" in page
    assert received.context["matter"].due_on > timezone.localdate() + timedelta(days=4)


def test_large_type_is_remembered_by_a_plain_cookie_or_by_the_address(city, client):
    switched = client.get("/ask/large/", {"on": "1", "next": f"/ask/?place={LIUAN}"})
    assert switched.headers["Location"] == f"/ask/?place={LIUAN}&large=1"
    assert client.cookies["large"].value == "1"
    assert 'class="elder"' in client.get("/ask/follow/").content.decode()
    back = client.get("/ask/large/", {"on": "0", "next": f"/ask/?place={LIUAN}&large=1"})
    assert (back.headers["Location"], client.cookies["large"].value) == (f"/ask/?place={LIUAN}", "")

    without = type(client)()
    page = without.get("/ask/", {"large": "1"}).content.decode()
    assert 'class="elder"' in page
    assert f"?large=1&amp;place={LIUAN}" in page
    assert "/ask/follow/?large=1" in page
    assert 'class="elder"' not in without.get("/ask/").content.decode()


@pytest.mark.parametrize("away", ["https://elsewhere.example/ask/", "//elsewhere.example", "/matters/", ""])
def test_large_type_leads_nowhere_else(city, client, away):
    assert client.get("/ask/large/", {"on": "1", "next": away}).headers["Location"] == "/ask/?large=1"


@pytest.mark.parametrize(
    "page", ["/ask/", f"/ask/?place={LIUAN}", "/ask/follow/", "/ask/consultations/", "/ask/talents/"]
)
def test_first_load_is_below_sixty_kilobytes_without_a_script(city, client, page):
    html = client.get(page).content
    files = [finders.find(name) for name in ("web/phone.css", "web/needle.svg")]
    whole = len(html) + sum(Path(str(path)).stat().st_size for path in files)
    assert b"<script" not in html
    assert html.count(b"stylesheet") == 1
    assert whole < FIRST_LOAD


# --- the doorkeeper --------------------------------------------------------------------------------------------------


def pressed(client, stands: Door, **more):
    """Post a request as if the doorkeeper had counted enough to ask, or to shut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(middleware.Budget, "take", lambda *_args: stands)
        return client.post("/ask/", ASK | more)


def test_flooded_address_is_asked_a_sum_and_keeps_its_words(city, client, monkeypatch):
    asked = pressed(client, Door.ASKS, text="<b>@@words@@ 三盏路灯</b>", csrfmiddlewaretoken="t" * 64)
    page = asked.content.decode()
    assert asked.status_code == 429
    for words in (
        "&lt;b&gt;@@words@@ 三盏路灯&lt;/b&gt;", ASK["title"], 'value="abc"', 'value="990181101201"', 'type="file"', "12345",
        f'name="csrfmiddlewaretoken" value="{"t" * 64}"',
    ):  # fmt: skip
        assert words in page
    assert not Matter.objects.exists()
    [token] = re.findall(r'name="question" value="([^"]+)"', page)
    a, b, form = signing.loads(token, salt=SALT)
    assert form == "abc"
    assert f"{DIGITS[a]}加{DIGITS[b]}等于几" in page

    right = {"question": token, "sum": str(a + b)}
    again = "请再算一次"
    assert again in pressed(client, Door.ASKS, question=token, sum="1").content.decode()
    assert again in pressed(client, Door.ASKS, **right).content.decode()  # quicker than anybody reads
    monkeypatch.setattr("yizhen.portal.flood.question.SOONEST", -1)
    assert again in pressed(client, Door.ASKS, **right, client_id="another form").content.decode()
    assert not Matter.objects.exists()
    assert pressed(client, Door.ASKS, **right).status_code == 200
    assert Matter.objects.count() == 1


def test_door_speaks_the_language_and_the_type_of_its_reader(city, client):
    client.cookies["django_language"], client.cookies["large"] = "en", "1"
    page = pressed(client, Door.ASKS).content.decode()
    assert 'lang="en" class="elder"' in page
    [token] = re.findall(r'name="question" value="([^"]+)"', page)
    a, b, _form = signing.loads(token, salt=SALT)
    assert WORDS[a] in page
    assert WORDS[b] in page
    assert "三" not in re.findall(r'<label for="sum">(.*?)</label>', page)[0]


def test_consultations_are_asked_too_and_following_is_not(city, client):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(middleware.Budget, "take", lambda *_args: Door.ASKS)
        found = [client.post(path, {"code": "x"}) for path in ("/ask/consultations/1/", "/ask/follow/", "/ask/appeal/")]
    assert [answer.status_code for answer in found] == [429, 400, 400]
    assert 'type="file"' not in found[0].content.decode()


def test_shut_door_gives_back_what_was_typed_and_names_other_ways(city, client):
    refused = pressed(client, Door.SHUT)
    page = refused.content.decode()
    assert refused.status_code == 429
    assert not Matter.objects.exists()
    for words in (ASK["text"], ASK["title"], 'value="abc"', 'value="990181101201"', "12345"):
        assert words in page
    large = pressed(client, Door.SHUT, photo=upload(content=picture() + bytes(300_000)))
    assert (large.status_code, "返回" in large.content.decode()) == (429, True)


def test_size_is_looked_at_before_anything_is_read(city, client):
    body = BytesIO(b"x" * 100)
    refused = client.generic(
        "POST", "/ask/", b"", "multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(41 * 1024 * 1024), "wsgi.input": body},
    )  # fmt: skip
    assert body.tell() == 0
    assert refused.status_code == 413


def test_many_from_one_address_are_asked_and_then_refused_while_another_passes(city, client):
    statuses = [client.post("/ask/follow/", {"code": "x"}, REMOTE_ADDR="192.0.2.7").status_code for _ in range(41)]
    assert (statuses[:40], statuses[40]) == ([400] * 40, 429)
    asked = client.post("/ask/", ASK, REMOTE_ADDR="198.51.100.8")
    assert asked.status_code == 200
