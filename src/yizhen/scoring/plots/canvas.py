"""The paper that all pictures are drawn on: title, source, date, names and a font that has Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yizhen.scoring.tables import Language, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC",
    "SimHei",
)  # fmt: skip
INK, SOFT, LINE, ACCENT = "#1f2937", "#64748b", "#cbd5e1", "#b4232a"


def canvas(
    rows: int, title: str, language: Language, source: str, date: str, *, second: bool = False
) -> tuple[Figure, Axes]:
    """Return an empty figure for so many rows, and its axes; ``second`` adds axes below.

    Raises:
        ImportError: when matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(
            said(
                language,
                "画图需要 matplotlib：pip install yizhen[plots]",
                "plots need matplotlib: pip install yizhen[plots]",
            )
        ) from None
    height = 1.6 + 0.32 * max(rows, 3) + (1.8 if second else 0)
    figure = Figure(figsize=(8, height), layout="constrained")
    if second:
        figure.subplots(2, 1, sharex=True, height_ratios=[0.32 * max(rows, 3) + 0.4, 1.6])
    else:
        figure.subplots()
    for one in figure.axes:
        one.spines[["top", "right", "left"]].set_visible(False)
        one.tick_params(length=0, colors=INK)
        one.grid(axis="x", color="#eef2f7")
        one.set_axisbelow(True)
    figure.suptitle(shortened(title, 60), x=0.01, ha="left", fontsize=13, color=INK)
    note = "　".join(part for part in (source and said(language, "来源：", "Source: ") + source, str(date)) if part)
    if note:
        figure.supxlabel(shortened(note, 110), x=0.01, ha="left", fontsize=8, color=SOFT)
    return figure, figure.axes[0]


def shortened(text: str, longest: int = 24) -> str:
    """Return a name as an axis has room for it."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def name_rows(axes: Axes, names: Any) -> None:
    """Write one name a row, the first on top."""
    axes.set_yticks(range(len(names)), [shortened(str(name)) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)


def whole_numbers(axis: Axis) -> None:
    """Put ticks at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def finished(figure: Figure) -> Figure:
    """Write every text in a font that has Chinese, if the machine has one, falling back on the ordinary one."""
    from matplotlib import font_manager
    from matplotlib.text import Text

    known = {font.name for font in font_manager.fontManager.ttflist}
    family = [font for font in CHINESE_FONTS if font in known][:1] + ["DejaVu Sans"]
    for text in figure.findobj(Text):
        text.set_fontfamily(family)
        text.set_parse_math(False)  # names are names, whatever dollar signs they have
    return figure
