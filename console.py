"""What commands print: one JSON object for programs, or lines, tables and a progress bar for a person."""

import contextlib
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import typer

Show = Callable[[str, int, int | None], None]
"""Called now and then with what is being done, how much of it so far and, where it is known, the whole."""


def answer(summary: Any, as_json: bool) -> None:
    """Print what a function says it did: one JSON object, or `name  value` lines for a person."""
    shown = plain(summary)
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False, default=str))
        return
    # A list of one entry says nothing that the sums beside it do not.
    lines = {
        name: value for name, value in shown.items() if not (isinstance(value, list) and len(value) <= 1)
    }
    width = max(map(len, lines), default=0)
    for name, value in lines.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}  {readable(value)}")


def print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print records with the same names as a table."""
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for name, value in rows[0].items():
        is_number = isinstance(value, int | float)
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left", no_wrap=is_number)
    for row in rows:
        table.add_row(*map(readable, row.values()))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def plain(summary: Any) -> dict[str, Any]:
    """A summary as a dict, whether it is a mapping, a dataclass or a pydantic model."""
    if isinstance(summary, Mapping):
        return dict(summary)
    if dataclasses.is_dataclass(summary) and not isinstance(summary, type):
        return dataclasses.asdict(summary)
    dumped: dict[str, Any] = summary.model_dump(mode="json")
    return dumped


def readable(value: Any) -> str:
    """One value for a person: thousands apart, yes and no, `name: n` for counts."""
    match value:
        case None:
            text = "none"
        case bool():
            text = "yes" if value else "no"
        case int():
            text = f"{value:,}".replace(",", " ")
        case float():
            text = f"{value:.2f}"
        case Mapping():
            text = ", ".join(f"{name}: {readable(part)}" for name, part in value.items()) or "none"
        case list():
            text = "; ".join(map(readable, value)) or "none"
        case _:
            text = str(value)
    return text


@contextlib.contextmanager
def progress_bar() -> Iterator[Show]:
    """A bar on standard error where a person watches; else a function that does nothing."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = [TextColumn("{task.description} {task.completed:,.0f}"), BarColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, whole: bar.update(task, description=what, completed=done, total=whole)
