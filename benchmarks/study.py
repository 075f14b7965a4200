"""Simulate meetings whose truth is known, and write what the methods did into the methods pages: ``make study``.

Seeds are fixed, so a second run on the same versions writes the same tables. About ten minutes on two cores.
"""

import argparse
import re
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from yizhen.scoring.crossed import CrossedModel, paired_scores
from yizhen.scoring.crossed.additive import additive_fixed
from yizhen.scoring.facets import ManyFacetRasch
from yizhen.scoring.ranks import competition, rank_intervals, rank_sets
from yizhen.scoring.screening import coalition_test
from yizhen.scoring.simulate import simulate_ballots, simulate_points

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"zh": ROOT / "docs" / "methods.zh.md", "en": ROOT / "docs" / "methods.md"}
COLUMNS = {"ratee": "town", "rater": "rater", "score": "score"}
Row = dict[str, float]


def severities(design: tuple[int, int, float], seed: int) -> Row:
    ratees, raters, missing = design
    data, truth = simulate_ballots(seed, ratees=ratees, raters=raters, missing=missing)
    made = ManyFacetRasch().fit(data, **COLUMNS)
    gap, se = made.raters["measure"] - truth["severity"], made.raters["se"]
    return {"sd": float((gap**2).mean()), "se": float((se**2).mean()),
            "covered": float((np.abs(gap) < 1.96 * se).mean())}  # fmt: skip


def intervals(sizes: tuple[int, ...], seed: int) -> Row:
    weights = {"A": 0.4, "B": 0.4, "C": 0.2}
    data, cells = simulate_points(seed, ratees=8, sizes=sizes)
    share = np.array(list(weights.values()))
    truth = share @ cells
    columns = COLUMNS | {"group": "group"}
    model = CrossedModel().fit(data, **columns, weights=weights).scores
    paired = paired_scores(data, **columns, weights=weights).scores
    classes = [data["score"][data["group"] == code].reshape(size, 8) for code, size in zip("ABC", sizes, strict=True)]
    estimate = sum(w * marks.mean(0) for w, marks in zip(share, classes, strict=True))
    terms = [w**2 * marks.var(0, ddof=1) / len(marks) for w, marks in zip(share, classes, strict=True)]
    variance = sum(terms)
    df = variance**2 / sum(term**2 / (len(marks) - 1) for term, marks in zip(terms, classes, strict=True))
    generator = np.random.default_rng(seed)
    drawn = sum(
        w * marks[generator.integers(0, len(marks), (500, len(marks)))].mean(1)
        for w, marks in zip(share, classes, strict=True)
    )
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)

    def within(margin: Any) -> float:
        return float((np.abs(estimate - truth) <= margin).mean())

    return {
        "normal": within(1.96 * np.sqrt(variance)),
        "t": within(stats.t.ppf(0.975, df) * np.sqrt(variance)),
        "percentile": float(((low <= truth) & (truth <= high)).mean()),
        "model": float(((model["low"] <= truth) & (truth <= model["high"])).mean()),
        "paired": float(((paired["low"] <= truth) & (truth <= paired["high"])).mean()),
    }


def ranks(spread: float, seed: int) -> Row:
    truth = np.linspace(0, spread, 18)
    best, worst = (competition(truth), competition(truth)) if spread else (np.ones(18), np.full(18, 18))
    estimates = truth + np.random.default_rng(seed).normal(0, 0.2, 18)
    made: Row = {}
    for kind in ("simultaneous", "marginal"):
        sets = rank_sets(estimates, se=np.full(18, 0.2), kind=kind, draws=2000)  # type: ignore[arg-type]
        inside = (sets.low <= best) & (worst <= sets.high)
        made[kind] = float(inside.all() if kind == "simultaneous" else inside.mean())
        made[f"{kind}_width"] = float((sets.high - sets.low + 1).mean())
    picture = rank_intervals(estimates, se=np.full(18, 0.2), draws=2000)
    made["picture"] = float(((picture["low"] <= best) & (worst <= picture["high"])).mean())
    made["picture_width"] = float((picture["high"] - picture["low"] + 1).mean())
    return made


def collude(data: dict[str, Any], members: int, seed: int, *, subtle: bool = False) -> Any:
    friends = np.isin(data["town"], np.random.default_rng(seed).choice(18, 2, replace=False))
    others = data["score"] if subtle else np.maximum(data["score"] - 1, 0)
    return np.where(data["rater"] < members, np.where(friends, 3, others), data["score"])


def coalitions(case: tuple[int, bool], seed: int) -> Row:
    members, subtle = case
    data, _ = simulate_ballots(seed, raters=60)
    made = ManyFacetRasch().fit({**data, "score": collude(data, members, seed, subtle=subtle)}, **COLUMNS)
    test = coalition_test(made, simulations=39)
    is_member = test.members["name"] < members
    found = np.abs(test.members["loading"])
    auc = float((found[is_member][:, None] > found[~is_member]).mean()) if members else float("nan")
    return {"alarm": float(test.p <= 0.05), "auc": auc}


def recovery(scenario: str, seed: int) -> Row:
    data, truth = simulate_ballots(seed)
    score, town, rater = data["score"].astype(float), data["town"], data["rater"]
    keep = np.ones(len(score), bool)
    generator = np.random.default_rng(seed)
    if scenario == "missing":
        keep = generator.random(len(score)) > 0.2
    if scenario == "panels":
        harsh = np.argsort(np.argsort(-truth["severity"])) < 20
        keep = (town < 9) == harsh[rater]
        keep |= generator.random(len(score)) < 0.15
    if scenario == "coalition":
        score = collude(data, 6, seed).astype(float)
    table = np.full((40, 18), np.nan)
    table[rater[keep], town[keep]] = score[keep]
    ordered = np.sort(table, axis=0)
    number = np.isfinite(table).sum(0)
    cut = np.maximum((0.1 * number).astype(int), 1)
    trimmed = [ordered[c : n - c, t].mean() for t, (c, n) in enumerate(zip(cut, number, strict=True))]
    columns = {"town": town[keep], "rater": rater[keep], "score": score[keep]}
    model = CrossedModel().fit(columns, **COLUMNS)
    estimators = {
        "raw": np.nanmean(table, axis=0),
        "trimmed": trimmed,
        "share": np.nanmean(np.where(np.isfinite(table), table == 3, np.nan), axis=0),
        "mixed": model.estimate,
        "fixed": additive_fixed(model.data).ratee,
        "huber": model.huber().table["other"],
        "rasch": ManyFacetRasch().fit(columns, **COLUMNS).ratees["wle"],
    }
    return {name: float(stats.spearmanr(value, truth["measure"]).statistic) for name, value in estimators.items()}


def mean_of(work: Callable[[int], Row], repetitions: int, pool: ProcessPoolExecutor) -> Row:
    rows = list(pool.map(work, range(repetitions), chunksize=max(1, repetitions // 16)))
    return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def tables(scale: float) -> dict[str, dict[str, list[list[str]]]]:
    """Return the tables by name and language, the head in the first row."""

    def times(number: int) -> int:
        return max(8, int(number * scale))

    made: dict[str, dict[str, list[list[str]]]] = {}

    def add(name: str, zh: list[str], en: list[str], rows: list[tuple[tuple[str, str], list[str]]]) -> None:
        made[name] = {
            "zh": [zh, *[[label[0], *cells] for label, cells in rows]],
            "en": [en, *[[label[1], *cells] for label, cells in rows]],
        }
        print(f"  {name}", flush=True)

    with ProcessPoolExecutor(2) as pool:
        rows = []
        for ratees, raters, missing in ((18, 40, 0.0), (30, 12, 0.2), (60, 10, 0.5)):
            row = mean_of(partial(severities, (ratees, raters, missing)), times(300), pool)
            label = (
                f"{ratees} 名对象 × {raters} 名评议人，缺 {missing:.0%}",
                f"{ratees} ratees × {raters} raters, {missing:.0%} missing",
            )
            cells = [
                f"{row['sd'] ** 0.5:.3f}",
                f"{row['se'] ** 0.5:.3f}",
                percent(row["covered"]),
            ]
            rows.append((label, cells))
        add("severities", ["会议", "实际误差", "标准误", "95% 区间覆盖率"],
            ["meeting", "actual error", "standard error", "coverage of 95 %"], rows)  # fmt: skip

        rows = []
        for sizes in ((5, 15, 40), (3, 10, 60), (4, 4, 4)):
            row = mean_of(partial(intervals, sizes), times(1000), pool)
            label = ("、".join(map(str, sizes)) + " 人", ", ".join(map(str, sizes)) + " raters")
            rows.append((label, [percent(row[key]) for key in ("t", "model", "paired", "normal", "percentile")]))
        add("intervals", ["三类人数", "分层 t（宣布结果旁）", "混合模型", "配对", "正态", "百分位自助法"],
            ["three classes of", "stratified t (beside the result)", "mixed model", "paired", "normal", "percentile bootstrap"], rows)  # fmt: skip

        rows = []
        for spread, zh, en in (
            (0.0, "全部并列", "all tied"),
            (0.2, "几乎并列", "nearly tied"),
            (1.0, "差别明显", "spread"),
            (2.0, "差别很大", "far apart"),
        ):
            row = mean_of(partial(ranks, spread), times(400), pool)
            cells = [
                f"{percent(row[key])} / {row[f'{key}_width']:.1f}" for key in ("simultaneous", "marginal", "picture")
            ]
            rows.append(((zh, en), cells))
        add("ranks", ["18 个对象的真实情况", "同时置信集（全表覆盖 / 平均宽度）", "单个置信集（逐个 / 宽度）", "Goldstein–Spiegelhalter（逐个 / 宽度）"],
            ["truth of 18 units", "simultaneous sets (whole table / mean width)", "marginal sets (each unit / width)", "Goldstein-Spiegelhalter (each unit / width)"], rows)  # fmt: skip

        rows = []
        for members, subtle in ((0, False), (3, False), (6, False), (9, False), (9, True)):
            row = mean_of(partial(coalitions, (members, subtle)), times(200), pool)
            kind = (
                "只抬高同伙" if subtle else "抬高同伙、压低其他人",
                "only lifting friends" if subtle else "lifting friends, lowering all others",
            )
            label = (
                (f"60 人中 {members} 人{kind[0]}", f"{members} of 60, {kind[1]}") if members else ("无人抱团", "nobody")
            )
            rows.append((label, [percent(row["alarm"]), f"{row['auc']:.2f}" if members else "–"]))
        add(
            "coalitions",
            ["抱团", "报警比例（5% 水平）", "成员识别 AUC"],
            ["coalition", "alarms (at 5 %)", "AUC of membership"],
            rows,
        )

        rows = []
        for name, zh, en in (("complete", "全员评全部", "complete"), ("missing", "随机缺 20%", "20 % missing at random"),
                             ("panels", "分组且严者集中", "panels, the harsh together"), ("coalition", "15% 抱团", "15 % colluders")):  # fmt: skip
            row = mean_of(partial(recovery, name), times(200), pool)
            keys = ("raw", "trimmed", "share", "fixed", "mixed", "huber", "rasch")
            rows.append(((zh, en), [f"{row[key]:.3f}" for key in keys]))
        add("recovery", ["40 人评 18 个对象", "平均分", "去掉两端 10%", "优秀率", "可加模型", "混合模型", "Huber", "拉施模型"],
            ["40 raters, 18 ratees", "mean", "trimmed 10 %", "excellent rate", "additive", "mixed model", "Huber", "Rasch"], rows)  # fmt: skip
    return made


def markdown(rows: list[list[str]]) -> str:
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    rule = "|" + "---|" * len(rows[0])
    return "\n".join([head, rule, *body])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the repetitions; below 1 nothing is written")
    arguments = parser.parse_args()
    made = tables(arguments.scale)
    for language, page in PAGES.items():
        text = page.read_text(encoding="utf-8")
        for name, by_language in made.items():
            block = f"<!-- study {name} -->\n{markdown(by_language[language])}\n<!-- end -->"
            text, count = re.subn(rf"<!-- study {name} -->.*?<!-- end -->", lambda _, b=block: b, text, flags=re.DOTALL)
            if count != 1:
                print(f"{page.name} has {count} places for {name}", file=sys.stderr)
                return 1
        if arguments.scale >= 1:
            page.write_text(text, encoding="utf-8")
        else:
            print("\n\n".join(markdown(by_language[language]) for by_language in made.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
