"""Keeping the site: backup and verification."""

import sqlite3
import tempfile
import zipfile
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from yizhen.appraisals.actions.publishing import frozen_content
from yizhen.appraisals.config import digest
from yizhen.appraisals.models import Campaign, Round, SnapshotFigure
from yizhen.audit.actions import first_broken_link
from yizhen.audit.models import Record
from yizhen.livelihood.models import Photo
from yizhen.matters.models import Evidence


class BallotIsOpen(Exception):
    """No backup while a ballot is open: a copy of the tables then would tell the order of sheets (ADR 1)."""


def back_up(target: Path | None = None) -> tuple[Path, int]:
    """Write the data directory into a zip: a consistent copy of the database, the files and the site's key.

    Returns the file and its size in bytes.

    Raises:
        BallotIsOpen: while any ballot is open.
    """
    if Round.objects.filter(state="open").exists():
        raise BallotIsOpen("正在投票，不能备份 · a ballot is open: no backup now")
    directory = Path(settings.DATA_DIR)
    stamp = f"{timezone.localtime():%Y%m%d-%H%M%S}"
    target = target or directory / "backups" / f"yizhen-{stamp}.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)  # before the site's key goes into it
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if connection.vendor == "sqlite":
            copy = Path(folder) / "yizhen.sqlite3"
            with (
                closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as source,
                closing(sqlite3.connect(copy)) as sink,
            ):
                source.backup(sink)
            archive.write(copy, "yizhen.sqlite3")
        else:
            archive.writestr("README.txt", "PostgreSQL 数据库请用 pg_dump 另行备份 · dump the database with pg_dump\n")
        for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
            if path.is_file():
                archive.write(path, Path("files") / path.relative_to(settings.MEDIA_ROOT))
        # With the authority a site that was restored is still the one that its phones trust.
        for name in ("secret.key", "sealed.key", "tls/ca.crt", "tls/ca.key"):
            if (directory / name).exists():
                archive.write(directory / name, name)
    return target, target.stat().st_size


@dataclass
class Verification:
    """What was checked, line by line, and whether all of it holds."""

    lines: list[str] = field(default_factory=list)
    whole: bool = True

    def say(self, right: bool, text: str) -> None:
        """Add a line."""
        self.whole = self.whole and right
        self.lines.append(f"{'✓' if right else '✗'} {text}")


def verify() -> Verification:
    """Walk the audit chain, and check frozen campaigns, snapshots, evidence files and photographs against their hashes."""
    found = Verification()
    broken = first_broken_link()
    if broken is None:
        found.say(right=True, text=f"审计链完整 · audit chain is whole: {Record.objects.count()}")
    else:
        found.say(right=False, text=f"审计链第 {broken[0]} 环断裂 · link {broken[0]} {broken[1]}")
    for campaign in Campaign.objects.exclude(state="draft"):
        same = digest(frozen_content(campaign)) == campaign.config_hash
        found.say(same, f"评议规则与发布时一致 · rules as published: {campaign.title}")
    wrong = [f.pk for f in SnapshotFigure.objects.iterator() if digest(f.content) != f.sha256]
    found.say(
        not wrong,
        f"数据快照 · snapshots: {SnapshotFigure.objects.count()}" + (f", changed: {wrong[:5]}" if wrong else ""),
    )
    lost = [piece.name for piece in Evidence.objects.iterator() if not _file_is_whole(piece)]
    found.say(
        not lost, f"佐证文件 · evidence files: {Evidence.objects.count()}" + (f", broken: {lost[:5]}" if lost else "")
    )
    gone = [photo.pk for photo in Photo.objects.iterator() if not _file_is_whole(photo)]
    found.say(
        not gone,
        f"民生实事照片 · photographs of livelihood projects: {Photo.objects.count()}"
        + (f", broken: {gone[:5]}" if gone else ""),
    )
    return found


def _file_is_whole(piece: Evidence | Photo) -> bool:
    try:
        with piece.file.open("rb") as file:
            return sha256(file.read()).hexdigest() == piece.sha256
    except OSError:
        return False
