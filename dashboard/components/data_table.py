"""A plain painted table of texts and numbers, in a card that scrolls sideways."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from dashboard.markup import Markup, Node, html


def data_table(
    head: Sequence[str],
    rows: Iterable[Sequence[Node]],
    *,
    numbers: Collection[int] = (),
    caption: str | None = None,
) -> Markup:
    """The first cell of each row names it; `numbers` are columns that stand to the right.

    Without a caption the table is named by its first head.
    """
    columns = [html.Th(name, scope="col", className=_look(i, numbers)) for i, name in enumerate(head)]
    body = [
        html.Tr(
            [
                html.Th(cell, scope="row") if i == 0 else html.Td(cell, className=_look(i, numbers))
                for i, cell in enumerate(row)
            ]
        )
        for row in rows
    ]
    said = html.Caption(caption, className="vg-hidden") if caption else None
    table = html.Table([said, html.Thead(html.Tr(columns)), html.Tbody(body)], className="vg-table")
    return html.Div(
        table, className="vg-card vg-scroll", tabIndex="0", role="region", aria_label=caption or head[0]
    )


def _look(column: int, numbers: Collection[int]) -> str | None:
    return "vg-number" if column in numbers else None


def rows_table(head: Sequence[str], rows: Sequence[Markup], first_number: int, look: str = "") -> Markup:
    """A table of ready rows whose columns from `first_number` on are numbers."""
    columns = [
        html.Th(name, scope="col", className="vg-number" if i >= first_number else None)
        for i, name in enumerate(head)
    ]
    return html.Table([html.Thead(html.Tr(columns)), html.Tbody(rows)], className=f"vg-table {look}".strip())


def scrolling(table: Markup, name: str) -> Markup:
    """A box in which a table scrolls, by keyboard too."""
    return html.Div(table, className="vg-scroll", tabIndex="0", role="region", aria_label=name)
