"""What a stranger's clone relies on: no foreign addresses, no machine's paths, no large files, locks in step."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 500_000
CATALOGUE = "django.po"  # all that the pages say, twice; gettext reads one file
# Put together here, so that this file does not hold them itself.
REGISTRIES = [
    "pypi" + ".org",
    "files.python" + "hosted.org",
    "registry." + "npmjs",
    "npm" + "mirror.com",
    "pypi." + "tuna",
    "mirrors." + "aliyun",
    "registry." + "yarnpkg",
]
MACHINE_PATH = re.compile(r"(?<![\w.)}>/-])/(?:home|root|tmp|Users)/")
PAIRS = ["base", "build", "node", "dev", "bench"]


@cache
def tracked() -> list[Path]:
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [path for path in (ROOT / name for name in names if name) if path.is_file()]


@cache
def text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def test_repository_has_files() -> None:
    assert len(tracked()) > 20


def test_package_lock_names_no_addresses() -> None:
    packages = json.loads(text(ROOT / "package-lock.json"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_file_names_a_registry(host: str) -> None:
    assert [str(path.relative_to(ROOT)) for path in tracked() if host in text(path)] == []


def test_no_large_files() -> None:
    large = [path for path in tracked() if path.stat().st_size > LIMIT]
    assert [str(path.relative_to(ROOT)) for path in large if path.name != CATALOGUE] == []


def test_source_names_no_machine_paths() -> None:
    sources = [path for path in tracked() if path.is_relative_to(ROOT / "src")]
    assert [str(path.relative_to(ROOT)) for path in sources if MACHINE_PATH.search(text(path))] == []


def requirements(name: str) -> set[str]:
    lines = [line.split("#")[0].strip() for line in text(ROOT / "requirements" / f"{name}.in").splitlines()]
    found: set[str] = set()
    for line in filter(None, lines):
        if line.startswith("-r "):
            found |= requirements(line.removeprefix("-r ").removesuffix(".in"))
        else:
            found.add(normal(re.split(r"[\[<>=!~; ]", line)[0]))
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", PAIRS)
def test_every_requirement_is_locked(name: str) -> None:
    lock = text(ROOT / "requirements" / f"{name}.txt")
    pins = {normal(pin) for pin in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    assert requirements(name) - pins == set()
    assert lock.count("--hash=sha256:") >= len(pins)


def test_package_metadata_and_lock_ask_for_the_same() -> None:
    import tomllib

    declared = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]["dependencies"]
    assert {normal(re.split(r"[\[<>=!~; ]", line)[0]) for line in declared} == requirements("base")


def test_development_lock_repeats_the_base_lock() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", text(ROOT / "requirements" / f"{name}.txt"), re.MULTILINE))

    assert pins("base") - pins("dev") == set()
    assert pins("build") - pins("dev") == set()
