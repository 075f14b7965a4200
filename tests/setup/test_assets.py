"""The front-end files: what is placed, and how a failure of npm reads."""

import gzip
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools import assets


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(assets.ROOT / name, tmp_path)
    return tmp_path


def pretend(files: dict[str, bytes], code: int = 0) -> Any:
    def npm(args: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        assert args[:2] == ["ci", "--ignore-scripts"]
        for name, content in files.items():
            path = cwd / "node_modules" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return subprocess.CompletedProcess(args, code, "", "npm error network")

    return lambda: npm


def test_files_are_placed_compressed_and_then_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = dict.fromkeys(assets.FILES, b"a{}\n/*# sourceMappingURL=a.css.map */\n")
    files["echarts/package.json"] = json.dumps({"name": "echarts", "version": "6", "license": "Apache-2.0"}).encode()
    files["echarts/LICENSE"] = b"The text."
    monkeypatch.setattr(assets, "find_npm", pretend(files))
    target = root / "vendor"
    assert assets.place_assets(root, target) is True
    for name in assets.FILES:
        content = (target / Path(name).name).read_bytes()
        assert content == b"a{}\n"
        assert gzip.decompress((target / f"{Path(name).name}.gz").read_bytes()) == content
    assert (target / "LICENSES.txt").read_text().startswith("echarts 6 — Apache-2.0\n")
    assert assets.place_assets(root, target) is False
    (root / "package-lock.json").write_text("{}")
    assert not assets.up_to_date(root, target)


@pytest.mark.parametrize("npm", [lambda: None, pretend({}, code=1)])
def test_failure_speaks_both_languages(npm: Any, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "find_npm", npm)
    with pytest.raises(assets.AssetsError, match=r"(?s)npm.*[一-龥].*\n.*npm (was not|could not)"):
        assets.place_assets(root, root / "vendor")
    assert not (root / "vendor").exists()


def test_checkout_has_all_its_files() -> None:
    assert assets.up_to_date(assets.ROOT, assets.ROOT / assets.TARGET)
