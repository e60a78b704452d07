"""The numbers of Aperçu's charts as tables, columns named in the page's language."""

from __future__ import annotations

import pandas as pd

from dashboard.components.matrix import cells_of, places_of
from dashboard.components.names import activity_name
from dashboard.components.ranking import ordered, place_name
from dashboard.courses import Course
from dashboard.figures import Figures
from dashboard.layouts.apercu_figures import map_codes, ranks_of
from dashboard.matrices import Matrix
from dashboard.state import ViewState
from dashboard.text import t
from mart.kpi_model import Figure


def cards_table(found: Figures, state: ViewState) -> pd.DataFrame:
    """The cards with their numbers."""
    lines = found.cards
    names = {"kpi": "name"} | {name: name for name in ("value", "n", "low", "high")}
    shown = pd.DataFrame(
        {_head(new, state.lang): lines[old] for old, new in names.items()} if len(lines) else {}
    )
    for one in found.compared:
        for part in ("", "_change", "_low", "_high"):
            shown[f"{_head(one, state.lang)}{_part(part, state.lang)}"] = lines[f"{one}{part}"]
    return shown


def ranking_table(found: Figures, state: ViewState) -> pd.DataFrame:
    """Every part with its numbers, ranked or not."""
    lang = state.lang
    lines = {str(line["code"]): line for line in found.parts.to_dict("records")}
    ranks = ordered(ranks_of(found), found.chosen, map_codes(found), lang, found.level)
    heads = ("value", "n", "low", "high", "before")
    rows = []
    for rank in ranks:
        line = lines.get(rank.code, {"value": rank.value, "n": 0})
        rows.append(
            [rank.code, place_name(rank.code, lang, found.level), *(line.get(head) for head in heads)]
        )
    columns = [
        t("apercu.code", lang),
        t(f"apercu.{found.level}", lang),
        *(_head(head, lang) for head in heads),
    ]
    return pd.DataFrame(rows, columns=columns)


def matrix_table(found: Matrix, state: ViewState) -> pd.DataFrame:
    """A row for each place and activity that occur, then the margins."""
    lang = state.lang
    whole = t(f"apercu.matrix.{'sum' if found.kpi.figure is Figure.COUNT else 'all'}", lang)
    rows = [
        (place_name(place, lang, found.level), activity_name(activity, lang), *number)
        for (place, activity), number in cells_of(found).items()
    ]
    rows += [
        (place_name(place, lang, found.level), whole, *number) for place, number in places_of(found, lang)
    ]
    margins = zip(found.by_activity["activity"], numbers(found.by_activity), strict=True)
    rows += [(whole, activity_name(activity, lang), *number) for activity, number in margins]
    rows.append((whole, whole, *numbers(found.total)[0]))
    heads = [
        t(f"apercu.{found.level}", lang),
        t("apercu.activity", lang),
        _head("value", lang),
        _head("n", lang),
    ]
    return pd.DataFrame(rows, columns=heads)


def course_table(found: Course, state: ViewState) -> pd.DataFrame:
    """Every step, with the year before."""
    lang = state.lang
    names = {"start": "from", "end": "to", "value": "value", "n": "n", "year": "year", "year_n": "year_n"}
    frame = found.steps
    shown = {} if "activity" not in frame else {
        t("apercu.activity", lang): [activity_name(code, lang) for code in frame["activity"]]
    }  # fmt: skip
    return pd.DataFrame(shown | {_head(new, lang): frame[old] for old, new in names.items()})


def _head(column: str, lang: str) -> str:
    """Name of a column of a table of numbers."""
    return t(f"apercu.csv.{column}", lang)


def _part(part: str, lang: str) -> str:
    return f" ({t(f'apercu.csv.part{part}', lang)})" if part else ""


def numbers(frame: pd.DataFrame) -> list[tuple[float, float]]:
    """Value and n of each line."""
    return [(float(value), float(n)) for value, n in zip(frame["value"], frame["n"], strict=True)]
