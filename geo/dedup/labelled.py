"""Labelled requests from a CSV file, checked: what `evaluate` measures the quality on.

Columns: `id, activity, opened_at, closed_at, lat, lon`, and who repeats whom: `duplicate` (0 or 1) and
`parent_id`; optional `activity_group, label, street, street_from, street_to, channel, precision, located,
requesters`, and the true `episode_id` and `problem_id`. Where there is no `duplicate` but a true episode, a
request repeats an earlier one if its episode has an earlier request.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import pandas as pd

from domain.errors import InputRefused
from geo.dedup.requests import REQUIRED

TRUTHS = ("episode_id", "problem_id")
MOMENTS = ("opened_at", "closed_at")
NUMBERS = ("lat", "lon", "requesters")
ZERO_OR_ONE = ("duplicate", "located")

HEADER_LINES = 1


def read_labelled(path: Path, truth: Path | None = None) -> pd.DataFrame:
    """Labelled requests of a CSV file (UTF-8, also packed as .gz).

    Args:
        path: the file.
        truth: another CSV with `id`, `episode_id`, `problem_id` of the same requests; the file may then have
            no labels of its own. Of requests that it does not name nothing is known: they are refused.

    Returns:
        `id` and `parent_id` as text, moments in UTC (those without a zone are taken as UTC), numbers as numbers,
        the rest as text.

    Raises:
        InputRefused: a file cannot be read or holds what it should not; the sentence names file, line, column.
    """
    frame = _read(path)
    if truth is not None:
        frame = _with_truth(frame, path, truth)
    labels = "duplicate" if "episode_id" not in frame.columns else "id"
    missing = [name for name in (*REQUIRED, labels) if name not in frame.columns]
    if missing:
        raise InputRefused(f"{path.name}: there is no column {', '.join(missing)}.")
    _refuse_ids(frame["id"], path)
    for name in MOMENTS:
        frame[name] = _moments(frame[name], path, needed=name == "opened_at")
    for name in set(NUMBERS) & set(frame.columns):
        frame[name] = _numbers(frame[name], path)
    for name in set(ZERO_OR_ONE) & set(frame.columns):
        frame[name] = _zero_or_one(frame[name], path)
    return frame if "duplicate" in frame.columns else _labelled_by_episode(frame)


def _read(path: Path) -> pd.DataFrame:
    """Every field as text, empty ones as missing."""
    if path.is_dir():
        raise InputRefused(f"{path}: this is a directory, a CSV file is expected.")
    try:
        frame = pd.read_csv(path, dtype="str", encoding="utf-8-sig", keep_default_na=False, na_values=[""])
    except FileNotFoundError as error:
        raise InputRefused(f"{path}: there is no such file.") from error
    except pd.errors.EmptyDataError as error:
        raise InputRefused(f"{path.name}: the file is empty.") from error
    except UnicodeDecodeError as error:
        raise InputRefused(f"{path.name}: this is no CSV file in UTF-8.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise InputRefused(f"{path.name}: it cannot be read ({error}).") from error
    except ValueError as error:  # also pandas' ParserError
        raise InputRefused(f"{path.name}: this is no CSV file ({' '.join(str(error).split())}).") from error
    if frame.empty:
        raise InputRefused(f"{path.name}: the file has a header and no rows.")
    if not isinstance(frame.index, pd.RangeIndex):
        raise InputRefused(f"{path.name}: its lines have more fields than its header has names.")
    return frame


def _with_truth(frame: pd.DataFrame, path: Path, truth: Path) -> pd.DataFrame:
    """The file with the true episode and problem of each request."""
    if "id" not in frame.columns:
        raise InputRefused(f"{path.name}: there is no column id.")
    true = _read(truth)
    if missing := [name for name in ("id", *TRUTHS) if name not in true.columns]:
        raise InputRefused(f"{truth.name}: there is no column {', '.join(missing)}.")
    _refuse_ids(true["id"], truth)
    joined = frame.drop(columns=list(TRUTHS), errors="ignore").join(
        true.set_index("id")[list(TRUTHS)], on="id"
    )
    if len(unknown := joined["id"][joined["episode_id"].isna()]):
        raise InputRefused(
            f"{truth.name}: {len(unknown)} requests of {path.name} have no episode_id there, the first is "
            f"{unknown.iloc[0]}."
        )
    return joined


def _labelled_by_episode(frame: pd.DataFrame) -> pd.DataFrame:
    """`duplicate` and `parent_id` by the true episodes: all but the first of each repeat the first."""
    if (gaps := frame["episode_id"].isna()).any():
        raise InputRefused(f"Request {frame['id'][gaps].iloc[0]} has no episode_id and no label.")
    in_time = frame.sort_values(["opened_at", "id"])
    first = in_time.groupby("episode_id")["id"].transform("first").reindex(frame.index)
    repeats = first != frame["id"]
    return frame.assign(duplicate=repeats.astype("int64"), parent_id=first.where(repeats))


def _refuse_ids(ids: pd.Series, path: Path) -> None:
    if (none := ids.isna()).any():
        raise InputRefused(f"{path.name}: {_line(none)}, column id: it is empty.")
    if (twice := ids.duplicated()).any():
        raise InputRefused(f"{path.name}: {_line(twice)}, column id: {ids[twice].iloc[0]} was there before.")


def _moments(texts: pd.Series, path: Path, *, needed: bool) -> pd.Series:
    read = pd.to_datetime(texts, utc=True, format="ISO8601", errors="coerce")
    bad = read.isna() if needed else read.isna() & texts.notna()
    _refuse(bad, texts, path, "a moment such as 2011-09-01T08:30:00")
    return read


def _numbers(texts: pd.Series, path: Path) -> pd.Series:
    read = pd.to_numeric(texts, errors="coerce")
    _refuse(read.isna() & texts.notna() & (texts.str.lower() != "nan"), texts, path, "a number")
    return read.astype("float64")


def _zero_or_one(texts: pd.Series, path: Path) -> pd.Series:
    read = pd.to_numeric(texts, errors="coerce")
    _refuse(~read.isin([0, 1]), texts, path, "0 or 1")
    return read.astype("int64")


def _refuse(bad: pd.Series, texts: pd.Series, path: Path, expected: str) -> None:
    if bad.any():
        text = texts[bad].iloc[0]
        given = "it is empty" if pd.isna(text) else f"{text!r} stands there"
        raise InputRefused(
            f"{path.name}: {_line(bad)}, column {texts.name}: {given}, {expected} is expected."
        )


def _line(bad: pd.Series) -> str:
    """Where the first bad row stands, counting the header (and a field with a line break as one line)."""
    return f"line {int(bad.to_numpy().argmax()) + HEADER_LINES + 1}"
