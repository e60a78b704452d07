"""Why a feed has no answer: a sentence for developers, and a code that the page has words for in its language."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from dashboard.feeds import map_drawn, workbook_words
from dashboard.page import document
from dashboard.query import LANGUAGES
from dashboard.text import catalogue, t
from domain.errors import InputRefused, MartMissing, StoreUnavailable
from tests.support.feeds import Client, feeds_of, feeds_with
from tests.support.mart import a_row

BOX = "bbox=-74,45,-73,46"
ROWS = [a_row(id=1, opened_at="-20d"), a_row(id=2)]
IN_CODE = {
    code
    for folder in ("dashboard", "mart", "store", "domain")
    for path in Path(folder).rglob("*.py")
    for code in re.findall(r'code="([a-z_]+)"', path.read_text("utf-8"))
    if "InputRefused" in path.read_text("utf-8")
}
"""Codes that refusals are given where they are raised."""


def code_of(client: Client, path: str) -> tuple[int, str]:
    found = client.get(f"/feeds/{path}")
    assert found.json()["detail"]
    return found.status_code, found.json()["code"]


@pytest.mark.parametrize(
    "feed", ["requests.json", "search.json?q=a", "months.json", "charts/trend.json", f"points.bin?{BOX}"]
)
def test_without_a_mart_the_code_says_so(tmp_path: Path, feed: str) -> None:
    with feeds_of(tmp_path / "none") as client:
        assert code_of(client, feed) == (503, "mart_missing")


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("from=2026-01-01&to=2026-02-01", "future"),
        ("from=2020-01-01&to=2020-02-01", "before"),
    ],
)
def test_a_chart_of_no_request_says_why(tmp_path: Path, period: str, code: str) -> None:
    with feeds_with(tmp_path, ROWS) as client:
        assert code_of(client, f"charts/trend.json?period=custom&kpi=received&{period}") == (422, code)


def test_an_empty_mart_says_so(tmp_path: Path) -> None:
    with feeds_with(tmp_path, []) as client:
        assert code_of(client, "charts/trend.json") == (422, "empty")


def test_what_is_too_much_has_a_code_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_words, "MOST_ROWS", 1)
    monkeypatch.setattr(map_drawn, "MOST_POINTS", 1)
    with feeds_with(tmp_path, ROWS) as client:
        assert code_of(client, "requests.xlsx") == (422, "too_many_rows")
        assert code_of(client, f"map.geojson?kind=points&{BOX}") == (422, "too_many_points")


def test_what_has_no_words_of_its_own_is_refused(tmp_path: Path) -> None:
    with feeds_with(tmp_path, ROWS) as client:
        assert code_of(client, "cells.geojson?h3=nonsense") == (422, "refused")
        assert code_of(client, "charts/nothing.json") == (404, "refused")


def test_the_page_has_words_for_every_code() -> None:
    given = re.search(r'<template id="vg-refusals">(.*?)</template>', document(), re.DOTALL)
    assert given
    words = json.loads(unescape(given[1]))
    codes = {"refused", "failed", "gone", "nothing", MartMissing.code, StoreUnavailable.code}
    for lang in LANGUAGES:
        assert words[lang] == {
            key.removeprefix("refusal."): text
            for key, text in catalogue(lang).items()
            if key.startswith("refusal.")
        }
        assert codes | IN_CODE == set(words[lang]), "a code without words, or words that nothing says"
        assert all(words[lang][code] == t(f"refusal.{code}", lang) for code in codes)
    assert InputRefused("no").code == "refused"
