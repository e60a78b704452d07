"""On which line of a file each parsed row stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyarrow.csv import InvalidRow

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Misshapen:
    """A row whose number of fields is not the header's."""

    line: int
    expected: int
    found: int
    text: str


class LineNumbers:
    """Counts the rows of a file, misshapen ones too, and the line breaks inside their values.

    The parser is a block ahead of what it hands on: a row that it calls misshapen may belong to a
    later batch, and waits here until its turn.
    """

    def __init__(self) -> None:
        """At the header, which is line 1."""
        self._row, self._breaks = 1, 0
        self._waiting: list[InvalidRow] = []

    @property
    def last(self) -> int:
        """The last line that was numbered."""
        return self._row + self._breaks

    def of(self, breaks: Ints, found: list[InvalidRow]) -> tuple[Ints, list[Misshapen]]:
        """Lines of the next well-shaped rows, (n,), and the misshapen rows before the last of them.

        Args:
            breaks: line breaks inside the values of each of those rows, (n,).
            found: rows that the parser called misshapen since it was last asked.
        """
        self._waiting += found
        ordinals = np.arange(len(breaks) + len(self._waiting), dtype=np.int64) + self._row + 1
        well = ordinals[~np.isin(ordinals, [_ordinal(row) for row in self._waiting])][: len(breaks)]
        return self._up_to(int(well[-1]) if len(well) else self._row, breaks)

    def rest(self, found: list[InvalidRow]) -> list[Misshapen]:
        """The misshapen rows after the last well-shaped one."""
        self._waiting += found
        return self._up_to(self._row + len(self._waiting), np.empty(0, dtype=np.int64))[1]

    def _up_to(self, end: int, breaks: Ints) -> tuple[Ints, list[Misshapen]]:
        """Number the rows up to the ordinal `end` (the header's is 1)."""
        rows = sorted((row for row in self._waiting if _ordinal(row) <= end), key=_ordinal)
        self._waiting = [row for row in self._waiting if _ordinal(row) > end]
        ordinals = np.arange(self._row + 1, end + 1, dtype=np.int64)
        misshapen = np.isin(ordinals, [_ordinal(row) for row in rows])
        inside = np.zeros(len(ordinals), dtype=np.int64)
        inside[~misshapen] = breaks
        inside[misshapen] = [row.text.count("\n") for row in rows]
        lines = ordinals + self._breaks + np.cumsum(inside) - inside
        self._row, self._breaks = end, self._breaks + int(inside.sum())
        return lines[~misshapen], [
            Misshapen(int(line), row.expected_columns, row.actual_columns, row.text)
            for line, row in zip(lines[misshapen], rows, strict=True)
        ]


def _ordinal(row: InvalidRow) -> int:
    """Place of a row in the file; the header is 1, the parser counts the rows after it."""
    return int(row.number) + 1
