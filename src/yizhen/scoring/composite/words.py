"""An index in sentences: what was done, and what nobody may conclude from it."""

import numpy as np

from yizhen.scoring.inputs import Floats
from yizhen.scoring.tables import Language, Table, said

from .framework import Framework
from .normalise import DistanceToTarget, Goalposts, Normalisation
from .prepare import Stages


def summarise(
    framework: Framework, normalisation: Normalisation, stages: Stages, after: Floats, gated: Table, language: Language
) -> str:
    """Say what was computed, from what, and what a reader must not conclude from it."""
    units, indicators = stages.values.shape
    lines = [
        said(
            language,
            f"{framework.name(framework.root)}：{units} 个单位，{indicators} 项指标，"
            f"{len(framework.groups) - 1} 个分组。",
            f"{framework.name(framework.root)}: {units} units, {indicators} indicators, "
            f"{len(framework.groups) - 1} groups.",
        )
    ]
    if len(stages.filled["unit"]):
        lines.append(said(
            language,
            f"{len(stages.filled['unit'])} 个空格按推算值计算（{np.isnan(stages.values).mean():.1%}）。",
            f"{len(stages.filled['unit'])} empty cells were filled in ({np.isnan(stages.values).mean():.1%}).",
        ))  # fmt: skip
    elif np.isnan(stages.values).any():
        lines.append(said(
            language,
            f"{int(np.isnan(stages.values).sum())} 个空格不计，权重由同组其他指标分担。",
            f"{int(np.isnan(stages.values).sum())} empty cells are left out; their siblings take over the weight.",
        ))  # fmt: skip
    if stages.treatment is not None:
        changed = stages.treatment.columns
        drawn = int(changed["winsorised"].sum()) if len(changed["winsorised"]) else 0
        still = [str(row["indicator"]) for row in changed.rows() if not row["within"]]
        lines.append(said(
            language,
            f"{len(changed['indicator'])} 项指标有离群值，收拢了 {drawn} 个数。",
            f"{len(changed['indicator'])} indicators had outliers; {drawn} values were drawn in.",
        ))  # fmt: skip
        if stages.treatment.logged:
            names = sorted(framework.name(code) for code in stages.treatment.logged)
            lines.append(
                said(language, f"取对数：{'、'.join(names)}。", f"On a logarithmic scale: {', '.join(names)}.")
            )
        if still:
            lines.append(said(language, f"仍偏斜：{'、'.join(still)}。", f"Still skewed: {', '.join(still)}."))
    lines.append(_goalposts(normalisation, language))
    if len(gated["unit"]):
        names = sorted({str(one) for one in gated["unit"]})
        lines.append(said(
            language, f"一票否决或封顶：{'、'.join(names)}。", f"Vetoed or capped: {', '.join(names)}."
        ))  # fmt: skip
    if np.isnan(after).any():
        lines.append(said(
            language, f"数据不足、没有得分：{int(np.isnan(after).sum())} 个。",
            f"Without a score for want of data: {int(np.isnan(after).sum())}.",
        ))  # fmt: skip
    lines.append(said(
        language,
        "名次没有说明把握：先看稳健性（换一种合理的做法名次变多少），再谈先后。",
        "A rank here says nothing of how firm it is: look at robustness (how it moves under other plausible choices) first.",
    ))  # fmt: skip
    return "\n".join(lines)


def _goalposts(normalisation: object, language: Language) -> str:
    if isinstance(normalisation, Goalposts):
        return said(
            language, "标准固定在先：一个单位的得分与别的单位无关。",
            "Goalposts were fixed before: no unit's score depends on another's.",
        )  # fmt: skip
    if isinstance(normalisation, DistanceToTarget):
        return said(
            language, "得分按最差的单位和目标之间的距离计算：最差的变了，大家的得分都变。",
            "Scores run from the worst unit to the target: if the worst changes, all change.",
        )  # fmt: skip
    return said(
        language, "得分是互相比出来的：增减一个单位，别人的得分甚至先后都会变。",
        "Scores come from comparing the units: whoever joins or leaves moves all scores, and can change the order.",
    )  # fmt: skip
