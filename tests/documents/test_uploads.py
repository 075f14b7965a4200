"""A table on its way in: what cannot be read is said at the form, and what was seen is carried back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yizhen.documents.carried import numbered_rows
from yizhen.documents.uploads import LARGEST, TableForm

TITLES = ("名称", "数")


def rows_of(lines):
    return list(numbered_rows(lines, TITLES))


def upload(content: bytes, name: str = "a.csv") -> TableForm:
    return TableForm("表", {}, {"file": SimpleUploadedFile(name, content)})


def test_table_is_read_from_its_file_and_then_from_what_the_page_carried():
    first, second = upload("名称,数\n甲,1\n".encode()), TableForm("表", {"table": "名称,数\r\n甲,1\r\n"}, None)
    assert [(form.checked(rows_of), form.is_carried) for form in (first, second)] == [
        ([(2, ["甲", "1"])], False),
        ([(2, ["甲", "1"])], True),
    ]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (TableForm("表", {}, {}), "file"),
        (upload(b"x" * (LARGEST + 1)), "file"),
        (upload(b"x", "a.xlsx"), "file"),
        (upload("数\n1\n".encode()), "file"),
        (TableForm("表", {"table": "数\r\n1\r\n"}, None), "__all__"),
        (TableForm("表", {"table": '"' + "甲" * 200_000}, None), "__all__"),
    ],
    ids=["nothing", "large", "broken", "other titles", "other titles carried", "nothing that a page carries"],
)
def test_what_is_no_table_is_said_at_its_field(form, field):
    assert (form.checked(rows_of), list(form.errors)) == (None, [field])


def test_page_that_is_only_looked_at_has_no_errors():
    form = TableForm("表", None, None)
    assert (form.checked(rows_of), form.errors, form.fields["file"].label) == (None, {}, "表")
