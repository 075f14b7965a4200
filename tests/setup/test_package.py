"""What is given away: other people's data, kept for the tests, is in neither package."""

import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_source_distribution_leaves_the_oracles_out(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [made] = tmp_path.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        names = archive.getnames()
    assert [name for name in names if name.endswith("scoring/tally/count.py")] != []
    assert [name for name in names if "/oracles/" in name] == []
