"""The charts of Récurrence: the ranked places, one place's history, and what came back of done work."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from dashboard import recurring
from dashboard.charts import places as places_chart
from dashboard.charts.returns import course, share_dots
from dashboard.charts.strip import episode_strip
from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.components.place_list import month_names
from dashboard.components.place_words import place_between, place_name, what
from dashboard.components.returned import ranked_parts
from dashboard.components.strip import axis_of, closing, lanes_of
from dashboard.feeds.chart_records.record import Chart
from dashboard.recurring import AFTER_DAYS, SHOWN, CameBack
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import number, t
from domain.localtime import MONTREAL
from geo.boroughs import load_boroughs
from mart.questions.kpi import SMALL_N
from mart.questions.place_history import PlaceStory
from mart.questions.recurring_places import MONTH_COLUMNS, RecurringPlaces
from mart.questions.returns import WITHIN_DAYS, Cut
from mart.snapshot import Mart

_NAMES = {"activity": activity_name, "borough": borough_name, "sector": sector_name}
_MOMENT = "%Y-%m-%d %H:%M"


class Story(NamedTuple):
    """One place's history, and T."""

    told: PlaceStory | None
    as_of: pd.Timestamp


def _ask_places(services: Services, mart: Mart, state: ViewState) -> RecurringPlaces:
    """All of them: a file has every place, the picture the first ones."""
    return recurring.places(services, mart, state, limit=None)


def _draw_places(found: RecurringPlaces, state: ViewState) -> go.Figure:
    rows = found.rows.head(SHOWN)
    words = [
        f"{number(row['position'], state.lang)}. {place_name(row, state.lang)} ({what(row, state.lang)}) : "
        f"{number(row[state.rank], state.lang)}"
        for row in rows.to_dict("records")
    ]
    shapes = [area.shape for area in load_boroughs()]
    lon, lat, values = (rows[name].tolist() for name in ("lon", "lat", state.rank))
    return places_chart.place_circles(lon, lat, values, words, shapes)


def _table_places(found: RecurringPlaces, state: ViewState) -> pd.DataFrame:
    lang = state.lang
    rows = found.rows.assign(
        is_new=found.rows["is_new"].map({True: t("recurrence.yes", lang), False: t("recurrence.no", lang)})
    )
    for name, named in _NAMES.items():
        rows[name] = [named(code if isinstance(code, str) else None, lang) for code in rows[name]]
    rows = _local(rows, ("first_at", "last_at"))
    months = dict(zip(MONTH_COLUMNS, month_names(found.bounds, lang), strict=True))
    heads = {
        name: t("recurrence.export.month", lang, month=months[name])
        if name in months
        else t(f"recurrence.export.{name}", lang)
        for name in rows.columns
    }
    return rows.rename(columns=heads)


def _ask_place(services: Services, mart: Mart, state: ViewState) -> Story:
    chosen = state.place
    if chosen is None:
        chosen = recurring.chosen_place(state, recurring.places(services, mart, state))
    return Story(recurring.story(mart, chosen), pd.Timestamp(mart.as_of()))


def _endings(told: PlaceStory) -> list[str]:
    return [closing(status if isinstance(status, str) else None) for status in told.episodes["status"]]


def _draw_place(story: Story, state: ViewState) -> go.Figure:
    told = story.told
    if told is None:
        return go.Figure()
    as_of = story.as_of.to_pydatetime()
    axis = axis_of(told.episodes["begin_at"], as_of)
    ends = told.episodes["end_at"].fillna(story.as_of)
    shown = (ends >= axis.start).to_numpy()
    episodes, endings = (
        told.episodes[shown],
        [how for how, is_in in zip(_endings(told), shown, strict=True) if is_in],
    )
    spans = [
        (axis.at(begin), axis.at(end)) for begin, end in zip(episodes["begin_at"], ends[shown], strict=True)
    ]
    is_in = ~told.requests["is_again"] & told.requests["episode_id"].isin(episodes["episode_id"])
    requests = told.requests[is_in & (told.requests["opened_at"] >= axis.start)]
    figure = episode_strip(episodes, requests, endings, lanes_of(spans), (axis.start, as_of), state.lang)
    name = f"{place_name(told.place, state.lang)} {place_between(told.place, state.lang)}".strip()
    figure.update_xaxes(title_text=f"{name} · {what(told.place, state.lang)}".replace("<", "&lt;"))
    return figure


def _table_place(story: Story, state: ViewState) -> pd.DataFrame:
    """One row per request, with its episode."""
    lang = state.lang
    names = ("episode_id", "external_id", "opened_at", "closed_at", "requesters", "end")
    heads = [t(f"recurrence.export.{'id' if name == 'external_id' else name}", lang) for name in names]
    if story.told is None:
        return pd.DataFrame(columns=heads)
    told = story.told
    ends = dict(zip(told.episodes["episode_id"], _endings(told), strict=True))
    rows = told.requests[~told.requests["is_again"]]
    rows = _local(
        rows.assign(end=[_ending(ends[one], lang) for one in rows["episode_id"]]), ("opened_at", "closed_at")
    )
    return rows[list(names)].set_axis(heads, axis="columns")


def _ending(how: str, lang: str) -> str:
    """`terminé`, without its day."""
    words = t(f"recurrence.end.{how}", lang, date="").split(" le ")[0]
    return words.strip()


def _local(rows: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Moments on Montréal's clock, as a spreadsheet reads them."""
    written = {
        name: rows[name]
        .dt.tz_convert(MONTREAL)
        .dt.strftime(_MOMENT)
        .astype(object)
        .where(rows[name].notna(), None)
        for name in names
    }
    return rows.assign(**written)


def _draw_course(found: CameBack, state: ViewState) -> go.Figure:
    enough = found.course[found.course["n"] >= SMALL_N]
    names = {code: activity_name(code, state.lang, short=True) for code in enough["activity"].unique()}
    whole = (
        found.whole_course
        if len(found.whole_course) and found.total["n"].iloc[0]
        else found.whole_course.iloc[:0]
    )
    return course(enough, whole, names, state.lang)


def _table_course(found: CameBack, state: ViewState) -> pd.DataFrame:
    lang = state.lang
    whole = found.whole_course.assign(activity=t("recurrence.all", lang))
    named = found.course.assign(activity=[activity_name(code, lang) for code in found.course["activity"]])
    both = pd.concat([named, whole], ignore_index=True)[["activity", "n", "day", "share", "low", "high"]]
    heads = ["activity", "done", "day", "share", "low", "high"]
    return both.set_axis([t(f"recurrence.{name}", lang) for name in heads], axis="columns")


def _by(cut: Cut) -> Chart:
    """Shares by borough or by activity."""

    def parts(found: CameBack) -> pd.DataFrame:
        ranked, few = ranked_parts(found.borough if cut == "borough" else found.activity, AFTER_DAYS)
        return ranked if few.empty else pd.concat([ranked, few])

    def name(code: Any, lang: str) -> str:
        return borough_name(code, lang) if cut == "borough" else activity_name(code, lang)

    def figure(found: CameBack, state: ViewState) -> go.Figure:
        rows = [row for row in parts(found).to_dict("records") if row["n"] >= SMALL_N]
        if not rows:
            return go.Figure()
        return share_dots(rows, [name(row[cut], state.lang) for row in rows], state.lang)

    def table(found: CameBack, state: ViewState) -> pd.DataFrame:
        lang = state.lang
        whole = found.city if cut == "borough" else found.total
        total = whole.assign(**{cut: t("recurrence.all", lang)})
        rows = parts(found)
        both = pd.concat(
            [rows.assign(**{cut: [name(code, lang) for code in rows[cut]]}), total], ignore_index=True
        )
        heads = {cut: t(f"recurrence.{cut}", lang), "n": t("recurrence.done", lang)}
        for days in WITHIN_DAYS:
            told = {
                "returned": "returned",
                "share": "share_within",
                "low": "low_within",
                "high": "high_within",
            }
            heads |= {f"{what_}_{days}": t(f"recurrence.{key}", lang, n=days) for what_, key in told.items()}
        return both[list(heads)].rename(columns=heads)

    return Chart(
        f"returns_{cut}",
        recurring.came_back,
        figure,
        table,
        lambda state: t("recurrence.returns_chart", state.lang, cut=t(f"recurrence.by.{cut}", state.lang)),
        lambda state: t("recurrence.returns_about", state.lang),
        of_period=False,
        screen="recurrence",
        height_px=520 if cut == "borough" else 320,
    )


def _rank(state: ViewState) -> str:
    return t(f"recurrence.rank.{state.rank}", state.lang).lower()


CHARTS: tuple[Chart, ...] = (
    Chart(
        "places",
        _ask_places,
        _draw_places,
        _table_places,
        lambda state: t("recurrence.places_chart", state.lang, rank=_rank(state)),
        lambda state: t("recurrence.places_about", state.lang),
        of_period=False,
        screen="recurrence",
        height_px=720,
    ),
    Chart(
        "place",
        _ask_place,
        _draw_place,
        _table_place,
        lambda state: t("recurrence.place_chart_none", state.lang),
        lambda state: t("recurrence.place_about", state.lang),
        of_period=False,
        screen="recurrence",
        height_px=200,
    ),
    _by("activity"),
    _by("borough"),
    Chart(
        "returns_course",
        recurring.came_back,
        _draw_course,
        _table_course,
        lambda state: t("recurrence.course_chart", state.lang),
        lambda state: t("recurrence.returns_about", state.lang),
        of_period=False,
        screen="recurrence",
    ),
)
