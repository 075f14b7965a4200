"""Pictures that are small as files and dear to decode."""

from io import BytesIO

import pytest
from PIL import Image

from yizhen.documents.photographs import IN_LINE, UnfitPicture, redraw


def saved(kind: str, side: int, **options) -> bytes:
    buffer = BytesIO()
    Image.new("L" if kind == "JPEG" else "RGBA", (side, side)).save(buffer, kind, **options)
    return buffer.getvalue()


def scanned(side: int, times: int) -> bytes:
    """Return a progressive JPEG whose last scan comes some times more."""
    whole = saved("JPEG", side, progressive=True)
    end = whole.rindex(b"\xff\xd9")
    return whole[:end] + whole[whole.rindex(b"\xff\xda") : end] * times + whole[end:]


@pytest.mark.parametrize(
    "content",
    [scanned(2000, 200), saved("PNG", 5000), saved("WEBP", 5000, lossless=True, quality=0, method=0)],
    ids=["a thousand scans", "png", "webp of some bytes"],
)
def test_picture_that_costs_too_much_is_refused_before_it_is_decoded(content):
    with pytest.raises(UnfitPicture, match="pixels"):
        redraw(content)


def test_pictures_as_telephones_write_them_are_kept():
    for content in (scanned(2000, 4), saved("JPEG", 6500), saved("PNG", 1500)):
        assert redraw(content).content.startswith(b"\xff\xd8\xff")


def test_more_pictures_at_once_than_wait_are_told_to_come_again():
    waiting = 0
    while IN_LINE.acquire(blocking=False):
        waiting += 1
    try:
        with pytest.raises(UnfitPicture, match="busy"):
            redraw(saved("PNG", 8))
    finally:
        for _one in range(waiting):
            IN_LINE.release()
    assert redraw(saved("PNG", 8)).thumbnail
