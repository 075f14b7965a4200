"""The key of sealed records: a file beside the database, so that a copy of the database alone tells nothing."""

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from nacl.secret import SecretBox
from nacl.utils import random

NAME = "sealed.key"


def box() -> SecretBox:
    """Return what seals and opens; the key is made at the first use and kept readable by the site alone."""
    return SecretBox(_key(Path(settings.DATA_DIR) / NAME))


@lru_cache(maxsize=4)
def _key(path: Path) -> bytes:
    if not path.exists():
        made = path.with_suffix(f".{os.getpid()}")
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(random(SecretBox.KEY_SIZE))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # whoever comes second takes the first one's
            path.hardlink_to(made)
        made.unlink()
    return path.read_bytes()


def sealed(text: str) -> bytes:
    """Encrypt a text; its length is rounded up, so that it does not tell a short name from a long one."""
    plain = text.encode()
    return bytes(box().encrypt(len(plain).to_bytes(4, "big") + plain.ljust(-(-len(plain) // 256) * 256, b"\0")))


def opened(content: bytes) -> str:
    """Decrypt a text.

    Raises:
        nacl.exceptions.CryptoError: when it was changed, or the key is another one.
    """
    plain = box().decrypt(bytes(content))
    return plain[4 : 4 + int.from_bytes(plain[:4], "big")].decode()
