"""Episodes and problems of the requests of a build: `geo.dedup` on what the store or the last version has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from domain.precision import ON_MAP
from etl.build.view import COMPARED, COMPARED_CODED, Ids, View
from geo import hexgrid
from geo.dedup.decisions import read_decisions
from geo.dedup.group import group
from geo.dedup.incremental import Regrouped, regroup
from geo.dedup.parameters import OTHER, load_parameters
from geo.dedup.requests import read_requests
from geo.dedup.surroundings import Surroundings
from mart.months import read_columns
from mart.schema import GROUP_COLUMNS, REQUESTS
from store.decisions import Verdict

_NAMES = {"problem_id": "problem", "episode_id": "episode", "parent_id": "parent"}
"""Columns of the mart that `geo.dedup` calls otherwise."""

_NONE: Ids = np.array([], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of all requests, or of those that were grouped again."""

    ids: Ids
    """Sorted."""

    table: pa.Table
    """`GROUP_COLUMNS`, a row for each id."""

    moved: Ids
    """Requests that did not change and whose groups are now others; sorted."""

    problems: Ids
    """Problems that a request came to, went from or changed in."""

    alone: dict[str, int]
    """Requests at no place, which are in no problem, by their precision."""

    def put(self, rows: pa.Table) -> pa.Table:
        """Requests of the mart with their groups; those that are not here keep what they have."""
        ids = rows["id"].to_numpy()
        at = np.minimum(np.searchsorted(self.ids, ids), max(len(self.ids) - 1, 0))
        here = self.ids[at] == ids if len(self.ids) else np.zeros(len(ids), dtype=bool)
        if not here.any():
            return rows
        mine = self.table.take(pa.array(at))
        for name in GROUP_COLUMNS:
            column = mine[name] if here.all() else pc.if_else(pa.array(here), mine[name], rows[name])
            rows = rows.set_column(rows.column_names.index(name), REQUESTS.field(name), column)
        return rows


def all_groups(now: View) -> Groups:
    """Groups of every request of the store."""
    rows = now.compared()
    parameters = load_parameters()
    requests = read_requests(frame_of(rows), parameters).requests
    told, _ = read_decisions(decisions_frame(now), requests.id)
    ids, table = _columns(group(requests, parameters, told).frame(requests, parameters), rows)
    return Groups(ids, table, _NONE, _NONE, _alone(rows))


def groups_again(now: View, old: Path, files: Iterable[str], changed: pa.Table) -> Groups:
    """Groups of the requests that changed since the version in `old`, and of whoever these touch.

    Exactly those of a full build: the part of the city that is looked at grows until everybody looked at
    again is in it with all whom they could be compared with.
    """
    before = read_columns(old, files, (*COMPARED, *GROUP_COLUMNS))
    was = np.isin(before["id"].to_numpy(), changed["id"].to_numpy())
    kept, gone = before.filter(pa.array(~was)), before.filter(pa.array(was))
    parts = [kept.select(COMPARED), changed.select(COMPARED), gone.select(COMPARED)]
    rows = pa.concat_tables([part.cast(COMPARED_CODED) for part in parts]).unify_dictionaries()
    there = _There(rows, before.num_rows - gone.num_rows, changed.num_rows, gone)
    decisions = decisions_frame(now)
    done = _regrouped(there, before, decisions)
    here = rows.slice(0, there.now)
    found = done.groups[done.groups["id"].isin(done.again)]
    ids, table = _columns(found, here.filter(pa.array(np.isin(there.ids[: there.now], done.again))))
    groups = Groups(ids, table, _NONE, _NONE, _alone(here))
    unchanged = kept.filter(pa.array(np.isin(kept["id"].to_numpy(), ids)))
    lists = (table["problem_id"], unchanged["problem_id"], gone["problem_id"])
    problems = np.unique(np.concatenate([one.drop_null().to_numpy() for one in lists]))
    return Groups(ids, table, _moved(groups, unchanged), problems, groups.alone)


class _There:
    """The rows that are now there (first those kept, then those changed), and those gone as they were."""

    def __init__(self, rows: pa.Table, kept: int, changed: int, gone: pa.Table) -> None:
        self.rows, self.now = rows, kept + changed
        self.ids: Ids = rows["id"].to_numpy()
        self.touched = np.arange(rows.num_rows) >= kept
        self.added = set(self.ids[kept : self.now][~np.isin(self.ids[kept : self.now], gone["id"])].tolist())
        self.changed = set(self.ids[kept : self.now].tolist())
        self.gone = rows.slice(self.now)

    def surroundings(self) -> Surroundings:
        """Around nothing yet."""
        activity, label = (_codes(self.rows[name]) for name in ("activity", "label"))
        is_other = pc.equal(self.rows["activity"].cast(pa.string()), OTHER).to_numpy(zero_copy_only=False)
        kind = pd.factorize(activity * (label.max(initial=0) + 1) + np.where(is_other, label, 0))[0]
        cell = self.rows["h3_12"].fill_null(hexgrid.NO_CELL).to_numpy()
        return Surroundings(kind, np.where(_placed(self.rows), cell, hexgrid.NO_CELL), load_parameters())


def _regrouped(there: _There, before: pa.Table, decisions: pd.DataFrame) -> Regrouped:
    """Group again around what changed; farther around where somebody out there had to be looked at."""
    around = there.surroundings()
    around.add(there.touched)
    named = np.isin(there.ids, decisions[["id_a", "id_b"]].to_numpy().ravel()) | there.touched
    problem = _problem_of(there, before)
    previous = before.select(["id", *GROUP_COLUMNS])
    while True:
        chosen = around.inside() | named
        chosen |= np.isin(problem, np.unique(problem[chosen]))
        chosen[there.now :] = False
        mine = np.isin(before["id"].to_numpy(), there.ids[chosen]) | np.isin(
            before["id"].to_numpy(), there.gone["id"].to_numpy()
        )
        done = regroup(
            frame_of(there.rows.filter(pa.array(chosen))), frame_of(there.gone), there.added,
            _previous(previous.filter(pa.array(mine))), load_parameters(), decisions, there.changed, part=True,
        )  # fmt: skip
        again = np.isin(there.ids, done.again)
        if around.complete(again):
            return done
        around.add(again)


def _problem_of(there: _There, before: pa.Table) -> Ids:
    """Problem that each row was in, in the version before; its own id where it is new or at no place."""
    ids, problem = before["id"].to_numpy(), pc.coalesce(before["problem_id"], before["id"]).to_numpy()
    order = np.argsort(ids)
    at = np.minimum(np.searchsorted(ids[order], there.ids), max(len(ids) - 1, 0))
    if not len(ids):
        return there.ids
    return np.where(ids[order][at] == there.ids, problem[order][at], there.ids)


def frame_of(rows: pa.Table) -> pd.DataFrame:
    """Rows (columns COMPARED) as `geo.dedup` reads them."""
    frame: pd.DataFrame = rows.select(COMPARED).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    # A column of integers without nulls is quicker to work with.
    return frame.astype({"id": np.int64}).rename(columns={"ended_at": "closed_at", "h3_12": "cell"})


def decisions_frame(now: View) -> pd.DataFrame:
    """What people decided, as `geo.dedup` reads it."""
    told = now.decisions()
    same = pc.equal(told["verdict"], Verdict.SAME.value).to_numpy().astype(np.int64)
    return pd.DataFrame(
        {"id_a": told["request_a"].to_numpy(), "id_b": told["request_b"].to_numpy(), "same": same}
    )


def _columns(found: pd.DataFrame, rows: pa.Table) -> tuple[Ids, pa.Table]:
    """Ids, sorted, and what `geo.dedup` found of them as columns of the mart; at no place there is no problem."""
    ids = rows["id"].to_numpy()
    order = np.argsort(ids, kind="stable")
    found = found.sort_values("id", kind="stable")
    columns: dict[str, Any] = {name: found[_NAMES.get(name, name)] for name in GROUP_COLUMNS}
    columns["score_bits"] = columns["score_bits"].round(2)
    arrays = {n: pa.array(c, REQUESTS.field(n).type, from_pandas=True) for n, c in columns.items()}
    arrays["problem_id"] = pc.if_else(pa.array(_placed(rows)[order]), arrays["problem_id"], None)
    return ids[order], pa.table(arrays)


def _placed(rows: pa.Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which rows are at a place."""
    on_map = pc.is_in(rows["precision"].cast(pa.string()), pa.array(sorted(ON_MAP), pa.string()))
    has_point = pc.and_(pc.is_valid(rows["lat"]), pc.is_valid(rows["lon"]))
    placed: np.ndarray[Any, np.dtype[np.bool_]] = pc.and_(on_map, has_point).to_numpy(zero_copy_only=False)
    return placed


def _alone(rows: pa.Table) -> dict[str, int]:
    """How many rows are at no place, by their precision."""
    away = rows["precision"].cast(pa.string()).filter(pa.array(~_placed(rows)))
    return {str(one["values"]): int(one["counts"].as_py()) for one in pc.value_counts(away)}


def _codes(texts: pa.ChunkedArray) -> Ids:
    """Numbers of dictionary-encoded texts, from 1; 0 for null."""
    indices = texts.combine_chunks().indices
    codes: Ids = indices.fill_null(-1).to_numpy().astype(np.int64) + 1
    return codes


def _previous(before: pa.Table) -> pd.DataFrame:
    """The groups of a version as `geo.dedup` gave them."""
    problem = pc.coalesce(before["problem_id"], before["id"])
    shown = before.set_column(before.column_names.index("problem_id"), "problem_id", problem)
    frame: pd.DataFrame = shown.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    whole = {"id": np.int64, "problem_id": np.int64, "episode_id": np.int64}
    return frame.astype(whole).rename(columns=_NAMES)


def _moved(groups: Groups, before: pa.Table) -> Ids:
    """Requests of a version whose groups are now others."""
    now = groups.put(before.select(["id", *GROUP_COLUMNS]))
    differs = np.zeros(before.num_rows, dtype=bool)
    for name in GROUP_COLUMNS:
        same = pc.fill_null(pc.equal(now[name], before[name]), False)
        both_null = pc.and_(pc.is_null(now[name]), pc.is_null(before[name]))
        differs |= ~pc.or_(same, both_null).to_numpy(zero_copy_only=False)
    moved: Ids = np.sort(before["id"].to_numpy()[differs])
    return moved
