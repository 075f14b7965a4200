"""An analysis laid out as a page or a sheet shows it: by peer group, with names and words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yizhen.people.models import Unit
from yizhen.web.templatetags.yizhen import label

from . import words
from .reading import Shown


def parts_of(it: Shown) -> list[str]:
    """Return the codes of the pillars that the index stands on."""
    return list(it.result["places"][0]["parts"]) if it.result["places"] else []


def groups_of(it: Shown, names: words.Names) -> list[dict[str, Any]]:
    """Return the places by category, in the order of codes, with a word for each part's height."""
    category = {place["code"]: place["category"] for place in it.data["places"]}
    made: dict[str, dict[str, Any]] = {}
    steps = [_("很低"), pgettext("score", "低"), pgettext("score", "中"), pgettext("score", "高"), _("很高")]
    for row in it.result["places"]:
        code = category[row["place"]]
        group = made.setdefault(code, {"name": names.categories.get(code) or _("未分类"), "rows": []})
        group["rows"].append({
            **row, "name": names.place(row["place"]), "sentence": words.place_sentence(row),
            "cells": [_cell(value, steps) for value in row["parts"].values()],
            "penalty": row["score"] - row["arithmetic"], **_span(row),
        })  # fmt: skip
    return list(made.values())


def _span(row: dict[str, Any]) -> dict[str, float]:
    """Return where a rank interval lies among the peers, in percent, the best on the left."""
    if row["low"] is None:
        return {}
    each = 100 / row["peers"]
    return {"left": (row["low"] - 1) * each, "width": (row["high"] - row["low"] + 1) * each}


def _cell(value: float | None, steps: list[str]) -> dict[str, Any]:
    """Return a score as the table shows it: the number, the fifth of the scale that it is in, and a word for that."""
    if value is None:
        return {"text": "—", "step": "none", "word": ""}
    step = min(max(int(value // 20), 0), 4)
    return {"text": f"{value:.1f}", "step": step, "word": steps[step]}


def choices_of(it: Shown, names: words.Names) -> list[dict[str, Any]]:
    """Return the choices made otherwise one at a time, with words, those that move most first."""
    rows = [
        {**row, "words": words.choice_name(row, names), "places": names.listed(row["who"])}
        for row in it.result.get("choices", [])
    ]
    return sorted(rows, key=lambda row: (-row["moved"], -row["mean"]))


def sensitivity_of(it: Shown) -> list[dict[str, Any]]:
    """Return which choice matters most, with words."""
    rows = [
        {
            **row,
            "words": words.FACTOR_NAMES[row["factor"]],
            "alone": None if row["first"] is None else max(row["first"], 0),
        }
        for row in it.result.get("sensitivity", [])
    ]
    return sorted(rows, key=lambda row: -(row["total"] or 0))


def named(it: Shown, key: str, names: words.Names) -> list[dict[str, Any]]:
    """Return rows of the analysis with the name of what they are about."""
    return [{**row, "name": names[row["code"]]} for row in it.result.get(key, [])]


def source_of(it: Shown) -> dict[str, Any]:
    """Return the departments and the latest date of the figures."""
    figures = it.data["figures"]
    units = Unit.objects.filter(code__in={one["source"] for one in figures})
    return {
        "units": _("、").join(label(unit) for unit in units),
        "date": max((one["as_of"] for one in figures), default=""),
    }
