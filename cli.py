"""The command `vigie`: parse, call one function, print.

Exit status: 0 done; 1 refused, with one sentence on standard error; 2 wrong usage. With `--json` a command
prints one JSON object on standard output and nothing else there. Rooms are imported inside the commands:
loading a file has a memory budget, and should not pay for the dashboard.
"""

import dataclasses
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from console import answer, print_table, progress_bar
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

dedup = typer.Typer(no_args_is_help=True, help="Which requests are about the same thing.")
app.add_typer(dedup, name="dedup")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]


@app.command()
def generate(
    out: Annotated[Path, typer.Argument(help="CSV file to write, in the published format.")],
    rows: Annotated[int, typer.Option(min=1, help="How many rows.")],
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same file.")] = 311,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; else yesterday.")
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


@app.command()
def kpi(  # noqa: PLR0917  # typer makes an option of each parameter
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")],
    borough: Annotated[list[str] | None, typer.Option(help="Codes, or pilots.")] = None,
    activity: Annotated[list[str] | None, typer.Option(help="Codes of data/activities.yml.")] = None,
    sector: Annotated[list[str] | None, typer.Option(help="Codes.")] = None,
    label: Annotated[list[str] | None, typer.Option(help="As published.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="phone, web, mobile…")] = None,
    precision: Annotated[list[str] | None, typer.Option(help="exact, segment, counter, none.")] = None,
    who: Annotated[bool, typer.Option("--who", help="Boroughs are who fixes, not where it is.")] = False,
    as_of: Annotated[
        str | None, typer.Option(help="What was known then: a day or a moment; else now.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="borough, sector, activity, label, channel, precision, hexagon[:R], day … year."),
    ] = None,
    kpis: Annotated[list[str] | None, typer.Option("--kpi", help="Codes; else all.")] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="With earlier periods, others and goals.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--csv", help="File to write the rows to.")] = None,
    lang: Annotated[str, typer.Option(help="Names in fr or en, for a person.")] = "en",
    as_json: AsJson = False,
) -> None:
    """The KPIs of a period: received, on time, overdue, how long it took, what came back, and others."""
    if lang not in {"fr", "en"}:
        raise typer.BadParameter(f"--lang is fr or en, not {lang!r}")
    from kpi_command import Asked, run_kpi

    asked = Asked(
        start.date(), end.date(), borough, activity, sector, label, channel, precision, who=who, as_of=as_of,
        by=by, kpis=kpis, compare=compare, csv=out, lang=lang, as_json=as_json,
    )  # fmt: skip
    run_kpi(asked)


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


@dedup.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="CSV of labelled requests; plain or .gz.")],
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Count requests from this day (UTC) on only."),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="CSV with the true episode_id and problem_id of each id.")
    ] = None,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Other thresholds too; drawn as an HTML page.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure on labelled requests how well duplicates are found."""
    from geo.dedup.curve import sweep_page
    from geo.dedup.evaluate import evaluate as measure
    from geo.dedup.labelled import read_labelled
    from geo.dedup.parameters import load_parameters

    first_day = since.isoformat() if since else None
    found = measure(read_labelled(file, truth), load_parameters(), first_day, sweep=sweep)
    if as_json:
        answer(found, as_json)
        return
    tables = {name: found.pop(name) for name in ("by_activity", "sweep") if name in found}
    answer(found, as_json)
    told = {n: row for n, row in tables["by_activity"].items() if row["duplicates"] or row["flagged"]}
    print_table([{"activity": name} | row for name, row in told.items()])
    typer.echo(f"activities without any: {len(tables['by_activity']) - len(told)}")
    if sweep:
        print_table(tables["sweep"])
        page = Path(f"{file.name.split('.')[0]}-sweep.html")
        page.write_text(sweep_page(tables["sweep"], found), encoding="utf-8")
        typer.echo(f"the curve is drawn in {page}")


@dedup.command()
def likely(
    activity: Annotated[str, typer.Argument(help="Code of data/activities.yml.")],
    lat: Annotated[float, typer.Option(min=-90, max=90, help="Latitude, degrees.")],
    lon: Annotated[float, typer.Option(min=-180, max=180, help="Longitude, degrees.")],
    label: Annotated[str | None, typer.Option(help="As published; needed for `autre`.")] = None,
    precision: Annotated[str, typer.Option(help="What the point is: exact or segment.")] = "exact",
    limit: Annotated[int, typer.Option(min=1, max=100, help="Episodes at most.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Open episodes that a new report at a point may be about, the likeliest first, and why."""
    from geo.dedup.reasons import text_of
    from mart.questions.likely import likely_same
    from mart.snapshot import open_mart

    with open_mart(load_settings().mart) as mart:
        at = mart.as_of()
        found = likely_same(mart, (lat, lon), activity, at, label=label, precision=precision, limit=limit)
    if as_json:
        answer({"as_of": at.isoformat(), "episodes": [dataclasses.asdict(one) for one in found]}, as_json)
        return
    for one in found:
        joins = "the same" if one.joins else "perhaps"
        typer.echo(f"{one.external_id}  {joins}, {one.score_bits:+.1f} bits, {one.requesters} people")
        typer.echo(f"  {', '.join(text_of(reason, 'en') for reason in one.reasons[1:])}")
    typer.echo(f"{len(found)} open episodes are like it, as of {at:%Y-%m-%d %H:%M} UTC")


@dedup.command()
def decide(
    first: Annotated[str, typer.Argument(metavar="ID", help="A request, by its source's own id.")],
    second: Annotated[str, typer.Argument(metavar="OTHER_ID", help="Another one.")],
    verdict: Annotated[str, typer.Argument(help="same, apart, or undone (leave it to the algorithm).")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    source: Annotated[str | None, typer.Option(help="Where the ids are from, if several have them.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say that two requests are about the same thing or not: the next build holds to it, whatever it scores."""
    from store.decisions import Verdict, find_request, record
    from store.engine import open_store

    if verdict not in set(Verdict):
        raise typer.BadParameter(f"VERDICT is one of {', '.join(Verdict)}, not {verdict!r}")
    engine = open_store(load_settings().store)
    try:
        ids = [find_request(engine, one, source) for one in (first, second)]
        record(engine, ids[0], ids[1], Verdict(verdict), by)
    finally:
        engine.dispose()
    answer({"verdict": verdict, "first": first, "second": second, "by": by}, as_json)


@dedup.command()
def decisions(
    pairs: Annotated[Path, typer.Argument(help="CSV to write the decisions to: id_a, id_b, same.")],
    requests: Annotated[Path, typer.Argument(help="CSV to write all requests to, as they are compared.")],
    as_json: AsJson = False,
) -> None:
    """Write what people decided, for scripts/estimate_dedup.py to estimate the parameters anew."""
    from etl.decisions import export_decisions

    answer(export_decisions(load_settings(), pairs, requests), as_json)


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
