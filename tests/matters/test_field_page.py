"""The field page's shell, its service worker, and the page that explains a phone's set-up."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests import factories
from tests.factories import signed_in
from yizhen.matters.pages import field as field_pages

CSS_LIMIT = 15 * 1024
# What every certificate is: bytes. The page names their hash, whatever they are.
PEM = "-----BEGIN CERTIFICATE-----\neWl6aGVu\n-----END CERTIFICATE-----\n"


def files_of(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"?]+)', page)


def worker_settings(client: Client) -> dict[str, object]:
    found = re.search(r"const SETTINGS = (\{.*\});", client.get("/matters/field/worker.js").content.decode())
    assert found is not None
    settings: dict[str, object] = json.loads(found[1])
    return settings


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def test_shell_is_the_same_for_everybody_and_light(people):
    pages = {
        client.get("/matters/field/").content
        for client in (Client(), *(signed_in(people[role]) for role in ("grid_worker", "village", "department")))
    }

    assert len(pages) == 1
    page = pages.pop().decode()
    assert [path for path in files_of(page) if "vendor" in path] == []
    sheets = [finders.find(path.removeprefix("/static/")) for path in files_of(page) if path.endswith(".css")]
    assert 0 < sum(Path(sheet).stat().st_size for sheet in sheets) <= CSS_LIMIT


def test_worker_keeps_the_shell_its_files_and_nothing_else(people):
    client = signed_in(people["grid_worker"])
    kept = worker_settings(client)["files"]

    assert isinstance(kept, list)
    assert [path for path in kept if not path.startswith("/static/")] == [
        "/matters/field/",
        "/matters/field/app.webmanifest",
    ]
    served = [path.partition("?")[0].removeprefix("/static/") for path in kept if path.startswith("/static/")]
    assert [path for path in served if finders.find(path) is None] == []
    assert set(files_of(client.get("/matters/field/").content.decode())) <= {path.partition("?")[0] for path in kept}
    assert client.get("/matters/field/worker.js").headers["Cache-Control"] == "no-cache"


def test_cache_has_another_name_when_the_content_or_the_language_changes(people, monkeypatch):
    client, english = Client(), Client()
    english.cookies["django_language"] = "en"
    first, other = worker_settings(client)["version"], worker_settings(english)["version"]
    monkeypatch.setattr(field_pages, "_versioned", lambda path: f"/static/{path}?v=changed")
    changed = worker_settings(client)["version"]

    assert len({first, other, changed}) == 3
    monkeypatch.undo()
    assert worker_settings(client)["version"] == first


def test_manifest_makes_the_page_installable():
    manifest = Client().get("/matters/field/app.webmanifest")

    told = manifest.json()
    assert manifest.headers["Content-Type"] == "application/manifest+json"
    assert (told["start_url"], told["scope"], told["display"]) == ("/matters/field/", "/matters/field/", "standalone")
    assert [icon["sizes"] for icon in told["icons"]] == ["192x192", "512x512"]


def test_way_to_the_page_is_shown_to_who_may_register(people):
    assert 'href="/matters/field/"' in signed_in(people["grid_worker"]).get("/matters/").content.decode()
    assert 'href="/matters/field/"' not in signed_in(people["teller"]).get("/matters/").content.decode()


def test_set_up_without_https_says_so_and_how_to_change_it(settings, tmp_path):
    settings.TLS_AUTHORITY = tmp_path / "ca.crt"
    page = Client().get("/matters/field/setup/").content.decode()

    assert "本站现在没有用 HTTPS" in page
    assert "yizhen serve --tls" in page
    assert Client().get("/matters/field/setup/yizhen-ca.crt").status_code == 404


def test_set_up_shows_the_fingerprint_of_the_certificate_that_it_hands_out(settings, tmp_path):
    settings.TLS_AUTHORITY = tmp_path / "ca.crt"
    settings.TLS_AUTHORITY.write_text(PEM)
    handed = Client().get("/matters/field/setup/yizhen-ca.crt")
    page = Client().get("/matters/field/setup/").content.decode()

    assert (handed.content, handed.headers["Content-Type"]) == (b"yizhen", "application/x-x509-ca-cert")
    digest = hashlib.sha256(handed.content).hexdigest().upper()
    assert " ".join(re.findall("..", digest)) in page
    for phone in ("Android", "iPhone", "HarmonyOS"):
        assert f"<h2>{phone}</h2>" in page


def test_set_up_speaks_both_languages_without_a_cookie():
    pages = {
        code: Client().get(f"/matters/field/setup/?lang={code}").content.decode() for code in ("en", "zh-hans", "x")
    }

    assert 'lang="en"' in pages["en"]
    assert 'lang="zh-hans"' in pages["zh-hans"]
    assert 'lang="zh-hans"' in pages["x"]
