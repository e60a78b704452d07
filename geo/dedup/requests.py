"""What is compared: requests as arrays, one entry per request, in the order of time.

A frame of requests becomes a `Requests` in one step that checks it and says what is left out of grouping
and why: such a request stays alone, in an episode and a problem of its own.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.errors import InputRefused
from domain.precision import Precision
from geo import hexgrid
from geo.dedup.metres import metres_apart
from geo.dedup.parameters import ADDRESS, EXACT, OTHER, SEGMENT, UNLABELLED, Parameters
from geo.dedup.streets import coded_texts, read_streets
from geo.projection import LAT_LIMIT_DEG, LON_LIMIT_DEG

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEVER = np.int64(1) << 40
"""Closing of what is open: UTC seconds, some 34,000 years on."""

REQUIRED = ("id", "activity", "opened_at", "closed_at", "lat", "lon")
STAFF_CHANNELS = r"employee|employ[ée]|staff|instance|maximo"
"""Channels by which the city's own people report: they look before they file."""

EVIDENCE_OF = {Precision.EXACT: EXACT, Precision.SEGMENT: SEGMENT}


@dataclass(frozen=True, slots=True, eq=False)
class Requests:
    """Requests in the order of (opened, id); arrays of equal length."""

    id: NDArray[Any]
    """As given: integers or text, each once."""

    kind: Integers
    """Code of what is compared with each other: the activity, and the label where that is `autre`."""

    profile: Integers
    """Index into the parameters' profiles: activity and precision of the point."""

    label: Integers
    """Code of the label; -1 unknown."""

    address: Integers
    """Code of the whole address or intersection; -1 unknown."""

    street_1: Integers
    """Code of a street's name; -1 unknown."""

    street_2: Integers
    """Code of the other street of an intersection; -1 where there is none."""

    opened_s: Integers
    """UTC seconds."""

    closed_s: Integers
    """UTC seconds; `NEVER` while open."""

    lat: Floats
    """Degrees; NaN where the request cannot be placed."""

    lon: Floats
    """Degrees; NaN where the request cannot be placed."""

    cell: Integers
    """H3 cell of the point, of the resolution that the store keeps; `NO_CELL` where there is none."""

    requesters: Integers
    """How many people the request stands for, at least 1."""

    staff: Integers
    """1 reported by the city's own people, 0 by others, -1 unknown."""

    def __len__(self) -> int:
        """Number of requests."""
        return len(self.id)

    @property
    def placed(self) -> Flags:
        """Which have a point that may be compared."""
        return ~np.isnan(self.lat)

    def take(self, rows: NDArray[Any]) -> Requests:
        """Some of the requests, by sorted positions or a mask."""
        return replace(self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True, slots=True)
class Read:
    """A frame read: the requests, where each stood in the frame, and what is not grouped and why."""

    requests: Requests
    order: Integers
    """Position in the frame of each request."""

    ungrouped: dict[str, int]
    """Requests that stay alone, by reason: `no_point`, `off_globe`, `counter`, `not_placed`; and what was
    mended: `closed_before_opened` (taken as closed at once), `in_future`."""


def read_requests(frame: pd.DataFrame, parameters: Parameters, now_s: int | None = None) -> Read:
    """Requests of a frame, checked.

    Columns: those of `REQUIRED`; optional `activity_group`, `label`, `street`, `street_from`, `street_to`,
    `channel`, `precision`, `located`, `requesters`, and `cell`, the point's as the store keeps it (else it is
    computed: 0.4 s a million). Moments without a zone are UTC.

    Raises:
        InputRefused: a column is missing, an id is missing or comes twice, a moment or number cannot be read.
    """
    missing = [name for name in REQUIRED if name not in frame.columns]
    if missing:
        raise InputRefused(f"The requests have no column {', '.join(missing)}.")
    _refuse_ids(frame["id"])
    opened = _seconds(frame["opened_at"], "opened_at")
    if (opened == NEVER).any():
        row = int(np.flatnonzero(opened == NEVER)[0])
        raise InputRefused(f"Request {frame['id'].iloc[row]} has no opened_at.")
    closed = _seconds(frame["closed_at"], "closed_at")
    lat, lon, precision, ungrouped = _points(frame)
    ungrouped["closed_before_opened"] = int((closed < opened).sum())
    if now_s is not None:
        ungrouped["in_future"] = int((opened > now_s).sum())
    # The cells are found beside the rest: most of it needs another processor than the reading of texts.
    with ThreadPoolExecutor(1) as beside:
        cell = beside.submit(_cells, frame, lat, lon)
        kind, profile, label = _kinds(frame, parameters, precision)
        address, street_1, street_2 = read_streets(frame)
    ids = frame["id"].to_numpy()
    order = _in_time(ids, opened)
    requests = Requests(
        ids, kind, profile, label, address, street_1, street_2, opened, np.maximum(closed, opened), lat, lon,
        cell.result(), _requesters(frame), _staff(frame),
    )  # fmt: skip
    in_order = bool((order[1:] > order[:-1]).all())
    return Read(
        requests if in_order else requests.take(order), order, {why: n for why, n in ungrouped.items() if n}
    )


def distance_m(requests: Requests, a: Integers, b: Integers) -> Floats:
    """Metres on the sphere between requests; see `metres_apart`."""
    return metres_apart(requests.lat[a], requests.lon[a], requests.lat[b], requests.lon[b])


def _refuse_ids(ids: pd.Series) -> None:
    if ids.isna().any():
        raise InputRefused(f"Row {int(np.flatnonzero(ids.isna())[0]) + 1} has no id.")
    ordered = np.sort(ids.to_numpy()) if ids.dtype.kind in "iu" else None
    if ordered is not None and (ordered[1:] != ordered[:-1]).all():
        return
    twice = ids.duplicated()
    if twice.any():
        raise InputRefused(
            f"Request {ids[twice].iloc[0]} is there {int((ids == ids[twice].iloc[0]).sum())} times."
        )


def _seconds(moments: pd.Series, name: str) -> Integers:
    """UTC seconds of moments; `NEVER` where there is none."""
    try:
        read = pd.to_datetime(moments, utc=True, format="ISO8601")
    except (ValueError, TypeError) as error:
        raise InputRefused(f"Column {name} has a moment that cannot be read: {error}.") from error
    seconds = read.to_numpy(dtype="datetime64[s]").astype(np.int64)
    return np.where(read.isna().to_numpy(), NEVER, seconds)


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    try:
        return np.array(pd.to_numeric(frame[name]), dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise InputRefused(f"Column {name} has a value that is no number: {error}.") from error


def _points(frame: pd.DataFrame) -> tuple[Floats, Floats, NDArray[np.int64], dict[str, int]]:
    """Latitude and longitude, NaN where a request cannot be grouped; evidence; and why not."""
    lat, lon = _numbers(frame, "lat"), _numbers(frame, "lon")
    evidence: Integers = np.full(len(frame), -1, dtype=np.int64)
    left: dict[str, int] = {}
    finite = np.isfinite(lat) & np.isfinite(lon)
    on_globe = finite & (np.abs(lat) <= LAT_LIMIT_DEG) & (np.abs(lon) <= LON_LIMIT_DEG)
    left["no_point"], left["off_globe"] = int((~finite).sum()), int((finite & ~on_globe).sum())
    usable = on_globe
    if "precision" in frame.columns:
        codes = {str(precision): code for precision, code in EVIDENCE_OF.items()}
        names, texts = coded_texts(frame["precision"])
        found: Integers = np.array([codes.get(str(text), -1) for text in texts], dtype=np.int64)[names]
        left["counter"] = int((usable & (found < 0)).sum())
        evidence, usable = found, usable & (found >= 0)
    if "located" in frame.columns:
        located = _numbers(frame, "located") == 1
        left["not_placed"] = int((usable & ~located).sum())
        usable = usable & located
    return np.where(usable, lat, np.nan), np.where(usable, lon, np.nan), evidence, left


def _cells(frame: pd.DataFrame, lat: Floats, lon: Floats) -> Integers:
    if "cell" not in frame.columns:
        return hexgrid.cells(lat, lon)
    given = frame["cell"].fillna(hexgrid.NO_CELL).to_numpy(dtype=np.int64)
    cell = np.where(np.isnan(lat), hexgrid.NO_CELL, given)
    without = np.flatnonzero((cell == hexgrid.NO_CELL) & ~np.isnan(lat))
    cell[without] = hexgrid.cells(lat[without], lon[without])
    return cell


def _kinds(
    frame: pd.DataFrame, parameters: Parameters, evidence: Integers
) -> tuple[Integers, Integers, Integers]:
    """Kind, profile and label of each request.

    Our own activity codes are compared within the activity; other cities' types within their
    `activity_group`, where the file has one, and the type is then the label. Everything else (`autre`) is no
    one thing: there, only requests with the same label are compared.
    """
    activity, activities = coded_texts(frame["activity"])
    group, groups = (
        coded_texts(frame["activity_group"]) if "activity_group" in frame.columns else (activity, activities)
    )
    ours = np.isin(activities, list(parameters.activities - {UNLABELLED}))[activity]
    label = np.where(ours, -1, activity)
    if "label" in frame.columns:
        label, labels = coded_texts(frame["label"])
        label = np.where((labels == "")[label], -1, label)
    is_other = (activities == OTHER)[activity]
    top = len(activities)
    kind = np.where(ours | (groups == "")[group], activity, top + group)
    labelled = is_other & (label >= 0)
    kind = np.where(labelled, top + len(groups) + label, kind)
    which = (activity * len(groups) + group) * 2 + (is_other & ~labelled)
    combined, keys = pd.factorize(which * 4 + evidence + 1)
    found = [
        _profile(
            str(activities[key // 8 // len(groups)]), str(groups[key // 8 % len(groups)]), key, parameters
        )
        for key in keys.tolist()
    ]
    return kind, np.array(found, dtype=np.int64)[combined], label


def _profile(activity: str, group: str, key: int, parameters: Parameters) -> int:
    """Index of the profile of an activity code, or of another city's type of request.

    `key` holds in its lowest bits the evidence plus 1 (0: not said), then whether it is unlabelled.
    """
    unlabelled, evidence = key // 4 % 2, key % 4 - 1
    ours = activity in parameters.activities
    if evidence < 0:
        evidence = EXACT if ours else ADDRESS
    if not ours:
        return parameters.index(parameters.subject(f"{group} {activity}"), evidence)
    return parameters.index(UNLABELLED if unlabelled else activity, evidence)


def _requesters(frame: pd.DataFrame) -> Integers:
    if "requesters" not in frame.columns:
        return np.ones(len(frame), dtype=np.int64)
    return np.maximum(np.nan_to_num(_numbers(frame, "requesters"), nan=1.0), 1).astype(np.int64)


def _staff(frame: pd.DataFrame) -> Integers:
    if "channel" not in frame.columns:
        return np.full(len(frame), -1, dtype=np.int64)
    codes, names = pd.factorize(frame["channel"])
    texts = pd.Series(names, dtype="str").str.lower()
    staff = texts.str.contains(STAFF_CHANNELS, regex=True).to_numpy(dtype=np.int64)
    return np.append(staff, -1)[codes]


def _in_time(ids: NDArray[Any], opened: Integers) -> Integers:
    """Positions in the order of (opened, id)."""
    order = np.argsort(opened, kind="stable")
    ordered = opened[order]
    # Only where moments are equal does the id decide.
    tied = np.flatnonzero(
        np.append(ordered[1:] == ordered[:-1], False) | np.append(False, ordered[1:] == ordered[:-1])
    )
    some = order[tied]
    order[tied] = some[np.lexsort((_sortable(ids[some]), opened[some]))]
    return order


def _sortable(ids: NDArray[Any]) -> NDArray[Any]:
    """Ids as something that numpy sorts the same way whatever order they come in."""
    return ids if ids.dtype.kind in "iu" else ids.astype("U")
