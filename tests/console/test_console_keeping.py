"""Keeping the site: a backup that holds everything and is nobody else's to read, and a check that names what changed."""

import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests import factories
from tests.factories import bring_to, task, upload
from tests.livelihood import told
from yizhen.audit.models import Record
from yizhen.cli import main
from yizhen.console.keeping import back_up, verify
from yizhen.matters.actions import take_step
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Evidence


def evidence() -> Evidence:
    factories.fictional_city()
    sender, office = factories.account("department"), factories.account("township_office")
    matter = bring_to(State.HANDLING, task(sender), handler=office, verifier=sender)
    take_step(office, matter, Verb.REPORT_DONE, text="已办。", disposition="solved", file=upload("照片.png"))
    return Evidence.objects.get()


def test_verify_of_an_untouched_site_is_content(db):
    evidence()

    found = verify()

    assert found.whole
    assert [line[0] for line in found.lines] == ["✓"] * len(found.lines)
    assert found.lines[0] == f"✓ 审计链完整 · audit chain is whole: {Record.objects.count()}"


@pytest.mark.parametrize("change", ["changed", "lost"])
def test_verify_names_an_evidence_file_that_is_changed_or_lost(db, change):
    path = Path(evidence().file.path)
    if change == "changed":
        path.write_bytes(b"something else")
    else:
        path.unlink()

    found = verify()

    assert not found.whole
    assert [line for line in found.lines if line.startswith("✗")] == [
        "✗ 佐证文件 · evidence files: 1, broken: ['照片.jpg']"
    ]


def test_verify_names_a_photograph_of_a_project_that_is_changed(db):
    factories.fictional_city()
    people = factories.everybody()
    photo = told.photographed(people, told.building(people))
    assert verify().whole
    Path(photo.file.path).write_bytes(b"something else")
    found = verify()
    assert [line for line in found.lines if line.startswith("✗")] == [
        f"✗ 民生实事照片 · photographs of livelihood projects: 1, broken: [{photo.pk}]"
    ]


def test_verify_command_names_the_first_broken_link_and_fails(db, capsys):
    factories.fictional_city()
    factories.everybody()
    before = main(["verify"])
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_record_guards_update")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP TRIGGER audit_record_guards_update ON audit_record")
    Record.objects.filter(number=3).update(actor_label="somebody else")
    capsys.readouterr()

    after = main(["verify"])

    assert (before, after) == (0, 1)
    assert "✗ 审计链第 3 环断裂 · link 3 was changed after it was written" in capsys.readouterr().out


def test_backup_holds_database_files_and_key_and_is_readable_by_its_owner_only(committing, tmp_path):
    piece = evidence()
    target = tmp_path / "backup.zip"
    target.write_bytes(b"an older one")
    target.chmod(0o644)
    authority = Path(settings.DATA_DIR) / "tls"
    authority.mkdir(exist_ok=True)
    for name in ("ca.crt", "ca.key", "server.key"):
        (authority / name).write_text(name)

    made, size = back_up(target)
    shutil.rmtree(authority)

    assert (made, size, target.stat().st_mode & 0o777) == (target, target.stat().st_size, 0o600)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.read("secret.key") == (Path(settings.DATA_DIR) / "secret.key").read_bytes()
        # Phones go on trusting a site that was restored; its server certificate is made again.
        assert [name for name in archive.namelist() if name.startswith("tls/")] == ["tls/ca.crt", "tls/ca.key"]
        assert archive.read(f"files/{piece.file.name}") == (Path(settings.MEDIA_ROOT) / piece.file.name).read_bytes()
        if connection.vendor == "postgresql":
            assert "pg_dump" in archive.read("README.txt").decode()
            return
        archive.extract("yizhen.sqlite3", tmp_path)
    with closing(sqlite3.connect(tmp_path / "yizhen.sqlite3")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM audit_record").fetchone() == (Record.objects.count(),)
        assert copy.execute("SELECT sha256 FROM matters_evidence").fetchall() == [(piece.sha256,)]


def test_backup_command_writes_below_the_data_directory_and_says_where(committing, capsys):
    factories.fictional_city()

    assert main(["backup"]) == 0

    said = capsys.readouterr().out
    [made] = (Path(settings.DATA_DIR) / "backups").glob("yizhen-*.zip")
    assert said.startswith(f"✓ {made} (")
