"""Columns of a frame as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd


def plain(found: pd.DataFrame, names: Iterable[str]) -> dict[str, list[Any]]:
    """Some columns by name, in the order of `names`; None where there is no value."""
    return {name: found[name].astype(object).where(found[name].notna(), None).tolist() for name in names}


def rows_of(columns: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """One record per row."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
