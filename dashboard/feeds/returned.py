"""The work behind the shares of Récurrence as CSV: one row per piece of work, and when it came back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Annotated

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from fastapi import FastAPI, Query, Request, Response

from dashboard import recurring
from dashboard.components.names import activity_name, borough_name
from dashboard.feeds.answer import refused
from dashboard.feeds.export import BOM, defused
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import PageQuery, read
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import t
from domain.errors import InputRefused, MartMissing
from domain.localtime import MONTREAL

PATH = "/feeds/returned.csv"
COLUMNS = (
    "external_id",
    "activity",
    "borough",
    "done_at",
    "back_at",
    "back_after_days",
    "problem_id",
    "as_of",
)


def address(state: ViewState) -> str:
    """Where the file of a view is."""
    view = state.replace(map_view=None, request=None, theme=None, sort="")
    return f"{PATH}?{view.to_query() or 'lang=fr'}"


def returned_csv(work: pd.DataFrame, as_of: pd.Timestamp, lang: str) -> bytes:
    """A file of `recurring.work`: names for codes, Montréal's time, texts defused, the as-of in each row."""
    columns = {
        "external_id": defused(pa.array(work["external_id"], pa.string())),
        "activity": _named(work["activity"], lambda code: activity_name(code, lang)),
        "borough": _named(work["borough"], lambda code: borough_name(code, lang)),
        "done_at": _local(work["done_at"]),
        "back_at": _local(work["back_at"]),
        "back_after_days": pc.round(pa.array(work["back_after_days"], pa.float64(), from_pandas=True), 1),
        "problem_id": pa.array(work["problem_id"], pa.int64()),
        "as_of": pa.repeat(_local(pd.Series([as_of]))[0], len(work)),
    }
    table = pa.table({t(f"recurrence.work.{name}", lang): columns[name] for name in COLUMNS})
    written = io.BytesIO()
    pyarrow.csv.write_csv(table, written, pyarrow.csv.WriteOptions(quoting_style="needed"))
    return BOM + written.getvalue()


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/returned.csv."""

    @server.get(
        PATH, tags=["recurrence"], response_class=Response,
        responses={200: {"content": {"text/csv": {}}}, 422: {"model": Refusal}},
    )  # fmt: skip
    async def get_returned(_request: Request, query: Annotated[PageQuery, Query()]) -> Response:
        """Work done in the twelve months before T, and when each piece of it came back."""
        return await services.run(_file, services, query)


def _file(services: Services, query: PageQuery) -> Response:
    try:
        with services.reader.lease() as mart:
            question = read(query, mart, {})
            work = recurring.work(mart, question.state)
    except InputRefused as error:
        return refused(422, str(error))
    except MartMissing as error:
        return refused(503, str(error))
    lang, as_of = question.state.lang, pd.Timestamp(question.as_of)
    name = f"{t('recurrence.work_file', lang)}-{as_of.tz_convert(MONTREAL):%Y-%m-%dT%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(returned_csv(work, as_of, lang), 200, headers, "text/csv; charset=utf-8")


def _named(codes: pd.Series, name: Callable[[str], str]) -> pa.Array:
    """Each different code is named once."""
    encoded = pa.array(codes.astype(object), pa.string()).dictionary_encode()
    return pa.array([name(code) for code in encoded.dictionary.to_pylist()], pa.string()).take(
        encoded.indices
    )


def _local(moments: pd.Series) -> pa.Array:
    """`2025-03-20 12:00`: Montréal's time, which a spreadsheet reads as a moment."""
    seconds = pa.array(moments, pa.timestamp("us", "UTC"), from_pandas=True).cast(
        pa.timestamp("s", MONTREAL), safe=False
    )
    return pc.strftime(pc.local_timestamp(seconds), format="%Y-%m-%d %H:%M")
