"""Lives of requests, made up, as a mart has them: for tests of KPIs."""

from collections.abc import Iterable
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from mart.filters import UNKNOWN, UNLOCATED, Filters
from mart.kpis import KPIS
from mart.snapshot import open_mart
from tests.mart import kpi_oracle
from tests.mart.kpi_oracle import Life
from tests.support.mart import NOON, Row, a_row, an_undone_row, make_mart

HOUR = timedelta(hours=1)
YEAR = Filters(date(2024, 4, 1), date(2025, 4, 30))
MARCH = Filters(date(2025, 3, 1), date(2025, 3, 31))
POINTS = ((-73.58, 45.50), (-73.569, 45.507), None)
PLACES: dict[str, tuple[Any, ...]] = {
    "borough": ("VM", "VD", "ville_liee", "hors_territoire", None),
    "borough_who": ("VM", "RO", None),
    "sector": ("VM-1", "VM-2", None),
    "activity": ("nids_de_poule", "graffitis"),
    "label": ("Nid-de-poule", "Graffitis - Domaine privé", None),
    "channel": ("phone", "web", None),
    "precision": ("exact", "segment"),
}


@st.composite
def a_life(draw: st.DrawFn) -> Life:
    """A request around NOON, over eight months; one in three was opened again, once or twice."""
    hours, gaps = st.integers(0, 24 * 50), st.integers(24 * 150, 24 * 400)
    opened = NOON - HOUR * draw(st.integers(-24 * 3, 24 * 240))
    ends = st.sampled_from(("done", "done", "done", "refused", "cancelled", "deleted"))
    life = Life(opened, due=draw(st.none() | hours.map(lambda n: opened + HOUR * n)))
    at = opened
    for _ in range(draw(st.sampled_from((0, 0, 0, 0, 1, 2)))):
        closed = at + HOUR * draw(hours)
        known = draw(st.sampled_from((True, True, False)))
        life.closings.append((closed, draw(ends)) if known else (None, ""))
        at = closed + HOUR * (1 + draw(hours | gaps))
        life.reopenings.append(at)
    last = draw(st.sampled_from(("open", "closed", "closed", "unknown")))
    if last == "closed":
        life.closings.append((at + HOUR * draw(hours), draw(ends)))
    elif last == "unknown" and not life.reopenings:
        life.closings.append((None, draw(ends)))
    life.requesters = draw(st.integers(1, 4))
    life.place = {name: draw(st.sampled_from(values)) for name, values in PLACES.items()}
    life.place["point"] = draw(st.sampled_from(POINTS))
    return life


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    """Some requests; later ones may repeat an earlier one or come back at its place."""
    found = [draw(a_life()) for _ in range(draw(st.integers(1, 25)))]
    for number, life in enumerate(found, 1):
        life.episode, life.problem = number, number if life.place["point"] else None
        if number > 1 and life.place["point"] and draw(st.booleans()):
            earlier = found[draw(st.integers(0, number - 2))]
            life.problem = earlier.problem or number
            if earlier.problem and draw(st.booleans()):
                life.episode, life.parent = earlier.episode, number - 1
    return found


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    start = NOON.date() - timedelta(days=draw(st.integers(0, 200)))
    some = {
        "boroughs": (*(b or UNLOCATED for b in PLACES["borough"]),),
        "sectors": ("VM-1", UNLOCATED),
        "activities": PLACES["activity"],
        "labels": ("Nid-de-poule", UNKNOWN),
        "channels": ("web", UNKNOWN),
        "precisions": ("exact",),
    }
    chosen: Any = {
        name: tuple(draw(st.lists(st.sampled_from(codes), max_size=2)))
        for name, codes in some.items()
        if draw(st.integers(0, 4)) == 0
    }
    end = start + timedelta(days=draw(st.integers(0, 120)))
    return Filters(start, end, by=draw(st.sampled_from(("where", "who"))), **chosen)


some_codes = st.just(tuple(KPIS)) | st.lists(
    st.sampled_from(list(KPIS)), min_size=1, max_size=2, unique=True
).map(tuple)
"""All KPIs, or one or two: what a table of facts holds depends on which are asked."""

moments = st.integers(-24 * 100, 24 * 10).map(lambda hours: NOON + HOUR * hours)


def rows_of(life: Life, number: int) -> tuple[Row, list[Row]]:
    """The present spell of a life and its earlier ones, as the mart has them."""
    here = len(life.reopenings)
    closed, status = life.closings[here] if len(life.closings) > here else (None, None)
    row = a_row(
        id=number,
        external_id=f"25-{number}",
        opened_at=life.opened,
        closed_at=closed,
        status=status,
        due_at=life.due,
        reopened_at=life.reopenings[-1] if life.reopenings else None,
        requesters=life.requesters,
        episode_id=life.episode,
        problem_id=life.problem,
        parent_id=life.parent,
        **life.place,
    )
    began = [None, *life.reopenings]
    undone = [
        an_undone_row(
            row, ended_at=life.closings[i][0], undone_at=at, status=life.closings[i][1] or "in_progress",
            reopened_at=began[i],
        )
        for i, at in enumerate(life.reopenings)
    ]  # fmt: skip
    return row, undone


@contextmanager
def a_mart(given_lives: Iterable[Life]) -> Any:
    """A mart of lives, gone afterwards."""
    both = [rows_of(life, number) for number, life in enumerate(given_lives, 1)]
    with TemporaryDirectory(prefix="mart-") as folder:
        root = make_mart(Path(folder), [row for row, _ in both], undone=[u for _, some in both for u in some])
        with open_mart(root) as mart:
            yield mart


def inside(given_lives: list[Life], f: Filters) -> list[Life]:
    """The lives that filters leave, but for the period."""
    borough = "borough" if f.by == "where" else "borough_who"
    wanted = {borough: f.boroughs, "sector": f.sectors, "activity": f.activities, "label": f.labels,
              "channel": f.channels, "precision": f.precisions}  # fmt: skip

    def kept(life: Life) -> bool:
        return all(
            not codes
            or (life.place[name] or (UNLOCATED if name in {borough, "sector"} else UNKNOWN)) in codes
            for name, codes in wanted.items()
        )

    return [life for life in given_lives if kept(life)]


def is_answered(given_lives: list[Life], f: Filters, as_of: datetime) -> bool:
    """Whether T and the period are such as can be asked."""
    return min(life.opened for life in given_lives) <= as_of and f.start <= local_day(as_of)


def local_day(moment: datetime) -> date:
    return moment.astimezone(kpi_oracle.MONTREAL).date()
