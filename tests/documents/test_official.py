"""The layout of GB/T 9704-2012, read back from the file that was written."""

import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Length
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yizhen.documents.content import Heading, Letterhead, Official, Signatures, Table, Text, chinese_date, plain
from yizhen.documents.official import CHARACTERS, LINES, title_lines, write_official

EMPTY = Official("标题", [])
WHOLE = Official(
    "第一期述职评议\n结果通报",
    [
        Heading("一、基本情况"),
        Heading("（一）到会", level=2),
        Text("第一段。\n\n  第二段。"),
        Table(("类别", "应到"), [["A", 20], ["B", None]], (3, 1), caption="到会情况", centred=frozenset({1})),
        Signatures(("主持人", "监票人"), lead="以上属实。"),
    ],
    letterhead=Letterhead("清澜市述职评议工作办公室文件", "清述评〔2026〕8号"),
    addressee="各乡镇",
    attachments=("整改清单", "票数汇总"),
    signature="清澜市述职评议工作办公室",
    signed_on=date(2026, 3, 2),
)


def opened(official: Official) -> Document:
    return docx.Document(BytesIO(write_official(official)))


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def paragraph(document: Document, text: str) -> Any:
    return next(one for one in document.paragraphs if one.text == text)


def fonts(style: Any) -> set[str]:
    element = style.element.rPr.find(qn("w:rFonts"))
    return {element.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")}


# --- page ------------------------------------------------------------------------------------------------------------


def test_page_is_a4_with_the_margins_of_the_standard() -> None:
    (section,) = opened(EMPTY).sections
    measured = [
        Length(side or 0).mm
        for side in (
            section.page_width,
            section.page_height,
            section.top_margin,
            section.left_margin,
            section.right_margin,
            section.bottom_margin,
        )
    ]
    assert measured == pytest.approx([210, 297, 37, 28, 26, 35], abs=0.1)


def test_page_holds_22_lines_of_28_characters_and_no_more() -> None:
    document = opened(EMPTY)
    section, normal = document.sections[0], document.styles["Normal"]
    sides = [side or 0 for side in (section.page_height, section.top_margin, section.bottom_margin)]
    height = Length(sides[0] - sides[1] - sides[2]).twips
    width = Length((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)).twips
    pitch = normal.paragraph_format.line_spacing
    between = int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val")))
    character = normal.font.size.twips + between
    assert (pitch.pt, normal.font.size.pt, normal.paragraph_format.line_spacing_rule) == (29, 16, 4)  # 4: exactly
    assert LINES * pitch.twips <= height < (LINES + 1) * pitch.twips
    assert CHARACTERS * character <= width < (CHARACTERS + 1) * character
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("linesAndChars", "580")
    off = {
        name: normal.element.pPr.find(qn(f"w:{name}")).get(qn("w:val")) for name in ("adjustRightInd", "widowControl")
    }
    assert off == {"adjustRightInd": "0", "widowControl": "0"}


def test_page_across_has_the_same_type_area_turned() -> None:
    (section,) = opened(Official("清单", [], landscape=True)).sections
    sides = (section.page_width, section.page_height, section.top_margin, section.left_margin, section.right_margin)
    assert [Length(side or 0).mm for side in sides] == pytest.approx([297, 210, 28, 35, 37], abs=0.1)


def test_page_number_stands_on_the_outer_side() -> None:
    document = opened(EMPTY)
    (section,) = document.sections
    assert document.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.alignment, even.alignment) == (WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT)
    assert (odd.paragraph_format.right_indent.pt, even.paragraph_format.left_indent.pt) == (14, 14)
    for one in (odd, even):
        assert one.text.split() == ["—", "—"]
        assert one._p.findall(f".//{qn('w:instrText')}")[0].text == "PAGE"
    assert (document.styles["Footer"].font.size.pt, fonts(document.styles["Footer"])) == (14, {"宋体"})


@pytest.mark.parametrize(
    ("style", "font", "size", "indented"),
    [
        ("Normal", "仿宋_GB2312", 16, None),
        ("Body Text", "仿宋_GB2312", 16, "200"),
        ("Title", "方正小标宋简体", 22, None),
        ("Heading 1", "黑体", 16, "200"),
        ("Heading 2", "楷体_GB2312", 16, "200"),
    ],
)
def test_style_has_its_face_for_every_script_and_its_size(
    style: str, font: str, size: int, indented: str | None
) -> None:
    found = opened(EMPTY).styles[style]
    assert (fonts(found), found.font.size.pt, found.font.bold) == ({font}, size, None)
    indent = found.element.pPr.find(qn("w:ind"))
    assert (indent.get(qn("w:firstLineChars")) if indent is not None else None) == indented


def test_no_font_comes_from_a_theme() -> None:
    with zipfile.ZipFile(BytesIO(write_official(WHOLE))) as archive:
        assert b"Theme=" not in archive.read("word/styles.xml") + archive.read("word/document.xml")


# --- parts -----------------------------------------------------------------------------------------------------------


def test_parts_stand_in_the_order_of_the_standard() -> None:
    assert [text for text in texts(opened(WHOLE)) if text] == [
        "清澜市述职评议工作办公室文件",
        "清述评〔2026〕8号",
        "第一期述职评议",
        "结果通报",
        "各乡镇：",
        "一、基本情况",
        "（一）到会",
        "第一段。",
        "第二段。",
        "到会情况",
        "以上属实。",
        "主持人（签字）：\t",
        "监票人（签字）：\t",
        "附件：1．整改清单",
        "　　　2．票数汇总",
        "清澜市述职评议工作办公室",
        "2026年3月2日",
    ]


def test_letterhead_is_red_with_a_red_line_below_the_number() -> None:
    document = opened(WHOLE)
    head = document.styles["Letterhead"]
    assert (str(head.font.color.rgb), fonts(head)) == ("FF0000", {"方正小标宋简体"})
    assert head.paragraph_format.space_before.mm == pytest.approx(35, abs=0.1)
    line = paragraph(document, "清述评〔2026〕8号")._p.find(f".//{qn('w:pBdr')}/{qn('w:bottom')}")
    assert (line.get(qn("w:color")), line.get(qn("w:val"))) == ("FF0000", "single")
    assert [one.style.name for one in document.paragraphs][:5] == ["Letterhead", *["Normal"] * 4]
    assert "Letterhead" not in [style.name for style in opened(EMPTY).styles]


def test_long_issuer_fits_into_one_line() -> None:
    head = opened(Official("标题", [], letterhead=Letterhead("清" * 40, "〔2026〕1号"))).styles["Letterhead"]
    assert 40 * head.font.size.mm <= 156


def test_date_begins_two_characters_after_the_name() -> None:
    document = opened(WHOLE)
    name, day = paragraph(document, "清澜市述职评议工作办公室"), paragraph(document, "2026年3月2日")
    in_characters = [one.paragraph_format.right_indent.twips / (8844 / 28) for one in (name, day)]
    # The name is 12 wide and ends two in; the date is 6 wide: 28 - 2 - 12 + 2 + 6 + 6 = 28.
    assert in_characters == pytest.approx([2, 6], abs=0.05)
    assert name.alignment == day.alignment == WD_ALIGN_PARAGRAPH.RIGHT


def test_short_name_moves_in_so_that_a_longer_date_ends_two_in() -> None:
    document = opened(Official("标题", [], signature="县委", signed_on=date(2026, 12, 12)))
    rights = [
        paragraph(document, text).paragraph_format.right_indent.twips / (8844 / 28)
        for text in ("县委", "2026年12月12日")
    ]
    assert rights == pytest.approx([9, 2], abs=0.05)


def test_document_without_a_date_leaves_it_open_and_one_without_signature_has_none() -> None:
    assert texts(opened(Official("标题", [], signature="县委")))[-1].split("　")[-1].split("月")[-1] == "日"
    assert texts(opened(EMPTY)) == ["标题", ""]


def test_table_repeats_its_head_and_is_as_wide_as_the_type_area() -> None:
    (table,) = opened(WHOLE).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["类别", "应到"], ["A", "20"], ["B", ""]]
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [True, False, False]
    widths = [Length(column.width or 0).mm for column in table.columns]
    assert widths == pytest.approx([117, 39], abs=0.1)
    cell = table.rows[1].cells[1].paragraphs[0]
    assert (cell.alignment, cell.style.font.size.pt, fonts(cell.style)) == (
        WD_ALIGN_PARAGRAPH.CENTER,
        12,
        {"仿宋_GB2312"},
    )


# --- text ------------------------------------------------------------------------------------------------------------

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=40)  # lone surrogates and all


@settings(max_examples=40)
@given(ANYTHING, ANYTHING, ANYTHING)
@example("\x00\x0b\ud800\ufffe", "a\tb\r\nc\u2028d", "=HYPERLINK(1)<w:p/>]]>&amp;")
def test_odd_text_never_breaks_the_file(title: str, text: str, cell: str) -> None:
    document = opened(
        Official(
            title, [Text(text), Table((cell,), [[cell]], (1,))], addressee=text, signature=cell, attachments=(title,)
        )
    )
    (table,) = document.tables
    assert [row.cells[0].text for row in table.rows] == [plain(cell), plain(cell)]
    body = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Body Text"]
    assert body[:-1] == [plain(line.strip()) for line in text.splitlines() if line.strip()]


def test_plain_text_has_no_controls_and_does_not_turn_around() -> None:
    assert plain("甲\x00\x0b乙\u202e丙\ufffe\ud800丁") == "甲乙丙丁"
    assert plain("一\r\n二\t三") == "一 二 三"
    assert plain(12) == "12"


def test_date_is_written_in_arabic_numerals_without_leading_zeros() -> None:
    assert (chinese_date(date(2026, 3, 2)), chinese_date(None).strip()) == ("2026年3月2日", "年　月　日")


def test_long_title_is_broken_into_even_lines() -> None:
    assert title_lines("第一期全市乡镇（街道）党政正职述职评议") == ["第一期全市乡镇（街道）党政正职述职评议"]
    assert title_lines("关于第一期全市乡镇（街道）党政正职述职评议结果的通报") == [
        "关于第一期全市乡镇（街道）",
        "党政正职述职评议结果的通报",
    ]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=120))
def test_title_lines_lose_nothing(title: str) -> None:
    assert "".join(title_lines(title)) == title
