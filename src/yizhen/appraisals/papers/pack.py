"""What goes out together: all letters, and the offline pack that opens without the server the night before."""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from yizhen.appraisals.models import Campaign, CampaignState, Result
from yizhen.appraisals.queries import named_problems
from yizhen.documents.content import Official, plain
from yizhen.documents.official import write_official
from yizhen.documents.workbook import write_workbook

from .circular import circular
from .letter import letter
from .printed import PAGES, Printed
from .record import record_of_proceedings
from .rectification import rectification_list, rectification_sheet
from .words import counted_results, in_chinese, issued_on

DOCUMENTS: dict[str, tuple[str, Callable[[Campaign], Official]]] = {
    "record": ("会议纪要", record_of_proceedings),
    "circular": ("结果通报", circular),
    "rectification": ("整改清单", rectification_list),
}
STYLE = Path(__file__).parent.parent / "static" / "appraisals" / "papers.css"
UNFIT_FOR_A_NAME = re.compile(r'[\\/:*?"<>|\s.]+')


def ready(campaign: Campaign) -> list[str]:
    """Return the documents that there is something to write in: the record once a ballot has closed, and so on."""
    found = []
    if campaign.state != CampaignState.DRAFT and campaign.rounds.filter(closed_at__isnull=False).exists():
        found.append("record")
    if campaign.rounds.filter(state="counted").exists():
        found.append("circular")
    if named_problems(campaign).exists():
        found.append("rectification")
    return found


def letter_name(result: Result) -> str:
    """Return the file name of a letter."""
    speaker = result.speaker
    name = UNFIT_FOR_A_NAME.sub("_", plain(f"{speaker.subject.name_zh}-{speaker.person}"))
    return f"{speaker.position or 0:02d}-{name}.docx"


def letters(campaign: Campaign) -> bytes:
    """Return all letters as one .zip."""
    day = issued_on(campaign)
    return _zipped({f"反馈函/{letter_name(r)}": write_official(letter(r, day)) for r in counted_results(campaign)})


@in_chinese
def page(campaign: Campaign, printed: Printed, chosen: dict[str, Any] | None = None, *, css: str = "") -> str:
    """Return a page to print. With ``css`` it stands alone: the style is inside and nothing else is asked for."""
    return render_to_string(
        f"appraisals/papers/{printed.name}.html",
        {
            "campaign": campaign,
            "title": printed.title,
            "class": chosen,
            "css": css,
            **printed.content(campaign, chosen),
        },
    )


@in_chinese
def offline_pack(campaign: Campaign, stamp: str) -> bytes:
    """Return the offline pack: a folder whose index.html opens with a double click, without server or network."""
    css = STYLE.read_text(encoding="utf-8")
    pages = {f"{name}.html": page(campaign, printed, css=css) for name, printed in PAGES.items()}
    links = [(f"{name}.html", printed.title) for name, printed in PAGES.items()]
    links[-1] = ("plates.html", "席卡：述职人")
    for row in campaign.config["classes"]:
        name = f"plates-{row['code']}.html"
        pages[name] = page(campaign, PAGES["plates"], row, css=css)
        links.append((name, f"席卡：{row['code']}类 {row['zh']}"))
    documents = list(_documents(campaign, stamp))
    pages["index.html"] = render_to_string(
        "appraisals/papers/index.html",
        {"campaign": campaign, "title": "会议材料", "css": css, "links": links, "documents": documents},
    )
    files: dict[str, bytes | str] = {name: content for name, _title, content in documents}
    return _zipped({f"meeting-{campaign.pk}/{name}": content for name, content in (pages | files).items()})


def _documents(campaign: Campaign, stamp: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield file name, title and content of what exists by now; the letters stay out, they are for one reader each."""
    for name in ready(campaign):
        title, describe = DOCUMENTS[name]
        yield f"{name}.docx", title, write_official(describe(campaign))
        if name == "rectification":
            yield "rectification.xlsx", f"{title}（Excel）", write_workbook([rectification_sheet(campaign, stamp)])


def _zipped(files: Mapping[str, bytes | str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
