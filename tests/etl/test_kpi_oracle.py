"""From the published file to the KPIs, on both engines, against the oracle reading the same file.

The oracle knows the rules of DOMAIN.md and the file's columns; which requests are of one episode or problem it
takes from the mart, and reopenings from the two files that were loaded one after the other.
"""

import csv
import math
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from domain.activities import activity, classify
from domain.calendar import due_at
from domain.territory import borough_code
from etl.build import build
from etl.generate import generate_file
from etl.ingest import ingest
from mart.filters import UNLOCATED, Filters
from mart.kpis import MAIN
from mart.questions.kpi import kpis
from mart.snapshot import open_mart
from tests.mart import kpi_oracle
from tests.mart.kpi_oracle import MONTREAL, Life
from tests.support.building import content, settings_for

UNTIL = date(2025, 9, 30)
STATUS = {
    "Terminée": "done", "Refusée": "refused", "Annulée": "cancelled", "Supprimée": "deleted",
}  # fmt: skip
Row = dict[str, str]


def local(text: str) -> datetime:
    """A moment of the file; of the hour that comes twice, the first."""
    return datetime.fromisoformat(text).replace(tzinfo=MONTREAL).astimezone(UTC)


def later(rows: list[Row]) -> tuple[list[Row], dict[str, list[Row]]]:
    """The same rows some days later: some opened again, some closed; and what those said before that changed."""
    chosen = random.Random(7)
    found, before = [], {}
    for row in rows:
        at = local(row["DATE_DERNIER_STATUT"]) if row["DATE_DERNIER_STATUT"] else None
        closed = row["DERNIER_STATUT"] in STATUS
        if at is not None and chosen.random() < 0.06:
            moved = (at + timedelta(days=chosen.randint(1, 12))).astimezone(MONTREAL)
            status = chosen.choice(["Réactivée", "Prise en charge"] if closed else ["Terminée", "Refusée"])
            before[row["ID_UNIQUE"]] = [row]
            moves = {"DERNIER_STATUT": status, "DATE_DERNIER_STATUT": f"{moved:%Y-%m-%dT%H:%M:%S}"}
            found.append(row | moves)
        else:
            found.append(row)
    return found, before


def lives(rows: list[Row], before: dict[str, list[Row]], mart: dict[str, Any]) -> list[Life]:
    return [life(row, before.get(row["ID_UNIQUE"], []), mart[row["ID_UNIQUE"]]) for row in rows]


def life(row: Row, before: list[Row], grouped: dict[str, Any]) -> Life:
    opened = local(row["DDS_DATE_CREATION"])
    code, _ = classify(row["ACTI_NOM"])
    where = grouped["borough"]
    target = activity(code).target_for(row["ACTI_NOM"], where)
    due = None
    if target:
        due = due_at(opened.astimezone(MONTREAL), target.days, not target.calendar).astimezone(UTC)
    found = Life(opened, due=due, episode=grouped["episode_id"], problem=grouped["problem_id"])
    found.parent = grouped["parent_id"]
    counts = (
        int(v or 0)
        for name, v in row.items()
        if name.startswith("PROVENANCE_") and name != "PROVENANCE_ORIGINALE"
    )
    found.requesters = max(sum(counts), 1)
    for said in (*before, row):
        status, at = said["DERNIER_STATUT"], said["DATE_DERNIER_STATUT"]
        moment = local(at) if at else None
        if status in STATUS:
            known = moment is not None and moment >= opened
            found.closings.append((moment if known else None, STATUS[status]))
        elif len(found.closings) > len(found.reopenings):
            assert moment is not None
            found.reopenings.append(moment)
        elif status == "Réactivée" and moment is not None and moment > opened:
            found.closings.append((None, ""))
            found.reopenings.append(moment)
    found.place = {"activity": code, "borough": where, "borough_who": borough_code(row["ARRONDISSEMENT"])}
    return found


def write(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.slow
def test_the_kpis_of_a_city_are_those_of_the_oracle(store_url: str, tmp_path: Path) -> None:
    generate_file(tmp_path / "first.csv", 3_000, seed=42, until=UNTIL)
    with (tmp_path / "first.csv").open(encoding="utf-8-sig", newline="") as file:
        first = list(csv.DictReader(file))
    second, before = later(first)
    settings = settings_for(store_url, tmp_path / "mart")
    ingest(settings, "montreal", [str(tmp_path / "first.csv")])
    build(settings)
    ingest(settings, "montreal", [str(write(tmp_path / "second.csv", second))])
    assert build(settings)["published"]
    _, tables = content(tmp_path / "mart")
    requests = pa.concat_tables([t for name, t in tables.items() if name.startswith("requests/")])
    grouped = {row["external_id"]: row for row in requests.to_pylist()}
    everybody = lives(second, before, grouped)
    assert sum(bool(one.reopenings) for one in everybody) > 20
    city = Filters(date(2025, 9, 8), date(2025, 9, 24))
    with open_mart(tmp_path / "mart") as mart:
        last = mart.as_of()
        for as_of in (last, kpi_oracle.day_start(date(2025, 9, 20)) + timedelta(hours=9)):
            check(kpis(mart, city, as_of).total, everybody, city, as_of)
            by_both = kpis(mart, replace(city, by="who"), as_of, MAIN, ("borough", "activity")).rows
            for row in by_both.to_dict("records"):
                mine = [
                    one
                    for one in everybody
                    if (one.place["borough_who"] or UNLOCATED, one.place["activity"])
                    == (row["borough"], row["activity"])
                ]
                check(row, mine, city, as_of)
            one_activity = replace(city, activities=("nids_de_poule", "eclairage"))
            kept = [one for one in everybody if one.place["activity"] in one_activity.activities]
            check(kpis(mart, one_activity, as_of).total, kept, one_activity, as_of)


def check(found: Any, some: list[Life], filters: Filters, as_of: datetime) -> None:
    for name, value in kpi_oracle.kpis(some, filters.start, filters.end, as_of).items():
        if name in found:
            same = math.isnan(found[name]) if value is None else found[name] == pytest.approx(value, abs=1e-6)
            assert same, (name, found[name], value)
