"""The methods pages' example of an index: the ASEM data of the tests, whose units are numbered and not named."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from asem_names import CHINESE

from tests.scoring import asem
from yizhen.scoring.composite import CompositeIndex, Framework, coherence
from yizhen.scoring.frontier import benefit_of_the_doubt
from yizhen.scoring.plots import plot_funnel, plot_lifts, plot_robustness, plot_sensitivity, plot_weights
from yizhen.scoring.ranks import in_steps
from yizhen.scoring.robustness import robustness, sensitivity
from yizhen.scoring.small_area import funnel

SOURCE = {
    "zh": "COINr 1.1.14 自带的 ASEM 可持续联通指数数据（单位隐去名称）",
    "en": "ASEM index data bundled with COINr 1.1.14, names left out",
}
DATE = "2018"


def example(language: str) -> tuple[CompositeIndex, dict[str, Any]]:
    """Return the index as COINr has it, with names in the language, and its data."""
    framework, data = asem.framework(), dict(asem.raw())
    if language == "zh":
        framework = Framework(
            [replace(one, name=CHINESE[one.code]) for one in framework.indicators],
            [replace(one, name=CHINESE[one.code]) for one in framework.groups],
        )
        data["unit"] = [name.replace("unit", "单位") for name in data["unit"]]
    return replace(asem.index(), framework=framework), data


def worked_index(language: Any, pictures: Path) -> dict[str, str]:
    """Return the page's blocks by name, and draw its pictures."""
    index, data = example(language)
    result = index.fit(data, unit="unit")
    firm = robustness(index, data, unit="unit", choices=asem.CHOICES)
    causes = sensitivity(index, data, unit="unit", choices=asem.CHOICES, base=2000)
    said: Any = {"language": language, "source": SOURCE[language], "date": DATE}
    best = [row["unit"] for row in result.rows()][:20]
    weakest = next(unit for unit in best if ten(firm, unit)[1] - ten(firm, unit)[0] > 8)
    for name, figure in {
        "ranks": plot_robustness(firm, units=best, **said),
        "weights": plot_weights(result, of="Conn", **said),
        "lifts": plot_lifts(result, weakest, of="Conn", **said),
        "sensitivity": plot_sensitivity(causes, **said),
        "funnel": watched(language),
    }.items():
        figure.savefig(pictures / f"methods-index-{name}-{language}.png", dpi=100)
    return {
        "index-summary": quoted(result.summary(language)),
        "index-ranks": ranks(result, firm, language),
        "index-sentences": quoted("\n".join(firm.sentence(unit, 10, language) for unit in (best[0], weakest))),
        "index-weights": weights(result, language),
        "index-coherence": quoted("\n".join(getattr(note, language) for note in coherence(result)[1][:6])),
        "index-sensitivity": quoted(causes.summary(language)),
        "index-case": quoted(last_defended(result, language)),
    }


def ten(firm: Any, unit: object) -> tuple[int, int]:
    """Return between which ranks a unit falls nine times out of ten."""
    row = next(row for row in firm.ranks.rows() if row["unit"] == unit)
    return int(row["low"]), int(row["high"])


def ranks(result: Any, firm: Any, language: str) -> str:
    """The best ten with their ranges and chances."""
    chance = dict(zip(firm.names, firm.top_probability(10), strict=True))
    rows = [
        [
            str(row["unit"]),
            f"{row['score']:.1f}",
            f"{row['rank']:.0f}",
            "{}–{}".format(*ten(firm, row["unit"])),
            in_steps(chance[row["unit"]]),
        ]
        for row in list(result.rows())[:12]
    ]
    head = {
        "zh": ["单位", "指数", "名次", "十次有九次在", "进前 10 的可能"],
        "en": ["unit", "index", "rank", "nine times out of ten", "among the best 10"],
    }[language]
    return table(head, rows)


def weights(result: Any, language: str) -> str:
    """What the five parts of connectivity were meant to weigh, and what they weigh."""
    name = result.framework.name
    rows = [
        [name(str(row["code"])), *(f"{row[column]:.0%}" for column in ("stated", "effective", "main_effect"))]
        for row in result.effective_weights("Conn").rows()
    ]
    head = {
        "zh": ["联通的五个部分", "说好的权重", "实际的权重", "单独能解释的差别"],
        "en": ["part of connectivity", "stated", "effective", "explains by itself"],
    }[language]
    return table(head, rows)


def last_defended(result: Any, language: Any) -> str:
    """The best case of the last three units, over the eight pillars, no share above 40 %."""
    pillars = [code for code in result.framework.upwards if result.framework.level(code) == 2]
    scores = np.column_stack([result.node(code) for code in pillars])
    names = [result.framework.name(code) for code in pillars]
    case = benefit_of_the_doubt(scores, names=list(result.names), indicators=names, share_limits=(0.02, 0.4))
    return "\n".join(case.sentence(row["unit"], language) for row in list(result.rows())[-3:])


def watched(language: Any) -> Any:
    """Forty fictional townships with one rate: most of their differences are chance."""
    generator = np.random.default_rng(8)
    people = np.round(np.exp(generator.normal(9.6, 1.0, 40))).astype(int)
    events = generator.poisson(people * 6e-4)
    events[5], people[5] = 74, 61_000
    names = [f"{'镇' if language == 'zh' else 'town '}{at + 1}" for at in range(40)]
    made = funnel(events, people, per=10_000, names=names)
    unit = {"zh": "每万人", "en": "per 10,000 residents"}[language]
    source = {"zh": "虚构的四十个乡镇", "en": "forty fictional townships"}[language]
    return plot_funnel(made, unit=unit, language=language, source=source, date="2026")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join(["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)])


def quoted(text: str) -> str:
    """Return lines as a block of plain text."""
    return f"```text\n{text}\n```"
