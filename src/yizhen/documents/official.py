"""Official documents as .docx in the layout of GB/T 9704-2012: knows layout, knows no domain.

A document is described as values (title, headings, paragraphs, tables) and written whole. Fonts are given by name, for
the reader's office to supply: the standard's faces are proprietary and none is shipped.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from math import ceil, floor
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor, Twips
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from yizhen.documents.content import Block, Heading, Letterhead, Official, Signatures, Table, Text, chinese_date, plain

FANGSONG, HEITI, KAITI, SONG, TITLE_SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体"
LINES, CHARACTERS = 22, 28  # a full page (5.2.2); all sizes in points: 二号 22, 三号 16, 四号 14, 小四 12
BODY, TITLE = 16, 22
PITCH = 580  # twips, 29 pt
WIDTH, HEIGHT = Mm(210), Mm(297)
TOP, LEFT, RIGHT, LANDSCAPE_LEFT = Mm(37), Mm(28), Mm(26), Mm(35)
# 35 mm, less what 22 lines of 29 pt are longer than the type area's 225 mm: or the last line moves to the next page.
BOTTOM = Twips(round(HEIGHT.twips - TOP.twips - LINES * PITCH))
TYPE_AREA = Emu(WIDTH - LEFT - RIGHT)
CHARACTER = TYPE_AREA.twips / CHARACTERS  # twips that one character takes
# Twips between characters, so that 28 of 16 pt fit. Not the grid's charSpace: LibreOffice gives a character two cells
# where that is negative, and 14 stand in a line.
CLOSER = floor(CHARACTER - BODY * 20)
FOOTER = Mm(23)  # the page number then stands 7 mm below the type area
RED = RGBColor(0xFF, 0, 0)
KEPT = {
    "Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid",
    "Body Text", "Heading 1", "Heading 2", "Title", "Header", "Footer",
}  # fmt: skip
REPLACED = {qn(name) for name in ("w:pPr", "w:rPr", "w:link", "w:next")}


def title_lines(title: str) -> list[str]:
    """Break a title that is too long for one line into lines of about the same length, after a word where it can be."""
    whole = TYPE_AREA.pt / TITLE
    parts = ceil(_width(title) / whole)
    lines = []
    while parts > 1:
        middle = len(title) / parts
        places = [at for at in range(1, len(title)) if abs(at - middle) <= 4 and title[at - 1] in "）》”、的和及"]
        at = min(places or [ceil(middle)], key=lambda place: abs(place - middle))
        lines.append(title[:at])
        title, parts = title[at:], parts - 1
    return [*lines, title]


def write_official(official: Official) -> bytes:
    """Return the document as the bytes of a .docx file."""
    document = docx.Document()
    _set_styles(document)
    _set_page(document, landscape=official.landscape)
    _set_properties(document, official)
    if official.letterhead:
        _write_letterhead(document, official.letterhead)
    for line in official.title.split("\n"):
        for part in title_lines(line):
            _paragraph(document, part, "Title")
    _paragraph(document, "", "Normal")
    if official.addressee:
        _paragraph(document, f"{official.addressee}：", "Normal")
    for block in official.body:
        _write_block(document, block, HEIGHT - TOP - LANDSCAPE_LEFT if official.landscape else TYPE_AREA)
    _write_attachments(document, official.attachments)
    if official.signature:
        _write_signature(document, official.signature, official.signed_on)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


# --- page and styles -------------------------------------------------------------------------------------------------


def _set_page(document: Document, *, landscape: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = WIDTH, HEIGHT
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = TOP, RIGHT, BOTTOM, LEFT
    section.header_distance, section.footer_distance, section.gutter = Mm(15), FOOTER, Mm(0)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(PITCH))
    grid.set(qn("w:charSpace"), "0")
    if landscape:  # bound at what is then the upper edge
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = HEIGHT, WIDTH
        section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = (
            LEFT,
            TOP,
            RIGHT,
            LANDSCAPE_LEFT,
        )
        section.footer_distance = Mm(14)
    document.settings.odd_and_even_pages_header_footer = True
    _write_page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _write_page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _write_page_number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """Write “— 1 —” on the outer side of the page, one character in (7.5)."""
    paragraph.style = "Footer"
    paragraph.alignment = side
    if side == WD_ALIGN_PARAGRAPH.RIGHT:
        paragraph.paragraph_format.right_indent = Pt(14)
    else:
        paragraph.paragraph_format.left_indent = Pt(14)
    paragraph.add_run("— ")
    run = paragraph.add_run()
    for kind in ("begin", "instruction", "end"):
        if kind == "instruction":
            part = OxmlElement("w:instrText")
            part.text = "PAGE"
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
    paragraph.add_run(" —")


def _set_styles(document: Document) -> None:
    for style in list(document.styles):
        if style.name not in KEPT:
            style.delete()  # a hundred of the template's own, which nobody would miss
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        for name in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[name]  # a theme's font goes before a font by name
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    normal = _style(document, "Normal", FANGSONG, BODY)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = Twips(PITCH)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.widow_control = False  # a page has 22 lines, whatever stands in them
    for name in ("w:autoSpaceDE", "w:autoSpaceDN", "w:adjustRightInd"):  # or digits and the grid move the 28 characters
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        normal.element.pPr.insert_element_before(off, "w:snapToGrid", "w:spacing", "w:ind", "w:jc")
    body = _style(document, "Body Text", FANGSONG, BODY)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _indent(body, 2)
    for level, font in ((1, HEITI), (2, KAITI)):
        heading = _style(document, f"Heading {level}", font, BODY)
        heading.paragraph_format.keep_with_next = True
        _indent(heading, 2)
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level - 1))
        heading.element.get_or_add_pPr().append(outline)
    title = _style(document, "Title", TITLE_SONG, TITLE)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.keep_with_next = True
    _leave_grid(title)
    footer = _style(document, "Footer", SONG, 14)
    footer.paragraph_format.line_spacing = Pt(14)
    _leave_grid(footer)


def _style(document: Document, name: str, font: str, points: float) -> ParagraphStyle:
    """Return a paragraph style with nothing in it but its face and size, made where there is none."""
    found = [style for style in document.styles if style.name == name]
    style = found[0] if found else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    for part in [part for part in style.element if part.tag in REPLACED]:
        style.element.remove(part)
    if name != "Normal":
        style.base_style = document.styles["Normal"]
    style.font.size = Pt(points)
    style.font.name = font
    fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
    for script in ("w:eastAsia", "w:cs"):
        fonts.set(qn(script), font)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(CLOSER if points == BODY else 0))
    style.element.rPr.insert_element_before(spacing, "w:sz")
    return style


def _indent(style: ParagraphStyle, characters: int) -> None:
    style.paragraph_format.first_line_indent = Twips(round(characters * CHARACTER))
    style.element.get_or_add_pPr().find(qn("w:ind")).set(qn("w:firstLineChars"), str(characters * 100))


def _leave_grid(style: ParagraphStyle) -> None:
    """Let text of another size keep its own width: the grid is made for 三号."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(snap, "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _set_properties(document: Document, official: Official) -> None:
    properties = document.core_properties
    properties.title = plain(official.title)[:255]
    properties.author = properties.last_modified_by = plain(official.signature)[:255]
    properties.comments, properties.language = "", "zh-CN"
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)


# --- parts -----------------------------------------------------------------------------------------------------------


def _paragraph(container: Any, text: str, style: str) -> Paragraph:
    paragraph: Paragraph = container.add_paragraph(plain(text), style=style)
    return paragraph


def _write_letterhead(document: Document, head: Letterhead) -> None:
    """Write the red name 35 mm below the type area's edge, the number, the red line 4 mm below it (5.3)."""
    issuer = plain(head.issuer)
    size = min(45, int(0.95 * TYPE_AREA.pt / max(1, len(issuer))))
    style = _style(document, "Letterhead", TITLE_SONG, size)
    style.font.color.rgb = RED
    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    style.paragraph_format.space_before = Mm(35)
    style.paragraph_format.line_spacing = Pt(max(size * 1.2, 29))
    _leave_grid(style)
    _paragraph(document, issuer, "Letterhead")
    for _line in range(2):
        _paragraph(document, "", "Normal")
    number = _paragraph(document, head.number, "Normal")
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    border = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", str(RED))):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    number._p.get_or_add_pPr().insert_element_before(border, "w:spacing", "w:ind", "w:jc")
    for _line in range(2):
        _paragraph(document, "", "Normal")


def _write_block(document: Document, block: Block, width: int) -> None:
    if isinstance(block, Heading):
        _paragraph(document, block.text, f"Heading {block.level}")
    elif isinstance(block, Text):
        for line in block.text.splitlines():
            if line.strip():
                _paragraph(document, line.strip(), "Body Text")
    elif isinstance(block, Table):
        _write_table(document, block, width)
    else:
        _write_signing_lines(document, block)


def _write_table(document: Document, table: Table, width: int) -> None:
    style = _style(document, f"Table {table.points:g}", FANGSONG, table.points)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(round(table.points * 1.4))
    _leave_grid(style)
    if table.caption:
        caption = _paragraph(document, table.caption, "Normal")
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = True
    made = document.add_table(rows=1 + len(table.rows), cols=len(table.head), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    widths = [int(width * part / sum(table.widths)) for part in table.widths]
    for column, own in zip(made.columns, widths, strict=True):
        column.width = Emu(own)
    for number, (row, values) in enumerate(zip(made.rows, [table.head, *table.rows], strict=True)):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for column, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            cell.width = Emu(widths[column])
            paragraph = cell.paragraphs[0]
            paragraph.style = style
            run = paragraph.add_run(plain("" if value is None else value))
            if number == 0:
                run.font.name = HEITI
                run._r.get_or_add_rPr().find(qn("w:rFonts")).set(qn("w:eastAsia"), HEITI)
            if number == 0 or column in table.centred:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _write_signing_lines(document: Document, block: Signatures) -> None:
    if block.lead:
        _paragraph(document, block.lead, "Body Text").paragraph_format.keep_with_next = True
    for role in block.roles:
        paragraph = _paragraph(document, f"{role}（签字）：", "Body Text")
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(120), leader=WD_TAB_LEADER.HEAVY)
        paragraph.add_run("\t")
    _paragraph(document, "", "Normal")


def _write_attachments(document: Document, names: Sequence[str]) -> None:
    """Write the note on attachments one line below the body, two characters in, later ones below the first (5.3.7)."""
    if not names:
        return
    _paragraph(document, "", "Normal")
    for number, name in enumerate(names, start=1):
        lead = "附件：" if number == 1 else "　　　"
        _paragraph(document, lead + (f"{number}．{name}" if len(names) > 1 else name), "Body Text")


def _write_signature(document: Document, name: str, day: date | None) -> None:
    """Write name and date one line below, without a seal: the date begins two characters after the name (5.3.8.2)."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True  # a page has never the signature alone
    _paragraph(document, "", "Normal").paragraph_format.keep_with_next = True
    name, written = plain(name), chinese_date(day)
    date_in = max(2.0, _width(name) - _width(written))
    name_in = date_in + 2 + _width(written) - _width(name)
    for text, characters in ((name, name_in), (written, date_in)):
        paragraph = _paragraph(document, text, "Normal")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_with_next = text == name
        paragraph.paragraph_format.right_indent = Twips(round(max(0.0, characters) * CHARACTER))


def _width(text: str) -> float:
    """Return how many characters wide a text is: Latin letters and digits are half."""
    return sum(0.5 if ord(letter) < 0x2000 else 1 for letter in text)
