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
    text = frame["street"].fillna("").astype("str")
    if {"street_from", "street_to"} <= set(frame.columns):
        corner = frame["street_from"].fillna("") + " & " + frame["street_to"].fillna("")
        text = text.where((text != "") | frame["street_from"].isna(), corner)
    codes, texts = pd.factorize(text)
    parsed = [split_streets(one) for one in texts]
    addresses = ["&".join(sorted(streets)) if len(streets) > 1 else whole for whole, streets in parsed]
    names = [(*sorted(streets), "", "")[:2] for _, streets in parsed]
    address = _codes(addresses)
    both = _codes([name for pair in names for name in pair]).reshape(-1, 2)
    return address[codes], both[codes, 0], both[codes, 1]


def split_streets(text: str) -> tuple[str, frozenset[str]]:
    """The address in small letters and its street names, without civic numbers."""
    whole = " ".join(text.lower().removeprefix("INTERSECTION ".lower()).split())
    parts = (NUMBER.sub("", part.strip()) for part in whole.split("&"))
    return whole, frozenset(part for part in parts if part)


def _codes(texts: list[Any]) -> Integers:
    """Code of each text, the same text the same code; -1 for an empty one."""
    values = pd.Series(texts, dtype="str")
    return pd.factorize(values.where(values != ""))[0].astype(np.int64)
