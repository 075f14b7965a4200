"""The pages of the lifecycle under docs/ are those that the transition table writes."""

import runpy
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from yizhen.matters.diagram import lifecycle_svg
from yizhen.matters.lifecycle import TRANSITIONS, State, Verb

ROOT = Path(__file__).resolve().parents[2]
PAGES = runpy.run_path(str(ROOT / "tools" / "lifecycle.py"))["pages"]


@pytest.mark.parametrize("path", ["lifecycle.md", "lifecycle.zh.md", "images/lifecycle.svg", "images/lifecycle.zh.svg"])
def test_docs_are_up_to_date_with_the_table(path):
    assert (ROOT / "docs" / path).read_text(encoding="utf-8") == PAGES()[path]


def test_picture_names_every_state_and_every_step_and_stays_inside_its_frame():
    states, verbs = {state: state.value for state in State}, {verb: verb.value for verb in Verb}
    picture = ET.fromstring(lifecycle_svg(TRANSITIONS, states, verbs, "a title"))
    space = "{http://www.w3.org/2000/svg}"
    texts = " / ".join("".join(each.itertext()) for each in picture.iter(f"{space}text")).replace("↻ ", "")
    boxes = list(picture.iter(f"{space}rect"))

    assert set(texts.split(" / ")) == {*State, *Verb} - {"open"}
    assert len(boxes) == len(State)
    assert all(float(box.get("y")) + float(box.get("height")) <= float(picture.get("height")) for box in boxes)
    tops = [float(box.get("y")) for box in boxes]
    assert tops == sorted(tops)
