"""Flags for a person to look at, with the number of false ones held down. Nothing here deletes a ballot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yizhen.scoring.chance import false_discovery
from yizhen.scoring.inputs import Floats, InputError
from yizhen.scoring.tables import Language, Table, said


@dataclass(frozen=True, repr=False)
class Screen:
    """One screening: a table with columns name (or names of a pair), statistic, p, q and flagged.

    ``kind`` says what was looked for, in both languages. q is the false discovery rate at which a row would be
    flagged; of the flagged rows no more than about ``rate`` are chance. Without that, sixty raters and nine tests
    give some 27 false flags at 5 %.
    """

    kind: tuple[str, str]
    table: Table
    rate: float

    def __repr__(self) -> str:
        return f"<Screen: {self.summary('en')}>"  # no names: they are in the tables

    @property
    def flagged(self) -> int:
        """How many rows are flagged."""
        return int(self.table["flagged"].sum())

    def summary(self, language: Language = "zh") -> str:
        """Say how many were flagged of how many; names are in the table, for whoever has to look."""
        tested, zh, en = len(self.table["flagged"]), *self.kind
        return said(
            language,
            f"{zh}：检查 {tested} 项，提示 {self.flagged} 项（其中误报预计不超过 {self.rate:.0%}）。"
            "提示只供人工核查，不自动剔除任何一票。",
            f"{en}: {tested} looked at, {self.flagged} flagged (at most about {self.rate:.0%} of them by chance). "
            "Flags are for a person to look at; no ballot is ever removed by them.",
        )


def screen(kind: tuple[str, str], columns: dict[str, NDArray[np.generic]], p: Floats, rate: float) -> Screen:
    """Add p, q and flagged to the columns.

    Raises:
        InputError: when ``rate`` is not between 0 and 1.
    """
    if not 0 < rate < 1:
        raise InputError("rate", f"{rate} is not between 0 and 1")
    q = false_discovery(p)
    return Screen(kind, Table(**columns, p=p, q=q, flagged=q <= rate), rate)
