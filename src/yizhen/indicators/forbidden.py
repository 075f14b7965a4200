"""What may never count against a place: the volume of problems that people report or that inspectors find.

Punishing volume teaches offices to hide petitions and hazards (domain, 6.1; 信访工作条例 art. 39). Rates of settling
them in time are welcome.
"""

import re

MEASURES = {
    "complaint_volume": ("投诉数量", "volume of complaints"),
    "petition_volume": ("信访数量", "volume of petitions"),
    "hazards_found": ("排查发现的隐患数量", "number of hazards found"),
    "petitioner_count": ("信访人数", "number of petitioners"),
    "trips_to_superior_levels": ("越级上访数量", "trips to superior levels"),
}
NEGATIVE_DIRECTIONS = ("down", "target")

_SUBJECTS = {
    "petition_volume": r"信访|来信来访|petition",
    "trips_to_superior_levels": r"上访|进京|越级|缠访|闹访|非访|trips? to superior( levels?)?",
    "complaint_volume": r"投诉|举报|诉求|差评|工单|热线|complaint|complain|appeal|hotline",
    "hazards_found": r"隐患|风险点|问题|hazard|problem",
}
_VOLUME = r"(总量|数量|量|数|件数|起数|宗数|人数|人次|次数|批次|次|发生率|volume|count|number|total|trips)(?!.*(率|比|占比|rate|share|ratio))"
_PER_HEAD = r"(每万人|每千人|人均|万人|per\s).*"
# Asking for fewer of them punishes their number by another name.
_TREND = r"(下降|上升|增长|减少|增加|压降|同比|环比|增幅|降幅)"
_SHARE = r"[量数件]*(占比|比重|万人比|千人比)"
_ENGLISH_VOLUME = r"(ers?|s)?( (calls|tickets|cases))?( (received|found|registered|reported|made|filed))?( per .*)?$"


def forbidden_measure(name_zh: str, name_en: str, numerator: str) -> str | None:
    """Return which forbidden measure a name or a numerator describes, or None.

    A rate of settling, resolving or answering is not a volume: names that end in 率 or "rate" pass, unless the rate is
    one of how often people complain (投诉率, 信访发生率, complaint rate).
    """
    for text in (name_zh, name_en.lower()):
        for measure, subject in _SUBJECTS.items():
            if re.search(rf"({subject})[^，；,;]*{_VOLUME}", text):
                return measure
            if re.search(rf"{_PER_HEAD}({subject})", text) or re.search(rf"({subject})\s*(率$|rate$|s per )", text):
                return measure
            if re.search(rf"(number|count|volume)\s+of\s+.*({subject})", text):
                return measure
            if re.search(rf"({subject})[^，；,;]*{_TREND}|({subject}){_SHARE}|({subject}){_ENGLISH_VOLUME}", text):
                return measure
    if name_zh and not re.search(r"率|比|分$", name_zh):
        for measure, subject in _SUBJECTS.items():
            if re.search(subject, numerator) and re.search(r"(总量|数量|量|数|件数|起数|人数|人次|批次)$", numerator):
                return measure
    return None
