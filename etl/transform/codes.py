"""Coded fields: each different value is looked at once, however many rows have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from domain.activities import OTHER, classify
from domain.territory import borough_code
from etl.source import Source
from etl.transform.notes import Notes, mask


def by_value(column: pa.Array, answer: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """A function of text applied to a column; null stays null."""
    encoded = column.dictionary_encode()
    answers = pa.array([answer(value) for value in encoded.dictionary.to_pylist()], kind)
    return answers.take(encoded.indices)


def coded(column: pa.Array, codes: Mapping[str, str]) -> pa.Array:
    """Codes of a closed list, null where a value is not in it; capitals and doubled spaces do not matter."""
    by_key = {_key(value): code for value, code in codes.items()}
    return by_value(column, lambda value: by_key.get(_key(value)), pa.string())


def mapped(column: pa.Array, codes: Mapping[str, str], name: str, notes: Notes) -> pa.Array:
    """Codes of a closed list; a value that is not in it is emptied and noted."""
    found = coded(column, codes)
    unknown = pc.and_(column.is_valid(), found.is_null())
    if pc.any(unknown).as_py():
        notes.fault(mask(unknown), name, f"unknown_{name}", column)
    return found


def activity_codes(labels: pa.Array, source: Source, notes: Notes) -> pa.Array:
    """Activity of each label: by the source's own list if it has one, else by data/activities.yml.

    A label that nobody knows is `autre`, and noted; the label itself stays as it was published.
    """
    if source.activities:
        return coded(labels, source.activities).fill_null(OTHER)
    known = by_value(labels, lambda v: classify(v)[1], pa.bool_()).fill_null(False)
    if not pc.all(known).as_py():
        notes.fault(~mask(known), "label", "unknown_label", labels)
    return by_value(labels, lambda v: classify(v)[0], pa.string()).fill_null(OTHER)


def borough_codes(column: pa.Array, name: str, notes: Notes) -> pa.Array:
    """Borough that a text names; one that names none is emptied and noted."""
    found = by_value(column, borough_code, pa.string())
    unknown = pc.and_(column.is_valid(), found.is_null())
    if pc.any(unknown).as_py():
        notes.fault(mask(unknown), name, "unknown_borough", column)
    return found


def _key(value: str) -> str:
    return " ".join(value.split()).casefold()
