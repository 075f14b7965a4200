"""Make the tutorial's city: 51 numbered units with 49 indicators, loaded by the ordinary import, and their index.

    python tools/tutorial_index.py --data DIR [--only-data]
    yizhen serve --data DIR

The figures are those of the ASEM Sustainable Connectivity index that come with COINr (see tests/scoring/oracles/NOTICE).
The units have numbers instead of names: no figure stands beside a real place. docs/tutorial-index.md explains each step.
"""

import argparse
import csv
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]

from asem_names import CHINESE  # noqa: E402

ORACLES = ROOT / "tests" / "scoring" / "oracles" / "coinr_asem"
CITY, COUNTY, PERIOD, AS_OF = "9902", "990201", "2018", "2018-12-31"
PEERS = {"A": ("unit_a", "甲类单元", "Units of group A"), "B": ("unit_b", "乙类单元", "Units of group B")}
# A figure is stored with four decimals. Published ones have fifteen digits: so they are entered in millionths.
FINE = 10**6
PER = 10**9
BASES = {"Area": "面积", "Energy": "能源消费", "GDP": "产出", "Population": "人口"}


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the example's tables."""
    with (ORACLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def leaves() -> list[dict[str, str]]:
    """Return the rows of the framework that are indicators."""
    rows = table("framework")
    inner = {row["parent"] for row in rows}
    return [row for row in rows if row["code"] not in inner]


def make_places() -> Any:
    """Make the fictional city with its 51 units in two peer groups. Returns the city."""
    from yizhen.places.actions import describe_division, load_divisions
    from yizhen.places.models import Category, Division
    from yizhen.places.national import Kind, Level, NationalDivision

    units = table("raw")
    rows = [
        NationalDivision(CITY, "联通示例市", Level.PREFECTURE, Kind.PREFECTURE_CITY),
        NationalDivision(COUNTY, "示例县", Level.COUNTY, Kind.COUNTY),
    ]
    rows += [
        NationalDivision(place(row["unit"]), f"单元{row['unit'][-2:]}", Level.TOWNSHIP, Kind.TOWN) for row in units
    ]
    english = {place(row["unit"]): f"Unit {row['unit'][-2:]}" for row in units}
    load_divisions(None, rows, "tutorial (fictional)", english | {CITY: "Example City", COUNTY: "Example County"})
    for code, name_zh, name_en in PEERS.values():
        Category.objects.create(code=code, name_zh=name_zh, name_en=name_en)
    groups = {group: Category.objects.get(code=code) for group, (code, _zh, _en) in PEERS.items()}
    for row in units:
        division = Division.objects.get(code=place(row["unit"]))
        describe_division(
            None, division, category=groups[row["group"]], population=None, population_year=None, population_source=""
        )
    return Division.objects.get(code=CITY)


def place(unit: str) -> str:
    """Return the code of a unit: "unit 07" is 990201007."""
    return f"{COUNTY}{int(unit.removeprefix('unit ')):03d}"


def make_catalogue(office: Any) -> None:
    """Define the 49 indicators, each with its direction, and its denominator where it has one."""
    from yizhen.indicators.actions import define_indicator
    from yizhen.people.models import Unit

    source, _made = Unit.objects.get_or_create(
        code="EXAMPLE", defaults={"name_zh": "示例数据处", "name_en": "Example data office", "division": office.scope}
    )
    connected = {"Physical", "ConEcFin", "Political", "Instit", "P2P"}
    for row in leaves():
        base = row["denominator"]
        define_indicator(
            office,
            code=row["code"], name_zh=CHINESE[row["code"]], name_en=row["name"], source=source, frequency="yearly",
            domain="development" if row["parent"] in connected else "livelihood",
            unit="十亿分之一" if base else "百万分之一", direction="up" if row["direction"] == "1" else "down",
            numerator_zh=CHINESE[row["code"]], denominator_zh=BASES.get(base, ""), per=PER if base else 0,
        )  # fmt: skip


def workbook() -> bytes:
    """Return the workbook of all figures, as an office would fill it."""
    from yizhen.documents.workbook import Sheet, write_workbook
    from yizhen.indicators.workbook import SHEET, TITLES

    rows: list[list[Any]] = [list(TITLES)]
    listed = leaves()
    for unit in table("raw"):
        for leaf in listed:
            base = leaf["denominator"]
            if unit[leaf["code"]] and (not base or unit[base]):  # without a denominator there is no rate
                figure = float(unit[leaf["code"]]) * FINE
                parts = [figure, float(unit[base]) * FINE, ""] if base else ["", "", figure]
                rows.append([leaf["code"].upper(), place(unit["unit"]), PERIOD, *parts, "EXAMPLE", AS_OF, ""])
    return write_workbook([Sheet(SHEET, rows)])


def spec(before: dict[str, Any]) -> dict[str, Any]:
    """Return the index as COINr has it, in the designer's words."""
    rows = table("framework")
    inner = {row["parent"] for row in rows}
    return {
        **before,
        "period": PERIOD, "together": True, "imputation": "mean", "least": 0.0, "treatment": "winsorise", "most": 5,
        "normalisation": "minmax", "means": {"2": "arithmetic", "3": "arithmetic", "4": "arithmetic"}, "floor": 1.0,
        "groups": [
            {"code": row["code"], "parent": "" if row["parent"] == "Index" else row["parent"],
             "weight": float(row["weight"]), "name_zh": CHINESE[row["code"]], "name_en": row["name"]}
            for row in rows if row["code"] in inner and row["parent"]
        ],
        "indicators": [
            {"code": row["code"].upper(), "parent": row["parent"], "weight": float(row["weight"]), "worst": None, "best": None}
            for row in leaves()
        ],
        "otherwise": {
            **before["otherwise"], "weights": 0.25, "levels": [2, 3], "normalisations": ["minmax", "zscore"],
            "means": ["arithmetic", "geometric"], "treatments": [f"log:{most}" for most in range(1, 6)], "floors": [],
            "dropout": False,
        },
    }  # fmt: skip


def make_city(keep: Path | None = None) -> Any:
    """Make places, an account, catalogue and figures. Returns the office's account; ``keep`` takes the workbook."""
    from yizhen.indicators.actions import check_workbook, commit_batch
    from yizhen.people.actions import open_account

    city = make_places()
    office = open_account(
        None, username="office", display_name="示例市评议办", role="city_office", scope=city, demo=True
    )
    make_catalogue(office)
    content = workbook()
    if keep is not None:
        keep.write_bytes(content)
    commit_batch(office, check_workbook(office, "asem.xlsx", content))
    return office


def make_index(office: Any, *, freeze: bool = True, draws: int = 10_000) -> Any:
    """Design the index in the office's name and freeze it. Returns the version."""
    from yizhen.indicators.actions.indices import design_index, edit_index, freeze_index

    draft = design_index(
        office, code="liantong", name_zh="可持续联通指数", name_en="Sustainable connectivity", division=office.scope,
        period=PERIOD,
    )  # fmt: skip
    draft = edit_index(office, draft, spec(draft.spec))
    return freeze_index(office, draft, "教程：与公开结果核对", draws=draws) if freeze else draft


def main() -> int:
    """Make the tutorial's city in a data directory of its own, and print how to sign in."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="an empty data directory")
    parser.add_argument("--only-data", action="store_true", help="leave the designing to the reader")
    options = parser.parse_args()
    os.environ["YIZHEN_DATA"] = str(Path(options.data).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yizhen.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from yizhen.people.actions import make_sign_in_link
    from yizhen.places.models import Division

    if Division.objects.exists():
        print("这个数据目录已有数据 · this data directory is in use: take another with --data", file=sys.stderr)
        return 2
    kept = Path(os.environ["YIZHEN_DATA"]) / "asem.xlsx"
    office = make_city(kept)
    print(f"✓ 51 × 49 · {kept}")
    if not options.only_data:
        version = make_index(office)
        print(f"✓ /indicators/indices/{version.design_id}/{version.number}/ · {version.spec_sha256}")
    print(f"yizhen serve --data {options.data}  →  /sign-in/{make_sign_in_link(office)}/")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
