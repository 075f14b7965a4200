"""The code that the methods pages show runs on a table such as they describe."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
GRADES = ["优秀", "称职", "基本称职", "不称职"]


@pytest.mark.parametrize(("page", "said"), [("methods.zh.md", "一定在内"), ("methods.md", "certainly in")])
def test_example_runs(
    page: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generator = np.random.default_rng(1)
    rows = [
        (town, sheet, "ABC"[(sheet > 7) + (sheet > 19)], generator.choice(GRADES, p=[0.6, 0.3, 0.08, 0.02]))
        for town in ("甲镇", "乙镇", "丙镇", "丁乡")
        for sheet in range(60)
        if generator.random() > 0.03
    ]
    pd.DataFrame(rows, columns=["town", "sheet", "class", "grade"]).to_csv(tmp_path / "ballots.csv", index=False)
    monkeypatch.chdir(tmp_path)
    exec(examples(page)[0], {})
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("page", "said"), [("methods.zh.md", "十次有九次"), ("methods.md", "nine times out of ten")])
def test_example_of_an_index_runs(
    page: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generator = np.random.default_rng(1)
    codes = ["beds", "doctors", "debt", "waste"]
    framework = {
        "code": [*codes, "care", "money", "index"], "parent": ["care", "care", "money", "money", "index", "index", None],
        "direction": [1, 1, -1, 1, None, None, None], "worst": [0, 0, 100, 0, None, None, None],
        "best": [100, 100, 0, 100, None, None, None],
    }  # fmt: skip
    pd.DataFrame(framework).to_csv(tmp_path / "framework.csv", index=False)
    towns = pd.DataFrame(generator.uniform(10, 90, (9, 4)), columns=codes)
    towns.insert(0, "town", [f"{name}镇" for name in "甲乙丙丁戊己庚辛壬"])
    towns.to_csv(tmp_path / "towns.csv", index=False)
    monkeypatch.chdir(tmp_path)
    exec(examples(page)[1], {})
    assert said in capsys.readouterr().out


def examples(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
