"""The table behind the course of what came back: a line every few days, a column for each activity."""

from __future__ import annotations

import pandas as pd

from dashboard.components.names import activity_name
from dashboard.markup import Markup, html
from dashboard.recurring import CameBack
from dashboard.text import DASH, number, percent, t
from domain.activities import activities
from mart.questions.kpi import SMALL_N
from mart.questions.returns import WITHIN_DAYS

STEP_DAYS = 10
"""The chart has every day, and its data as a file too: as a table that were too long to read."""


def steps_table(back: CameBack, lang: str) -> Markup:
    """What had come back by each step, of the activities that are drawn and of all work."""
    enough = back.course[back.course["n"] >= SMALL_N]
    occur = set(enough["activity"])
    codes = [one.code for one in activities() if one.code in occur]
    names = [*(activity_name(code, lang, short=True) for code in codes), t("recurrence.all", lang)]
    columns = [_shares(enough[enough["activity"] == code]) for code in codes] + [_shares(back.whole_course)]
    head = [html.Th(t("recurrence.course_x", lang), scope="col")]
    head += [html.Th(name, scope="col", className="vg-number") for name in names]
    rows = [
        html.Tr(
            [
                html.Th(number(day, lang), scope="row"),
                *(html.Td(_written(column.get(day), lang), className="vg-number") for column in columns),
            ]
        )
        for day in range(STEP_DAYS, WITHIN_DAYS[-1] + 1, STEP_DAYS)
    ]
    name = t("apercu.trend_table", lang)
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="vg-table vg-course-table")
    scroll = html.Div(table, className="vg-scroll", tabIndex="0", role="region", aria_label=name)
    return html.Details([html.Summary(name), scroll], className="vg-details")


def _shares(rows: pd.DataFrame) -> dict[int, float]:
    return dict(zip(rows["day"].astype(int), rows["share"].astype(float), strict=True))


def _written(share: float | None, lang: str) -> str:
    return DASH if share is None or pd.isna(share) else percent(share, lang, 1)
