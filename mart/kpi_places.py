"""The places of a cut that occur, and which of them each pulled row is in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mart.cuts import Cut
from mart.grouped import Codes, Ints, code_type
from mart.kpi_rows import Pulled

_MOST_DENSE = 1_000_000
"""So many possible combinations are looked up in a table."""


class Places:
    """The different combinations of the cut's columns that occur, numbered in order."""

    def __init__(self, pulled: Sequence[Pulled], cut: Cut) -> None:
        self.columns = cut.columns
        self._values = [
            sorted({value for rows in pulled for value in rows.values[i]}) for i in range(len(cut.columns))
        ]
        self._sizes = [len(values) for values in self._values]
        found = [_combined(rows) for rows in pulled]
        codes = [self._renamed(rows, here.there) for rows, here in zip(pulled, found, strict=True)]
        self._there = np.unique(np.concatenate(codes))
        self.count = len(self._there)
        self.of_row: list[Codes] = [self._places(*both) for both in zip(codes, found, strict=True)]

    def _places(self, code: Ints, found: _Combined) -> Codes:
        """The place of each row of a base."""
        place = np.zeros(int(found.keys.max(initial=0)) + 1, dtype=code_type(self.count))
        place[found.keys] = np.searchsorted(self._there, code)
        return place[found.of_row]

    def _renamed(self, rows: Pulled, there: Ints) -> Ints:
        """Of combinations of the values of some rows the code among those of all."""
        digits = _digits(there, [len(values) for values in rows.values])
        code = np.zeros(len(there), dtype=np.int64)
        for size, values, here, digit in zip(self._sizes, self._values, rows.values, digits, strict=True):
            place = {value: i for i, value in enumerate(values)}
            code = code * size + np.array([place[value] for value in here], dtype=np.int64)[digit]
        return code

    def level(self, columns: tuple[str, ...]) -> tuple[Ints, pd.DataFrame]:
        """Of each combination its group at a level, and the values of each group; the whole is one group."""
        if not columns:
            return np.zeros(self.count, dtype=np.int64), pd.DataFrame(index=[0])
        code = np.zeros(self.count, dtype=np.int64)
        digits = dict(zip(self.columns, _digits(self._there, self._sizes), strict=True))
        for name in columns:
            code = code * self._sizes[self.columns.index(name)] + digits[name]
        _, first, group = np.unique(code, return_index=True, return_inverse=True)
        shown = {
            name: np.array(self._values[self.columns.index(name)], dtype=object)[digits[name][first]]
            for name in columns
        }
        return group.astype(np.int64), pd.DataFrame(shown, index=range(len(first)), dtype="str")


class _Combined(NamedTuple):
    """The combinations of a base's own values that its rows have."""

    there: Ints
    """A code of each."""
    keys: Ints
    """What stands for each in `of_row`."""
    of_row: Codes


def _combined(rows: Pulled) -> _Combined:
    sizes = [len(values) for values in rows.values]
    most = math.prod(sizes)
    # A size itself has to fit, too: codes are multiplied by it.
    code = np.zeros(len(rows.bits), dtype=code_type(most + max(sizes, default=1)))
    for size, mine in zip(sizes, rows.codes, strict=True):
        code *= size
        np.add(code, mine, out=code, casting="unsafe")
    if most <= _MOST_DENSE:
        there = np.flatnonzero(np.bincount(code))
        return _Combined(there, there, code)
    of_row, found = pd.factorize(code)
    return _Combined(found.astype(np.int64), np.arange(len(found)), of_row)


def _digits(code: Ints, sizes: Sequence[int]) -> list[Ints]:
    """What a code is made of: a place among so many values of each column."""
    found = []
    for size in reversed(sizes):
        code, digit = np.divmod(code, size)
        found.append(digit)
    return found[::-1]
