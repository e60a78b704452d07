"""Charts as data: their figures, as Plotly reads them, and their numbers as CSV.

A figure comes plain, for the screen, or as a picture that stands by itself (`picture=1`): title, definition,
filters, as-of, source and address around it. The browser makes PNG and SVG of it.
"""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import plotly
import plotly.offline
from fastapi import FastAPI, Query, Request, Response

from dashboard.charts.framed import Caption, framed
from dashboard.charts.template import dark_of, template
from dashboard.compress import FOREVER
from dashboard.feeds.answer import Bodies, answer, fingerprint, refused, tagged
from dashboard.feeds.chart_records import CHARTS
from dashboard.feeds.chart_records.record import Chart
from dashboard.feeds.download import CSV, File, download
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import PageQuery, Question
from dashboard.feeds.spreadsheet import csv_text
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import moment, t
from dashboard.view_words import filters_in_words
from mart.periods import local_date
from mart.snapshot import Mart

LIBRARY = f"/libraries/plotly-{plotly.__version__}.js"
"""Address of Plotly's script, from the installed package; it changes with the version."""

_SCRIPT = "text/javascript"


def drawn(services: Services, mart: Mart, question: Question) -> dict[str, Any]:
    """A figure with its colours for the dark, its file name, and whether there is anything in it."""
    chart, found, state = _asked(services, mart, question)
    figure = chart.figure(found, state)
    figure.update_layout(template=template(state.lang))
    if question.extra["picture"]:
        figure = framed(figure, caption(question, state), chart.height_px)
    return {
        "as_of": question.as_of,
        "figure": orjson.Fragment(figure.to_json(validate=False)),
        "dark": dark_of(),
        "name": file_name(question),
    }


def _asked(services: Services, mart: Mart, question: Question) -> tuple[Chart, Any, ViewState]:
    """A chart, its numbers, and the view that it is of: on its own screen, with what the numbers settle."""
    chart = CHARTS[question.extra["chart"]]
    state = question.state.replace(screen=chart.screen)
    found = chart.ask(services, mart, state)
    return chart, found, chart.settled(found, state)


def caption(question: Question, state: ViewState) -> Caption:
    """What a picture says about itself: title, definition and filters above; as-of, source and address below."""
    chart = CHARTS[question.extra["chart"]]
    words = filters_in_words(state, local_date(question.as_of) if chart.of_period else None)
    demo = [t("app.demo", state.lang)] if question.extra["demo"] else []
    as_of = t("chart.as_of", state.lang, moment=moment(question.as_of, state.lang))
    source = " · ".join([as_of, *demo, t("chart.source", state.lang)])
    return Caption(chart.title(state), [chart.about(state), words], [source, question.extra["address"]])


def file_name(question: Question) -> str:
    """Such as `tendance-2025-11-20`: what, and as of which day."""
    name = t(f"chart.file.{question.extra['chart']}", question.state.lang)
    return f"{name}-{local_date(question.as_of)}"


def numbers(services: Services, mart: Mart, question: Question) -> File:
    """What a chart is drawn of, as CSV, with its caption below."""
    chart, found, state = _asked(services, mart, question)
    table = chart.table(found, state)
    said = caption(question, state)
    notes = [said.title, *said.above, *said.below]
    return File(f"{file_name(question)}.csv", CSV, csv_text(table, notes, state.lang))


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/charts/CODE.json, /feeds/charts/CODE.csv and Plotly's script."""
    kept, scripts = Bodies(), Bodies()

    def make(mart: Mart, question: Question) -> dict[str, Any]:
        return drawn(services, mart, question)

    def make_file(mart: Mart, question: Question) -> File:
        return numbers(services, mart, question)

    def extras(request: Request, chart: str, picture: bool) -> dict[str, Any]:
        view = request.headers.get("referer", "") if picture else ""
        return {"chart": chart, "picture": picture, "demo": services.settings.demo, "address": view[:300]}

    @server.get("/feeds/charts/{chart}.json", tags=["charts"], responses={422: {"model": Refusal}})
    async def get_figure(
        request: Request, chart: str, query: Annotated[PageQuery, Query()], picture: bool = False
    ) -> Response:
        """A chart as a Plotly figure; with `picture`, with its title, definition, filters, as-of and source."""
        if chart not in CHARTS:
            return unknown(chart)
        return await answer(
            request, services, kept, query, make, feed="charts", **extras(request, chart, picture)
        )

    @server.get("/feeds/charts/{chart}.csv", tags=["charts"], responses={422: {"model": Refusal}})
    async def get_data(request: Request, chart: str, query: Annotated[PageQuery, Query()]) -> Response:
        """The numbers of a chart."""
        if chart not in CHARTS:
            return unknown(chart)
        return await download(services, query, make_file, **extras(request, chart, True))

    @server.get(LIBRARY, include_in_schema=False)
    async def get_library(request: Request) -> Response:
        """Plotly's script, to keep for ever."""
        tag = f'"plotly-{fingerprint(plotly.__version__)}"'

        def script() -> bytes:
            text: str = plotly.offline.get_plotlyjs()
            return text.encode()

        return await services.run(tagged, request, tag, _SCRIPT, script, scripts, FOREVER.decode())


def unknown(chart: str) -> Response:
    """There is no such chart."""
    return refused(404, f"there is no chart {chart[:40]!r}: there are {', '.join(CHARTS)}.")
