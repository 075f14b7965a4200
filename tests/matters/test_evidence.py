"""Evidence: photographs drawn anew without what stood beside them, documents of few kinds, several files a step."""

import hashlib
import struct
import zlib
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from PIL import ExifTags, Image

from tests import factories
from tests.factories import XITANG, bring_to, picture, signed_in, task, upload
from yizhen.documents.workbook import Sheet, write_workbook
from yizhen.matters.actions import keep_evidence, take_step_with_files
from yizhen.matters.actions.evidence import EVIDENCE_LIMIT, MOST_FILES, PHOTOGRAPH_LIMIT
from yizhen.matters.lifecycle import State, Verb
from yizhen.matters.models import Evidence, Matter
from yizhen.people.models import ROLES

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"
XLSX = write_workbook([Sheet("台账", [["名称"], ["一"]])])
# 30°15'36.9" N and 120°09'54.0" E: a point of no importance, 30.26025 and 120.165.
GPS = {1: "N", 2: (30.0, 15.0, 36.9), 3: "E", 4: (120.0, 9.0, 54.0)}


@pytest.fixture
def people(db):
    factories.fictional_city()
    return factories.everybody()


def handled(people) -> Matter:
    return bring_to(
        State.HANDLING, task(people["department"]), handler=people["township_office"], verifier=people["county"]
    )


def report(people, *files, matter=None, **fields):
    return take_step_with_files(
        people["township_office"],
        matter or handled(people),
        Verb.REPORT_DONE,
        text="已办。",
        disposition="solved",
        files=list(files),
        **fields,
    )


def packed(**parts: bytes) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word(**parts: bytes) -> bytes:
    return packed(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"} | parts)


def camera_picture(orientation: int = 1, size: tuple[int, int] = (40, 20)) -> bytes:
    """A JPEG as a telephone writes it: with place, device, time, owner, a comment and another picture inside."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Artist] = "虚构手机".encode(), "SECRET-OWNER"
    exif[ExifTags.Base.DateTime] = "2026:03:02 08:00:00"
    exif[ExifTags.IFD.GPSInfo] = GPS
    return picture(size=size, kind="JPEG", exif=exif, comment=b"SECRET-COMMENT")


def exif_by_hand() -> bytes:
    """A JPEG whose EXIF is written byte by byte (TIFF 6.0 little-endian, EXIF 2.32), not by the library that reads it."""

    def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
        return struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")

    gps_at, numbers_at = 26, 26 + 2 + 4 * 12 + 4
    first = struct.pack("<H", 1) + entry(0x8825, 4, 1, struct.pack("<I", gps_at)) + struct.pack("<I", 0)
    gps = struct.pack("<H", 4)
    gps += entry(1, 2, 2, b"S\0") + entry(2, 5, 3, struct.pack("<I", numbers_at))
    gps += entry(3, 2, 2, b"W\0") + entry(4, 5, 3, struct.pack("<I", numbers_at + 24)) + struct.pack("<I", 0)
    numbers = struct.pack("<6I", 33, 1, 30, 1, 0, 1) + struct.pack("<6I", 70, 1, 45, 1, 36, 10)
    tiff = b"II*\0" + struct.pack("<I", 8) + first + gps + numbers
    body = b"Exif\0\0" + tiff
    plain = picture(kind="JPEG")
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + plain[2:]


def kept(people, content: bytes, name: str = "现场.jpg", **fields) -> tuple[Evidence, bytes]:
    report(people, upload(name, content), **fields)
    piece = Evidence.objects.get()
    with piece.file.open("rb") as file:
        return piece, file.read()


# --- photographs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [camera_picture, exif_by_hand])
def test_photograph_keeps_nothing_but_its_pixels(people, made):
    original = made()
    with Image.open(BytesIO(original)) as before:
        assert before.getexif().get_ifd(ExifTags.IFD.GPSInfo)  # the place is there to begin with

    piece, content = kept(people, original)

    with Image.open(BytesIO(content)) as after:
        assert (after.format, dict(after.getexif()), after.info.get("comment")) == ("JPEG", {}, None)
    assert b"Exif" not in content
    assert b"SECRET" not in content
    assert (piece.latitude, piece.longitude) == (None, None)
    assert (piece.size, piece.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with piece.thumbnail.open("rb") as small:
        assert b"Exif" not in small.read()


@pytest.mark.parametrize(
    ("made", "place"),
    [
        (camera_picture, (Decimal("30.260"), Decimal("120.165"))),
        (exif_by_hand, (Decimal("-33.500"), Decimal("-70.751"))),
        (lambda: picture(kind="JPEG"), (None, None)),
    ],
)
def test_place_is_kept_beside_the_file_when_it_is_asked_for(people, made, place):
    piece, content = kept(people, made(), keep_place=True)

    assert (piece.latitude, piece.longitude) == place
    assert b"Exif" not in content


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (30.0, 0.0, 0.0)},
    ],
)
def test_place_that_is_none_is_not_kept(people, gps):
    exif = Image.Exif()
    exif[ExifTags.IFD.GPSInfo] = gps

    piece, _content = kept(people, picture(kind="JPEG", exif=exif), keep_place=True)

    assert (piece.latitude, piece.longitude) == (None, None)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    # where the red corner, top left as stored, stands when the picture is upright (EXIF 2.32, table 6)
    [(1, "top left"), (2, "top right"), (3, "bottom right"), (4, "bottom left")]
    + [(5, "top left"), (6, "top right"), (7, "bottom right"), (8, "bottom left")],
)
def test_photograph_is_turned_upright(people, orientation, corner):
    drawn = Image.new("RGB", (80, 40), "white")
    drawn.paste("red", (0, 0, 32, 16))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    buffer = BytesIO()
    drawn.save(buffer, "JPEG", quality=95, exif=exif)

    _piece, content = kept(people, buffer.getvalue())

    with Image.open(BytesIO(content)) as after:
        width, height = after.size
        assert (width, height) == ((80, 40) if orientation < 5 else (40, 80))
        at = {"top": 4, "bottom": height - 4, "left": 4, "right": width - 4}
        up, side = corner.split()
        _red, green, _blue = after.getpixel((at[side], at[up]))
    assert green < 100


@pytest.mark.parametrize(
    ("size", "expected"), [((4000, 1000), (1600, 400)), ((900, 3200), (450, 1600)), ((10, 10), (10, 10))]
)
def test_photograph_is_made_smaller_never_larger(people, size, expected):
    piece, content = kept(people, picture(size=size, kind="JPEG"))

    with Image.open(BytesIO(content)) as after, piece.thumbnail.open("rb") as file, Image.open(file) as small:
        assert after.size == expected
        assert max(small.size) == min(240, max(expected))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photograph_is_known_by_its_content_and_named_after_it(people, kind):
    piece, content = kept(people, picture(kind=kind), "台账.pdf")

    assert (piece.name, content[:3]) == ("台账.jpg", b"\xff\xd8\xff")


def test_transparent_picture_stands_on_white(people):
    buffer = BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(buffer, "PNG")

    _piece, content = kept(people, buffer.getvalue(), "章.png")

    with Image.open(BytesIO(content)) as after:
        assert min(after.getpixel((4, 4))) > 250


@pytest.mark.parametrize(
    "image", [Image.new("CMYK", (8, 8)), Image.new("L", (8, 8)), Image.new("I;16", (8, 8)), Image.new("1", (8, 8))]
)
def test_pictures_of_other_colour_modes_are_kept(people, image):
    buffer = BytesIO()
    image.save(buffer, "JPEG" if image.mode == "CMYK" else "PNG")

    _piece, content = kept(people, buffer.getvalue())

    assert content[:3] == b"\xff\xd8\xff"


def png_head(width: int, height: int) -> bytes:
    """A PNG that says it is large and holds nothing: what is unpacked is decided by its head."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def animation() -> bytes:
    buffer = BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.png", png_head(4473, 4473), "像素太多"),  # just above the bound
        ("a.png", png_head(12_000, 12_000), "像素太多"),  # where the decoder itself warns
        ("a.png", png_head(60_000, 60_000), "像素太多"),  # where it refuses
        ("a.png", png_head(4400, 4400), "打不开"),  # within the bound, and nothing in it
        ("a.jpg", picture(kind="JPEG", size=(200, 200))[:-400], "打不开"),
        ("a.png", animation(), "动图"),
        ("a.jpg", b"\xff\xd8\xff<script>alert(1)</script>", "打不开"),
        ("a.jpg", b"<html><script>alert(1)</script></html>", "只接受"),
        ("a.jpg", b"GIF89a" + b"\0" * 40, "只接受"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只接受"),
        ("a.pdf", b"<!doctype html>%PDF-1.7", "只接受"),
        ("a.exe", b"MZ" + b"\0" * 40, "只接受"),
        ("noending", b"x", "只接受"),
        ("a.zip", packed(**{"word/document.xml": b""}), "只接受"),
        ("a.docx", word(**{"word/vbaProject.bin": b"x"}), "宏"),
        ("a.docx", word(**{"word/activeX/activeX1.bin": b"x"}), "宏"),
        ("a.xlsx", packed(**{"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/macrosheets/s.xml": b""}), "宏"),
        ("a.xlsx", packed(**{"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/externalLinks/e.xml": b""}), "链接"),
        ("a.docx", b"PK\x03\x04 broken", "只接受"),
        ("a.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "只接受"),
        ("a.pdf", PDF + b"x" * EVIDENCE_LIMIT, "不能超过 5 MB"),
        ("a.jpg", picture(kind="JPEG") + b"x" * PHOTOGRAPH_LIMIT, "不能超过 12 MB"),
    ],
)  # fmt: skip
def test_file_that_is_refused_says_why_and_keeps_its_step_from_happening(people, name, content, why):
    with pytest.raises(ValidationError) as caught:
        report(people, upload(name, content))

    [(field, [text])] = caught.value.message_dict.items()
    assert (field, text.split("：")[0]) == ("file", name)
    assert why in text
    assert (Matter.objects.get().state, Evidence.objects.count()) == (State.HANDLING, 0)


def test_picture_that_is_a_page_as_well_is_drawn_anew_without_the_page(people):
    _piece, content = kept(people, picture(kind="JPEG") + b"<script>alert(1)</script>")

    assert b"<script>" not in content


# --- documents and steps -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "given"),
    [("a.pdf", PDF, "a.pdf"), ("台账.xlsx", XLSX, "台账.xlsx"), ("a.docx", word(), "a.docx"), ("a.html", PDF, "a.pdf")],
)
def test_document_is_kept_as_it_is_under_a_name_that_tells_its_kind(people, name, content, given):
    piece, stored = kept(people, content, name)

    assert (piece.name, stored, piece.thumbnail.name) == (given, content, "")
    assert piece.sha256 == hashlib.sha256(content).hexdigest()
    assert "台账" not in piece.file.name


def test_document_of_the_largest_size_is_kept(people):
    piece, _content = kept(people, PDF.ljust(EVIDENCE_LIMIT, b" "), "a.pdf")

    assert piece.size == EVIDENCE_LIMIT


def test_several_files_are_kept_with_one_step_up_to_six(people):
    files = [upload(f"{number}.png", picture(size=(8 + number, 8))) for number in range(MOST_FILES)]

    matter = report(people, *files)

    pieces = Evidence.objects.filter(event=matter.events.last())
    assert [piece.name for piece in pieces] == [f"{number}.jpg" for number in range(6)]
    with pytest.raises(ValidationError, match="最多 6 个文件"):
        report(people, *files, upload(), matter=handled(people))


def test_all_files_refused_are_named_and_none_is_kept(people):
    with pytest.raises(ValidationError) as caught:
        report(people, upload("好.png"), upload("坏.png", b"x"), upload("也坏.pdf", b"x"))

    assert [text.split("：")[0] for text in caught.value.message_dict["file"]] == ["坏.png", "也坏.pdf"]
    assert Evidence.objects.count() == 0


def test_file_is_kept_with_a_step_by_the_lifecycles_own_verb(people):
    matter = report(people)

    piece = keep_evidence(matter.events.last(), upload("前.png", camera_picture()), keep_place=True)

    assert (piece.name, piece.latitude) == ("前.jpg", Decimal("30.260"))


def test_evidence_cannot_be_changed_in_the_database(people):
    report(people, upload())

    with pytest.raises(DatabaseError, match="matters_evidence refuses update"), transaction.atomic():
        Evidence.objects.update(latitude="1.000", longitude="1.000")


def test_half_a_place_is_refused_by_the_database(people):
    step = report(people).events.last()

    with pytest.raises(DatabaseError, match="evidence_place_is_whole"), transaction.atomic():
        Evidence.objects.create(event=step, file="x", name="x", size=1, sha256="0", latitude="1.000")


# --- pages ---------------------------------------------------------------------------------------------------------


def test_evidence_is_handed_to_those_who_see_the_matter_and_nobody_else(people):
    report(people, upload("照片.png"))
    piece = Evidence.objects.get()
    elsewhere = {
        "department": factories.account("department", unit=factories.unit("HEA")),
        "county": factories.account("county", "990122"),
        "township_office": factories.account("township_office", XITANG),
    }

    def fetch(user) -> list[tuple[int, bool]]:
        client = signed_in(user)
        answers = [client.get(f"/matters/evidence/{piece.pk}/{page}") for page in ("", "thumbnail/")]
        return [
            (each.status_code, each.streaming and b"".join(each.streaming_content)[:2] == b"\xff\xd8")
            for each in answers
        ]

    given, hidden = [(200, True)] * 2, [(404, False)] * 2
    seers = {"city_office", "department", "county", "township_head", "township_office"}
    assert {role: fetch(user) for role, user in people.items()} == {
        role: given if role in seers else hidden for role in ROLES
    }
    assert {role: fetch(user) for role, user in elsewhere.items()} == dict.fromkeys(elsewhere, hidden)


def test_evidence_is_saved_and_never_shown_as_a_page(people):
    report(people, upload("说明.html", PDF), upload("照片.png"))
    document, photograph = Evidence.objects.all()
    client = signed_in(people["county"])

    for piece in (document, photograph):
        response = client.get(f"/matters/evidence/{piece.pk}/")
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert b"".join(response.streaming_content)
    small = client.get(f"/matters/evidence/{photograph.pk}/thumbnail/")
    assert (small.headers["Content-Type"], small.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"".join(small.streaming_content)
    assert client.get(f"/matters/evidence/{document.pk}/thumbnail/").status_code == 404


def test_matter_page_takes_several_files_and_the_place(people):
    matter = handled(people)
    client = signed_in(people["township_office"])
    form = {"verb": "report_done", "text": "已办。", "disposition": "solved", "keep_place": "1"}

    response = client.post(
        f"/matters/{matter.number}/", form | {"file": [upload("前.jpg", camera_picture()), upload("台账.xlsx", XLSX)]}
    )
    page = client.get(response.headers["Location"]).content.decode()

    assert [piece.name for piece in Evidence.objects.all()] == ["前.jpg", "台账.xlsx"]
    assert f"/matters/evidence/{Evidence.objects.first().pk}/thumbnail/" in page
    assert "北纬 30.260°、东经 120.165°" in page


def test_matter_page_says_at_the_field_what_is_wrong_and_keeps_what_was_typed(people):
    matter = handled(people)
    form = {"verb": "report_done", "text": "写了很久的情况。", "disposition": "solved"}

    response = signed_in(people["township_office"]).post(
        f"/matters/{matter.number}/", form | {"file": [upload(), upload("网页.jpg", b"<html>")]}
    )

    assert response.status_code == 400
    assert [text[:7] for text in response.context["errors"]["file"]] == ["网页.jpg："]
    assert response.context["typed"] == {key: form[key] for key in ("verb", "text", "disposition")}
    assert "写了很久的情况。" in response.content.decode()
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize("files", [1, 3])
def test_matter_page_takes_as_many_queries_for_three_photographs_as_for_one(people, files, django_assert_num_queries):
    matter = report(people, *[upload(f"{number}.png", picture(size=(8 + number, 8))) for number in range(files)])
    client = signed_in(people["county"])
    client.get(f"/matters/{matter.number}/")

    with django_assert_num_queries(24):
        client.get(f"/matters/{matter.number}/")
