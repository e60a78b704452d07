"""Estimate geo/dedup/parameters.json from labelled requests.

    python scripts/estimate_dedup.py [LABELLED.csv] [--until DATE] [--marks FILE SOURCE…] [--made ROWS]
                                     [--decisions PAIRS REQUESTS]

- address (other cities' types): from a labelled file in the format of `vigie dedup evaluate`, only what was
  opened before `--until`;
- `--marks`: a file of several cities (`source, id, type, created, lat, lon, dup`) whose clerks mark duplicates
  without naming what they repeat, and which of its sources; they move the priors of the subjects that are marked
  often. Only the first half of each source, by time, is taken: the other half is there to test on;
- exact and segment (Montréal's activities, for which nobody published labels): from made requests with
  their truth, until people have decided enough: `--decisions` re-estimates from a table of `id_a, id_b, same`
  about the requests of a file with the columns that `geo.dedup.requests` reads.

What is not asked for keeps the numbers that it has. `--out` writes elsewhere.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.dedup.habits import from_marks
from geo.dedup.labelled import read_labelled
from geo.dedup.learn import from_decisions, from_labelled, from_truth
from geo.dedup.levels import COUNT
from geo.dedup.parameters import EVIDENCE, EXACT, FILE, SEGMENT, Parameters, load_parameters, to_dict

SEED = 2011

OF_MANY = {
    "source": "source",
    "id": "id",
    "type": "activity",
    "created": "opened_at",
    "lat": "lat",
    "lon": "lon",
    "dup": "duplicate",
}
"""Columns of a file of several cities, and what they are called here."""


def main(arguments: list[str]) -> None:
    """Estimate what was asked for and write the file."""
    given = _parse(arguments)
    parameters = load_parameters()
    if given.labelled:
        frame = read_labelled(given.labelled)
        frame = frame[frame["opened_at"] < pd.Timestamp(given.until, tz="UTC")]
        source = f"{given.labelled.name.removesuffix('.csv')}, opened before {given.until}"
        parameters = from_labelled(parameters, frame, source)
    for city in given.marks[1:]:
        parameters = from_marks(parameters, marked(Path(given.marks[0]), city), f"{city}, its first half")
    if given.made:
        parameters = from_made(parameters, EXACT, given.made)
        parameters = from_made(parameters, SEGMENT, given.made)
    if given.decisions:
        pairs, requests = given.decisions
        decided = pd.read_csv(pairs, dtype={"id_a": "str", "id_b": "str"})
        parameters, notes = from_decisions(parameters, pd.read_csv(requests, dtype={"id": "str"}), decided)
        print(*notes, sep="\n")
    text = json.dumps(to_dict(parameters, COUNT), ensure_ascii=False, indent=1)
    given.out.write_text(text + "\n", encoding="utf-8")


def marked(path: Path, source: str) -> pd.DataFrame:
    """The first half, by time, of one source of a file of several cities, as labelled requests."""
    given = pd.read_csv(path, dtype={"source": "str", "id": "str"}, usecols=list(OF_MANY))
    frame = given[given["source"] == source].drop(columns="source").rename(columns=OF_MANY)
    frame = frame.drop_duplicates("id").assign(closed_at=None, parent_id=None)
    frame["opened_at"] = pd.to_datetime(frame["opened_at"], format="ISO8601", utc=True)
    frame = frame.dropna(subset=["opened_at"])
    return frame[frame["opened_at"] < frame["opened_at"].quantile(0.5)].reset_index(drop=True)


def from_made(parameters: Parameters, evidence: int, rows: int) -> Parameters:
    """The exact or segment profiles and their threshold, from made requests and their truth."""
    from tests.support.made import made_requests  # noqa: PLC0415  (the generator is another room)

    with tempfile.TemporaryDirectory() as folder:
        frame, truth = made_requests(Path(folder), rows, exact=evidence == EXACT, seed=SEED)
    source = f"estimated on {rows} made requests of seed {SEED}, {EVIDENCE[evidence]} points: no labels are published"
    return from_truth(parameters, frame, truth.set_index("id")["episode_id"], evidence, source)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", nargs="?", type=Path)
    parser.add_argument("--until", default="2011-09-01")
    parser.add_argument("--marks", nargs="+", default=[], metavar=("FILE", "SOURCE"))
    parser.add_argument("--made", type=int, default=0, metavar="ROWS")
    parser.add_argument("--decisions", nargs=2, type=Path, metavar=("PAIRS", "REQUESTS"))
    parser.add_argument("--out", type=Path, default=FILE)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
