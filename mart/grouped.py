"""Counts, distinct counts and quantiles of many groups at once, on arrays.

`group` is (n,), whole numbers of any type: the group (0 … groups - 1) of each row. Results are (groups,), NaN
where there is nothing to measure. Durations are whole microseconds, 0 or more. At this size a new array costs
as much as what is done with it: codes are kept in the smallest type that holds them, and one sort of packed
integers, several times as fast as one by group and value, serves every level of a cut.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mart.intervals import Estimate, Floats, quantile_ranks

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]

_WORD = 63
_DENSE = 4
"""Keys are counted in a table of their whole range where this is no more than so many times their number."""
_MOST_MARKS = 1 << 26


def code_type(codes: int) -> np.dtype[np.integer[Any]]:
    """The smallest type that holds so many different codes, from 0."""
    kinds: tuple[type[np.integer[Any]], ...] = (np.uint8, np.uint16, np.int32, np.int64)
    return np.dtype(next(kind for kind in kinds if codes - 1 <= np.iinfo(kind).max))


def counts(group: Codes, groups: int, weight: Codes | Floats | None = None) -> Floats:
    """Rows, or the sum of their weights, by group."""
    return np.bincount(group, weight, groups).astype(np.float64)


def distinct(group: Codes, groups: int, key: Ints) -> Floats:
    """Different keys by group."""
    by_group, keys = _sorted_by(group, key)
    return counts(by_group[_changes(by_group) | _changes(keys)], groups)


def repeated(key: Ints) -> Flags:
    """Whether each row's key is that of another row too: only these can be the same thing in several groups."""
    if not len(key):
        return np.zeros(0, dtype=bool)
    low, range_ = int(key.min()), int(key.max()) - int(key.min()) + 1
    if range_ <= _DENSE * len(key):
        at = key - low
        found: Flags = (np.bincount(at) > 1)[at]
        return found
    in_order = np.sort(key)
    several = in_order[1:][in_order[1:] == in_order[:-1]]
    if range_ > _MOST_MARKS:
        return np.isin(key, several)
    marks = np.zeros(range_, dtype=bool)
    marks[several - low] = True
    return marks[key - low]


def problems(group: Codes, groups: int, problem: Ints, episode: Ints) -> tuple[Floats, Floats]:
    """Different problems by group, and of these the ones with two or more different episodes there."""
    by_group, ids, episodes = _sorted_by(group, problem, episode)
    new_problem = _changes(by_group) | _changes(ids)
    first = np.flatnonzero(new_problem)
    # Episodes are sorted within a problem: it has several where the last is another than the first.
    last = np.append(first, len(ids))[1:] - 1
    several = episodes[first] != episodes[last]
    return counts(by_group[first], groups), counts(by_group[first[several]], groups)


class Span(NamedTuple):
    """The stretches in which each row is there: from `begins` until before `ends`, (n,) each."""

    begins: Ints
    ends: Ints

    def of(self, rows: Any) -> Span:
        """Those of some rows."""
        return Span(self.begins[rows], self.ends[rows])


def present(group: Codes, groups: int, stretches: int, span: Span) -> Floats:
    """Rows that are there, by group and stretch: (groups, stretches)."""
    width = stretches + 1
    begins = np.minimum(span.begins, stretches)
    at = group.astype(np.int64) * width
    come = np.bincount(at + begins, minlength=groups * width)
    gone = np.bincount(at + np.clip(span.ends, begins, stretches), minlength=groups * width)
    return np.cumsum((come - gone).reshape(groups, width), axis=1)[:, :-1].astype(np.float64)


def problems_over(
    group: Codes, groups: int, stretches: int, span: Span, problem: Ints, episode: Ints
) -> tuple[Floats, Floats]:
    """The same as `problems` for each of many stretches: (groups, stretches) each.

    Rows are in order of time, so that both ends of their spans only grow. A problem is counted by the last of
    its rows that a stretch reaches: from that row on, until the next one comes or the row is gone. It recurs as
    long as the last row of another episode before it is there too.
    """
    by_group, ids, row = _sorted_by(group, problem, np.arange(len(group)))
    goes_on = ~(_changes(by_group) | _changes(ids))
    begins, ends, episodes = span.begins[row], span.ends[row], episode[row]
    until = ends.copy()
    follows = np.flatnonzero(goes_on)
    until[follows - 1] = np.minimum(ends[follows - 1], begins[follows])
    # Where its run of rows of one episode begins: the row before that is the other episode's last one.
    starts = np.where(_changes(episodes) | ~goes_on, np.arange(len(row)), 0)
    first = np.maximum.accumulate(starts)
    recurs = np.flatnonzero(goes_on[first])
    again = Span(begins[recurs], np.minimum(until[recurs], ends[first[recurs] - 1]))
    return (
        present(by_group, groups, stretches, Span(begins, until)),
        present(by_group[recurs], groups, stretches, again),
    )


class Ordered(NamedTuple):
    """Values in order within their groups, one group after the other."""

    values: Ints
    """In order of value, of all groups together."""
    order: Ints | None
    """Places in `values` in order of group; None of a single group."""
    n: Ints
    """Number of values, (groups,)."""
    first: Ints
    """Where those of each group begin, (groups,)."""

    def picked(self, place: Ints, known: Flags) -> Floats:
        """Values at some places in order of group, NaN where the place is not known."""
        found = np.full(len(place), np.nan)
        at = place[known]
        found[known] = self.values[at if self.order is None else self.order[at]]
        return found


def ordered(group: Codes, n: Ints, value: Ints) -> Ordered:
    """Groups of values that are in order; `n` is how many each group has."""
    return Ordered(value, None if len(n) == 1 else order_of(group), n, np.cumsum(n) - n)


def by_value(code: Codes, value: Ints) -> tuple[Codes, Ints]:
    """Codes and values (0 or more) of rows, in order of value."""
    width = max(int(code.max(initial=0)).bit_length(), 1)
    if int(value.max(initial=0)).bit_length() + width > _WORD:
        order = np.argsort(value, kind="stable")
        return code[order], value[order]
    packed = value << width
    packed |= code
    packed.sort()
    codes = (packed & ((1 << width) - 1)).astype(code.dtype)
    packed >>= width
    return codes, packed


def order_of(code: Codes) -> Ints:
    """The places of rows in order of code, those of equal codes as they stand."""
    place = max(len(code) - 1, 1).bit_length()
    if code.dtype.itemsize == 1 or int(code.max(initial=0)).bit_length() + place > _WORD:
        return np.argsort(code, kind="stable")  # of one byte: by counting, faster than anything
    packed = code.astype(np.int64)
    packed <<= place
    packed |= np.arange(len(code))
    packed.sort()
    packed &= (1 << place) - 1
    return packed


def quantile(of: Ordered, q: float) -> Estimate:
    """Quantile by group, interpolated between neighbours, with its order-statistic interval.

    Hyndman & Fan (1996), definition 7: that of NumPy, pandas and DuckDB's quantile_cont.
    """
    n, some = of.n, of.n > 0
    last = np.maximum(n - 1, 0)
    place = last * q
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, last)
    low_value, high_value = (of.picked(of.first + at, some) for at in (below, above))
    low, high = quantile_ranks(n.astype(np.float64), q)
    return Estimate(
        low_value + (high_value - low_value) * (place - below),
        of.picked(of.first + low - 1, some & (low >= 1)),
        of.picked(of.first + high - 1, some & (high <= n)),
    )


def _changes(values: Codes) -> Flags:
    """Whether each value differs from the one before (the first does)."""
    found = np.ones(len(values), dtype=bool)
    found[1:] = values[1:] != values[:-1]
    return found


def _sorted_by(*columns: Codes) -> list[Ints]:
    """Columns of whole numbers, 0 or more, with their rows sorted by the first, and so on."""
    bits = [max(int(column.max(initial=0)).bit_length(), 1) for column in columns]
    if sum(bits) > _WORD:
        order = np.lexsort(columns[::-1])
        return [column[order].astype(np.int64) for column in columns]
    packed = columns[0].astype(np.int64)
    for column, width in zip(columns[1:], bits[1:], strict=True):
        packed <<= width
        packed |= column
    packed.sort()
    found = []
    for width in reversed(bits[1:]):
        found.append(packed & ((1 << width) - 1))
        packed >>= width
    return [packed, *reversed(found)]
