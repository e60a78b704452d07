"""The address is the state: there and back, and whatever somebody wrote into it."""

from datetime import UTC, date, datetime
from math import cos, sin
from urllib.parse import parse_qs, quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import query
from dashboard.kpi_texts import list_state
from dashboard.state import (
    SCREEN_KEYS,
    SCREENS,
    Ignored,
    ViewState,
    data_query,
    keys_on,
    same_day_last_year,
)
from domain import territory
from domain.statuses import State
from mart.column_filters import ColumnFilter

TODAY = date(2025, 3, 20)
CELL = "8a2baa44806ffff"
FIELDS = {
    "from": "start",
    "to": "end",
    "borough": "boroughs",
    "sector": "sectors",
    "activity": "activities",
    "state": "states",
    "cf": "columns",
    "vs": "versus",
    "v": "map_view",
}
"""Names of fields by keys that are written otherwise."""


def some_of(codes: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(codes), unique=True, max_size=6).map(
        lambda chosen: tuple(code for code in codes if code in chosen)
    )


days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
views = st.builds(
    query.MapView,
    lat=st.floats(40, 50).map(lambda v: round(v, 5)),
    lon=st.floats(-80, -68).map(lambda v: round(v, 5)),
    zoom=st.sampled_from([10.0, 11.5, 16.0]),
)
states = st.builds(
    ViewState,
    screen=st.sampled_from(tuple(SCREENS.values())),
    period=st.sampled_from([preset for preset in query.PRESETS if preset != "custom"]),
    boroughs=some_of(query.borough_codes()),
    sectors=some_of(("11", "161", "unlocated")),
    activities=some_of(query.activity_codes()),
    by=st.sampled_from(query.BY),
    kpi=st.sampled_from(query.POPULATIONS),
    layer=st.sampled_from(query.LAYERS),
    measure=st.sampled_from(query.MEASURES),
    states=some_of(tuple(s.value for s in State)),
    h3=st.sampled_from([(), (CELL,)]),
    area=st.sampled_from([(), ((-73.6, 45.5), (-73.5, 45.50001), (-73.55, 45.6))]),
    columns=st.sampled_from([(), (ColumnFilter("street", "contains", ("Saint-Denis & fils",)),)]),
    at=st.none() | st.integers(946_800_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
    request=st.none() | st.integers(0, 10**17),
    place=st.none() | st.integers(0, 10**17),
    rank=st.sampled_from(query.RANKS),
    check=st.sampled_from(["", "unlocated"]),
    versus=st.sampled_from(["", "before", "year", "VD", "2025-01-01..2025-02-28"]),
    map_view=st.none() | views,
    sort=st.sampled_from(["", *query.SORTS, *(f"-{name}" for name in query.SORTS)]),
    lang=st.sampled_from(query.LANGUAGES),
    theme=st.none() | st.sampled_from(query.THEMES),
)


@given(states)
def test_every_state_comes_back_from_its_address(state: ViewState) -> None:
    path, _, search = state.to_url().partition("?")
    assert ViewState.from_url(path, search) == (of_its_screen(state), [])


def of_its_screen(state: ViewState) -> ViewState:
    """The state without what the addresses of its screen do not keep."""
    plain = ViewState()
    gone = {FIELDS.get(key, key) for key in set(query.READERS) - set(keys_on(state.screen))}
    return state.replace(**{name: getattr(plain, name) for name in gone})


@given(days, days)
def test_a_custom_period_comes_back_in_order(a: date, b: date) -> None:
    state = ViewState(period="custom", start=a, end=b)
    found, ignored = ViewState.from_query(state.to_query())
    assert (found.dates(TODAY), ignored) == ((min(a, b), max(a, b)), [])


@given(st.text(max_size=300))
def test_no_text_is_an_error(text: str) -> None:
    state, _ = ViewState.from_query(text)
    assert ViewState.from_query(state.to_query()) == (state, [])


@given(st.dictionaries(st.sampled_from(list(query.READERS)), st.text(max_size=60)))
def test_no_value_is_an_error_and_what_is_valid_opens(values: dict[str, str]) -> None:
    text = "&".join(f"{key}={value}" for key, value in values.items())
    state, _ = ViewState.from_query(text)
    state.filters(TODAY)


def test_what_is_not_understood_is_listed_and_the_rest_opens() -> None:
    state, ignored = ViewState.from_query("?borough=VD,ZZ&activity=graffitis&by=<script>&utm=x&period=30d")
    assert (state.boroughs, state.activities, state.by) == (("VD",), ("graffitis",), "where")
    assert ignored == [Ignored("borough", "ZZ"), Ignored("by", "<script>"), Ignored("utm", "x")]


@pytest.mark.parametrize(
    "text",
    [
        "period=custom",
        "period=custom&from=2025-02-30&to=2025-03-01",
        "period=custom&from=0001-01-01&to=9999-12-31",
    ],
)
def test_a_custom_period_without_two_days_is_the_usual_one(text: str) -> None:
    state, ignored = ViewState.from_query(text)
    assert state == ViewState()
    assert Ignored("period", "custom") in ignored


def test_two_days_without_a_period_are_one() -> None:
    text = "from=2025-02-01&to=2025-03-01"
    asked = ViewState.from_query(f"period=custom&{text}")
    assert ViewState.from_query(text) == asked == (asked[0], [])
    assert asked[0].dates(TODAY) == (date(2025, 2, 1), date(2025, 3, 1))
    assert data_query(text) == data_query(f"period=custom&{text}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("period=7d&from=2025-02-01&to=2025-03-01", {"from", "to"}),
        ("from=2025-02-01", {"from"}),
        ("from=2025-02-30&to=2025-03-01", {"from", "to"}),
        ("period=30d&from=&to=", set()),
    ],
)
def test_days_that_are_no_period_are_told_once(text: str, told: set[str]) -> None:
    state, ignored = ViewState.from_query(text)
    assert (state.period in {"7d", "30d"}, state.start, state.end) == (True, None, None)
    assert sorted(one.key for one in ignored) == sorted(told)


def test_a_key_without_end_is_left_out_and_the_others_open() -> None:
    endless = "activity=" + "graffitis," * 2000
    for text in (f"borough=VD&{endless}", f"{endless}&borough=VD"):
        state, ignored = ViewState.from_query(text)
        assert (state.boroughs, state.activities) == (("VD",), ())
        assert ignored == [Ignored("activity", ("graffitis," * 4)[:40])]


def test_how_an_address_is_encoded_does_not_shorten_it() -> None:
    corners = [(-73.6 + 0.01 * cos(i / 50), 45.5 + 0.01 * sin(i / 50)) for i in range(95)]
    area = ";".join(f"{lon:.15f},{lat:.15f}" for lon, lat in corners)
    plain, encoded = (ViewState.from_query(f"area={text}") for text in (area, quote(area, safe="")))
    assert len(plain[0].area) > 80
    assert encoded == plain


def test_unknown_keys_without_end_are_not_all_listed() -> None:
    _, ignored = ViewState.from_query("&".join(f"x{i}=1" for i in range(5000)))
    assert 0 < len(ignored) < 100


def test_of_a_key_that_stands_twice_the_last_word_counts() -> None:
    assert ViewState.from_query("lang=en&kpi=closed&kpi=")[0] == ViewState(lang="en")
    assert ViewState.from_query("kpi=closed&kpi=received")[0].kpi == "received"


def test_pilots_are_a_word_of_the_address() -> None:
    state, _ = ViewState.from_query("borough=pilots")
    assert set(state.boroughs) == set(territory.pilots())
    assert state.to_query() == "borough=pilots"


def test_an_unknown_path_is_the_screen_that_says_so() -> None:
    assert ViewState.from_url("/nothing/here", "")[0].screen == "missing"
    assert ViewState.from_url("/carte/", "")[0].screen == "carte"


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("7d", date(2025, 3, 14)),
        ("30d", date(2025, 2, 19)),
        ("90d", date(2024, 12, 21)),
        ("12m", date(2024, 3, 21)),
        ("year", date(2025, 1, 1)),
    ],
)
def test_a_period_ends_on_the_as_of_day(period: str, start: date) -> None:
    assert ViewState(period=period).dates(TODAY) == (start, TODAY)


def test_29_february_has_a_day_a_year_before() -> None:
    assert same_day_last_year(date(2024, 2, 29)) == date(2023, 2, 28)


def test_filters_carry_the_state() -> None:
    state, _ = ViewState.from_query("borough=VD&activity=graffitis&by=who&sector=171")
    filters = state.filters(TODAY)
    assert (filters.boroughs, filters.activities, filters.by, filters.sectors) == (
        ("VD",),
        ("graffitis",),
        "who",
        ("171",),
    )


def test_what_only_changes_the_drawing_asks_for_no_data() -> None:
    assert data_query("?v=45.5,-73.6,11&theme=dark&borough=VD&lang=en&sort=due_at") == "borough=VD&lang=en"


@pytest.mark.parametrize("kpi", ["on_time_pct", "on_time_pct/denominator", "closed_late"])
def test_any_kpi_and_its_denominator_are_read_and_stay_readable(kpi: str) -> None:
    state, ignored = ViewState.from_query(f"kpi={kpi}")
    assert (state.kpi, ignored) == (kpi, [])
    assert state.to_query() == f"kpi={kpi}"


@pytest.mark.parametrize("kpi", ["on_time", "received/denominator", "on_time_pct/numerator", "overdue/"])
def test_a_kpi_that_there_is_not_is_left_out_and_said(kpi: str) -> None:
    assert ViewState.from_query(f"kpi={kpi}") == (ViewState(), [Ignored("kpi", kpi)])


def test_clearing_keeps_period_language_and_theme() -> None:
    state = ViewState(period="90d", boroughs=("VD",), states=("late",), by="who", lang="en", theme="dark")
    assert state.cleared() == ViewState(period="90d", lang="en", theme="dark")


def test_every_key_of_every_screen_can_be_read() -> None:
    assert set(SCREEN_KEYS) == set(SCREENS.values())
    assert {key for screen in SCREEN_KEYS for key in keys_on(screen)} == set(query.READERS)


@pytest.mark.parametrize("path", ["/", "/recurrence", "/qualite", "/definitions"])
def test_filters_of_the_list_end_where_nothing_is_filtered_by_them(path: str) -> None:
    state, ignored = ViewState.from_url(
        path, "borough=VD&state=late&cf=street~saint&at=2025-03-01T12:00Z&state=zz"
    )
    assert (state.states, state.columns, state.at) == ((), (), None)
    assert ignored == [Ignored("state", "zz")], "what cannot be is told on every screen"
    assert state.boroughs == ("VD",), "what most screens have in common is kept"
    assert not {"state", "cf", "at"} & set(parse_qs(state.to_url().partition("?")[2]))


def test_filters_of_the_list_are_kept_between_list_and_map_and_left_by_links_to_others() -> None:
    state, _ = ViewState.from_url("/liste", "state=late&cf=street~saint&at=2025-03-01T12:00Z")
    assert state.replace(screen="carte").to_url() == "/carte?state=late&cf=street~saint"
    assert state.replace(screen="apercu").to_url() == "/"


def test_the_list_behind_a_number_of_a_screen_without_columns_has_no_conditions_on_them() -> None:
    state, _ = ViewState.from_query("period=90d&cf=street~saint&state=late")
    assert list_state("backlog", state).to_url() == "/liste?period=90d"


@pytest.mark.parametrize(("text", "moment"), [("12:00Z", "12:00:00"), ("23:59:59Z", "23:59:59")])
def test_a_list_may_be_as_of_another_moment(text: str, moment: str) -> None:
    state, ignored = ViewState.from_url("/liste", f"at=2025-03-01T{text}")
    assert (state.at, ignored) == (datetime.fromisoformat(f"2025-03-01T{moment}+00:00"), [])
    assert state.to_url() == f"/liste?at=2025-03-01T{moment}Z"
    assert state.cleared().at is None


@pytest.mark.parametrize(
    "text",
    ["2025-03-01", "2025-03-01T12:00", "2025-03-01T12:00-05:00", "2025-02-30T12:00Z", "1999-12-31T12:00Z"],
)
def test_a_moment_that_is_none_is_left_out_and_said(text: str) -> None:
    assert ViewState.from_url("/liste", f"at={text}")[1] == [Ignored("at", text)]


def test_a_sector_that_there_is_not_is_left_out_and_said() -> None:
    state, ignored = ViewState.from_query("sector=161,999,unlocated")
    assert (state.sectors, ignored) == (("161", "unlocated"), [Ignored("sector", "999")])
