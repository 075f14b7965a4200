"""Small tables of results, and sentences in the two languages."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Language = Literal["zh", "en"]


class Table(dict[str, NDArray[Any]]):
    """Columns of equal length, by name: a ``dict`` of arrays that frames can be made from.

    ``pandas.DataFrame(table)`` and ``polars.DataFrame(table)`` work as they stand; :meth:`rows` walks through it.

    >>> table = Table(name=np.array(["a", "b"]), measure=np.array([0.5, -0.5]))
    >>> float(table.row("b")["measure"])
    -0.5
    """

    def __init__(self, **columns: Any) -> None:
        super().__init__({name: _plain(values) for name, values in columns.items()})
        if len({len(values) for values in self.values()}) > 1:
            raise ValueError(f"columns differ in length: { {name: len(v) for name, v in self.items()} }")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each row as a dict of column names to values."""
        for values in zip(*self.values(), strict=True):
            yield dict(zip(self, values, strict=True))

    def row(self, name: object) -> dict[str, Any]:
        """Return the row whose ``name`` column holds this name.

        Raises:
            KeyError: when there is none.
        """
        for row in self.rows():
            if row["name"] == name:
                return row
        raise KeyError(name)


def _plain(values: Any) -> NDArray[Any]:
    """Return names that are all texts or all whole numbers as such: frames cannot look into columns of objects."""
    array = np.asarray(values)
    if array.dtype != object or not len(array):
        return array
    kinds = {type(value) for value in array.tolist()}
    return np.array(array.tolist()) if kinds in ({str}, {int}) else array


class Note(NamedTuple):
    """Something a reader must know, in both languages."""

    zh: str
    en: str


def said(language: Language, zh: str, en: str) -> str:
    """Return the sentence in the language asked for.

    Raises:
        ValueError: when the language is neither ``zh`` nor ``en``.
    """
    if language not in ("zh", "en"):
        raise ValueError(f"language is {language!r}, expected 'zh' or 'en'")
    return zh if language == "zh" else en


def names_joined(names: NDArray[Any] | list[Any], language: Language) -> str:
    """Return names as a list in a sentence; 无 or none when there is no name."""
    return said(language, "、", ", ").join(str(name) for name in names) or said(language, "无", "none")
