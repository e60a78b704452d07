"""`vigie kpi`: what it prints for a program, for a person and into a file, and what it refuses."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cli
from domain.errors import InputRefused
from kpi_command import read_moment
from mart.kpis import KPIS, MAIN
from tests.support.mart import NOON, a_row, make_mart

Vigie = Callable[..., tuple[int, str, str]]
MARCH = ("--from", "2025-03-01", "--to", "2025-03-31")


@pytest.fixture
def vigie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Vigie:
    """Runs `vigie kpi` on a mart of eight requests: (exit status, standard output, standard error)."""
    rows = [
        a_row(
            borough=borough,
            activity=activity,
            opened_at=f"-{days}d",
            due_at=f"{3 - days:+}d",
            status="done" if closed else None,
            closed_at=f"-{days - closed}d" if closed else None,
        )
        for borough, activity, days, closed in (
            ("VM", "nids_de_poule", 9, 2), ("VM", "nids_de_poule", 9, 2), ("VM", "graffitis", 9, 5),
            ("VM", "graffitis", 8, 0), ("VD", "graffitis", 8, 1), ("VD", "graffitis", 1, 0),
            (None, "nids_de_poule", 5, 1), ("hors_territoire", "graffitis", 5, 4),
        )
    ]  # fmt: skip
    monkeypatch.setenv("VIGIE_MART", str(make_mart(tmp_path, rows)))

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            cli.main(["kpi", *arguments])
            code: Any = 0
        except SystemExit as ended:
            code = ended.code or 0
        return (code, *capsys.readouterr())

    return run


def said(vigie: Vigie, *arguments: str) -> dict[str, Any]:
    code, out, err = vigie(*MARCH, *arguments, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    assert out.count("\n") == 1
    return found


def test_json_has_plain_numbers_and_what_they_are_of(vigie: Vigie) -> None:
    found = said(vigie, "--by", "borough,activity", "--borough", "VM,VD")
    assert (found["from"], found["to"], found["by"]) == ("2025-03-01", "2025-03-31", ["borough", "activity"])
    assert found["filters"] == {"boroughs": ["VD", "VM"], "by": "where"}
    rows = {(row["borough"], row["activity"]): row for row in found["rows"]}
    assert rows.keys() == {("VM", "nids_de_poule"), ("VM", "graffitis"), ("VD", "graffitis")}
    graffiti = rows["VM", "graffitis"]
    assert (graffiti["received"], graffiti["on_time_pct"], graffiti["on_time_n"]) == (2, 0.0, 2)
    assert isinstance(graffiti["received"], int)
    assert graffiti["small"] == [
        code
        for code in KPIS
        if KPIS[code].figure != "count" and 0 < (graffiti[f"{KPIS[code].stem}_n"] or 0) < 5
    ]
    assert sum(row["received"] for row in found["rows"]) == found["total"]["received"] == 6
    assert [row["borough"] for row in found["margins"]["borough"]] == ["VD", "VM"]
    assert {one["code"] for one in found["definitions"]} == set(KPIS)
    assert found["definitions"][0]["changes"][0]["version"] == 1


def test_without_a_cut_there_is_one_row_and_no_data_is_null(vigie: Vigie) -> None:
    found = said(
        vigie, "--kpi", "received", "--kpi", "reopened_pct,p90_days_to_close", "--activity", "eclairage"
    )
    (row,) = found["rows"]
    assert row == found["total"]
    assert (row["received"], row["reopened_pct"], row["reopened_n"]) == (0, None, 0)
    assert (row["p90_days_to_close"], row["p90_days_to_close_n"]) == (None, 0)


def test_a_day_in_the_past_is_seen_to_its_end(vigie: Vigie) -> None:
    whole = said(vigie, "--as-of", "2025-03-13")
    moment = said(vigie, "--as-of", "2025-03-13T23:59:59")
    assert whole["as_of"] == "2025-03-14T03:59:59.999999+00:00"
    for code in ("received", "closed", "backlog", "on_time_pct"):
        assert whole["total"][code] == moment["total"][code]
    assert whole["total"]["received"] == 5


def test_comparisons_are_there_when_asked_for(vigie: Vigie) -> None:
    assert "compared" not in said(vigie)
    found = said(vigie, "--compare", "--kpi", "received,on_time_pct", "--by", "borough")
    assert {row["kpi"] for row in found["compared"]["rows"]} == {"received", "on_time_pct"}
    assert found["compared"]["total"][0]["value"] == 8


def test_a_thousand_years_are_a_period_too(vigie: Vigie) -> None:
    code, out, _ = vigie("--from", "1000-01-01", "--to", "2999-12-31", "--compare", "--json")
    assert code == 0
    assert json.loads(out)["total"]["received"] == 8


def test_parts_without_a_place_are_named(vigie: Vigie) -> None:
    found = said(vigie, "--by", "borough", "--kpi", "received")
    assert [row["borough"] for row in found["rows"]] == ["VD", "VM", "hors_territoire", "unlocated"]
    assert said(vigie, "--borough", "unlocated")["total"]["received"] == 1


def test_a_person_reads_a_table(vigie: Vigie) -> None:
    code, out, _ = vigie(*MARCH, "--lang", "fr")
    assert code == 0
    assert all(KPIS[kpi].name.fr in out for kpi in MAIN)
    assert "as of 2025-03-19 12:00" in out
    by_borough = vigie(*MARCH, "--by", "borough", "--kpi", "received,on_time_pct,refused_pct")[1]
    assert "(n=3)" in by_borough
    assert by_borough.splitlines()[-1].split()[:2] == ["=", "8"]
    assert "no data" in vigie(*MARCH, "--activity", "eclairage")[1]
    compared = vigie("--from", "2025-03-16", "--to", "2025-03-20", "--compare")[1]
    assert "(noise)" in compared
    assert "90.0 %" in compared


def test_rows_go_into_a_file_that_says_what_it_is(vigie: Vigie, tmp_path: Path) -> None:
    out = tmp_path / "kpi.csv"
    assert vigie(*MARCH, "--by", "activity", "--csv", str(out))[0] == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["activity"] for row in rows] == ["graffitis", "nids_de_poule"]
    assert {row["from"] for row in rows} == {"2025-03-01"}
    assert [row["received"] for row in rows] == ["5", "3"]
    assert rows[1]["reopened_pct"] == "0.0"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "0001-01-01", "--to", "9999-12-31"), "a period lies between the years 1000 and 2999"),
        (("--from", "2025-03-31", "--to", "2025-03-01"), "the period ends (2025-03-01) before it starts"),
        (
            ("--from", "2025-04-01", "--to", "2025-04-30"),
            "the period begins on 2025-04-01, after the as-of day",
        ),
        ((*MARCH, "--as-of", "2025-01-01"), "on 2025-01-01 there was no request yet"),
        ((*MARCH, "--as-of", "2999-01-01"), "--as-of 2999-01-01 is still to come: today is "),
        ((*MARCH, "--as-of", "9999-12-31"), "--as-of lies between the years 1000 and 2999"),
        ((*MARCH, "--as-of", "then"), "--as-of has to be a day or a moment"),
        ((*MARCH, "--kpi", "on_time"), "there is no KPI 'on_time': did you mean on_time_pct"),
        ((*MARCH, "--borough", "vd"), "there is no borough 'vd': did you mean VD?"),
        ((*MARCH, "--activity", "graffiti"), "did you mean graffitis?"),
        ((*MARCH, "--sector", "9999"), "there is no sector '9999'"),
        ((*MARCH, "--precision", "rough"), "there is no precision 'rough'"),
        ((*MARCH, "--by", "street"), "numbers are cut by borough, sector"),
        ((*MARCH, "--csv", "/nowhere/at/all.csv"), "No such file or directory"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_status_1(
    vigie: Vigie, arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = vigie(*arguments)
    assert (code, out) == (1, "")
    assert says in err
    assert err.count("\n") == 1


def test_without_a_mart_the_sentence_says_what_to_run(
    vigie: Vigie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_MART", str(tmp_path / "none"))
    code, out, err = vigie(*MARCH, "--json")
    assert (code, out) == (1, "")
    assert "run `vigie build`" in err


def test_a_moment_is_montreals_unless_it_says_its_zone() -> None:
    assert read_moment("2025-03-20T12:00") == NOON
    assert read_moment("2025-03-20T16:00:00+00:00") == NOON
    with pytest.raises(InputRefused, match="not '2025-13-01'"):
        read_moment("2025-13-01")
