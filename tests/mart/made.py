"""Made rows for the mart, and the plain-Python oracle of what the questions should answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import Phase, settings
from hypothesis import strategies as st

from domain.calendar import due_at
from mart.filters import UNLOCATED, Filters
from mart.populations import Population
from mart.snapshot import Mart, open_mart
from tests.support.mart import NOON, Row, a_row, make_mart


def examples(n: int) -> settings:
    """So many examples; none is shrunk, for each publishes a mart and rows are few anyway."""
    return settings(max_examples=n, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


MONTREAL = ZoneInfo("America/Toronto")
HOUR = timedelta(hours=1)
BOROUGHS = ("VM", "VD", "ville_liee", "hors_territoire", None)
ACTIVITIES = ("nids_de_poule", "graffitis")
SECTORS = ("VM-1", "VM-2", None)
POINTS = tuple((-73.58 + 0.011 * x, 45.50 + 0.007 * y) for x in range(4) for y in range(4))
CLOSING = ("done", "refused", "cancelled", "deleted")
OPEN = ("in_progress", "forwarded", "accepted", "reopened", "urgent", None)


@st.composite
def made_rows(draw: st.DrawFn, most: int = 25) -> list[Row]:
    """Requests around NOON: over two months, the change to daylight time on 9 March 2025 among them."""
    return [draw(_row(number)) for number in range(1, draw(st.integers(0, most)) + 1)]


@st.composite
def _row(draw: st.DrawFn, number: int) -> Row:
    opened = NOON + HOUR * draw(st.integers(-24 * 60, 24 * 3))
    closed = draw(st.none() | st.integers(0, 24 * 40).map(lambda hours: opened + HOUR * hours))
    due = draw(st.none() | st.integers(0, 24 * 25).map(lambda hours: opened + HOUR * hours))
    status = draw(st.sampled_from((*OPEN, "done") if closed is None else CLOSING))  # done, nobody knows when
    since = closed or draw(st.none() | st.integers(0, 24 * 40).map(lambda hours: opened + HOUR * hours))
    precision = draw(st.sampled_from(("segment", "exact", "counter", "none")))
    return a_row(
        id=number,
        external_id=f"25-{number}",
        opened_at=opened,
        closed_at=closed,
        due_at=due,
        status=status,
        status_at=since,
        borough=draw(st.sampled_from(BOROUGHS)),
        borough_who=draw(st.sampled_from(("VM", "RO", None))),
        sector=draw(st.sampled_from(SECTORS)),
        activity=draw(st.sampled_from(ACTIVITIES)),
        precision=precision,
        point=None if precision == "none" else draw(st.sampled_from(POINTS)),
        street=draw(st.sampled_from(("rue Émery", "rue emery", "avenue Papineau", None))),
        requesters=draw(st.integers(1, 4)),
    )


@st.composite
def made_filters(draw: st.DrawFn) -> Filters:
    start = NOON.date() + timedelta(days=draw(st.integers(-60, 5)))
    some = [code if code is not None else UNLOCATED for code in BOROUGHS]
    return Filters(
        start=start,
        end=start + timedelta(days=draw(st.integers(0, 40))),
        boroughs=tuple(draw(st.lists(st.sampled_from(some), max_size=3))),
        sectors=tuple(draw(st.lists(st.sampled_from(("VM-1", "VM-2", UNLOCATED)), max_size=2))),
        activities=tuple(draw(st.lists(st.sampled_from(ACTIVITIES), max_size=1))),
        by=draw(st.sampled_from(("where", "who"))),
        late_only=draw(st.booleans()),
    )


moments = st.integers(-24 * 30, 24 * 10).map(lambda hours: NOON + HOUR * hours)
"""A T, before, in or after the rows."""


def local_day(moment: datetime) -> date:
    return moment.astimezone(MONTREAL).date()


def day_end(day: date) -> datetime:
    return datetime.combine(day, datetime.max.time(), MONTREAL).astimezone(UTC)


def ended_at(row: Row) -> datetime | None:
    moment: datetime | None = row["closed_at"] or (row["opened_at"] if row["status"] in CLOSING else None)
    return moment


def is_open(row: Row, at: datetime) -> bool:
    ended = ended_at(row)
    return row["opened_at"] <= at and (ended is None or ended > at)


def is_late(row: Row, at: datetime) -> bool:
    return is_open(row, at) and row["due_at"] is not None and row["due_at"] < at


def state_of(row: Row, at: datetime) -> str:
    if not is_open(row, at):
        return {"done": "done", "cancelled": "withdrawn", "deleted": "withdrawn"}.get(row["status"], "closed")
    if is_late(row, at):
        return "late"
    if row["due_at"] is not None and row["due_at"] <= due_at(at.astimezone(MONTREAL), 2):
        return "due_soon"
    known = ended_at(row) is None and (row["status_at"] is None or row["status_at"] <= at)
    if known and row["status"] in {"in_progress", "forwarded", "accepted", "urgent"}:
        return "in_progress"
    return "waiting"


@dataclass
class Oracle:
    """Loops over rows where the mart runs SQL."""

    rows: list[Row]
    filters: Filters
    as_of: datetime
    until: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.until = min(day_end(self.filters.end), self.as_of)

    def at(self, population: Population) -> datetime:
        return self.until if population in {Population.BACKLOG, Population.OVERDUE} else self.as_of

    def inside(self) -> Iterable[Row]:
        f = self.filters
        borough = "borough" if f.by == "where" else "borough_who"
        for row in self.rows:
            wanted = ((f.boroughs, row[borough]), (f.sectors, row["sector"]), (f.activities, row["activity"]))
            if any(codes and (value or UNLOCATED) not in codes for codes, value in wanted):
                continue
            if f.late_only and not is_late(row, self.as_of):
                continue
            yield row

    def of(self, population: Population) -> list[Row]:
        f = self.filters
        if f.start > local_day(self.as_of):  # still to come
            return []
        tests: dict[Population, Callable[[Row], bool]] = {
            Population.RECEIVED: lambda r: (
                f.start <= local_day(r["opened_at"]) <= f.end and r["opened_at"] <= self.as_of
            ),
            Population.CLOSED: lambda r: (
                (ended := ended_at(r)) is not None
                and f.start <= local_day(ended) <= f.end
                and ended <= self.as_of
            ),
            Population.BACKLOG: lambda r: is_open(r, self.until),
            Population.OVERDUE: lambda r: is_late(r, self.until),
        }
        return [row for row in self.inside() if tests[population](row)]

    def counts(self) -> dict[str, int]:
        return {population.value: len(self.of(population)) for population in Population}


class opened:  # noqa: N801  # reads as a verb: with opened(rows) as mart
    """A mart of rows, gone afterwards: `with opened(rows) as mart`."""

    def __init__(self, rows: Any) -> None:
        self._folder = TemporaryDirectory(prefix="mart-")
        self._mart = open_mart(make_mart(Path(self._folder.name), rows))

    def __enter__(self) -> Mart:
        return self._mart

    def __exit__(self, *_: object) -> None:
        self._mart.close()
        self._folder.cleanup()
