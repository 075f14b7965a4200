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
    [code] = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    exec(code, {})
    assert said in capsys.readouterr().out
