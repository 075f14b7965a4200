"""What the paper channel shows: how far the typing is, which cells differ, what still keeps a round from its count."""

from typing import Any

from django.utils.translation import gettext as _

from .models import Campaign, PaperSheet, Round


def differences(sheet: PaperSheet) -> list[tuple[str, str, str, str]]:
    """Return (speaker, item, first, second) of the cells in which two entries differ; "" stands for blank."""
    entries = list(sheet.entries.all()[:2])
    if len(entries) < 2:
        return []
    layout = sheet.round.layout
    first, second = (entry.marks for entry in entries)
    return [
        (str(speaker), item, one, other)
        for speaker in layout["speakers"]
        for item in layout["items"]
        if (one := first.get(str(speaker), {}).get(item, "")) != (other := second.get(str(speaker), {}).get(item, ""))
    ]


def paper_round(campaign: Campaign) -> Round | None:
    """Return the round whose paper is to be typed: the first closed one that is not finished, else the latest closed one."""
    closed = list(campaign.live_rounds.filter(state="closed", classes__paper=True).distinct())
    waiting = [round_ for round_ in closed if unsettled_paper(round_)]
    return (waiting or closed[-1:] or [campaign.current_round])[0]


def paper_progress(campaign: Campaign, round_: Round) -> list[dict[str, Any]]:
    """Return, for each class on paper, what the box held and how many sheets were typed once, twice, or differ."""
    names = {row["code"]: row for row in campaign.config["classes"]}
    rows = []
    for row in round_.classes.filter(paper=True):
        sheets = list(round_.paper_sheets.filter(class_code=row.code).prefetch_related("entries"))
        typed = [len(sheet.entries.all()) for sheet in sheets]
        rows.append(
            {
                "row": row,
                "class": names[row.code],
                "once": sum(n == 1 for n in typed),
                "settled": sum(sheet.settled for sheet in sheets),
                "differ": [sheet for sheet, n in zip(sheets, typed, strict=True) if n == 2 and not sheet.settled],
                "untouched": sum(n == 0 for n in typed),
            }
        )
    return rows


def unsettled_paper(round_: Round) -> list[str]:
    """Return what keeps a round's paper from being counted, as "class: n of m", empty when nothing does."""
    missing = []
    for row in round_.classes.filter(paper=True):
        if row.returned is None:
            missing.append(_("%(code)s 类没有清点票箱") % {"code": row.code})
            continue
        settled = round_.paper_sheets.filter(class_code=row.code, settled=True).count()
        if settled < row.returned:
            missing.append(f"{row.code} {settled}/{row.returned}")
    return missing
