"""Analyses that were computed before: files named by the hash of spec, data and number of runs. They may be deleted."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from .analysis import METHOD, analyse
from .gathering import Data
from .spec import Spec, sha256

MOST = 200


def analysed(spec: Spec, data: Data, draws: int) -> dict[str, Any]:
    """Return the analysis of a spec and its data, computed now unless the same was computed before."""
    folder = Path(settings.DATA_DIR) / "cache" / "indices"
    path = folder / f"{sha256([METHOD, spec, data, draws])}.json"
    with suppress(OSError, ValueError):
        made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return made
    made = json.loads(json.dumps(analyse(spec, data, draws)))  # the same whether it was kept or not
    with suppress(OSError):  # a full disk is no reason to show nothing
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, json.dumps(made))
        for old in sorted(folder.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)[MOST:]:
            old.unlink(missing_ok=True)
    return made


def _write(path: Path, text: str) -> None:
    """Write a file so that nobody ever reads half of it."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
        file.write(text)
    Path(file.name).replace(path)
