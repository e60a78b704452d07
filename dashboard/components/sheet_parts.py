"""What the parts of a request's sheet are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from dashboard.markup import Markup, html
from dashboard.text import number, tn
from geo.dedup.recurrence import Recurrence
from mart.questions.neighbours import Around


@dataclass(frozen=True)
class More:
    """What is known of a request beside itself."""

    row: Mapping[str, Any]
    """A row of `mart.questions.request_row`."""
    as_of: datetime
    problem: pd.DataFrame
    """See `mart.questions.same_problem`; empty where the request has no place."""
    recurrence: Recurrence | None
    around: Around | None


def section(title: Any, content: list[Any], name: str) -> Markup:
    """A part of the sheet, under its title."""
    return html.Section([html.H3(title), *content], className=f"vg-sheet-part vg-sheet-{name}")


def request_link(request_id: int, words: str) -> Markup:
    """A link that opens another request's sheet on the screen that is there (assets/sheet.js)."""
    return html.A(
        words, href=f"/liste?request={request_id}", data_request=request_id, className="vg-request-link"
    )


def rest(n: int, lang: str) -> list[Markup]:
    """How many more there are than are shown; nothing where these are all."""
    return [html.P(tn("liste.sheet.more", n, lang, n=number(n, lang)), className="vg-dim")] if n > 0 else []
