"""Names of places as tables write them: abbreviated, with spaces, with the county before them."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from yizhen.documents.cells import typed, unmarked

ENDINGS = (
    "街道", "地区", "民族乡", "苏木", "镇", "乡", "自治县", "自治州", "县", "市", "区", "旗", "盟", "社区", "村",
)  # fmt: skip
LIKE = 60  # of 100: below it a name is not even offered
OFFERED = 6


@dataclass(frozen=True)
class Match:
    """Which place a name may mean. ``why`` is exact, short, county, twice, like or none; only the first three are sure."""

    code: str
    why: str
    offered: tuple[str, ...] = ()


@dataclass
class Gazetteer:
    """The places that a table may name, by every way in which their names are written.

    ``places`` are code and name; a place's code begins with its county's, that with its city's.
    """

    places: dict[str, str]
    _full: dict[str, list[str]] = field(init=False)
    _short: dict[str, list[str]] = field(init=False)
    _prefixes: list[tuple[str, str]] = field(init=False)
    _known: dict[tuple[str, str], Match] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._full, self._short = defaultdict(list), defaultdict(list)
        prefixes: dict[str, str] = {}
        for code, name in self.places.items():
            own = squeezed(name)
            self._full[own].append(code)
            if (stem := shortened(own)) != own and len(code) <= 9:  # a village is written in full
                self._short[stem].append(code)
            if len(code) <= 9:
                prefixes |= {own: code, shortened(own): code}
        self._prefixes = sorted(prefixes.items(), key=lambda each: -len(each[0]))

    def knows(self, text: str) -> bool:
        """Return whether a text is surely a name of one of the places, or of several."""
        return len(text) < 40 and self.find(text).why in {"exact", "short", "county", "twice"}

    def find(self, text: str, county: str = "") -> Match:
        """Return which place a name means; ``county`` is what another column says of where it lies."""
        key = (text, county)
        if key not in self._known:
            self._known[key] = self._find(squeezed(text), self._county(county))
        return self._known[key]

    def _county(self, text: str) -> str:
        found = self._find(squeezed(text), "") if text else None
        return found.code if found and len(found.code) in {4, 6} else ""

    def _find(self, name: str, within: str) -> Match:
        if not name:
            return Match("", "none")
        if name.isdecimal() and name.ljust(12, "0")[:12] and (code := self._by_code(name)):
            return Match(code, "exact")
        for table, why in ((self._full, "exact"), (self._short, "short")):
            found = [code for code in table.get(name, ()) if code.startswith(within)]
            if not found and why == "short":  # the ending that is written is not the place's own: 柳岸街道 for 柳岸镇
                continue
            if len(found) == 1:
                return Match(found[0], why)
            if found:
                return self._one_of(found)
        return self._after_prefix(name, within) or self._like(name, within)

    def _by_code(self, name: str) -> str:
        return next(
            (
                name[:length]
                for length in (12, 9, 6, 4)
                if name[:length] in self.places and not name[length:].strip("0")
            ),
            "",
        )

    def _one_of(self, codes: list[str]) -> Match:
        """A city and the county of its seat may share a short name; so may two townships: then it is asked."""
        return Match("", "twice", tuple(codes))

    def _after_prefix(self, name: str, within: str) -> Match | None:
        for prefix, code in self._prefixes:
            if name.startswith(prefix) and len(name) > len(prefix) and code.startswith(within[: len(code)]):
                rest = name[len(prefix) :]
                found = self._find_under(rest, code)
                if found:
                    return found
        return None

    def _find_under(self, name: str, county: str) -> Match | None:
        for table in (self._full, self._short):
            codes = [code for code in table.get(name, ()) if code.startswith(county) and code != county]
            if len(codes) == 1:
                return Match(codes[0], "county")
            if codes:
                return self._one_of(codes)
        return self._after_prefix(name, county)

    def _like(self, name: str, within: str) -> Match:
        """Offer names that are like it; none is taken unasked."""
        places = {code: squeezed(place) for code, place in self.places.items() if code.startswith(within)}
        stem = shortened(name)
        close = process.extract(name, places, scorer=fuzz.ratio, score_cutoff=LIKE, limit=OFFERED)
        stems = [code for code, place in places.items() if shortened(place) == stem]
        offered = tuple(dict.fromkeys([*stems, *(code for _name, _score, code in close)]))
        return Match("", "like" if offered else "none", offered)


def squeezed(name: str) -> str:
    """Return a name without spaces, brackets and marks of footnotes: 古 渡 镇 is 古渡镇."""
    text = re.sub(r"[\s\u3000·•]", "", typed(unmarked(name)))
    text = re.sub(r"[（(\[][^）)\]]*[）)\]]$", "", text)
    text = re.sub(r"(?<=.)(?:街道办|街道办事处)$", "街道", text)
    text = re.sub(r"(?<=[镇乡区县市])(?:办事处|人民政府|政府)$|(?<=区)(?:居委会|居民委员会)$", "", text)
    text = re.sub(r"(?<=.)(?:村委会|村民委员会)$", "村", text)
    return re.sub(r"^(?:其中[:：]?|\d+[.、．]|[一二三四五六七八九十]+、|[#＃])|[*※①②③:：]+$", "", text)


def shortened(name: str) -> str:
    """Return a name without the word for what kind of place it is, where two characters are left."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name
