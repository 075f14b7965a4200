"""Photographs made safe: decoded within bounds, turned upright, drawn anew, so that only the picture is left.

What a camera or a program has written beside the picture (place, owner, device, comments, thumbnails, a second file behind
it) stays in the file that was uploaded and is not kept. Knows pictures, knows no domain.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from PIL import ExifTags, Image

FORMATS = ("JPEG", "PNG", "WEBP")  # MPO, which many telephones write, opens as a JPEG with more pictures behind it
MOST_PIXELS = 50_000_000  # of a JPEG, which is decoded no larger than is needed
MOST_UNPACKED = 20_000_000  # of a PNG or WebP: a file of some bytes unpacks to four bytes a pixel, several times over
MOST_SCANNED = (
    600_000_000  # pixels × scans of a JPEG: a progressive one is gone over once a scan, and may have thousands
)
SCAN = b"\xff\xda"
# How many pictures one worker decodes at once (there is a worker for each core), and how many may be in line for it: the
# others are told to come again, so that threads are left for words.
AT_ONCE, IN_LINE = BoundedSemaphore(1), BoundedSemaphore(8)
LONGEST_SIDE = 1600
THUMBNAIL_SIDE = 240
QUALITY = 80
BROKEN = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, struct.error, zlib.error)
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # EXIF 2.32, table 6: orientation


class UnfitPicture(ValueError):
    """A picture that is not kept. ``reason`` is pixels, animated or broken; or busy, and then it may be sent again."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Photograph:
    """A picture drawn anew as JPEG, a small one, and where the camera says it was taken (degrees, as written there)."""

    content: bytes
    thumbnail: bytes
    place: tuple[float, float] | None


def is_picture(content: bytes) -> bool:
    """Return whether a file begins as a picture that :func:`redraw` reads; its name says nothing."""
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    )


def redraw(content: bytes) -> Photograph:
    """Decode a picture and draw it anew: upright, at most 1600 pixels long, without anything but its pixels.

    Its size is read from its head before a pixel is decoded.

    Raises:
        UnfitPicture: too many pixels, an animation, not whole, or too many at once.
    """
    with _in_turn():
        return _redrawn(content)


@contextmanager
def _in_turn() -> Iterator[None]:
    if not IN_LINE.acquire(blocking=False):
        raise UnfitPicture("busy")
    try:
        with AT_ONCE:
            yield
    finally:
        IN_LINE.release()


def _is_too_much(opened: Image.Image, content: bytes) -> bool:
    pixels = opened.width * opened.height
    if opened.format in {"JPEG", "MPO"}:
        return pixels > MOST_PIXELS or pixels * content.count(SCAN) > MOST_SCANNED
    return pixels > MOST_UNPACKED


def _redrawn(content: bytes) -> Photograph:
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if _is_too_much(opened, content):
                raise UnfitPicture("pixels")
            if opened.format != "MPO" and getattr(opened, "n_frames", 1) > 1:
                raise UnfitPicture("animated")
            exif = _exif(opened)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than is needed
            opened.load()
            picture = _upright(_on_white(opened), exif.get(ExifTags.Base.Orientation))
    except UnfitPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise UnfitPicture("pixels") from error
    except BROKEN as error:
        raise UnfitPicture("broken") from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    kept = _jpeg(picture)
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Photograph(kept, _jpeg(picture), _place(exif))


def _exif(opened: Image.Image) -> Image.Exif:
    try:
        exif = opened.getexif()
        exif.get_ifd(ExifTags.IFD.GPSInfo)
    except BROKEN:
        return Image.Exif()  # what is written beside the picture may be broken without the picture being so
    return exif


def _on_white(opened: Image.Image) -> Image.Image:
    """Return the pixels alone, on white where they are transparent: what else the opened file carries stays behind."""
    clean = Image.new("RGB", opened.size, "white")
    if opened.has_transparency_data:
        layer = opened.convert("RGBA")
        clean.paste(layer, mask=layer.getchannel("A"))
    else:
        clean.paste(opened.convert("RGB"))
    return clean


def _upright(picture: Image.Image, orientation: Any) -> Image.Image:
    turn = UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return picture if turn is None else picture.transpose(turn)


def _jpeg(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()


def _place(exif: Image.Exif) -> tuple[float, float] | None:
    try:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef) == "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef) == "W")
    except (*BROKEN, ZeroDivisionError, OverflowError):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or (latitude, longitude) == (0, 0):
        return None  # also what is no number; cameras that know no place write noughts
    return latitude, longitude


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    whole = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(whole):
        raise ValueError
    return -whole if negative else whole
