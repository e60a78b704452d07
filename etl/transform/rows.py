"""A batch of text rows becomes requests, faults, rejections and counts of information."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from domain.localtime import Seconds, local_seconds
from domain.statuses import CLOSED, Status
from etl.extract import RawBatch
from etl.source import Source
from etl.transform import moments, people, places
from etl.transform.codes import activity_codes, borough_codes, coded, mapped
from etl.transform.due import due
from etl.transform.notes import Notes, Rejected, mask, noted, printable
from etl.transform.texts import cleaned, trimmed
from geo.boroughs import FOLDER, SECTORS_FILE
from store.schema import GIVEN

MAX_ID_CHARS = 100
_ID_SEPARATOR = "/"
_HASH_SEPARATOR = "\x1f"

Lines = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Context:
    """What a transformation needs beside the rows."""

    source: Source
    now: int
    """UTC seconds: an opening after it is in the future."""

    with_srid: bool
    """EWKB for PostGIS rather than WKB."""

    @cached_property
    def derivation(self) -> bytes:
        """What the fields are derived by beside the file: the source's mappings and the shapes.

        It is part of every row's content hash, so that a file loaded again after a change of
        mappings or boundaries updates what they changed.
        """
        shapes = (FOLDER / SECTORS_FILE).read_bytes() if self.source.territory else b""
        return blake2b(self.source.model_dump_json().encode() + shapes, digest_size=16).digest()


@dataclass(frozen=True)
class Transformed:
    """What a batch became."""

    rows: pa.RecordBatch
    faults: pa.RecordBatch
    rejected: list[Rejected]
    information: Counter[tuple[date, str]]
    read: int
    placed: int
    outside_swapped: int


def transformed(raw: RawBatch, context: Context) -> Transformed:
    """The requests of a batch, and everything that is not one."""
    rejected = [
        Rejected(m.line, "", f"{m.expected} fields expected, {m.found} found", noted(m.text))
        for m in raw.misshapen
    ]
    natures, notes = _natures(raw, context.source)
    is_information = mask(pc.equal(natures, "information")) & notes.kept
    information = _information(raw, is_information, context, notes)
    table, lines, natures = _kept(raw.table, raw.lines, natures, notes.kept & ~is_information)
    rejected += notes.rejected
    ids, opened, notes = _identified(table, lines, context)
    rejected += notes.rejected
    kept = notes.kept
    table, lines, natures = _kept(table, lines, natures, kept)
    ids, opened = ids.filter(pa.array(kept)), opened[kept]
    rows, notes, found = _requests(table, lines, natures, ids, opened, context)
    return Transformed(
        rows=rows,
        faults=notes.faults(ids),
        rejected=rejected,
        information=information,
        read=raw.table.num_rows + len(raw.misshapen),
        placed=int((~np.isnan(found.lon)).sum()),
        outside_swapped=found.outside_swapped,
    )


def _natures(raw: RawBatch, source: Source) -> tuple[pa.Array, Notes]:
    notes = Notes(raw.lines)
    if "nature" not in source.fields:
        return pa.array(["request"] * raw.table.num_rows), notes
    column = raw.table.column(source.fields["nature"])
    found = coded(trimmed(column), source.natures)
    notes.reject(~mask(found.is_valid()), source.fields["nature"], "unknown nature", column)
    return found, notes


def _information(
    raw: RawBatch, where: npt.NDArray[np.bool_], context: Context, notes: Notes
) -> Counter[tuple[date, str]]:
    """Rows of information by local month and label: they have no id, place or status."""
    if not where.any():
        return Counter()
    source = context.source
    text = raw.table.column(source.fields["opened_at"])
    opened = moments.parsed(trimmed(text), source)
    reason = _opening_fault(opened, context.now)
    notes.reject(where & (reason != ""), source.fields["opened_at"], "no possible opening date", text)
    counted = where & (reason == "")
    labels = raw.table.column(source.fields["label"]) if "label" in source.fields else pa.nulls(len(where))
    months = local_seconds(opened[counted], source.time_zone).astype("datetime64[s]").astype("datetime64[M]")
    shown = trimmed(printable(labels.cast(pa.string()))).filter(pa.array(counted)).fill_null("").to_pylist()
    days: list[date] = months.astype("datetime64[D]").tolist()
    return Counter(zip(days, (label[: source.max_text] for label in shown), strict=True))


def _identified(table: pa.RecordBatch, lines: Lines, context: Context) -> tuple[pa.Array, Seconds, Notes]:
    """Id and opening of each row; rows that lack one of them are rejected."""
    source, notes = context.source, Notes(lines)
    id_column = source.id_columns[0]
    ids = pc.binary_join_element_wise(*(trimmed(table.column(c)) for c in source.id_columns), _ID_SEPARATOR)
    notes.reject(mask(ids.is_null()), id_column, "no id", table.column(id_column))
    bad = pc.or_(
        pc.greater(pc.utf8_length(ids), MAX_ID_CHARS), pc.match_substring_regex(ids, r"[\x00-\x1f\x7f]")
    )
    notes.reject(mask(bad), id_column, "impossible id", table.column(id_column))
    text = table.column(source.fields["opened_at"])
    opened = moments.parsed(trimmed(text), source)
    reasons = _opening_fault(opened, context.now)
    for reason in ("no opening date", "impossible opening date", "opening date in the future"):
        where = reasons == reason
        if reason == "no opening date":
            where &= mask(trimmed(text).is_null())
            reasons = np.where((reasons == reason) & ~where, "impossible opening date", reasons)
        notes.reject(where, source.fields["opened_at"], reason, text)
    return ids, opened, notes


def _opening_fault(opened: Seconds, now: int) -> npt.NDArray[np.str_]:
    """Why each opening cannot be one; empty where it can."""
    return np.select(
        [opened == moments.UNKNOWN, opened < moments.EARLIEST, opened > now],
        ["no opening date", "impossible opening date", "opening date in the future"],
        default="",
    )


def _kept(
    table: pa.RecordBatch, lines: Lines, natures: pa.Array, where: npt.NDArray[np.bool_]
) -> tuple[pa.RecordBatch, Lines, pa.Array]:
    if where.all():
        return table, lines, natures
    chosen = pa.array(where)
    return table.filter(chosen), lines[where], natures.filter(chosen)


def _requests(
    table: pa.RecordBatch, lines: Lines, natures: pa.Array, ids: pa.Array, opened: Seconds, context: Context
) -> tuple[pa.RecordBatch, Notes, places.Places]:
    source, notes, n = context.source, Notes(lines), table.num_rows
    nothing = pa.nulls(n, pa.string())

    def text(name: str) -> pa.Array:
        if name not in source.fields:
            return nothing
        return cleaned(table.column(source.fields[name]), name, source.max_text, notes)

    def raw_text(name: str) -> pa.Array | None:
        return table.column(source.fields[name]) if name in source.fields else None

    label = text("label")
    if source.constants.label is not None:
        label = pa.array([source.constants.label] * n, pa.string())
    activity = activity_codes(label, source, notes)
    counter_text = text("at_counter")
    at_counter = mask(pc.is_in(counter_text, pa.array(source.at_counter, pa.string())))
    where_text = borough_codes(text("borough_where"), "borough_where", notes)
    found = places.placed(raw_text("lon"), raw_text("lat"), at_counter, where_text, source, notes)
    status, status_at, closed_at = _lifecycle(table, text("status"), opened, context, notes)
    due_at, target_days, target_origin = _due(table, activity, label, found.borough, opened, context, notes)
    counts = people.requester_counts(
        {c: table.column(column) for c, column in source.requesters.items()}, n, notes
    )
    columns = {
        "source": pa.array([source.name] * n, pa.string()),
        "external_id": ids,
        "nature": natures,
        "activity": activity,
        "label": label,
        "place_type": mapped(text("place_type"), source.place_types, "place_type", notes),
        "street": text("street"),
        "street_from": text("street_from"),
        "street_to": text("street_to"),
        "postal_code": text("postal_code"),
        "borough": found.borough,
        "borough_basis": found.borough_basis,
        "borough_who": borough_codes(text("borough_who"), "borough_who", notes),
        "unit": text("unit"),
        "sector": found.sector,
        **_point_columns(found, context.with_srid),
        "channel": mapped(text("channel"), source.channels, "channel", notes),
        **counts,
        "status": status,
        "opened_at": moments.arrow_moments(opened),
        "status_at": moments.arrow_moments(status_at),
        "closed_at": moments.arrow_moments(closed_at),
        "due_at": moments.arrow_moments(due_at),
        "target_days": target_days,
        "target_origin": target_origin,
        "content_hash": _content_hash(table, context),
        "line": pa.array(lines),
    }
    return pa.RecordBatch.from_pydict(columns), notes, found


def _point_columns(found: places.Places, with_srid: bool) -> dict[str, pa.Array]:
    return {
        "lon": pa.array(found.lon, mask=np.isnan(found.lon)),
        "lat": pa.array(found.lat, mask=np.isnan(found.lat)),
        "geometry": places.wkb_points(found, with_srid),
        "h3_12": pa.array(found.cells, mask=found.cells < 0),
        "precision": found.precision,
    }


def _lifecycle(
    table: pa.RecordBatch, status_text: pa.Array, opened: Seconds, context: Context, notes: Notes
) -> tuple[pa.Array, Seconds, Seconds]:
    """Status, its moment and the closing moment.

    A source without statuses may give a closing moment: then what has one is done.
    """
    source = context.source
    status = mapped(status_text, source.statuses, "status", notes)
    status_at = moments.past(table, "status_at", source, context.now, notes)
    if "closed_at" in source.fields:
        closed_at = moments.past(table, "closed_at", source, context.now, notes)
        if "status" not in source.fields:
            done = pa.scalar(Status.DONE.value, pa.string())
            status = pc.if_else(pa.array(moments.is_known(closed_at)), done, status)
            status_at = closed_at
    else:
        is_closed = mask(pc.is_in(status, pa.array(sorted(CLOSED), pa.string())))
        closed_at = np.where(is_closed, status_at, moments.UNKNOWN)
    before = moments.is_known(closed_at) & (closed_at < opened)
    if before.any():
        column = source.fields.get("closed_at", source.fields.get("status_at", ""))
        notes.fault(before, "closed_at", "closed_before_opened", table.column(column))
        closed_at = np.where(before, moments.UNKNOWN, closed_at)
        status_at = np.where(before, moments.UNKNOWN, status_at)
    return status, status_at, closed_at


def _due(
    table: pa.RecordBatch,
    activity: pa.Array,
    label: pa.Array,
    borough: pa.Array,
    opened: Seconds,
    context: Context,
    notes: Notes,
) -> tuple[Seconds, pa.Array, pa.Array]:
    """The source's own due date where it has one, else that of the activity's target."""
    source = context.source
    if "due_at" not in source.fields:
        return due(activity, label, borough, opened, source.time_zone)
    given = moments.read(table, "due_at", source, notes)
    origin = pc.if_else(pa.array(moments.is_known(given)), GIVEN, pa.scalar(None, pa.string()))
    return given, pa.nulls(len(given), pa.int16()), origin


def _content_hash(table: pa.RecordBatch, context: Context) -> pa.Array:
    """64 bits of everything that was read of a row, as it was written: equal = nothing changed."""
    columns = (table.column(name) for name in context.source.read_columns)
    joined = pc.binary_join_element_wise(*columns, _HASH_SEPARATOR).cast(pa.binary())
    key = context.derivation
    digests = b"".join([blake2b(row, digest_size=8, key=key).digest() for row in joined.to_pylist()])
    return pa.array(np.frombuffer(digests, dtype="<i8"))


def now_seconds(now: datetime | None = None) -> int:
    """This moment, or a given one, in UTC seconds."""
    return int((now or datetime.now(tz=UTC)).timestamp())
