"""Work the methods pages' examples: the demo's nine speakers, and an index (methods_index.py). ``make methods``.

Makes the fictional city in a temporary folder, opens last period's counted sheets, and writes into docs/methods.md and
docs/methods.zh.md between their markers. Every place and person of the demo is fictional.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from methods_index import quoted, table, worked_index

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PAGES = {"zh": ROOT / "docs" / "methods.zh.md", "en": ROOT / "docs" / "methods.md"}
GRADES = {
    "zh": ["不称职", "基本称职", "称职", "优秀"],
    "en": ["not competent", "basically", "competent", "excellent"],
}
SOURCE = {"zh": "虚构的清澜市，第一期民主测评", "en": "the fictional city of Qinglan, first ballot"}


def opened_sheets(folder: str) -> dict[str, Any]:
    """Make the demo and return the first campaign's rule, names, sheets and declared totals."""
    environment = os.environ | {"YIZHEN_DATA": folder}
    subprocess.run(
        [sys.executable, "-m", "yizhen", "--data", folder, "demo", "--no-serve"],
        env=environment,
        check=True,
        capture_output=True,
    )
    os.environ |= {"YIZHEN_DATA": folder, "DJANGO_SETTINGS_MODULE": "yizhen.config.settings"}
    import django

    django.setup()
    from yizhen.appraisals.config import counting_rule
    from yizhen.appraisals.models import Campaign
    from yizhen.scoring.tally import Sheet

    campaign = Campaign.objects.order_by("pk")[0]
    round_ = campaign.rounds.get()
    rule = counting_rule(campaign.config)
    known = {grade.code for grade in rule.grades}
    speakers = list(campaign.speakers.select_related("division"))
    names = {lang: {str(s.pk): getattr(s.division, f"name_{lang}") for s in speakers} for lang in ("zh", "en")}
    sheets = [
        Sheet(
            sheet.class_code,
            {str(s.pk): {i: g for i, g in sheet.grades_of(s).items() if g in known} for s in speakers},
        )
        for sheet in round_.opened_sheets.all()
    ]
    sheets.sort(key=lambda sheet: (sheet.class_code, json.dumps(sheet.marks, sort_keys=True)))  # ids are random
    results = {str(result.speaker_id): result for result in round_.results.all()}
    held = round_.closed_at.date().isoformat()
    return {"rule": rule, "names": names, "sheets": sheets, "results": results, "held": held}


def declared(demo: dict[str, Any], language: str) -> str:
    """Totals in falling order with their intervals, and the margin to the next."""
    from yizhen.scoring.tally import Standing

    standing = Standing(demo["rule"], demo["sheets"])
    order = sorted(demo["results"], key=lambda key: -demo["results"][key].total)
    following = dict(pairwise(order))
    rows = []
    for key in order:
        result = demo["results"][key]
        margin = standing.pair(key, following[key]).sheets if key in following else None
        low, high = result.interval["low"], result.interval["high"]
        rows.append(
            [
                demo["names"][language][key],
                str(result.total),
                f"{low:.1f} – {high:.1f}",
                f"{result.excellent_rate} %",
                "–" if margin is None else str(margin),
            ]
        )
    head = {
        "zh": ["述职人所在地", "宣布的总分", "95% 区间", "优秀率", "改几张票会与下一位颠倒"],
        "en": ["speaker of", "declared total", "95 % interval", "excellent rate", "sheets that would undo the lead"],
    }[language]
    return table(head, rows)


def power(demo: dict[str, Any], language: str) -> str:
    """What one voter of each class decides."""
    from yizhen.scoring.tally import effective_raters, one_raters_power

    rule = demo["rule"]
    sizes = {code: sum(sheet.class_code == code for sheet in demo["sheets"]) for code in rule.class_weights}
    share = one_raters_power(rule.class_weights, sizes)
    rows = [[code, f"{rule.class_weights[code]} %", str(sizes[code]), f"{float(share[code]):.2%}"] for code in sizes]
    head = {
        "zh": ["类别", "权重", "票数", "一张票决定总分的"],
        "en": ["class", "weight", "sheets", "one sheet decides"],
    }
    effective = float(effective_raters(rule.class_weights, sizes))
    end = {"zh": f"{sum(sizes.values())} 张票相当于 {effective:.0f} 名等权评议人。",
           "en": f"{sum(sizes.values())} sheets are worth {effective:.0f} raters of equal power."}  # fmt: skip
    return f"{table(head[language], rows)}\n\n{end[language]}"


def columns(demo: dict[str, Any], language: str) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Return points by sheet and speaker, and the overall grade by sheet and speaker."""
    from yizhen.appraisals.firmness import sheet_points

    rule, names = demo["rule"], demo["names"][language]
    rank = {grade.code: len(rule.grades) - 1 - number for number, grade in enumerate(rule.grades)}
    points: dict[str, list[Any]] = {name: [] for name in ("speaker", "sheet", "class", "points")}
    grades: dict[str, list[Any]] = {name: [] for name in ("key", "speaker", "sheet", "grade")}
    for number, sheet in enumerate(demo["sheets"]):
        for key, marks in sheet.marks.items():
            value = sheet_points(rule, marks)
            if value is not None:
                for name, entry in zip(points, (names[key], number, sheet.class_code, value), strict=True):
                    points[name].append(entry)
            if overall := marks.get(rule.headline_item):
                for name, entry in zip(grades, (key, names[key], number, rank[overall]), strict=True):
                    grades[name].append(entry)
    return points, grades


def worked(demo: dict[str, Any], language: Any) -> dict[str, str]:
    """Return the page's blocks by name, and draw its pictures."""
    from yizhen.scoring.crossed import CrossedModel, paired_scores
    from yizhen.scoring.facets import ManyFacetRasch
    from yizhen.scoring.plots import plot_margins, plot_rank_sets, plot_wright_map
    from yizhen.scoring.ranks import quota_lists, rank_sets
    from yizhen.scoring.screening import coalition_test, identical_sheets, misfit, straight_lines
    from yizhen.scoring.tally import Standing

    points, grades = columns(demo, language)
    said: Any = {"language": language, "source": SOURCE[language], "date": demo["held"]}
    total = sum(demo["rule"].class_weights.values())
    weights = {code: weight / total for code, weight in demo["rule"].class_weights.items()}
    model = CrossedModel().fit(points, ratee="speaker", rater="sheet", score="points", group="class", weights=weights)
    means = paired_scores(points, ratee="speaker", rater="sheet", score="points", group="class", weights=weights)
    sets = rank_sets(**means.for_ranks, kind="simultaneous")
    quota = quota_lists(quota=3, **means.for_ranks)
    rasch = ManyFacetRasch().fit(grades, ratee="speaker", rater="sheet", score="grade")
    classes = {number: sheet.class_code for number, sheet in enumerate(demo["sheets"])}
    plot_rank_sets(sets, **said).savefig(PICTURES / f"methods-ranks-{language}.png", dpi=100)
    plot_wright_map(rasch, classes=classes, grades=GRADES[language], **said).savefig(
        PICTURES / f"methods-map-{language}.png", dpi=100
    )
    standing = Standing(demo["rule"], demo["sheets"])
    order = sorted(standing.ratees, key=lambda key: -standing.score(key))
    neighbours = {
        f"{demo['names'][language][a]} › {demo['names'][language][b]}": standing.pair(a, b) for a, b in pairwise(order)
    }
    plot_margins(neighbours, **said).savefig(PICTURES / f"methods-margins-{language}.png", dpi=100)
    # By key, so that both languages see the same draws of chance.
    screened = ManyFacetRasch().fit(grades, ratee="key", rater="sheet", score="grade")
    flags = [screen(screened).summary(language) for screen in (straight_lines, misfit, identical_sheets)]
    return {
        "declared": declared(demo, language),
        "power": power(demo, language),
        "model": quoted(model.summary(language)),
        "ranks": quoted(sets.summary(language) + "\n" + quota.summary(language)),
        "rasch": quoted(rasch.summary(language, classes=classes)),
        "screening": quoted("\n".join([*flags, coalition_test(screened, simulations=199).summary(language)])),
    }


def main() -> int:
    """Work the example in both languages."""
    with tempfile.TemporaryDirectory() as folder:
        demo = opened_sheets(folder)
        for language, page in PAGES.items():
            text = page.read_text(encoding="utf-8")
            blocks = worked(demo, language) | worked_index(language, PICTURES)
            for name, block in blocks.items():
                written = f"<!-- example {name} -->\n{block}\n<!-- end -->"
                text, count = re.subn(
                    rf"<!-- example {name} -->.*?<!-- end -->", lambda _, w=written: w, text, flags=re.DOTALL
                )
                assert count == 1, f"{page.name}: {count} places for {name}"
            page.write_text(text, encoding="utf-8")
            print(f"  {page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
