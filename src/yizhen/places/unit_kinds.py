"""What a unit is: told from its name and the conventions of its code (GB/T 2260; statistics bureau's codes)."""

import re
from enum import StrEnum

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


class Level(StrEnum):
    """The five levels of the table."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


class Kind(StrEnum):
    """What a unit is, as far as the table tells."""

    PROVINCE = "province"  # 省, 自治区, 直辖市
    PREFECTURE_CITY = "prefecture_city"  # 地级市
    PREFECTURE_OTHER = "prefecture_other"  # 自治州, 盟, 地区
    MUNICIPALITY_PART = "municipality_part"  # 市辖区 and 县 below 直辖市: rows without a government
    DISTRICT = "district"  # 市辖区
    COUNTY = "county"  # 县, 自治县
    COUNTY_CITY = "county_city"  # 县级市
    BANNER = "banner"  # 旗, 自治旗
    TOWN = "town"  # 镇
    TOWNSHIP = "township"  # 乡, 民族乡, 苏木
    SUBDISTRICT = "subdistrict"  # 街道, 地区办事处
    DEVELOPMENT_ZONE = "development_zone"  # run by a management committee: 开发区, 园区, 新区, 度假区, 景区, 管理区
    FARM = "farm"  # 农场, 林场, 原种场, 兵团团场
    VILLAGE = "village"  # 村民委员会
    COMMUNITY = "community"  # 居民委员会
    OTHER = "other"


LEVELS = {2: Level.PROVINCE, 4: Level.PREFECTURE, 6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}

_FILLERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_SINGULAR = frozenset({"429021", "520203"})  # 神农架林区, 六枝特区: the only ones of their type
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_ZONE_FILLER = re.compile(r"(特殊乡镇|特殊街道|直属乡镇|工业园乡)$")
_OFFICES = re.compile(r"(街道|办事处乡?|办)$")
_TOWN = re.compile(r"(?<![小区])镇$")
_TOWNSHIP = re.compile(r"(乡|苏木)$")
_FARM = re.compile(
    r"[农林牧渔茶盐苇]场|[种殖艺畜产验范育树][一二三]?场|[马羊牛猪鹿鸡]场|(?<![市机广木])场$|苗圃|原种|良种|种畜|农垦"
    r"|[一二三四五六七八九十零〇]+团"
)
_ZONE = re.compile(
    r"开发区|经开区|高新|保税|自贸|园区|(?<![公花])园$|[度渡]假区|新区|示范区|[试实]验区|经济区|工业区|产业区|商务区|物流"
    r"|景区|名胜区|旅游区|风光带|管理区|(?<!社区)管委会|(?<!社区)管理委员会|新城|[技教学品态业空]城|谷$|集聚区|聚集区|集中区|合作区"
    r"|片区|街区|基地|口岸|港区|休闲区|资源区|加工区|投资区|工贸区|发展区|产业小镇"
)


def is_placeholder(code: str, name: str, above: str) -> bool:
    """Tell whether a row only fills a level: a set phrase, or the name of the unit ``above`` once more (441900 东莞市)."""
    if len(code) <= 4:
        return name in _FILLERS
    if name.endswith("直辖村级区划") or "虚拟" in name:
        return True
    return len(code) <= 9 and above == name


def kind_of(code: str, name: str, above: str) -> Kind:
    """Return what a unit is, from its name first and its code second."""
    match LEVELS[len(code)]:
        case Level.PROVINCE:
            return Kind.PROVINCE
        case Level.PREFECTURE:
            return _prefecture_kind(code, name, above)
        case Level.COUNTY:
            return _county_kind(code, name, above)
        case Level.TOWNSHIP:
            return _township_kind(code, name, above)
        case Level.VILLAGE:
            return _village_kind(code, name, above)


def _prefecture_kind(code: str, name: str, above: str) -> Kind:
    if is_placeholder(code, name, above):
        return Kind.MUNICIPALITY_PART if code[:2] in MUNICIPALITIES else Kind.OTHER
    return Kind.PREFECTURE_CITY if name.endswith("市") else Kind.PREFECTURE_OTHER


def _county_kind(code: str, name: str, above: str) -> Kind:
    """Tell a county's kind: 71–79 are the bureau's codes for zones; 浦东新区 (15) is a district, 神农架林区 a thing of its own."""
    if is_placeholder(code, name, above):
        return Kind.OTHER
    if code[4] == "7":
        return Kind.DEVELOPMENT_ZONE
    if code in _SINGULAR:
        return Kind.OTHER
    kinds = {"区": Kind.DISTRICT, "县": Kind.COUNTY, "市": Kind.COUNTY_CITY, "旗": Kind.BANNER}
    return kinds.get(name[-1], Kind.OTHER)


def _township_kind(code: str, name: str, above: str) -> Kind:
    """Tell a township-level unit's kind.

    1. A type word of the law at the end (镇, 乡, 街道), or in brackets, decides: 城南经济新区（车逻镇） is the town that the
       zone is run with, 扬州市生态科技新城杭集镇 a town; but not the table's own filler words (…开发区特殊乡镇).
    2. Else the code does: 0 sub-district, 1 town, 2 and 3 township.
    3. Below 4 and 5 the last type word in the name does: 开发区沿海工业园 a zone, 国有林场半截河林场 a farm.
    """
    if is_placeholder(code, name, above):
        return Kind.OTHER
    body = _BRACKETS.sub("", name)
    if _ZONE_FILLER.search(body):
        return Kind.DEVELOPMENT_ZONE
    if "兵团" not in body:
        for part in (body, *_BRACKETS.findall(name)):
            for pattern, kind in ((_OFFICES, Kind.SUBDISTRICT), (_TOWN, Kind.TOWN), (_TOWNSHIP, Kind.TOWNSHIP)):
                if pattern.search(part):
                    return kind
    by_code = {"0": Kind.SUBDISTRICT, "1": Kind.TOWN, "2": Kind.TOWNSHIP, "3": Kind.TOWNSHIP}
    if code[6] in by_code:
        return by_code[code[6]]
    farm, zone = (max((found.end() for found in words.finditer(body)), default=-1) for words in (_FARM, _ZONE))
    if farm == zone:
        return Kind.OTHER
    return Kind.FARM if farm > zone else Kind.DEVELOPMENT_ZONE


def _village_kind(code: str, name: str, above: str) -> Kind:
    """Tell a village's kind: 0 and 1 are residents' committees, 2 and 3 villagers', 4 and 5 only what is like one."""
    if is_placeholder(code, name, above):
        return Kind.OTHER
    if code[9] in "01" or (code[9] == "4" and "居委" in name):
        return Kind.COMMUNITY
    if code[9] in "23" or (code[9] == "5" and name.endswith("村委会")):
        return Kind.VILLAGE
    return Kind.OTHER


_COMMITTEE = re.compile(r"(?P<village>村)?(?:[（(]居[）)]|村民|居+民?|(?<=社区)|(?<=村))委+(?:员会|员|会)?(?=$|[（(])")
_TWICE = re.compile(r"(村|社区)村(?=$|[（(])")  # 方山村村委会, 先峰社区村委会
_INCLUDING = re.compile(r"（含[^（）]*）$")


def short_village_name(name: str) -> str:
    """Drop the committee, keep 村 or 社区: also where the table cut or misspelt it (社区居委, 居委员, 居民委委会)."""
    name = _INCLUDING.sub("", name)
    short = _COMMITTEE.sub(lambda found: found["village"] or "", name)
    return _TWICE.sub(r"\1", short) or name
