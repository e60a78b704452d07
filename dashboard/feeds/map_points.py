"""Requests as marks, a hundred thousand at once: columns of numbers, which a browser reads without parsing.

`/feeds/points.bin`, little-endian: the length of a header (uint32), 4 bytes of zero, the header (JSON, padded with
spaces to 8 bytes), then its `columns` in order, each padded with zeros to 8 bytes. Requests that share a point are one
place; places come in the order of `state`, so that what needs somebody first is drawn last, on top.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import orjson
import pyarrow as pa
from fastapi import FastAPI, Query, Request, Response
from numpy.typing import NDArray

from dashboard.feeds.answer import Bodies, answer
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import Box, PageQuery, Question
from dashboard.services import Services
from mart.questions.points import MOST_POINTS, map_points
from mart.snapshot import Mart
from mart.state import SEVERITY

BINARY = "application/octet-stream"
STATES = [state.value for state in SEVERITY]
PRECISIONS = ["exact", "segment"]
DEGREE = 1_000_000
"""Points are whole millionths of a degree (0.1 m)."""

_PAD = 8

Column = NDArray[Any]


def packed(found: pa.Table, said: dict[str, Any]) -> bytes:
    """The answer for requests of `mart.questions.points.map_points`; `said` goes into the header too."""
    states = _codes(found["state"], STATES)
    activities, activity = _factorised(found["activity"])
    streets, street = _factorised(found["street"])
    lon, lat = (np.rint(found[name].to_numpy() * DEGREE).astype(np.int64) for name in ("lon", "lat"))
    order, starts = _by_place(lon, lat, states, found["id"].to_numpy())
    first = order[starts[:-1]]
    seconds = found["opened_at"].cast(pa.timestamp("s", "UTC"), safe=False).cast(pa.int64()).to_numpy()
    columns: dict[str, Column] = {
        "lon": lon[first].astype("<i4"),
        "lat": lat[first].astype("<i4"),
        "start": starts.astype("<u4"),
        "id": found["id"].to_numpy()[order].astype("<f8"),
        "opened": seconds[order].astype("<f8"),
        "street": street[order].astype("<u4"),
        "requesters": found["requesters"].to_numpy()[order].clip(0, 65_535).astype("<u2"),
        "state": states[order],
        "activity": activity[order].astype("<u2"),
        "precision": _codes(found["precision"], PRECISIONS)[order],
    }
    words = {"states": STATES, "activities": activities, "streets": streets, "precisions": PRECISIONS}
    return _written(columns, said | words)


def packed_answer(mart: Mart, question: Question) -> bytes:
    """The answer to a question; without any point where there are too many."""
    box: Box = question.extra["bbox"]
    found = map_points(
        mart, question.filters, question.as_of, box,
        population=question.population, column_filters=question.column_filters,
    )  # fmt: skip
    truncated = found.num_rows > question.extra["limit"]
    said = {"as_of": question.as_of, "ignored": question.ignored, "truncated": truncated}
    return packed(found.slice(0, 0) if truncated else found, said)


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/points.bin."""
    kept = Bodies()

    @server.get(
        "/feeds/points.bin", tags=["map"], response_class=Response,
        responses={200: {"content": {BINARY: {}}}, 422: {"model": Refusal}},
    )  # fmt: skip
    async def get_marks(
        request: Request,
        query: Annotated[PageQuery, Query()],
        bbox: Annotated[str, Query(max_length=120, description="west,south,east,north")],
        limit: Annotated[int, Query(ge=1, le=MOST_POINTS)] = MOST_POINTS,
    ) -> Response:
        """Requests inside a box in columns of numbers: see the module's page for their order."""
        return await answer(
            request, services, kept, query, packed_answer,
            feed="marks", media_type=BINARY, bbox=bbox, limit=limit,
        )  # fmt: skip


def _by_place(lon: Column, lat: Column, states: Column, ids: Column) -> tuple[Column, Column]:
    """The order of requests by (state of their place, place, own state), and where each place begins (places + 1)."""
    if not len(lon):
        return np.zeros(0, np.int64), np.zeros(1, np.int64)
    key = lat * (1 << 32) + lon
    _, place = np.unique(key, return_inverse=True)
    urgent = np.full(place.max() + 1, len(STATES), dtype=np.int64)
    np.minimum.at(urgent, place, states)
    order = np.lexsort((ids, states, place, -urgent[place]))
    begins = np.flatnonzero(np.diff(place[order], prepend=-1))
    return order, np.append(begins, len(order))


def _codes(texts: pa.ChunkedArray, known: list[str]) -> NDArray[np.uint8]:
    words, numbers = _factorised(texts)
    code = np.array([0, *(known.index(word) for word in words)], dtype=np.uint8)
    return code[numbers]


def _factorised(texts: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """Different texts, and of each row the number of its own from 1; 0 for none."""
    coded = texts.combine_chunks().dictionary_encode()
    numbers: NDArray[np.int64] = coded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return coded.dictionary.to_pylist(), numbers + 1


def _written(columns: dict[str, Column], said: dict[str, Any]) -> bytes:
    listed = [[name, column.dtype.str[1:], len(column)] for name, column in columns.items()]
    header = orjson.dumps(said | {"columns": listed}, option=orjson.OPT_UTC_Z)
    header += b" " * (-len(header) % _PAD)
    parts = [np.array([len(header), 0], dtype="<u4").tobytes(), header]
    for column in columns.values():
        body = column.tobytes()
        parts += [body, b"\0" * (-len(body) % _PAD)]
    return b"".join(parts)
