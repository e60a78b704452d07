"""The filter bar. Its controls write to the address (assets/filters.js) and follow it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.attributes import attributes
from dashboard.components.names import activity_name
from dashboard.components.nav import icon
from dashboard.components.picks import borough_label, sector_label
from dashboard.ids import Id
from dashboard.query import BY, PRESETS, activity_codes
from dashboard.state import SCREEN_KEYS, ViewState
from dashboard.text import t
from domain import territory

FIRST_DAY_OF_WEEK = {"fr": 0, "en": 0}  # Sunday, as calendars in Québec have it


def filter_bar(state: ViewState) -> Component:
    """Every filter, in the order in which people narrow down: when, where, what."""
    lang = state.lang
    return html.Div(
        [
            html.Button(
                [icon("filter"), html.Span(t("filters.show", lang)), html.Span(className="vg-count")],
                id=Id.FILTERS_TOGGLE,
                className="vg-button vg-filters-toggle",
                type="button",
                **attributes(aria_expanded="false", aria_controls=Id.FILTERS),
            ),
            html.Div(
                [_period(state), _places(state), _by(state), _activities(state)],
                id=Id.FILTERS,
                className="vg-filters",
                role="group",
                **attributes(aria_label=t("filters.label", lang), data_pilots=",".join(territory.pilots())),
            ),
        ],
        className="vg-filterbar",
    )


def _period(state: ViewState) -> Component:
    lang = state.lang
    dates: list[Any] = [d and d.isoformat() for d in (state.start, state.end)]
    return html.Div(
        [
            dmc.SegmentedControl(
                id=Id.FILTER_PERIOD,
                value=state.period,
                data=[{"value": p, "label": t(f"filters.presets.{p}", lang)} for p in PRESETS],
                className="vg-segments vg-period",
                attributes={"root": {"aria-label": t("filters.period", lang)}},
            ),
            dmc.DatesProvider(
                dmc.DatePickerInput(
                    id=Id.FILTER_DATES,
                    type="range",
                    value=dates,
                    allowSingleDateInRange=True,
                    valueFormat="D MMM YYYY" if lang == "fr" else "MMM D, YYYY",
                    placeholder=t("filters.dates", lang),
                    leftSection=icon("calendar"),
                    leftSectionPointerEvents="none",
                    attributes={"input": {"aria-label": t("filters.dates", lang)}},
                    ariaLabels={
                        "previousMonth": t("filters.previous_month", lang),
                        "nextMonth": t("filters.next_month", lang),
                        "monthLevelControl": t("filters.choose_month", lang),
                        "yearLevelControl": t("filters.choose_year", lang),
                    },
                    className="vg-dates",
                ),
                settings={"locale": lang, "firstDayOfWeek": FIRST_DAY_OF_WEEK[lang]},
            ),
        ],
        className="vg-filter-group",
        **attributes(data_period=state.period, data_idle_on=_idle_on("period")),
    )


def _places(state: ViewState) -> Component:
    lang = state.lang
    return html.Div(
        [
            _dropdown(
                Id.BOROUGHS_LABEL, borough_label(state), Id.BOROUGHS_PANEL, t("filters.boroughs", lang)
            ),
            _dropdown(Id.SECTORS_LABEL, sector_label(state), Id.SECTORS_PANEL, t("filters.sectors", lang)),
        ],
        className="vg-filter-group",
        **attributes(data_idle_on=_idle_on("borough")),
    )


def _idle_on(key: str) -> str:
    """The screens that a filter does nothing on: there it is not offered (assets/frame.js)."""
    return ",".join(screen for screen, keys in SCREEN_KEYS.items() if key not in keys)


def _dropdown(name: Id, label: str, panel: Id, title: str) -> Component:
    """A button and its panel; the words of the one and the content of the other are painted."""
    button = html.Summary(
        [html.Span(label, id=name, className="vg-dropdown-label"), icon("down")],
        className="vg-button vg-dropdown",
        title=title,
    )
    content = html.Div(id=panel, className="vg-pop vg-panel", role="group", **attributes(aria_label=title))
    return html.Details([button, content], className="vg-dropdown-box")


def _by(state: ViewState) -> Component:
    lang = state.lang
    data: list[Any] = [{"value": by, "label": t(f"filters.by.{by}", lang)} for by in BY]
    return html.Div(
        dmc.SegmentedControl(
            id=Id.FILTER_BY,
            value=state.by,
            data=data,
            className="vg-segments",
            attributes={"root": {"aria-label": t("filters.by.label", lang)}},
        ),
        className="vg-filter-group",
        title=t(f"filters.by.{state.by}_hint", lang),
        **attributes(data_idle_on=_idle_on("by")),
    )


def _activities(state: ViewState) -> Component:
    lang = state.lang
    codes = [code for code in activity_codes() if code != "autre"]
    return html.Div(
        dmc.ChipGroup(
            [
                dmc.Chip(activity_name(code, lang, short=True), value=code, className="vg-chip")
                for code in codes
            ],
            id=Id.FILTER_ACTIVITIES,
            multiple=True,
            value=list(state.activities),
        ),
        className="vg-filter-group vg-activities",
        role="group",
        **attributes(aria_label=t("filters.activities", lang), data_idle_on=_idle_on("activity")),
    )
