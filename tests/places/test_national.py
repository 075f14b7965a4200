"""The national table: what a city holds, what each unit is, and which city a text means."""

from collections import Counter

import pytest

from yizhen.places import national
from yizhen.places.national import Kind, Level, UnknownDivision, city_divisions, find_city, full_name, province_name

TABLE = national._table()


def unit(code: str) -> national.NationalDivision:
    return next(each for each in city_divisions(code[:4]) if each.code == code)


def test_city_divisions_of_yangzhou_counts_each_level():
    counts = Counter(each.level for each in city_divisions("3210"))

    assert counts == {Level.PREFECTURE: 1, Level.COUNTY: 7, Level.TOWNSHIP: 98, Level.VILLAGE: 1437}


def test_city_divisions_of_yangzhou_counts_each_kind():
    counts = Counter((each.level.value, each.kind.value) for each in city_divisions("3210"))

    assert counts == {
        ("prefecture", "prefecture_city"): 1,
        ("county", "district"): 3,
        ("county", "county"): 1,
        ("county", "county_city"): 2,
        ("county", "development_zone"): 1,
        ("township", "town"): 61,
        ("township", "township"): 2,
        ("township", "subdistrict"): 20,
        ("township", "development_zone"): 9,
        ("township", "farm"): 6,
        ("village", "village"): 1008,
        ("village", "community"): 419,
        ("village", "other"): 10,
    }


def test_city_divisions_without_villages_holds_none():
    assert len(list(city_divisions("3210", villages=False))) == 1 + 7 + 98


def test_city_divisions_of_a_county_begins_with_it():
    units = list(city_divisions("321084", villages=False))

    assert [each.code for each in units[:3]] == ["321084", "321084001", "321084101"]
    assert len(units) == 14


def test_city_divisions_of_a_province_without_village_table_ends_at_townships():
    assert {each.level for each in city_divisions("3301")} == {Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP}


def test_city_divisions_of_a_municipality_is_the_whole_of_it():
    units = list(city_divisions("31"))

    assert [(each.code, each.name, each.kind) for each in units[:3]] == [
        ("31", "上海市", Kind.PROVINCE),
        ("3101", "市辖区", Kind.MUNICIPALITY_PART),
        ("310101", "黄浦区", Kind.DISTRICT),
    ]
    assert Counter(each.level for each in units) == {
        Level.PROVINCE: 1,
        Level.PREFECTURE: 1,
        Level.COUNTY: 16,
        Level.TOWNSHIP: sum(len(code) == 9 and code.startswith("31") for code in TABLE),
    }


def test_city_divisions_of_dongguan_hangs_towns_below_a_filler_county():
    units = list(city_divisions("4419"))

    assert [(each.code, each.name, each.kind, each.placeholder) for each in units[:2]] == [
        ("4419", "东莞市", Kind.PREFECTURE_CITY, False),
        ("441900", "东莞市", Kind.OTHER, True),
    ]
    assert {each.parent_code for each in units[2:]} == {"441900"}
    assert full_name(units[2].code) == f"广东省东莞市{units[2].name}"


def test_city_divisions_of_every_prefecture_gives_parents_first():
    starts = [code for code in TABLE if len(code) == 4 or code in national.MUNICIPALITIES]

    for start in starts:
        seen: set[str] = set()
        codes = [each.code for each in city_divisions(start)]
        for code in codes:
            assert code == start or code[: national.PARENT_LENGTH[len(code)]] in seen
            seen.add(code)
        assert codes == sorted(set(codes))


@pytest.mark.parametrize("code", ["", "3", "321", "32", "3299", "321099", "321084401", "abcd", "３２１０"])
def test_city_divisions_of_no_city_raises_at_the_call(code):
    with pytest.raises(UnknownDivision):
        city_divisions(code)


def test_with_parents_makes_missing_parents_under_the_nearest_unit():
    rows = {"990000001": "甲镇", "98": "乙省", "980101001001": "丙村"}

    full = national._with_parents(rows, {"99": "丁省", "9900": "戊市"})

    assert full == {
        "98": "乙省",
        "9801": "乙省",
        "980101": "乙省",
        "980101001": "乙省",
        "980101001001": "丙村",
        "990000": "戊市",
        "990000001": "甲镇",
    }


def test_tables_have_levels_that_follow_the_code():
    assert Counter(len(code) for code in TABLE) == {2: 31, 4: 342, 6: 2978, 9: 41352}
    assert len(national._village_table("32")) == 21958
    assert national._village_table("33") == {}


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("3210", "扬州市", Kind.PREFECTURE_CITY),
        ("1522", "兴安盟", Kind.PREFECTURE_OTHER),
        ("2327", "大兴安岭地区", Kind.PREFECTURE_OTHER),
        ("5329", "大理白族自治州", Kind.PREFECTURE_OTHER),
        ("1101", "市辖区", Kind.MUNICIPALITY_PART),
        ("5002", "县", Kind.MUNICIPALITY_PART),
        ("4290", "省直辖县级行政区划", Kind.OTHER),
        ("321002", "广陵区", Kind.DISTRICT),
        ("321023", "宝应县", Kind.COUNTY),
        ("321084", "高邮市", Kind.COUNTY_CITY),
        ("321071", "扬州经济技术开发区", Kind.DEVELOPMENT_ZONE),
        ("320576", "苏州工业园区", Kind.DEVELOPMENT_ZONE),
        ("130672", "保定白沟新城", Kind.DEVELOPMENT_ZONE),
        ("310115", "浦东新区", Kind.DISTRICT),
        ("231202", "北林区", Kind.DISTRICT),
        ("429021", "神农架林区", Kind.OTHER),
        ("150121", "土默特左旗", Kind.BANNER),
        ("321002001", "东关街道", Kind.SUBDISTRICT),
        ("110105021", "南磨房地区", Kind.SUBDISTRICT),
        ("321003100", "公道镇", Kind.TOWN),
        ("321003350", "平山乡", Kind.TOWNSHIP),
        ("321084200", "菱塘回族乡", Kind.TOWNSHIP),
        ("321002400", "广陵经济开发区", Kind.DEVELOPMENT_ZONE),
        ("321003403", "物流园区", Kind.DEVELOPMENT_ZONE),
        ("321081407", "汽车工业园", Kind.DEVELOPMENT_ZONE),
        ("321081410", "开发区", Kind.DEVELOPMENT_ZONE),
        ("321081412", "枣林湾旅游度假区", Kind.DEVELOPMENT_ZONE),
        ("321081454", "化学工业园区", Kind.DEVELOPMENT_ZONE),
        ("320922403", "开发区沿海工业园", Kind.DEVELOPMENT_ZONE),
        ("320114402", "中国（南京）软件谷", Kind.DEVELOPMENT_ZONE),
        ("411503410", "信阳国际家居产业小镇", Kind.DEVELOPMENT_ZONE),
        ("321002401", "扬州市生态科技新城杭集镇", Kind.TOWN),
        ("321084401", "城南经济新区（车逻镇）", Kind.TOWN),
        ("320614416", "三星镇（叠石桥家纺产业园区）", Kind.TOWN),
        ("321084406", "经济开发区（马棚街道）", Kind.SUBDISTRICT),
        ("321012400", "立新农场", Kind.FARM),
        ("321081401", "原种场", Kind.FARM),
        ("321081403", "园艺试验场", Kind.FARM),
        ("321081405", "捺山茶场", Kind.FARM),
        ("231226403", "绥棱县国有林场半截河林场", Kind.FARM),
        ("320113400", "龙潭监狱", Kind.OTHER),
        ("320509401", "东方丝绸市场", Kind.OTHER),
        ("460202198", "海棠区直辖村级区划", Kind.OTHER),
        ("350527000", "金门县", Kind.OTHER),
    ],
)
def test_kind_of_a_unit(code, name, kind):
    found = unit(code)

    assert (found.name, found.kind) == (name, kind)


@pytest.mark.parametrize(
    ("code", "name", "kind", "short_name"),
    [
        ("320102002001", "梅园新村社区居委会", Kind.COMMUNITY, "梅园新村社区"),
        ("320115005215", "彭福村村民委员会", Kind.VILLAGE, "彭福村"),
        ("320117001027", "高平居民委员会", Kind.COMMUNITY, "高平"),
        ("321311106217", "双茶棚社区村委会", Kind.VILLAGE, "双茶棚社区"),
        ("320213026024", "滨河社区居民委员", Kind.COMMUNITY, "滨河社区"),
        ("320924401002", "城东社区居居委员会", Kind.COMMUNITY, "城东社区"),
        ("320412102002", "卢家巷社区居委会（含卢家巷村村委）", Kind.COMMUNITY, "卢家巷社区"),
        ("321023100215", "郭庄村（居）委会", Kind.VILLAGE, "郭庄村"),
        ("320681102231", "庙港村委会（新）", Kind.VILLAGE, "庙港村（新）"),
        ("321203001203", "大石村", Kind.VILLAGE, "大石村"),
        ("321081401598", "原种场虚拟生活区", Kind.OTHER, "原种场虚拟生活区"),
    ],
)
def test_village_kind_and_short_name(code, name, kind, short_name):
    found = unit(code)

    assert (found.name, found.kind, found.short_name) == (name, kind, short_name)


def test_short_names_tell_the_units_of_yangzhou_apart():
    names = [(each.parent_code, each.short_name) for each in city_divisions("3210")]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31", "31"),
        ("3210", "3210"),
        ("321084", "321084"),
        ("扬州市", "3210"),
        ("扬州", "3210"),
        (" 扬州 市 ", "3210"),
        ("３２１０", "3210"),
        ("高邮市", "321084"),
        ("高邮", "321084"),
        ("宝应", "321023"),
        ("江苏省扬州市", "3210"),
        ("江苏省高邮市", "321084"),
        ("江苏省扬州市高邮市", "321084"),
        ("南京市鼓楼区", "320106"),
        ("北京", "11"),
        ("北京市朝阳区", "110105"),
        ("东莞市", "4419"),
        ("朝阳", "2113"),
        ("仙桃市", "429004"),
        ("大理", "5329"),
    ],
)
def test_find_city_by_code_or_name(text, code):
    assert find_city(text).code == code


@pytest.mark.parametrize("text", ["杨州市", "杨州"])
def test_find_city_with_a_typo_names_the_one_that_sounds_alike_first(text):
    with pytest.raises(UnknownDivision) as caught:
        find_city(text)

    assert caught.value.nearest[0].code == "3210"
    assert len(caught.value.nearest) == 5
    assert f"没有名为“{text}”" in str(caught.value)
    assert f"No city or county is called “{text}”" in str(caught.value)
    assert "江苏省扬州市（3210）" in str(caught.value)


@pytest.mark.parametrize("text", ["鼓楼区", "鼓楼"])
def test_find_city_of_an_ambiguous_name_lists_all(text):
    with pytest.raises(UnknownDivision, match="不止一处.*ambiguous.*福建省福州市鼓楼区（350102）") as caught:
        find_city(text)

    assert [each.code for each in caught.value.nearest] == ["320106", "320302", "350102", "410204"]


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("3299", ["3213", "3212", "3211", "3210", "3209"]),
        ("321085", ["321084", "321081", "321071", "321023", "321012"]),
        ("321084401", ["321084", "321081", "321071", "321023", "321012"]),
        ("9", []),
        ("32", ["3201", "3202", "3203", "3204", "3205"]),
        ("江苏", ["3201", "3202", "3203", "3204", "3205"]),
        ("吉林", ["2202", "2201", "2203", "2204", "2205"]),
        ("", []),
        ("abc", []),
    ],
)
def test_find_city_of_no_city_names_the_nearest(text, nearest):
    with pytest.raises(UnknownDivision) as caught:
        find_city(text)

    assert [each.code for each in caught.value.nearest] == nearest
    assert caught.value.text == text


def test_find_city_finds_each_by_its_full_name():
    cities = national._cities()

    assert [find_city(full_name(each.code)) for each in cities] == list(cities)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("32", "江苏省"),
        ("3210", "江苏省扬州市"),
        ("321084", "江苏省扬州市高邮市"),
        ("321084101", "江苏省扬州市高邮市龙虬镇"),
        ("320102002001", "江苏省南京市玄武区梅园新村街道梅园新村社区居委会"),
        ("110105", "北京市朝阳区"),
        ("1101", "北京市市辖区"),
        ("429004", "湖北省仙桃市"),
        ("441900", "广东省东莞市"),
    ],
)
def test_full_name_leaves_fillers_out(code, name):
    assert full_name(code) == name


def test_province_name_of_any_length():
    assert [province_name(code) for code in ("32", "3210", "320102002001", "11")] == [
        "江苏省",
        "江苏省",
        "江苏省",
        "北京市",
    ]


@pytest.mark.parametrize("code", ["", "99", "3299", "320102002999", "330102001001"])
def test_full_name_of_an_unknown_code_raises(code):
    with pytest.raises(UnknownDivision):
        full_name(code)


@pytest.mark.parametrize("code", ["", "3", "99", "9901"])
def test_province_name_of_an_unknown_code_raises(code):
    with pytest.raises(UnknownDivision):
        province_name(code)
