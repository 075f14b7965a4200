"""What is wrong with a kind before it may be put in force. Pure: it is told which other kinds there are."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from yizhen.clocks import SUSPENSION_REASONS, Unit
from yizhen.matters.lifecycle import REOPENING, TABLE, VERB_NAMES, Verb

from . import KINDS, WORK_LINES
from .spec import ENTRIES, FIELD_TYPES, OPENERS, STAGES, MatterKind

SLUG = re.compile(r"[a-z][a-z0-9_]{1,23}")
FIELD_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
LETTER = re.compile(r"[A-Z]{1,2}")
STARTING = {verb for verb, _state in TABLE} | {Verb.OPEN}
# Names of fields that ask who somebody is, or for what the Personal Information Protection Law art. 28 calls sensitive.
PERSONAL = re.compile(
    r"身份证|证件号|护照|户口|姓名|名字|手机|电话|联系方式|微信|住址|家庭地址|出生|年龄|性别|民族|宗教|信仰|政治面貌|婚姻|病史|疾病|健康状况"
    r"|残疾|指纹|人脸|银行卡|银行账|行踪|收入"
    r"|\b(id|identity|passport)( card)?( number| no)?\b|\b(full |first |last |family )?name of (the )?(person|resident|petitioner|caller|applicant|owner|\w+ant)\b"
    r"|\b(his|her|your|full|first|last|family) name\b|^name$|tele?phone|mobile|phone|home address|birth|\bage\b|gender|\bsex\b|ethnic|religio|belief|marital|disease|illness|disabilit"
    r"|fingerprint|\bface\b|bank (card|account)|whereabouts|income",
    re.IGNORECASE,
)


def problems_of(spec: Mapping[str, Any], known: Mapping[str, MatterKind]) -> dict[str, str]:
    """Return what is wrong with a kind, by the path in its JSON ("clocks.0.amount"), in the page's language.

    Args:
        spec: what ``MatterKind.as_json`` writes, types included.
        known: all other kinds by code, shipped and own; one of the same code is the kind itself as it was.

    That the doer never closes is nothing that a kind could say: the table and the database keep to it whatever stands here.
    """
    found: dict[str, str] = {}
    for path, problem in (
        *_of_names(spec, known), *_of_way(spec), *_of_clocks(spec), *_of_fields(spec), *_of_texts(spec),
    ):  # fmt: skip
        found.setdefault(path, problem)
    return found


def _of_names(spec: Mapping[str, Any], known: Mapping[str, MatterKind]) -> Iterator[tuple[str, str]]:
    if not SLUG.fullmatch(spec["code"]):
        yield "code", _("代码用小写英文字母、数字和下划线，字母开头，2 至 24 个字符。")
    letter = spec["letter"]
    others = {kind.letter: kind for code, kind in known.items() if code != spec["code"]}
    if not LETTER.fullmatch(letter):
        yield "letter", _("编号字母是一个或两个大写英文字母。")
    elif letter in others:
        yield "letter", _("字母 %(letter)s 已经用于“%(kind)s”。") % {"letter": letter, "kind": others[letter].name_zh}
    for name in ("name_zh", "name_en"):
        if not spec[name].strip():
            yield name, _("中文和英文名称都要填写。")
    if not spec.get("source", "").strip():
        yield "source", _("请写明依据：法规条文、文件，或者“本单位默认”。")
    if spec.get("work_line") and spec["work_line"] not in WORK_LINES:
        yield "work_line", _("没有这条条线。")


def _of_way(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if spec["entry"] not in ENTRIES:
        yield "entry", _("入口只能是上报、立案或直接交办。")
    if spec["checks"] and spec["entry"] != "reported":
        yield "checks", _("只有从上报开始的种类才有核实这一步。")
    if spec["reviews"] not in {0, 2}:
        yield "reviews", _("复查复核或者都有，或者都没有。")
    elif spec["reviews"] and not spec["asks_verdict"]:
        yield "reviews", _("有复查复核的种类，诉求人须有最后的意见。")
    shipped = KINDS.get(spec["code"])
    if shipped is not None and shipped.sealed and not spec["sealed"]:
        yield "sealed", _("随系统提供的保密种类不能改成不保密。")
    if not spec["openers"] and (shipped is None or shipped.openers):
        yield "openers", _("请至少选一类可以登记的人。")
    elif set(spec["openers"]) - set(OPENERS):
        yield "openers", _("没有这样的登记人。")
    for number, reason in enumerate(spec["suspensions"]):
        if reason not in SUSPENSION_REASONS:
            yield f"suspensions.{number}", _("法规没有列出这个中止理由：%(reason)s。") % {"reason": reason}
    days = list(spec["look_back_days"])
    if any(not 1 <= day <= 730 for day in days) or sorted(set(days)) != days:
        yield "look_back_days", _("回头看的天数在 1 到 730 之间，从小到大，不重复。")
    if spec["notice_days"] is not None and not 1 <= spec["notice_days"] <= 60:
        yield "notice_days", _("答复督办的天数在 1 到 60 之间；不督办就空着。")


def _of_clocks(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    clocks = spec["clocks"]
    governs_first = any(clock["governs"] and "open" in clock["starts"] for clock in clocks)
    if spec["entry"] != "new" and not governs_first:
        yield "clocks", _("从上报或立案开始的种类，须有一个从登记起算、决定期限的期限钟。")
    if spec["entry"] == "new" and clocks and not governs_first and any(clock["governs"] for clock in clocks):
        yield "clocks", _("第一个决定期限的期限钟须从登记起算，否则交办单的期限和它并行。")
    codes = [clock["code"] for clock in clocks]
    for number, clock in enumerate(clocks):
        path = f"clocks.{number}"
        if not FIELD_CODE.fullmatch(clock["code"]) or clock["code"] == "order":
            yield f"{path}.code", _("期限钟的代码用小写英文字母、数字和下划线，字母开头；order 是系统用的。")
        elif codes.index(clock["code"]) < number:
            yield f"{path}.code", _("这个代码用了两次。")
        for name in ("name_zh", "name_en"):
            if not clock[name].strip():
                yield f"{path}.{name}", _("中文和英文名称都要填写。")
        if not clock["source"].strip():
            yield f"{path}.source", _("每个期限都要写明依据。")
        yield from _of_steps(clock, path)
        yield from _of_period(clock, path)


def _of_steps(clock: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for name in ("starts", "stops"):
        unknown = [verb for verb in clock[name] if verb not in STARTING]
        if unknown:
            yield f"{path}.{name}", _("没有这个步骤：%(verb)s。") % {"verb": "、".join(unknown)}
        elif not clock[name]:
            yield f"{path}.{name}", _("请选至少一个步骤。")
    both = [VERB_NAMES[Verb(verb)] for verb in clock["starts"] if verb in clock["stops"]]
    if both:
        yield f"{path}.stops", _("同一步不能又开始又停止一个期限钟：%(verb)s。") % {"verb": "、".join(map(str, both))}
    if Verb.OPEN in clock["stops"]:
        yield f"{path}.stops", _("登记不能停止期限钟。")
    again = [VERB_NAMES[Verb(verb)] for verb in clock["starts"] if verb in {*REOPENING, Verb.SEND_BACK}]
    if again:
        yield (
            f"{path}.starts",
            _("返工和重新打开时原来的期限不变，不能从这里起算：%(verb)s。") % {"verb": "、".join(map(str, again))},
        )


def _of_period(clock: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if not 1 <= clock["amount"] <= 1000:
        yield f"{path}.amount", _("期限在 1 到 1000 之间。")
    if clock["unit"] not in {unit.value for unit in Unit}:
        yield f"{path}.unit", _("没有这个时间单位。")
    extension = clock.get("extension")
    if extension is None:
        return
    if clock["unit"] == Unit.HOUR:
        yield f"{path}.extension", _("按小时计的期限不能延长。")
    elif not (1 <= extension["amount"] <= 1000 and 1 <= extension["times"] <= 3):
        yield f"{path}.extension", _("延长须有上限：每次 1 到 1000，最多 3 次。")
    elif extension["period_max"] is not None:
        longest = clock["amount"] + extension["amount"] * extension["times"]
        if not clock["amount"] < extension["period_max"] <= longest:
            yield (
                f"{path}.extension",
                _("最长期限须大于期限本身，并且不超过期限加上全部延长（%(longest)d）。") % {"longest": longest},
            )
        elif extension["amount"] * (extension["times"] - 1) + clock["amount"] >= extension["period_max"]:
            yield f"{path}.extension", _("次数太多：还没有用完就已到最长期限。")
    if not clock["governs"]:
        yield f"{path}.extension", _("只有决定期限的期限钟可以延长。")


def _of_fields(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    codes = [field["code"] for field in spec["fields"]]
    taken = {clock["code"] for clock in spec["clocks"]}
    for number, field in enumerate(spec["fields"]):
        path = f"fields.{number}"
        if not FIELD_CODE.fullmatch(field["code"]):
            yield f"{path}.code", _("字段的代码用小写英文字母、数字和下划线，字母开头。")
        elif codes.index(field["code"]) < number or field["code"] in taken:
            yield f"{path}.code", _("这个代码用了两次。")
        for name in ("name_zh", "name_en"):
            if not field[name].strip():
                yield f"{path}.{name}", _("中文和英文名称都要填写。")
        if field["type"] not in FIELD_TYPES:
            yield f"{path}.type", _("没有这种字段。")
        if field["stage"] not in STAGES:
            yield f"{path}.stage", _("字段在登记时填，或者在报告办结时填。")
        choices = [choice.strip() for choice in field["choices"]]
        if field["type"] == "choice" and (len(choices) < 2 or "" in choices or len(set(choices)) < len(choices)):
            yield f"{path}.choices", _("至少写两个不同的选项。")
        elif field["type"] != "choice" and choices:
            yield f"{path}.choices", _("只有“选择”类的字段才有选项。")
        if not spec["sealed"] and asks_personal_data(field["name_zh"], field["name_en"], field["code"]):
            yield (
                f"{path}.name_zh",
                _(
                    "这个字段要的是个人信息：没有法定依据不能收集（个人信息保护法第六条、第十三条、第二十八条）。只有保密种类可以。"
                ),
            )


def asks_personal_data(*names: str) -> bool:
    """Return whether the name of a field asks who somebody is, or for sensitive personal information.

    Source: Personal Information Protection Law arts. 6, 13, 28. A name that says nothing cannot be seen through: the
    second person who puts a kind in force reads the fields.
    """
    return any(PERSONAL.search(name.replace("_", " ")) for name in names)


def _of_texts(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for verb, text in spec["texts"].items():
        if verb not in STARTING:
            yield f"texts.{verb}", _("没有这个步骤：%(verb)s。") % {"verb": verb}
        elif len(text) > 2000:
            yield f"texts.{verb}", _("答复文字最多 2000 字。")
