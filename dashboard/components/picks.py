"""The lists that boroughs and sectors are picked from; painted, for they follow the state."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from dashboard.components.names import borough_name, sector_name
from dashboard.markup import Markup, html
from dashboard.query import PILOTS
from dashboard.state import ViewState
from dashboard.text import t
from domain import territory
from geo.boroughs import load_sectors


def borough_panel(state: ViewState) -> list[Markup]:
    """All, pilots, or any of the nineteen."""
    lang = state.lang
    pilots = [b.code for b in territory.boroughs() if b.pilot]
    others = [b.code for b in territory.boroughs() if not b.pilot]
    chosen = set(state.boroughs)
    quick = [
        _quick(t("filters.all", lang), "", pressed=not chosen),
        _quick(t("filters.pilots", lang), PILOTS, pressed=chosen == set(pilots)),
    ]
    return [
        html.Div(quick, className="vg-quick"),
        _group(t("filters.pilots", lang), "borough", _named(pilots, lang), chosen),
        _group(t("filters.others", lang), "borough", _named(others, lang), chosen),
    ]


def sector_panel(state: ViewState) -> list[Markup]:
    """Sectors of the boroughs in force, or of all, by borough."""
    lang = state.lang
    boroughs = [code for code, _ in _named(_sectors(), lang) if not state.boroughs or code in state.boroughs]
    return [
        _group(borough_name(code, lang), "sector", _sector_names(code, lang), set(state.sectors))
        for code in boroughs
    ]


def borough_label(state: ViewState) -> str:
    """What the borough button says: all, pilots, one name, or how many."""
    lang, codes = state.lang, state.boroughs
    if not codes:
        return t("filters.all_boroughs", lang)
    if set(codes) == set(territory.pilots()):
        return t("filters.pilots_count", lang, n=len(codes))
    if len(codes) == 1:
        return borough_name(codes[0], lang)
    return t("filters.boroughs_count", lang, n=len(codes))


def sector_label(state: ViewState) -> str:
    """What the sector button says."""
    if not state.sectors:
        return t("filters.all_sectors", state.lang)
    if len(state.sectors) == 1:
        return sector_name(state.sectors[0], state.lang)
    return t("filters.sectors_count", state.lang, n=len(state.sectors))


def _group(title: str, key: str, choices: Iterable[tuple[str, str]], chosen: set[str]) -> Markup:
    boxes = [_box(key, code, name, checked=code in chosen) for code, name in choices]
    return html.Div(
        [html.Div(title, className="vg-picks-title"), html.Div(boxes, className="vg-picks")],
        role="group",
        aria_label=title,
    )


def _box(key: str, code: str, name: str, *, checked: bool) -> Markup:
    """A check box as a button: Space, Enter and a click toggle it (assets/filters.js)."""
    return html.Button(
        [html.I(className="vg-box"), name],
        type="button",
        role="checkbox",
        className="vg-pick",
        aria_checked=str(checked).lower(),
        data_toggle=key,
        data_value=code,
    )


def _quick(label: str, value: str, *, pressed: bool) -> Markup:
    return html.Button(
        label,
        className="vg-button",
        type="button",
        data_set="borough",
        data_value=value,
        aria_pressed=str(pressed).lower(),
    )


def _named(codes: Iterable[str], lang: str) -> list[tuple[str, str]]:
    """Borough codes with names, in the order of the names."""
    return sorted(((code, borough_name(code, lang)) for code in codes), key=lambda pair: pair[1])


@cache
def _sectors() -> dict[str, list[str]]:
    """Sector codes by borough code."""
    found: dict[str, list[str]] = {}
    for sector in load_sectors():
        found.setdefault(sector.borough, []).append(sector.code)
    return found


@cache
def _sector_names(borough: str, lang: str) -> list[tuple[str, str]]:
    return sorted(((code, sector_name(code, lang)) for code in _sectors()[borough]), key=lambda pair: pair[1])
