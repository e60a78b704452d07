"""Charts as data: figures for the screen, pictures that stand by themselves, numbers as CSV."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.framed import WIDTH_PX
from dashboard.charts.template import dark_of, ink, template
from dashboard.feeds import charts
from dashboard.feeds.chart_records import CHARTS
from dashboard.feeds.chart_records.record import Chart
from dashboard.feeds.spreadsheet import csv_text
from dashboard.text import catalogue
from dashboard.theme import RAMP, STATES
from tests.support.feeds import Client, feeds_with, read
from tests.support.mart import a_row

NUMBERS = pd.DataFrame({"week": ["=cmd()", "b"], "n": [1.5, None]})


def a_chart(**given: Any) -> Chart:
    parts: dict[str, Any] = {
        "code": "trend",
        "ask": lambda _services, _mart, _state: NUMBERS,
        "figure": lambda frame, _state: go.Figure(
            go.Scatter(x=frame["week"], y=frame["n"], line_color=ink("accent"))
        ),
        "table": lambda frame, _state: frame,
        "title": lambda _state: "Demandes <b>",
        "about": lambda _state: "Ce que cela dit.",
    }
    return Chart(**parts | given)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setitem(CHARTS, "trend", a_chart())
    with feeds_with(tmp_path, [a_row()]) as found:
        yield found


def texts(figure: dict[str, Any]) -> list[str]:
    return [note["text"] for note in figure["layout"]["annotations"]]


def test_a_figure_for_the_screen_has_no_caption(client: Client) -> None:
    found = read(client.get("/feeds/charts/trend.json"))
    assert found["figure"]["data"][0]["line"]["color"] == ink("accent")
    assert "annotations" not in found["figure"]["layout"]
    assert found["dark"][ink("accent")] != ink("accent")


def test_a_picture_says_what_it_is_of_when_and_whence(client: Client) -> None:
    headers = {"referer": "http://localhost/?borough=VD"}
    found = read(client.get("/feeds/charts/trend.json?borough=VD&picture=1", headers=headers))
    said = texts(found["figure"])
    assert said[0] == "Demandes &lt;b>"
    assert "Ce que cela dit." in said
    assert any("Verdun" in line for line in said)
    assert any("CC BY 4.0" in line and "mars 2025" in line for line in said)
    assert said[-1] == "http://localhost/?borough=VD"
    assert found["figure"]["layout"]["width"] == WIDTH_PX
    assert found["name"].endswith("2025-03-20")


def test_a_caption_says_no_filter_that_the_figures_do_not_have(client: Client) -> None:
    query = "borough=VD&state=late&cf=street~saint&at=2025-03-01T12:00Z"
    said = " ".join(texts(read(client.get(f"/feeds/charts/trend.json?{query}&picture=1"))["figure"]))
    assert "Verdun" in said
    assert "En retard" not in said
    assert "colonne" not in said
    assert "20\u00a0mars 2025" in said
    table = client.get(f"/feeds/charts/trend.csv?{query}").content.decode("utf-8-sig")
    assert "Verdun" in table
    assert "En retard" not in table


def test_its_numbers_are_safe_in_a_spreadsheet(client: Client) -> None:
    answer = client.get("/feeds/charts/trend.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[:3] == [["week", "n"], ["'=cmd()", "1,5"], ["b", ""]]
    assert ["Ce que cela dit."] in rows
    assert "attachment" in answer.headers["content-disposition"]


def test_english_has_its_own_separators() -> None:
    assert csv_text(NUMBERS, [], "en").decode("utf-8-sig").splitlines()[1] == "'=cmd(),1.5"
    assert template("fr").layout.separators[0] == ","
    assert template("en").layout.separators[0] == "."


def test_an_unknown_chart_is_refused_in_a_sentence(client: Client) -> None:
    for kind in ("json", "csv"):
        answer = client.get(f"/feeds/charts/nothing.{kind}")
        assert answer.status_code == 404
        assert "nothing" in answer.json()["detail"]


def test_the_library_is_the_installed_one_to_keep_for_ever(client: Client) -> None:
    answer = client.get(charts.LIBRARY)
    assert "immutable" in answer.headers["cache-control"]
    assert b"Plotly, Inc." in answer.content[:200]


def test_every_colour_of_a_figure_has_its_dark_one() -> None:
    assert set(RAMP["light"]) | {look.light for look in STATES.values()} <= set(dark_of())
    with pytest.raises(KeyError):
        ink("pink")


@pytest.mark.parametrize("code", CHARTS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_chart_has_a_name_for_its_file(code: str, lang: str) -> None:
    assert catalogue(lang)[f"chart.file.{code}"].isascii()
