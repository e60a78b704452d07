"""Behind every number its list: counted, the rows are the number."""

import math
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputRefused
from geo.hexgrid import cells, to_hex
from mart.filters import UNLOCATED, Filters
from mart.kpi_model import Base, Counted, Figure
from mart.kpis import KPIS, MAIN
from mart.questions.behind import counted_behind, population, requests_behind
from mart.questions.kpi import kpis
from mart.snapshot import Mart
from tests.mart.kpi_lives import MARCH, PLACES, POINTS, YEAR, a_mart, filters, is_answered, lives, moments
from tests.mart.kpi_oracle import DAY, Life
from tests.mart.made import examples
from tests.support.mart import NOON

codes = st.sampled_from(list(KPIS))


def of_number(total: dict[str, float], code: str) -> tuple[float, float | None]:
    """What the numerator and the denominator come to, from the number itself."""
    kpi = KPIS[code]
    if kpi.figure is Figure.COUNT:
        return total[code], None
    n = total[f"{kpi.stem}_n"]
    if kpi.denominator is None:
        return n, None
    return (total[code] / kpi.scale * n if n else float("nan")), n


@examples(15)
@given(lives(), filters(), moments, st.lists(codes, min_size=3, max_size=3, unique=True))
def test_the_rows_behind_a_number_come_to_it(
    given_lives: list[Life], f: Filters, as_of: datetime, some: list[str]
) -> None:
    if not is_answered(given_lives, f, as_of):
        return
    with a_mart(given_lives) as mart:
        total = dict(kpis(mart, f, as_of, [*some, "reopenings"]).total)
        for code in dict.fromkeys([*some, "reopenings"]):
            numerator, denominator = of_number(total, code)
            if not math.isnan(numerator):  # a quotient of nothing has no numerator to tell
                assert rows_behind(mart, code, "numerator", f, as_of) == pytest.approx(numerator)
            if denominator is not None:
                assert rows_behind(mart, code, "denominator", f, as_of) == denominator


def rows_behind(
    mart: Mart, code: str, part: Literal["numerator", "denominator"], f: Filters, as_of: datetime
) -> int:
    """The rows counted one by one, which have to be what the count says."""
    seen: list[tuple[int, object]] = []
    people = 0
    total = None
    while total is None or len(seen) < total:
        page = requests_behind(mart, code, part, f, as_of, offset=len(seen), limit=7)
        total = page.total
        seen += zip(page.rows["id"], page.rows["closed_at"].astype(str), strict=True)
        people += int(page.rows["requesters"].sum())
        if page.rows.empty:
            break
    assert len(seen) == total
    rows = KPIS[code].numerator if part == "numerator" else KPIS[code].denominator
    assert rows is not None
    if rows.base in {Base.RECEIVED, Base.BACKLOG, Base.ACTIVE}:
        assert max(Counter(number for number, _ in seen).values(), default=1) == 1
    counted = people if rows.counted is Counted.REQUESTERS else len(seen)
    assert counted_behind(mart, code, part, f, as_of) == counted
    return counted


CELLS = {resolution: to_hex(cells([45.50], [-73.58], resolution))[0] for resolution in (6, 10)}
"""A small and a large hexagon around one of the places."""


@examples(8)
@given(
    lives(),
    filters(),
    moments,
    st.sampled_from([("borough",), ("month",), ("label", "week"), ("hexagon",), ("hexagon:9",)]),
    st.sampled_from([(), (), (CELLS[6],), (CELLS[10],), (CELLS[10], UNLOCATED)]),
)
def test_each_row_of_a_cut_opens_onto_its_own_requests(
    given_lives: list[Life], f: Filters, as_of: datetime, by: tuple[str, ...], h3: tuple[str, ...]
) -> None:
    f = replace(f, h3=h3)
    if not is_answered(given_lives, f, as_of):
        return
    some = ("received", "closed", "backlog", "closed_late")
    with a_mart(given_lives) as mart:
        table = kpis(mart, f, as_of, some, by)
        for row in table.rows.head(6).to_dict("records"):
            of = {name: row[name.partition(":")[0]] for name in by}
            for code in some:
                found = requests_behind(mart, code, "numerator", f, as_of, of=of)
                assert found.total == row[code], (code, of)


def a_closed_twice_life() -> Life:
    life = Life(NOON - 10 * DAY, episode=1, problem=1)
    life.closings = [(NOON - 8 * DAY, "done"), (NOON - 2 * DAY, "refused")]
    life.reopenings = [NOON - 5 * DAY]
    life.place = {name: values[0] for name, values in PLACES.items()} | {"point": POINTS[0]}
    return life


def test_a_request_closed_twice_has_a_row_for_each_closing() -> None:
    with a_mart([a_closed_twice_life()]) as mart:
        found = requests_behind(mart, "closed", "numerator", MARCH, NOON, sort=[("closed_at", False)])
        assert found.total == 2
        assert found.rows["status"].tolist() == ["done", "refused"]
        assert found.rows["state"].tolist() == ["done", "closed"]
        assert requests_behind(mart, "reopened_pct", "numerator", MARCH, NOON).total == 1
        assert requests_behind(mart, "received", "numerator", MARCH, NOON).total == 1


def test_between_a_closing_and_its_reopening_it_was_closed() -> None:
    day = Filters(date(2025, 3, 10), date(2025, 3, 20))
    with a_mart([a_closed_twice_life()]) as mart:
        for at, backlog in ((-9, 1), (-7, 0), (-4, 1), (-1, 0)):
            as_of = NOON + at * DAY
            assert kpis(mart, day, as_of, ["backlog"]).total["backlog"] == backlog, at
            assert requests_behind(mart, "backlog", "numerator", day, as_of).total == backlog


def test_an_unknown_part_or_code_is_refused() -> None:
    assert population("on_time_pct", "denominator") == "on_time_pct/denominator"
    with pytest.raises(InputRefused, match="no share"):
        population("received", "denominator")
    with pytest.raises(InputRefused, match="numerator and a denominator"):
        population("received", "both")  # type: ignore[arg-type]
    with pytest.raises(InputRefused, match="did you mean received"):
        population("recieved")


def test_a_part_that_there_is_not_is_refused() -> None:
    with a_mart([a_closed_twice_life()]) as mart:
        for name in ("boro", "hexagon:99"):
            with pytest.raises(InputRefused):
                requests_behind(mart, "received", "numerator", MARCH, NOON, of={name: "VD"})
        elsewhere, other = replace(MARCH, h3=(CELLS[10],)), to_hex(cells([45.60], [-73.50], 8))[0]
        with pytest.raises(InputRefused, match="no hexagon"):
            requests_behind(mart, "received", "numerator", elsewhere, NOON, of={"hexagon": other})


def test_a_stretch_outside_the_period_is_refused() -> None:
    with a_mart([a_closed_twice_life()]) as mart, pytest.raises(InputRefused, match="no month '2024-01'"):
        requests_behind(mart, "received", "numerator", MARCH, NOON, of={"month": "2024-01"})


def test_every_main_kpi_has_its_list() -> None:
    with a_mart([a_closed_twice_life()]) as mart:
        for code in MAIN:
            assert requests_behind(mart, code, "numerator", YEAR, NOON).total >= 0
