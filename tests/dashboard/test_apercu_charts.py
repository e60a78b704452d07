"""Aperçu over time, and its charts as pure functions: the figures have the numbers given."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.asking import View, frequency
from dashboard.axes import axis
from dashboard.charts import boroughs, cards, matrix, multiples, ranking, trend
from dashboard.charts.multiples import Panel
from dashboard.charts.spark import HEIGHT, WIDTH, places, sparkline
from dashboard.charts.template import ink
from dashboard.charts.trend import Step, Words
from dashboard.course_words import steps_of
from dashboard.courses import Course, course, course_by_activity, cut_steps, sparks, window
from dashboard.feeds.chart_records.apercu import CHARTS
from dashboard.figures import CARDS, figures
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import catalogue
from mart.filters import Filters
from mart.periods import day_end, local_date
from mart.questions.kpi import kpis
from tests.support.mart import NOON

WORDS = Words("now", "before", "period", lambda at: at.isoformat(), " %")
MONDAY = date(2025, 1, 6)


def asked(services: Services, question: Callable[[View], Any], **state: Any) -> Any:
    with services.reader.lease() as mart:
        return question(View(services, mart, ViewState(**state)))


def steps(*values: float | None, year: float | None = None) -> list[Step]:
    days = [MONDAY + timedelta(weeks=i) for i in range(len(values))]
    return [
        Step(day, value, year, f"week {i}", f"/liste?from={day}")
        for i, (day, value) in enumerate(zip(days, values, strict=True))
    ]


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=60))
def test_a_sparkline_stays_in_its_box_and_goes_from_edge_to_edge(values: list[float]) -> None:
    points = [point for point in places(values) if point is not None]
    assert (points[0][0], round(points[-1][0], 6)) == (0, WIDTH)
    assert all(0 <= y <= HEIGHT for _, y in points)


def test_a_flat_series_looks_flat() -> None:
    ys = [point[1] for point in places([1000, 1010, 1005]) if point]
    assert max(ys) - min(ys) < HEIGHT / 10


def test_a_sparkline_breaks_where_there_is_nothing_and_ends_open_where_the_step_is_not_over() -> None:
    assert "<svg" not in sparkline([5, None], "one value")
    assert sparkline([5, 6, None, 7, 8], "gap").count("<polyline") == 2
    html = sparkline([5, 6, 7], "partial", partial=True)
    assert html.count("vg-spark-line is-partial") == html.count("vg-spark-dot is-partial") == 1


@example([5e-324], True)
@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=20), st.booleans())
def test_an_axis_holds_its_values_between_round_marks(values: list[float], from_zero: bool) -> None:
    found = axis(values, from_zero=from_zero)
    assert found.marks[0] <= min(values) + 1e-6 * max(values)
    assert found.marks[-1] >= max(values) * (1 - 1e-6)
    assert len(found.marks) >= 2
    assert all(0 <= found.place(value) <= 1 for value in values)


def test_sparks_are_the_kpis_of_each_day(services: Services) -> None:
    found = asked(services, sparks, period="30d")
    with services.reader.lease() as mart:
        view = View(services, mart, ViewState(period="30d"))
        table = kpis(mart, view.filters, view.as_of, CARDS, ("day",)).rows
    assert found.freq == "day"
    for code in ("received", "backlog"):
        assert found.values[code] == table[code].tolist()
    assert found.partial == {
        code: code in {"received", "on_time_pct", "median_days_to_close"} for code in CARDS
    }


def test_a_course_is_a_year_of_whole_weeks_beside_the_same_weeks_of_the_year_before(
    services: Services,
) -> None:
    found: Course = asked(services, course, period="30d", kpi="received")
    assert 52 <= len(found.steps) <= 54
    assert {start.weekday() for start in found.steps["start"]} == {0}
    assert found.steps["end"].iloc[-1] == found.end == local_date(NOON)
    assert found.steps["partial"].tolist() == [False] * (len(found.steps) - 1) + [True]
    place = 20
    start = found.steps["start"].iloc[place]
    with services.reader.lease() as mart:
        for name, at in (("value", start), ("year", start - timedelta(weeks=52))):
            week = Filters(at, at + timedelta(days=6))
            counted = kpis(mart, week, mart.as_of(), ("received",)).total["received"]
            assert found.steps[name].iloc[place] == counted


def test_the_courses_of_the_activities_add_up_to_the_course(services: Services) -> None:
    one: Course = asked(services, course, kpi="backlog")
    parts: Course = asked(services, course_by_activity, kpi="backlog")
    summed = parts.steps.groupby("start")["value"].sum()
    assert summed.tolist() == one.steps["value"].tolist()
    assert one.steps["value"].iloc[-1] == figures(services, ViewState()).whole["value"]


def test_before_the_data_there_is_no_year_to_set_beside(services: Services) -> None:
    found: Course = asked(services, course, period="custom", start=date(2023, 1, 1), end=date(2023, 6, 30))
    assert found.steps["year"].isna().all()
    assert found.steps["start"].min() >= date(2022, 10, 1)


@pytest.mark.parametrize(
    ("days", "freq", "first"), [(30, "week", date(2024, 3, 18)), (2000, "month", date(2019, 9, 1))]
)
def test_what_is_drawn_is_a_year_at_least(days: int, freq: str, first: date) -> None:
    end = local_date(NOON)
    span, found = window(Filters(end - timedelta(days=days - 1), end), NOON)
    assert (found, span.start, span.end) == (freq, first, end)


def test_a_day_that_is_not_over_is_cut() -> None:
    days = [date(2025, 3, 14), date(2025, 3, 17)]
    assert cut_steps(days, "week", NOON) == {0, 1}
    days = [date(2025, 3, 19), date(2025, 3, 20)]
    assert cut_steps(days, "day", NOON) == {1}
    assert cut_steps(days, "day", day_end(local_date(NOON))) == set()
    assert cut_steps([], "day", NOON) == set()


@pytest.mark.parametrize(
    ("period", "freq"), [("7d", "day"), ("30d", "day"), ("90d", "week"), ("12m", "week")]
)
def test_steps_are_as_long_as_the_period_asks(period: str, freq: str) -> None:
    assert frequency(ViewState(period=period).filters(local_date(NOON))) == freq


def test_the_trend_has_two_lines_and_an_open_end() -> None:
    found = trend.figure(
        steps(1, 2, 4, year=3), WORDS, partial=True, period=(MONDAY, MONDAY + timedelta(weeks=1))
    )
    year, now, end = found.data
    assert list(year.y) == [3, 3, 3]
    assert list(now.y) == [1, 2, None]
    assert list(end.y) == [2, 4]
    assert (now.line.width > year.line.width, end.line.dash) == (True, "dot")
    assert now.customdata[1] == "/liste?from=2025-01-13"
    assert {note.text for note in found.layout.annotations} == {"now", "before", "period"}
    assert found.layout.yaxis.range[0] == 0


def test_nothing_to_draw_is_no_figure() -> None:
    assert not trend.figure(steps(None, None), WORDS).data
    assert not multiples.figure([Panel("a", "–", steps(None))], str, "now", "before").data


def test_panels_have_scales_of_their_own_and_one_axis_of_time() -> None:
    panels = [Panel("Graffitis", "2", steps(1, 2, year=1)), Panel("Branches", "200", steps(100, 200))]
    found = multiples.figure(panels, str, "now", "before")
    assert [list(one.y) for one in found.data] == [[1, 1], [1, 2], [100, 200]]
    assert found.layout.yaxis.range[1] < 3
    assert found.layout.yaxis2.range[1] > 200
    assert found.layout.xaxis.range == found.layout.xaxis2.range
    assert [note.text for note in found.layout.annotations] == ["<b>Graffitis</b>  2", "<b>Branches</b>  200"]


def test_the_ranking_has_intervals_the_period_before_and_the_whole() -> None:
    marks = [
        ranking.Mark("Verdun", 80, 70, 85, 75, "80 %"),
        ranking.Mark("Anjou", 60, None, None, None, "60 %"),
    ]
    found = ranking.figure(marks, "now", "before", (70, "Whole"))
    before, now = found.data
    assert (list(before.x), list(now.x)) == ([75], [80, 60])
    assert (list(now.error_x.array), list(now.error_x.arrayminus)) == ([5, 0], [10, 0])
    assert found.layout.shapes[0].x0 == 70


def test_the_map_fills_every_part_in_its_shade() -> None:
    parts = [boroughs.Part(shapely.box(i, 0, i + 1, 1), i, (i + 0.5, 0.5), ["x"], str(i)) for i in (0, 7)]
    found = boroughs.figure(parts, [(1, ""), (7, "5")], "Open")
    assert [one.fillcolor for one in found.data[:2]] == [ink("surface-2"), ink("ramp-7")]
    assert {"5", "Open"} <= {note.text for note in found.layout.annotations}


def test_words_on_the_map_have_a_seam_in_the_shade_of_their_part_and_pilots_are_bold() -> None:
    parts = [
        boroughs.Part(shapely.box(0, 0, 1, 1), 7, (0.5, 0.5), ["dark"], "1"),
        boroughs.Part(shapely.box(1, 0, 2, 1), 1, (1.5, 0.5), ["light"], "2", strong=True),
    ]
    *_, seam, written = boroughs.figure(parts, [], "Open").data
    assert list(written.text) == ["dark<br><b>1</b>", "<b>light</b><br><b>2</b>"]
    assert list(written.textfont.color) == [ink("surface"), ink("text")]
    assert set(seam.text) == set(written.text)
    assert set(seam.textfont.color) == {ink("ramp-7"), ink("ramp-1")}
    assert len(seam.text) == 12 * len(parts)


def test_tables_have_their_texts() -> None:
    found = matrix.figure(["a"], ["b", "c"], [[7, 0]], [["9", "1"]])
    assert [note.text for note in found.layout.annotations] == ["9", "1"]
    assert [list(row) for row in found.data[0].z] == [[7, 0]]
    table = cards.figure(["Name", "Value"], [["Received", "5"], ["Open", "6"]]).data[0]
    assert [list(column) for column in table.cells.values] == [["Received", "Open"], ["5", "6"]]


@pytest.mark.parametrize("query", ["", "lang=en&period=12m&kpi=on_time_pct", "borough=RO&kpi=received"])
def test_every_chart_has_a_figure_a_table_and_words(services: Services, query: str) -> None:
    state = ViewState.from_query(query)[0]
    for chart in CHARTS:
        with services.reader.lease() as mart:
            found = chart.ask(services, mart, state)
        figure, table = chart.figure(found, state), chart.table(found, state)
        assert figure.data, chart.code
        assert len(table), chart.code
        assert chart.title(state)
        assert chart.about(state)
        assert f"chart.file.{chart.code}" in catalogue(state.lang)


def test_the_drawn_trend_and_its_links_are_the_course(services: Services) -> None:
    state = ViewState(kpi="received")
    found: Course = asked(services, course, kpi="received")
    drawn = steps_of(found, state)
    assert [step.value for step in drawn] == found.steps["value"].tolist()
    start = found.steps["start"].iloc[3]
    assert f"from={start}&to={start + timedelta(days=6)}" in drawn[3].href
