"""Drawing the lifecycle from its table: states as boxes from top to bottom, steps as arrows with their names.

Arrows forward leave a box on its right, arrows back on its left; each has a lane of its own, and its name stands where it
leaves. Steps between the same two states share one arrow. The table beside the picture is its twin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .lifecycle import State, Transition

BOX, LABEL, LANE, SLOT, GAP, EDGE = 190, 230, 16, 22, 34, 14


@dataclass
class _Arrow:
    """One arrow: steps between two states; ``lane`` is counted from the boxes outwards."""

    source: State
    target: State
    names: list[str]
    lane: int = 0
    leaves: float = 0
    arrives: float = 0


@dataclass
class _Box:
    """One state: where it stands, the names of the steps that stay in it, and its slots on either side."""

    state: State
    stays: list[str] = field(default_factory=list)
    slots: dict[str, int] = field(default_factory=lambda: {"left": 0, "right": 0})
    top: float = 0
    height: float = 0


def lifecycle_svg(
    transitions: Sequence[Transition],
    states: Mapping[Any, Any],
    verbs: Mapping[Any, Any],
    title: str,
    *,
    paper: bool = False,
) -> SafeString:
    """Return the picture of some rows of the table as SVG.

    Args:
        transitions: the rows; states without a row are left out.
        states: the names of states, in the order in which they are drawn.
        verbs: the names of steps.
        title: what it is a picture of, for those who do not see it.
        paper: draw a white ground, for a file of its own.
    """
    used = {row.source for row in transitions} | {row.target for row in transitions}
    order = [State(state) for state in states if state in used]
    boxes = {state: _Box(state) for state in order}
    arrows = _arrows(transitions, boxes, order, verbs)
    height = _place(boxes, arrows, order)
    lanes = {side: _lanes([one for one in arrows if _side(one, order) == side]) for side in ("left", "right")}
    left = EDGE + lanes["left"] * LANE + LABEL
    width = left + BOX + LABEL + lanes["right"] * LANE + EDGE
    ground = format_html('<rect width="{}" height="{}" fill="#fff"/>', width, height) if paper else ""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{title}" '
        'font-family="sans-serif" font-size="13" color="{ink}" class="lifecycle"><title>{title}</title>{ground}'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>{arrows}{boxes}</svg>',
        w=width, h=height, title=title, ink="#1d2733" if paper else "inherit", ground=ground,
        arrows=format_html_join("", "{}", ((_drawn_arrow(one, boxes, order, left),) for one in arrows)),
        boxes=format_html_join("", "{}", ((_drawn_box(box, states, left),) for box in boxes.values())),
    )  # fmt: skip


def _arrows(
    transitions: Sequence[Transition], boxes: Mapping[State, _Box], order: Sequence[State], verbs: Mapping[Any, Any]
) -> list[_Arrow]:
    """Gather the steps between the same two states, and those that stay where they are."""
    found: dict[tuple[State, State], _Arrow] = {}
    for row in transitions:
        targets = [row.target] if row.asks_verdict is None else [row.asks_verdict, row.target]
        for target in targets:
            if target == row.source:
                boxes[target].stays.append(str(verbs[row.verb]))
                continue
            arrow = found.setdefault((row.source, target), _Arrow(row.source, target, []))
            if (name := str(verbs[row.verb])) not in arrow.names:
                arrow.names.append(name)
    return sorted(found.values(), key=lambda one: (order.index(one.source), order.index(one.target)))


def _side(arrow: _Arrow, order: Sequence[State]) -> str:
    step = order.index(arrow.target) - order.index(arrow.source)
    return "down" if step == 1 else "right" if step > 1 else "left"


def _place(boxes: Mapping[State, _Box], arrows: Sequence[_Arrow], order: Sequence[State]) -> float:
    """Give each end of an arrow a slot at its box, each box its place, and return the height of the picture."""
    slots: list[tuple[_Arrow, str, str, int]] = []
    for arrow in arrows:
        side = _side(arrow, order)
        if side == "down":
            continue
        for end, state in (("arrives", arrow.target), ("leaves", arrow.source)):
            slots.append((arrow, end, side, boxes[state].slots[side]))
            boxes[state].slots[side] += 1
    top: float = EDGE
    for state in order:
        box = boxes[state]
        lines = 1 + len(box.stays)
        box.top, box.height = top, max(lines * 18 + 16, max(box.slots.values()) * SLOT + 8)
        top += box.height + GAP
    for arrow, end, _side_of, number in slots:
        box = boxes[arrow.source if end == "leaves" else arrow.target]
        setattr(arrow, end, box.top + 4 + SLOT * (number + 0.5))
    return top - GAP + EDGE


def _lanes(arrows: Sequence[_Arrow]) -> int:
    """Give arrows lanes in which none meets another, short ones near the boxes, and return how many there are."""
    ends: list[list[tuple[float, float]]] = []
    for arrow in sorted(arrows, key=lambda one: abs(one.leaves - one.arrives)):
        low, high = sorted((arrow.leaves, arrow.arrives))
        free = (n for n, lane in enumerate(ends) if all(high < a or b < low for a, b in lane))
        arrow.lane = next(free, len(ends))
        if arrow.lane == len(ends):
            ends.append([])
        ends[arrow.lane].append((low, high))
    return len(ends)


def _drawn_arrow(arrow: _Arrow, boxes: Mapping[State, _Box], order: Sequence[State], left: float) -> SafeString:
    side, label = _side(arrow, order), " / ".join(arrow.names)
    if side == "down":
        box, below = boxes[arrow.source], boxes[arrow.target]
        x = left + BOX / 2
        path = f"M{x:g} {box.top + box.height:g}V{below.top:g}"
        return _line(path, x + 8, box.top + box.height + GAP / 2 + 4, "start", label)
    if side == "right":
        near, far = left + BOX, left + BOX + LABEL + arrow.lane * LANE
        path = f"M{near:g} {arrow.leaves:g}H{far:g}V{arrow.arrives:g}H{near + 1:g}"
        return _line(path, near + 8, arrow.leaves - 4, "start", label)
    near, far = left, left - LABEL - arrow.lane * LANE
    path = f"M{near:g} {arrow.leaves:g}H{far:g}V{arrow.arrives:g}H{near - 1:g}"
    return _line(path, near - 8, arrow.leaves - 4, "end", label)


def _line(path: str, x: float, y: float, anchor: str, label: str) -> SafeString:
    return format_html(
        '<path d="{}" fill="none" stroke="currentColor" stroke-opacity=".55" marker-end="url(#tip)"/>'
        '<text x="{}" y="{}" text-anchor="{}" fill="currentColor">{}</text>',
        path, f"{x:g}", f"{y:g}", anchor, label,
    )  # fmt: skip


def _drawn_box(box: _Box, names: Mapping[Any, Any], left: float) -> SafeString:
    lines = [str(names[box.state]), *(f"↻ {name}" for name in box.stays)]
    middle = box.top + box.height / 2 - (len(lines) - 1) * 9 + 5
    texts = (
        (f"{left + BOX / 2:g}", f"{middle + 18 * n:g}", "bold" if n == 0 else "normal", line)
        for n, line in enumerate(lines)
    )
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="8" fill="#9e2a1f" fill-opacity=".1" stroke="#9e2a1f"/>{}',
        f"{left:g}", f"{box.top:g}", BOX, f"{box.height:g}",
        format_html_join(
            "", '<text x="{}" y="{}" text-anchor="middle" font-weight="{}" fill="currentColor">{}</text>', texts
        ),
    )  # fmt: skip
