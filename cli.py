"""The command `vigie`: parse, call one function, print.

Exit status: 0 done; 1 refused, with one sentence on standard error; 2 wrong usage. With `--json` a command
prints one JSON object on standard output and nothing else there. Rooms are imported inside the commands:
loading a file has a memory budget, and should not pay for the dashboard.
"""

import contextlib
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import VigieError
from domain.settings import load_settings

app = typer.Typer(
    name="vigie",
    help="Vigie 311: a city's requests, placed, counted and watched.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
boundaries = typer.Typer(no_args_is_help=True, help="The shapes of boroughs and sectors.")
app.add_typer(boundaries, name="boundaries")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]
Show = Callable[[str, int, int | None], None]
"""Called now and then with what is being done, how much of it so far and, where it is known, the whole."""


@app.command()
def generate(
    out: Annotated[Path, typer.Argument(help="CSV file to write, in the published format.")],
    rows: Annotated[int, typer.Option(min=1, help="How many rows.")],
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same file.")] = 311,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; else today.")
    ] = None,
    truth: Annotated[Path | None, typer.Option(help="CSV file for the true problem of each row.")] = None,
    information: Annotated[float, typer.Option(min=0, max=1, help="Share of Information rows.")] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Make up requests that look like the city's, in the exact format of its open data."""
    from etl.generate import generate_file

    last_day = until.date() if until else None
    with progress_bar() as show:
        done = generate_file(
            out,
            rows=rows,
            seed=seed,
            until=last_day,
            truth=truth,
            information=information,
            progress=lambda written, whole: show("rows", written, whole),
        )
    answer(done, as_json)


@app.command()
def ingest(
    source: Annotated[str, typer.Argument(help="Name of a file in etl/sources, such as montreal.")],
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="CSV, plain, .gz or .zip; path or URL.")
    ] = None,
    from_portal: Annotated[
        bool, typer.Option("--from-portal", help="Download today's file and load it.")
    ] = False,
    max_rejected: Annotated[
        float, typer.Option(min=0, max=1, help="Share of rows that may be rejected before the load stops.")
    ] = 0.05,
    as_json: AsJson = False,
) -> None:
    """Load files of requests into the store; each file wholly or not at all."""
    if not files and not from_portal:
        raise typer.BadParameter("give FILE..., or --from-portal")
    from etl.ingest import ingest as load

    with progress_bar() as show:
        done = load(
            load_settings(),
            source,
            files or [],
            from_portal=from_portal,
            max_rejected_share=max_rejected,
            progress=lambda what, count: show(what, count, None),
        )
    answer(done, as_json)


@app.command()
def build(
    full: Annotated[bool, typer.Option("--full", help="From scratch, not from what changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the read model from the store, and switch readers to it in one step."""
    from etl.build import build as make

    with progress_bar() as show:
        done = make(load_settings(), full=full, progress=show)
    answer(done, as_json)


@boundaries.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage or Shapefile of the boroughs.")],
    sectors: Annotated[
        Path | None, typer.Option(help="The same of the sectors; else the present ones.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Layer of a GeoPackage that has several.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a city's official borough shapes in the place of those that come with Vigie."""
    from geo.boundaries_import import import_boundaries

    answer(import_boundaries(file, sectors=sectors, layer=layer), as_json)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8050,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
    refresh: Annotated[int, typer.Option(min=0, help="Build every so many seconds; 0: never.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Serve the dashboard until it is interrupted."""
    from dashboard.serve import serve as run

    load_settings()  # a setting that cannot be used is refused here, not in a worker's traceback
    run(host, port, workers, refresh, announce=lambda url: answer({"url": url}, as_json))


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


def main(arguments: list[str] | None = None) -> None:
    """Entry point: refusals become one sentence on standard error and status 1."""
    try:
        app(arguments, prog_name="vigie")
    except VigieError as error:
        refuse(str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        refuse(f"{where}{error.strerror or error}.")


def refuse(sentence: str) -> None:
    """One sentence, whatever line ends it holds, and status 1."""
    typer.echo(" ".join(sentence.split()), err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
