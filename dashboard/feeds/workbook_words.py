"""What every workbook says of itself: on its page "about", and where a list is too long for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.feeds.question import Question
from dashboard.feeds.workbook import MOST_ROWS, Heading
from dashboard.text import moment, number, t
from domain.errors import InputRefused

_ADDRESS_LETTERS = 2_000
_ORDER = (
    "what", "definition", "filters", "columns", "as_of", "rows", "precision", "source", "address",
)  # fmt: skip
"""Of the terms (`liste.xlsx_file` of the catalogue) on the page."""


def heading(
    sheet: str,
    columns: Sequence[str],
    widths: Sequence[int],
    rows: int,
    said: Mapping[str, str],
    question: Question,
) -> Heading:
    """The head of the table and the page about it: `said` by term, and what is the same for every list.

    `question.extra["address"]` is where the list is.
    """
    lang = question.state.lang
    texts = {
        **said,
        "as_of": moment(question.as_of, lang),
        "rows": number(rows, lang),
        "source": t("chart.source", lang),
        "address": question.extra["address"][:_ADDRESS_LETTERS],
    }
    notes = [(t(f"liste.xlsx_file.{term}", lang), texts[term]) for term in _ORDER if texts.get(term)]
    return Heading(sheet, columns, widths, rows, t("liste.xlsx_file.about", lang), notes)


def refuse_beyond_a_sheet(rows: int, lang: str) -> None:
    """Nothing, where a sheet takes so many rows.

    Raises:
        InputRefused: it does not.
    """
    if rows > MOST_ROWS:
        numbers = {"most": number(MOST_ROWS, lang), "n": number(rows, lang)}
        raise InputRefused(t("liste.xlsx_file.too_many", lang, **numbers), code="too_many_rows")
