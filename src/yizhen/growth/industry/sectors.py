"""The sectors in which figures are reported: sections of GB/T 4754-2017, and divisions where a township's industry needs them.

The list is exhaustive and no two entries overlap, so that shares add up to one: a section that is split here is never reported
as a whole. Codes are the standard's own: a section's letter, with the division's two digits behind it.
"""

from typing import NamedTuple


class Sector(NamedTuple):
    """One entry of the list, with its names in both languages."""

    code: str
    name_zh: str
    name_en: str


_ROWS = (
    ("A01", "农业", "Farming"),
    ("A02", "林业", "Forestry"),
    ("A03", "畜牧业", "Animal husbandry"),
    ("A04", "渔业", "Fishery"),
    ("A05", "农、林、牧、渔专业及辅助性活动", "Services for farming, forestry, husbandry and fishery"),
    ("B", "采矿业", "Mining"),
    ("C13", "农副食品加工业", "Processing of farm products"),
    ("C14", "食品制造业", "Food"),
    ("C15", "酒、饮料和精制茶制造业", "Liquor, beverages and refined tea"),
    ("C16", "烟草制品业", "Tobacco"),
    ("C17", "纺织业", "Textiles"),
    ("C18", "纺织服装、服饰业", "Clothing"),
    ("C19", "皮革、毛皮、羽毛及其制品和制鞋业", "Leather, fur, feather and footwear"),
    ("C20", "木材加工和木、竹、藤、棕、草制品业", "Wood, bamboo, rattan, palm and straw products"),
    ("C21", "家具制造业", "Furniture"),
    ("C22", "造纸和纸制品业", "Paper"),
    ("C23", "印刷和记录媒介复制业", "Printing and copying of media"),
    ("C24", "文教、工美、体育和娱乐用品制造业", "Articles for culture, crafts, sport and leisure"),
    ("C25", "石油、煤炭及其他燃料加工业", "Processing of petroleum, coal and other fuels"),
    ("C26", "化学原料和化学制品制造业", "Chemicals"),
    ("C27", "医药制造业", "Medicines"),
    ("C28", "化学纤维制造业", "Chemical fibres"),
    ("C29", "橡胶和塑料制品业", "Rubber and plastics"),
    ("C30", "非金属矿物制品业", "Non-metallic mineral products"),
    ("C31", "黑色金属冶炼和压延加工业", "Ferrous metals"),
    ("C32", "有色金属冶炼和压延加工业", "Non-ferrous metals"),
    ("C33", "金属制品业", "Metal products"),
    ("C34", "通用设备制造业", "General machinery"),
    ("C35", "专用设备制造业", "Special machinery"),
    ("C36", "汽车制造业", "Motor vehicles and parts"),
    ("C37", "铁路、船舶、航空航天和其他运输设备制造业", "Railway, ship, aerospace and other transport equipment"),
    ("C38", "电气机械和器材制造业", "Electrical machinery and apparatus"),
    ("C39", "计算机、通信和其他电子设备制造业", "Computers, communication and electronics"),
    ("C40", "仪器仪表制造业", "Instruments and meters"),
    ("C41", "其他制造业", "Other manufacturing"),
    ("C42", "废弃资源综合利用业", "Use of waste resources"),
    ("C43", "金属制品、机械和设备修理业", "Repair of metal products and machinery"),
    ("D", "电力、热力、燃气及水生产和供应业", "Electricity, heat, gas and water"),
    ("E", "建筑业", "Construction"),
    ("F51", "批发业", "Wholesale"),
    ("F52", "零售业", "Retail"),
    ("G", "交通运输、仓储和邮政业", "Transport, storage and post"),
    ("H61", "住宿业", "Lodging"),
    ("H62", "餐饮业", "Catering"),
    ("I", "信息传输、软件和信息技术服务业", "Information transmission, software and IT services"),
    ("J", "金融业", "Finance"),
    ("K", "房地产业", "Real estate"),
    ("L", "租赁和商务服务业", "Leasing and business services"),
    ("M", "科学研究和技术服务业", "Scientific research and technical services"),
    ("N", "水利、环境和公共设施管理业", "Water, environment and public facilities"),
    ("O", "居民服务、修理和其他服务业", "Household services, repair and other services"),
    ("P", "教育", "Education"),
    ("Q", "卫生和社会工作", "Health and social work"),
    ("R", "文化、体育和娱乐业", "Culture, sport and entertainment"),
    ("S", "公共管理、社会保障和社会组织", "Public administration, social security and organisations"),
)
SECTORS: dict[str, Sector] = {row[0]: Sector(*row) for row in _ROWS}
STANDARD = "GB/T 4754-2017"
SPLIT = frozenset(code[0] for code in SECTORS if len(code) > 1)  # sections that are reported by division


def named(codes: list[str]) -> list[Sector]:
    """Return sectors by their codes; a code that the list no longer has stands for itself."""
    return [SECTORS.get(code, Sector(code, code, code)) for code in codes]
