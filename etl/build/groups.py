"""Episodes and problems of the requests of a build: `geo.dedup` on what the store or the last version has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
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
from geo.projection import LAT_LIMIT_DEG, LON_LIMIT_DEG
from mart.months import read_columns
from mart.schema import GROUP_COLUMNS, REQUESTS
from store.decisions import Verdict

_NAMES = {"problem_id": "problem", "episode_id": "episode", "parent_id": "parent"}
"""Columns of the mart that `geo.dedup` calls otherwise."""

Flags = npt.NDArray[np.bool_]

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

    odd: dict[str, int]
    """Requests whose times cannot be: `closed_before_opened` (taken as closed at once), `in_future`."""

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
    everybody = np.ones(rows.num_rows, dtype=bool)
    return Groups(ids, table, _NONE, _NONE, _alone(rows, everybody), _odd(rows, everybody))


def groups_again(now: View, old: Path, files: Iterable[str], changed: pa.Table) -> Groups:
    """Groups of the requests that changed since the version in `old`, and of whoever these touch.

    Exactly those of a full build: the part of the city that is looked at grows until everybody looked at
    again is in it with all whom they could be compared with.
    """
    before = read_columns(old, files, (*COMPARED, *GROUP_COLUMNS))
    there = _There(before, changed)
    done = _regrouped(there, decisions_frame(now))
    again = np.isin(there.ids, done.again) & there.is_now
    found = done.groups[done.groups["id"].isin(done.again)]
    ids, table = _columns(found, there.take(again))
    unchanged = there.before.filter(pa.array(again[: before.num_rows]))
    gone = there.before.filter(pa.array(~there.is_now[: before.num_rows]))
    lists = (table["problem_id"], unchanged["problem_id"], gone["problem_id"])
    problems = np.unique(np.concatenate([one.drop_null().to_numpy() for one in lists]))
    groups = Groups(
        ids, table, _NONE, problems, _alone(there.rows, there.is_now), _odd(there.rows, there.is_now)
    )
    return replace(groups, moved=_moved(groups, unchanged))


class _There:
    """The rows of the version before, and under them those that changed, as they are now."""

    def __init__(self, before: pa.Table, changed: pa.Table) -> None:
        self.before = before.select(["id", *GROUP_COLUMNS])
        self.rows = pa.concat_tables(
            [part.select(COMPARED).cast(COMPARED_CODED) for part in (before, changed)]
        )
        """Columns `COMPARED_CODED`; the dictionaries of the months are not one: take few rows, then unify."""
        self.ids: Ids = self.rows["id"].to_numpy()
        self.touched: Flags = np.arange(self.rows.num_rows) >= before.num_rows
        """Rows that changed, as they are now and as they were."""
        new = self.ids[self.touched]
        self.is_now: Flags = self.touched | ~np.isin(self.ids, new)
        self.touched |= ~self.is_now
        self.changed = set(new.tolist())
        self.added = self.changed - set(self.ids[~self.is_now].tolist())

    def take(self, chosen: Flags) -> pa.Table:
        """Some of the rows, texts as one dictionary each."""
        return self.rows.filter(pa.array(chosen)).unify_dictionaries()

    def previous(self, chosen: Flags) -> pd.DataFrame:
        """The groups that some of the rows had, as `geo.dedup` gave them."""
        before = self.before.filter(pa.array(chosen[: self.before.num_rows]))
        problem = pc.coalesce(before["problem_id"], before["id"])
        shown = before.set_column(before.column_names.index("problem_id"), "problem_id", problem)
        frame: pd.DataFrame = shown.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
        whole = {"id": np.int64, "problem_id": np.int64, "episode_id": np.int64}
        return frame.astype(whole).rename(columns=_NAMES)

    def problem(self) -> Ids:
        """Problem that each row was in; its own id where it is as it is now, or at no place."""
        known = pc.coalesce(self.before["problem_id"], self.before["id"]).to_numpy()
        return np.concatenate([known, self.ids[self.before.num_rows :]])

    def surroundings(self) -> Surroundings:
        """Around nothing yet."""
        kinds = self.rows.select(["activity", "label"]).unify_dictionaries()
        activity, label = (_codes(kinds[name]) for name in ("activity", "label"))
        is_other = activity == _code(OTHER, kinds["activity"])
        # As `geo.dedup.requests` has it: an empty label is none.
        label = np.where(is_other & (label != _code("", kinds["label"])), label, 0)
        kind = pd.factorize(activity * (label.max(initial=0) + 1) + label)[0]
        return Surroundings(kind, self._cell(), load_parameters())

    def _cell(self) -> Ids:
        """H3 cell of each row at a place; `NO_CELL` of the others."""
        placed = _placed(self.rows)
        cell = np.where(placed, self.rows["h3_12"].fill_null(hexgrid.NO_CELL).to_numpy(), hexgrid.NO_CELL)
        without = np.flatnonzero(placed & (cell == hexgrid.NO_CELL))
        few = self.rows.take(pa.array(without))
        cell[without] = hexgrid.cells(few["lat"].to_numpy(), few["lon"].to_numpy())
        return cell


def _regrouped(there: _There, decisions: pd.DataFrame) -> Regrouped:
    """Group again around what changed; farther around where somebody out there had to be looked at."""
    around = there.surroundings()
    around.add(there.touched)
    named = np.isin(there.ids, decisions[["id_a", "id_b"]].to_numpy().ravel()) | there.touched
    problem = there.problem()
    gone = frame_of(there.take(~there.is_now))
    while True:
        chosen = around.inside() | named
        # All that was with one of them, and what they were with before they changed.
        chosen |= np.isin(problem, np.unique(problem[chosen]))
        done = regroup(
            frame_of(there.take(chosen & there.is_now)), gone, there.added, there.previous(chosen),
            load_parameters(), decisions, there.changed,
        )  # fmt: skip
        again = np.isin(there.ids, done.again)
        if around.complete(again):
            return done
        around.add(again)


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


def _placed(rows: pa.Table) -> Flags:
    """Which rows are at a place."""
    on_map: Flags = pc.is_in(
        rows["precision"].cast(pa.string()), pa.array(sorted(ON_MAP), pa.string())
    ).to_numpy(zero_copy_only=False)
    lat, lon = (rows[name].to_numpy(zero_copy_only=False) for name in ("lat", "lon"))
    # What is missing is NaN, which is within no limit.
    placed: Flags = on_map & (np.abs(lat) <= LAT_LIMIT_DEG) & (np.abs(lon) <= LON_LIMIT_DEG)
    return placed


def _alone(rows: pa.Table, counted: Flags) -> dict[str, int]:
    """How many of the rows that count are at no place, by their precision."""
    away = rows["precision"].filter(pa.array(~_placed(rows) & counted)).cast(pa.string())
    return {str(one["values"]): int(one["counts"].as_py()) for one in pc.value_counts(away)}


def _odd(rows: pa.Table, counted: Flags) -> dict[str, int]:
    """How many of the rows that count have times that cannot be, by what is wrong; only what there is."""
    opened, ended = rows["opened_at"], rows["ended_at"]
    found = {
        "closed_before_opened": pc.fill_null(pc.less(ended, opened), False),
        "in_future": pc.greater(opened, pa.scalar(datetime.now(UTC), opened.type)),
    }
    counts = {why: int((which.to_numpy() & counted).sum()) for why, which in found.items()}
    return {why: n for why, n in counts.items() if n}


def _codes(texts: pa.ChunkedArray) -> Ids:
    """Numbers of dictionary-encoded texts, whose chunks have one dictionary, from 1; 0 for null."""
    chunks = [chunk.indices.fill_null(-1).to_numpy() for chunk in texts.chunks]
    return np.concatenate([*chunks, np.array([], dtype=np.int32)]).astype(np.int64) + 1


def _code(text: str, texts: pa.ChunkedArray) -> int:
    """The number that `_codes` gives to a text; -1 where it is none of them."""
    dictionary = texts.chunk(0).dictionary if texts.num_chunks else pa.array([], pa.string())
    found = pc.index_in(pa.scalar(text), dictionary).as_py()
    return -1 if found is None else found + 1


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
