"""The national table of administrative divisions: which units a city has, what each is, and which city is meant.

Source: the statistics bureau's code tables (see ``data/README.md``). A code is a path: 2 digits province, 4 prefecture,
6 county, 9 township, 12 village; cutting a code to the next shorter length gives the parent. Nothing here knows Django.

Quirks of the table, and what this module makes of them:

* Some rows are no unit of government and only fill a level: 1101 市辖区, 5002 县, 4290 省直辖县级行政区划, 441900 (东莞 has
  no counties, its towns hang below a row that repeats the city's name), 460202198 海棠区直辖村级区划, 虚拟生活区. They are
  kept, so that each unit's parent is there; ``placeholder`` marks them and full names leave them out.
* The present table misses no parent. A table that did would get the missing one made on reading, as such a filler row
  with the name of the nearest unit above it: parents come first in any case.
* Township codes 400–599 hold what is like a township: zones, farms, prisons, and some real towns and sub-districts.
  There the name decides; the rules are at ``_township_kind``.
"""

import gzip
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from .unit_kinds import LEVELS, MUNICIPALITIES, Kind, Level, is_placeholder, kind_of, short_village_name

DATA = Path(__file__).parent / "data"
NEAREST = 5
PARENT_LENGTH = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}


@dataclass(frozen=True, slots=True)
class NationalDivision:
    """One row of the national table."""

    code: str
    name: str
    level: Level
    kind: Kind

    @property
    def parent_code(self) -> str:
        """The code of the unit above; empty for a province."""
        return _parent(self.code)

    @property
    def placeholder(self) -> bool:
        """Whether the row only fills a level of the table and is no unit of government (see the module's head)."""
        return _is_filler(self.code, self.name)

    @property
    def short_name(self) -> str:
        """The name in daily use: 东安村委会 is 东安村, 梅园新村社区居委会 is 梅园新村社区; above villages, the name itself."""
        return short_village_name(self.name) if self.level is Level.VILLAGE else self.name


class UnknownDivision(LookupError):
    """No single city or county is meant; ``nearest`` holds up to five that may be, the message names them."""

    def __init__(self, text: str, chinese: str, english: str, nearest: Iterable[NationalDivision] = ()) -> None:
        self.text = text
        self.nearest = list(nearest)[:NEAREST]
        message = f"{chinese} {english}"
        if self.nearest:
            message += " 可选 / candidates: " + "、".join(f"{full_name(d.code)}（{d.code}）" for d in self.nearest)
        super().__init__(message)


def city_divisions(code: str, villages: bool = True) -> Iterator[NationalDivision]:
    """Return the unit and all below it, parents first, in code order.

    ``code`` is a prefecture (4 digits), a county (6) or a municipality (11, 12, 31, 50). Villages come where the
    province's table is shipped (``data/villages-XX.csv.gz``) and ``villages`` is true. Filler rows are included.

    Raises:
        UnknownDivision: at the call, not at the first row, when the code is no such unit.
    """
    _find_code(code)
    names = _below(_table(), _codes(), code)
    if villages:
        names |= _below(_village_table(code[:2]), _codes(code[:2]), code)
    return (_division(each, names[each]) for each in sorted(names))


def find_city(text: str) -> NationalDivision:
    """Return the municipality, prefecture or county that a code or a name means.

    A full name is taken first, alone (高邮市) or with units above it (江苏省高邮市, 南京市鼓楼区), then the beginning of a
    name (扬州, two characters or more): the higher level wins (朝阳 is the city in Liaoning), then the name that only
    lacks its type word.

    Raises:
        UnknownDivision: when nothing fits, several units fit equally (鼓楼区), or a whole province is meant.
    """
    text = "".join(unicodedata.normalize("NFKC", text).split())
    if text.isascii() and text.isdigit():
        return _find_code(text)
    matches = _paths().get(text) or _beginning_with(text)
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UnknownDivision(
            text, f"“{text}”不止一处，请用代码或加上级名称。", f"“{text}” is ambiguous; use a code.", matches
        )
    raise UnknownDivision(
        text, f"没有名为“{text}”的市、县、区。", f"No city or county is called “{text}”.", _nearest_names(text)
    )


def province_name(code: str) -> str:
    """Return the name of the province that a code of any length lies in; raises UnknownDivision when there is none."""
    return _name(code[:2])


def full_name(code: str) -> str:
    """Return the name with all units above, such as 江苏省扬州市高邮市; filler rows are left out.

    Raises:
        UnknownDivision: when the code is not in the table.
    """
    own = _name(code)
    path = [(each, _name(each)) for each in _ancestors(code)]
    names = [name for each, name in path if not _is_filler(each, name)]
    return "".join(names) if names and names[-1] == own else "".join(names) + own


# --- reading -----------------------------------------------------------------------------------------------------


def _read(path: Path) -> dict[str, str]:
    """Return code → name; no name of the tables holds a comma or a quote, so that lines are cut without csv."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        next(file)
        return dict(line.rstrip("\r\n").split(",")[:2] for line in file)


def _with_parents(rows: dict[str, str], above: dict[str, str]) -> dict[str, str]:
    """Return the rows in code order, with each missing parent made: it bears the name of the nearest unit above it."""
    made: dict[str, str] = {}
    for code in rows:
        parent = _parent(code)
        while parent and parent not in rows and parent not in above and parent not in made:
            known = (rows.get(each) or above.get(each) for each in reversed(_ancestors(parent)))
            made[parent] = next((name for name in known if name), parent)
            parent = _parent(parent)
    return dict(sorted((rows | made).items()))


@cache
def _table() -> dict[str, str]:
    return _with_parents(_read(DATA / "divisions.csv.gz"), {})


@cache
def _village_table(province: str) -> dict[str, str]:
    """Return the province's villages (none when its table is not shipped), with townships that the main table misses."""
    path = DATA / f"villages-{province}.csv.gz"
    return _with_parents(_read(path), _table()) if path.exists() else {}


@cache
def _codes(province: str = "") -> list[str]:
    return list(_village_table(province) if province else _table())


def _below(table: dict[str, str], codes: list[str], code: str) -> dict[str, str]:
    """Return the rows whose code begins with the given one: they are one run in the sorted codes."""
    run = codes[bisect_left(codes, code) : bisect_left(codes, code + ":")]  # ":" follows "9"
    return {each: table[each] for each in run}


def _parent(code: str) -> str:
    return code[: PARENT_LENGTH[len(code)]]


def _ancestors(code: str) -> list[str]:
    return [code[:length] for length in LEVELS if length < len(code)]


def _name(code: str) -> str:
    name = _table().get(code) or (_village_table(code[:2]).get(code) if len(code) > 6 else None)
    if name is None:
        raise UnknownDivision(code, f"没有代码“{code}”。", f"No division has the code “{code}”.")
    return name


def _is_filler(code: str, name: str) -> bool:
    return is_placeholder(code, name, _name_above(code))


def _name_above(code: str) -> str:
    return _table().get(_parent(code), "") if len(code) > 2 else ""


def _division(code: str, name: str) -> NationalDivision:
    return NationalDivision(code, name, LEVELS[len(code)], kind_of(code, name, _name_above(code)))


# --- finding -----------------------------------------------------------------------------------------------------


@cache
def _cities() -> tuple[NationalDivision, ...]:
    """Return all that ``find_city`` may answer: municipalities, prefectures, counties, without filler rows."""
    rows = ((code, name) for code, name in _table().items() if code in MUNICIPALITIES or len(code) in {4, 6})
    return tuple(_division(code, name) for code, name in rows if not _is_filler(code, name))


@cache
def _paths() -> dict[str, list[NationalDivision]]:
    """Return each unit by its name, with or without the units above."""
    paths: dict[str, list[NationalDivision]] = {}
    for city in _cities():
        above = full_name(city.code)[: -len(city.name)]
        province = province_name(city.code) if above else ""
        for prefix in {"", above, province, above.removeprefix(province)}:
            paths.setdefault(prefix + city.name, []).append(city)
    return paths


def _stem(name: str) -> str:
    stem = re.sub(r"(自治区|自治州|自治县|自治旗|地区|[省市州盟区县旗])$", "", name)
    return stem if len(stem) >= 2 else name


def _beginning_with(text: str) -> list[NationalDivision]:
    """Return the best units whose name begins so; raises UnknownDivision when that is a province's name."""
    if len(text) < 2:
        return []
    fits = [city for city in _cities() if city.name.startswith(text)]
    for code, name in _table().items():
        if len(code) == 2 and code not in MUNICIPALITIES and name.startswith(text):
            own = [city for city in fits if len(city.code) == 4]
            _refuse_province(text, code, own)
    if not fits:
        return []
    ranks = {city.code: (len(city.code), _stem(city.name) != text) for city in fits}
    best = min(ranks.values())
    return [city for city in fits if ranks[city.code] == best]


def _refuse_province(text: str, code: str, first: Iterable[NationalDivision] = ()) -> None:
    inside = sorted((city for city in _cities() if city.code.startswith(code)), key=lambda city: len(city.code))
    name = _table()[code]
    raise UnknownDivision(
        text,
        f"{name}（{code}）是省级区划，请选择市或县。",
        f"{name} ({code}) is a province; choose a city or county.",
        dict.fromkeys([*first, *inside]),
    )


def _find_code(code: str) -> NationalDivision:
    name = _table().get(code)
    if name is not None and (len(code) in {4, 6} or code in MUNICIPALITIES):
        return _division(code, name)
    if name is not None and len(code) == 2:
        _refuse_province(code, code)
    raise UnknownDivision(
        code, f"“{code}”不是市、县、区的代码。", f"“{code}” is not the code of a city or county.", _nearest_codes(code)
    )


def _nearest_codes(code: str) -> list[NationalDivision]:
    """Return the nearest codes of the same level, the same province's (prefecture's) first; counties for a longer code."""
    length = max((each for each in (2, 4, 6) if each <= len(code)), default=0)
    if not length or not (code.isascii() and code.isdigit()):
        return []
    wanted = int(code[:length])
    same_level = (each for each in _table() if len(each) == length)
    ranked = sorted(same_level, key=lambda each: (each[:2] != code[:2], each[:4] != code[:4], abs(int(each) - wanted)))
    return [_division(each, _table()[each]) for each in ranked[:NEAREST]]


def _nearest_names(text: str) -> list[NationalDivision]:
    """Return the most similar names; among equals the one that sounds most alike, since pinyin typing makes the errors."""

    def rank(city: NationalDivision) -> tuple[float, int, int, str]:
        names = (city.name, _stem(city.name), full_name(city.code))
        score, name = max((fuzz.ratio(text, name), name) for name in names)
        return -score, _difference_in_sound(text, name), len(city.code), city.code

    ranked = sorted((rank(city), city.code, city) for city in _cities()) if text else []
    return [city for (score, *_), _, city in ranked[:NEAREST] if score < 0]


def _difference_in_sound(one: str, other: str) -> int:
    """Return how far apart the changed characters lie in GB 2312, whose first part is in pinyin order (杨 is next to 扬)."""
    far = 200
    difference = 0
    for edit in Levenshtein.editops(one, other):
        places = [-1, -1]
        if edit.tag == "replace":
            places = [_gb2312_place(one[edit.src_pos]), _gb2312_place(other[edit.dest_pos])]
        difference += far if -1 in places else min(far, abs(places[0] - places[1]))
    return difference


def _gb2312_place(character: str) -> int:
    """Return a common character's place in GB 2312's pinyin-ordered part; -1 for others."""
    code = character.encode("gb2312", errors="ignore")
    return (code[0] - 0xB0) * 94 + code[1] - 0xA1 if len(code) == 2 and 0xB0 <= code[0] <= 0xD7 else -1
