"""Page and feeds read an address alike: what the page tolerates no feed refuses or reads otherwise."""

import asyncio
from collections.abc import Iterator
from math import cos, sin
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, quote_plus, urlencode

import httpx
import pytest
from fastapi import FastAPI, Query, Request, Response
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.feeds.answer import Bodies, answer
from dashboard.feeds.question import PageQuery, Question
from dashboard.query import READERS
from dashboard.services import Services
from dashboard.state import LONGEST, LOOKS, ViewState
from mart.snapshot import Mart, MartReader
from tests.support.feeds import Client, feeds_of
from tests.support.mart import a_row, make_mart
from tests.support.services import settings_of

KEYS = tuple(field.alias or name for name, field in PageQuery.model_fields.items())
CELL = "8a2baa44806ffff"
RING = [(-73.6 + 0.01 * cos(i / 15.2), 45.5 + 0.01 * sin(i / 15.2)) for i in range(95)]
AREA = ";".join(f"{lon:.15f},{lat:.15f}" for lon, lat in RING)
BOX = "bbox=-74,45,-73,46"
FEEDS = (
    "requests.json", "requests.csv", "requests.xlsx", "areas.json", "hexagons.geojson?resolution=8",
    f"points.geojson?{BOX}", f"points.bin?{BOX}", f"problems.geojson?{BOX}", "recurrence.json",
    "recurrence.geojson?resolution=8", "months.json", f"map.geojson?kind=points&{BOX}", "returned.csv",
    "sheet/1.json", "sheet/1/more.json", "search.json?q=saint",
)  # fmt: skip
"""What the screens ask with the keys of their address."""

valid = {
    "period": ["7d", "12m", "custom"],
    "from": ["2025-02-01", "2025-13-01"],
    "to": ["2025-03-01", "0001-01-01"],
    "borough": ["pilots", "VM,RO", "VM,ZZ"],
    "activity": ["graffitis", "graffitis," * 300],
    "kpi": ["closed", "backlog", "k" * 81],
    "state": ["late", "late,done"],
    "h3": [CELL, f"{CELL},x"],
    "area": [AREA, "-73.6,45.5;-73.5,45.5;-73.55,45.6"],
    "cf": ["street~saint denis", "street~" + "é;," * 900, "requesters~2..;activity~graffitis"],
    "sort": ["-street", "due_at", "id"],
    "lang": ["en", "fr", "de"],
}
hostile = st.text(max_size=40) | st.sampled_from(["", "a" * 81, "a" * 2_001, "a" * (LONGEST + 1), "💥" * 300])
pairs = st.lists(
    st.sampled_from(KEYS).flatmap(
        lambda key: st.tuples(st.just(key), st.sampled_from(valid.get(key, ["VM"])) | hostile)
    ),
    max_size=8,
)
encodings = st.sampled_from([quote_plus, quote])


class Probe:
    """A feed that only tells what it was asked."""

    def __init__(self, root: Path) -> None:
        self.services = Services(settings=settings_of(root), reader=MartReader(root))
        self.asked: list[Question] = []
        server = FastAPI()

        def make(_mart: Mart, question: Question) -> dict[str, Any]:
            self.asked.append(question)
            return {}

        @server.get("/probe")
        async def get_probe(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
            return await answer(request, self.services, Bodies(), query, make, feed="probe")

        self.runner = asyncio.Runner()
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://feeds")

    def state(self, query: str) -> ViewState:
        """What a feed makes of a query string."""
        assert self.runner.run(self.http.get(f"/probe?{query}")).status_code == 200
        return self.asked.pop().state

    def close(self) -> None:
        self.runner.run(self.http.aclose())
        self.runner.close()
        self.services.close()
        self.services.reader.close()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_mart(tmp_path_factory.mktemp("asked"), [a_row(id=i) for i in range(3)])


@pytest.fixture(scope="module")
def probe(root: Path) -> Iterator[Probe]:
    found = Probe(root)
    yield found
    found.close()


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[Client]:
    with feeds_of(root) as found:
        yield found


@settings(deadline=None)  # a whole feed is asked
@given(pairs=pairs, how=encodings)
def test_page_and_feed_settle_the_same_state(probe: Probe, pairs: list[tuple[str, str]], how: Any) -> None:
    query = urlencode(pairs, quote_via=how)
    assert probe.state(query) == ViewState.from_query(query, screen="carte")[0]


@settings(deadline=None)
@given(text=st.text(st.sampled_from("&=?%;+,kpiclosedlang0 é"), max_size=60))
def test_any_text_is_the_same_to_both(probe: Probe, text: str) -> None:
    query = quote(text, safe="&=%;+,")
    assert probe.state(query) == ViewState.from_query(query, screen="carte")[0]


@pytest.mark.parametrize("safe", ["", ",;"])
def test_a_long_area_filters_page_and_feed(probe: Probe, safe: str) -> None:
    assert len(AREA) > 3_500
    query = f"area={quote(AREA, safe=safe)}"
    assert len(probe.state(query).area) > 80
    assert probe.state(query) == ViewState.from_query(query, screen="carte")[0]


@pytest.mark.parametrize("feed", FEEDS)
def test_no_feed_refuses_a_key_of_the_page(client: Client, feed: str) -> None:
    for value in ("a" * 81, "a" * 2_001, "💥", "../.."):
        asked = urlencode(dict.fromkeys(KEYS, value))
        found = client.get(f"/feeds/{feed}{'&' if '?' in feed else '?'}{asked}")
        assert found.status_code == 200, (value[:20], found.text[:300])


def test_the_feeds_read_every_key_that_says_what_is_asked() -> None:
    assert set(READERS) - set(KEYS) <= {*LOOKS, "at"}
