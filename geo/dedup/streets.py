"""Street names of a request as codes that can be compared."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Integers = NDArray[np.int64]

NUMBER = re.compile(r"^\d+[-–/\d]*[a-z]?\s+")
"""A civic number or a range of them before the street's name."""


def read_streets(frame: pd.DataFrame) -> tuple[Integers, Integers, Integers]:
    """Codes of the whole address, of its street and of the other street of an intersection; -1 unknown.

    Reads `street` as `12 Main St` or `INTERSECTION Main St & Elm St`, and, where `street` is empty,
    `street_from` and `street_to` as an intersection.
    """
    unknown = np.full(len(frame), -1, dtype=np.int64)
    if "street" not in frame.columns:
        return unknown, unknown.copy(), unknown.copy()
    codes, texts = coded_texts(frame["street"])
    if {"street_from", "street_to"} <= set(frame.columns):
        codes, texts = _with_corners(frame, codes, texts)
    addresses: list[str] = []
    names: list[str] = []
    for text in texts:
        whole, streets = split_streets(text)
        first, second = (*sorted(streets), "", "")[:2] if len(streets) != 1 else (*streets, "")
        addresses.append("&".join(sorted(streets)) if len(streets) > 1 else whole)
        names += (first, second)
    address = _codes(addresses)
    both = _codes(names).reshape(-1, 2)
    return address[codes], both[codes, 0], both[codes, 1]


def coded_texts(texts: pd.Series) -> tuple[Integers, NDArray[Any]]:
    """Code of each text and the texts, as objects; what is missing is an empty one, the last."""
    if isinstance(texts.dtype, pd.CategoricalDtype):
        codes, names = texts.cat.codes.to_numpy(dtype=np.int64), texts.cat.categories
    else:
        codes, names = pd.factorize(texts)
    values = np.array([*(str(name) for name in names), ""], dtype=object)
    return np.where(codes < 0, len(values) - 1, codes).astype(np.int64), values


def _with_corners(frame: pd.DataFrame, codes: Integers, texts: NDArray[Any]) -> tuple[Integers, NDArray[Any]]:
    """The same, with the intersection where there is no street but there is one."""
    rows = np.flatnonzero((texts == "")[codes] & frame["street_from"].notna().to_numpy())
    sides = [frame[name].iloc[rows].astype("str").fillna("") for name in ("street_from", "street_to")]
    more, corners = coded_texts(sides[0] + " & " + sides[1])
    codes[rows] = len(texts) + more
    return codes, np.append(texts, corners)


def split_streets(text: str) -> tuple[str, frozenset[str]]:
    """The address in small letters and its street names, without civic numbers."""
    whole = " ".join(text.lower().removeprefix("intersection ").split())
    parts = [part.strip() for part in whole.split("&")] if "&" in whole else [whole]
    streets = [NUMBER.sub("", part) if part[:1].isdigit() else part for part in parts]
    return whole, frozenset(street for street in streets if street)


def _codes(texts: list[Any]) -> Integers:
    """Code of each text, the same text the same code; -1 for an empty one."""
    values = pd.Series(texts, dtype="str")
    return pd.factorize(values.where(values != ""))[0].astype(np.int64)
