"""What is printed before a meeting: agenda, order, attendance lists, name plates, paper sheets, rules, reports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yizhen.appraisals.citations import TOKEN, rounded, spoken
from yizhen.appraisals.models import Campaign, Speaker
from yizhen.web.qr import qr_svg

from .words import quorum_in_words, revised_in_words, rules_in_words, speakers_in_order

Context = dict[str, Any]
ROOMY_ROWS, DENSE_ROWS = 30, 45  # rows of a paper sheet that one side of A4 holds


@dataclass(frozen=True)
class Printed:
    """A page to print. One ``by_class`` is printed class by class; the class is part of its address."""

    name: str
    title: str
    content: Callable[[Campaign, dict[str, Any] | None], Context]
    by_class: bool = False


def _agenda(campaign: Campaign, _class: dict[str, Any] | None) -> Context:
    rows = campaign.config["agenda"]
    minutes = campaign.config["minutes"]
    return {
        "rows": rows,
        "total": sum(int(row["minutes"]) for row in rows),
        "turn": f"每位述职 {minutes['report']} 分钟、提问 {minutes['questions']} 分钟、点评 {minutes['comment']} 分钟",
    }


def _order(campaign: Campaign, _class: dict[str, Any] | None) -> Context:
    return {"speakers": speakers_in_order(campaign), "seed": campaign.session.lot_seed}


def _attendance(campaign: Campaign, chosen: dict[str, Any] | None) -> Context:
    classes = [chosen] if chosen else campaign.config["classes"]
    roll = list(campaign.roll.order_by("class_code", "label").values_list("class_code", "label", "badge"))
    return {
        "lists": [
            (row, [(label, badge, qr_svg(badge)) for code, label, badge in roll if code == row["code"]])
            for row in classes
        ],
        "quorum": quorum_in_words(campaign.config),
    }


def _plates(campaign: Campaign, chosen: dict[str, Any] | None) -> Context:
    if chosen:
        roll = campaign.roll.filter(class_code=chosen["code"]).order_by("label")
        plates = [_plate(label, "") for label in roll.values_list("label", flat=True)]
    else:
        plates = [_plate(one.person, one.subject.name_zh) for one in speakers_in_order(campaign)]
    return {"sheets": [plates[at : at + 2] for at in range(0, len(plates), 2)]}


def _plate(name: str, place: str) -> Context:
    """Return what stands on both faces of a plate; the longer the name, the smaller the type."""
    size = next((size for longest, size in ((2, "two"), (4, "large"), (8, "middle")) if len(name) <= longest), "small")
    return {"name": name, "place": place, "size": size}


def _ballots(campaign: Campaign, chosen: dict[str, Any] | None) -> Context:
    classes = [chosen] if chosen else campaign.config["classes"]
    config = campaign.config
    speakers = list(speakers_in_order(campaign))
    rounds = list(campaign.live_rounds)
    sheets = [(one.number, [speaker for speaker in speakers if speaker.pk in one.speaker_ids]) for one in rounds]
    if len(rounds) < 2:
        sheets = [(0, speakers)]
    longest = max(len(rated) for _number, rated in sheets) * len(config["items"])
    return {
        "classes": [(row, campaign.roll.filter(class_code=row["code"]).count()) for row in classes],
        "sheets": sheets,
        "dense": longest > ROOMY_ROWS,
        "sides": 1 + (longest - 1) // DENSE_ROWS,
        "items": config["items"],
        "grades": config["grades"],
    }


def _rules(campaign: Campaign, _class: dict[str, Any] | None) -> Context:
    return {"sentences": rules_in_words(campaign.config), "revised": revised_in_words(campaign)}


def _reports(campaign: Campaign, _class: dict[str, Any] | None) -> Context:
    speakers = speakers_in_order(campaign)
    return {
        "reports": [_report(campaign, speaker) for speaker in speakers if speaker.report.submitted_at],
        "missing": [speaker for speaker in speakers if not speaker.report.submitted_at],
    }


def _report(campaign: Campaign, speaker: Speaker) -> Context:
    version = next(iter(speaker.report.versions.all()))
    figures = {figure.indicator_id: figure.content for figure in speaker.figures.all()}
    texts = [(section, version.text_of(section)) for section in campaign.config["outline"]]
    cited = dict.fromkeys(match[1].upper() for _section, text in texts for match in TOKEN.finditer(text))
    return {
        "speaker": speaker,
        "version": version,
        "sections": [(section["zh"], spoken(text, figures).split("\n")) for section, text in texts],
        "sources": [_source(figures[code]) for code in cited if code in figures],
    }


def _source(content: dict[str, Any]) -> Context:
    unit = content["unit"]
    parts = [
        f"{rounded(content[part])}（{content[f'{part}_zh']}）" for part in ("numerator", "denominator") if content[part]
    ]
    return {
        "name": f"{content['code']} {content['name_zh']}",
        "value": f"{rounded(content['value'])}{unit}",
        "from": " ÷ ".join(parts),
        "city": f"{rounded(content['city'])}{unit}" if content["city"] else "—",
        "peers": f"{rounded(content['peer_median'])}{unit}" if content["peer_median"] else "—",
        "period": content["period"],
        "source": content["source_zh"],
        "as_of": content["as_of"],
    }


PAGES = {
    page.name: page
    for page in (
        Printed("agenda", "会议议程", _agenda),
        Printed("order", "述职次序", _order),
        Printed("rules", "评议规则", _rules),
        Printed("reports", "述职报告汇编", _reports),
        Printed("attendance", "签到表", _attendance, by_class=True),
        Printed("ballots", "纸质测评表", _ballots, by_class=True),
        Printed("plates", "席卡", _plates, by_class=True),
    )
}
