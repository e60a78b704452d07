"""`python -m benchmarks [NAME…] [--rows N] [--option KEY=VALUE] [--json]`: run benchmarks."""

import argparse
import ast
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.support.measure import MeasureFailed, measured

HERE = Path(__file__).parent
ROWS = 100_000


def names() -> list[str]:
    """The benchmarks: each module beside this one that is not private."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def moderate_rows(name: str) -> int:
    """What the module's own ROWS says, read without importing it; else ROWS of this module."""
    for node in ast.parse((HERE / f"{name}.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["ROWS"]:
            return int(ast.literal_eval(node.value))
    return ROWS


def run_one(name: str, rows: int, options: dict[str, str]) -> dict[str, Any]:
    """One benchmark in a process of its own, with name, rows and peak memory beside what it says itself."""
    done = measured(f"benchmarks.{name}:run", rows=rows, **options)
    given = {"name": name, "rows": rows, "ours_s": done.seconds, "peers": {}, "limit_s": None}
    return given | {"peak_mb": done.peak_mb} | (done.result or {})


def table(results: list[dict[str, Any]]) -> Table:
    """The results for a person: one line each, with how many times as long each peer took."""
    shown = Table("benchmark", "rows", "ours", "peers", "limit", "peak", "more")
    known = {"name", "rows", "ours_s", "peers", "limit_s", "peak_mb"}
    for result in results:
        ours = result["ours_s"]
        peers = [f"{peer} {s:.2f} s (× {s / ours:.1f})" for peer, s in result["peers"].items()]
        limit = "" if result["limit_s"] is None else f"{result['limit_s']:.2f} s"
        more = [f"{key} {value}" for key, value in result.items() if key not in known]
        cells = [f"{ours:.2f} s", "\n".join(peers), limit, f"{result['peak_mb']:.0f} MB", "\n".join(more)]
        shown.add_row(result["name"], f"{result['rows']:,}", *cells)
    return shown


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line; no name means all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(names())}; none: all")
    parser.add_argument(
        "--rows", type=int, help="rows to measure with; else the benchmark's own moderate number"
    )
    parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help="passed to run()")
    parser.add_argument("--json", action="store_true", help="one JSON object a benchmark on standard output")
    parsed = parser.parse_args(arguments)
    if unknown := set(parsed.names) - set(names()):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    if parsed.rows is not None and parsed.rows < 1:
        parser.error("--rows must be at least 1")
    return parsed


def main(arguments: list[str]) -> int:
    """Run what was asked for; status 1 where one of them failed."""
    parsed = parse(arguments)
    options = dict(option.partition("=")[::2] for option in parsed.option)
    results = []
    failed = 0
    for name in parsed.names or names():
        try:
            results.append(run_one(name, parsed.rows or moderate_rows(name), options))
        except MeasureFailed as error:
            print(error, file=sys.stderr)
            failed = 1
            continue
        if parsed.json:
            print(json.dumps(results[-1], ensure_ascii=False), flush=True)
    if not parsed.json:
        Console().print(table(results))
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
