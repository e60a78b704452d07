"""The command `vigie`: exit statuses, what goes where, and that its documentation is whole."""

import dataclasses
import errno
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

import cli
import console
from domain.errors import InputRefused, StoreUnavailable
from domain.settings import Settings
from tests.support.rows import a_request, write_csv
from tests.support.shared import PROJECT

Vigie = Callable[..., tuple[int, str, str]]
README = (PROJECT / "README.md").read_text("utf-8")


@pytest.fixture
def vigie(capsys: pytest.CaptureFixture[str]) -> Vigie:
    """Runs the command in this process: (exit status, standard output, standard error)."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        code = ended.value.code
        return (code if isinstance(code, int) else 0, *capsys.readouterr())

    return run


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a stand-in in the place of a room's module."""

    def put(module: str, **functions: Any) -> None:
        monkeypatch.setitem(sys.modules, module, SimpleNamespace(**functions))

    return put


def raising(error: BaseException) -> Callable[..., Any]:
    def function(*_: Any, **__: Any) -> Any:
        raise error

    return function


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["generate", "out.csv"],
        ["generate", "out.csv", "--rows", "0"],
        ["generate", "out.csv", "--rows", "10", "--until", "yesterday"],
        ["ingest"],
        ["ingest", "montreal"],
        ["ingest", "montreal", "a.csv", "--max-rejected", "5"],
        ["build", "--no-such-option"],
        ["boundaries", "import"],
        ["kpi"],
        ["kpi", "--from", "2025-03-01"],
        ["kpi", "--from", "March", "--to", "2025-03-31"],
        ["kpi", "--from", "2025-03-01", "--to", "2025-03-31", "--lang", "de"],
        ["serve", "--port", "70000"],
        ["serve", "--workers", "0"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2_and_says_so_on_standard_error(vigie: Vigie, arguments: list[str]) -> None:
    code, out, err = vigie(*arguments)
    assert (code, out) == (2, "")
    assert "Error: " in err


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (InputRefused("montreal.csv has no column\nNATURE."), "montreal.csv has no column NATURE.\n"),
        (StoreUnavailable("The store does not answer."), "The store does not answer.\n"),
        (OSError(errno.ENOSPC, "No space left on device", "var/x"), "var/x: No space left on device.\n"),
    ],
)
@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_refusal_is_one_sentence_on_standard_error_and_status_1(
    vigie: Vigie, room: Callable[..., None], error: Exception, sentence: str, as_json: list[str]
) -> None:
    room("etl.build", build=raising(error))
    assert vigie("build", *as_json) == (1, "", sentence)


def test_a_setting_that_cannot_be_used_is_a_refusal(vigie: Vigie, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_ENGINE", "abacus")
    code, out, err = vigie("build", "--json")
    assert (code, out) == (1, "")
    assert err.startswith("VIGIE_ENGINE='abacus'")
    assert err.count("\n") == 1


def test_an_interruption_leaves_no_traceback(vigie: Vigie, room: Callable[..., None]) -> None:
    room("etl.build", build=raising(KeyboardInterrupt()))
    code, out, err = vigie("build")
    assert (code, out) == (130, "")
    assert "Traceback" not in err


def test_a_mistake_of_ours_is_not_dressed_as_a_refusal(room: Callable[..., None]) -> None:
    room("etl.build", build=raising(KeyError("oops")))
    with pytest.raises(KeyError):
        cli.main(["build"])


@dataclasses.dataclass
class Summary:
    """Stands for what a room says it did."""

    version: str = "été"
    requests: int = 1234
    incremental: bool = True
    rejected: dict[str, int] = dataclasses.field(default_factory=lambda: {"no id": 2})
    seconds: float = 1.5


@pytest.mark.parametrize("summary", [Summary(), dataclasses.asdict(Summary())], ids=["dataclass", "dict"])
def test_json_is_one_object_alone_on_standard_output(
    vigie: Vigie, room: Callable[..., None], summary: Any
) -> None:
    room("etl.build", build=lambda *_, **__: summary)
    code, out, err = vigie("build", "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert json.loads(out) == dataclasses.asdict(Summary())


def test_a_person_reads_the_same_in_words(vigie: Vigie, room: Callable[..., None]) -> None:
    room("etl.build", build=lambda *_, **__: Summary())
    code, out, _ = vigie("build")
    assert code == 0
    assert out.splitlines() == [
        "version      été",
        "requests     1 234",
        "incremental  yes",
        "rejected     no id: 2",
        "seconds      1.50",
    ]


def test_where_nobody_watches_there_is_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress_bar() as show:
        show("rows", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_where_a_person_watches_the_bar_is_on_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with console.progress_bar() as show:
        show("rows", 1, None)
        show("rows", 1, 2)
    out, err = capsys.readouterr()
    assert out == ""
    assert "rows" in err


def test_the_command_itself_loads_no_heavy_library() -> None:
    heavy = ["dash", "duckdb", "geopandas", "numpy", "pandas", "plotly", "pyarrow", "sqlalchemy"]
    code = f"import cli, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert done.stdout == "[]\n"


def test_from_made_requests_to_a_mart_in_three_commands(
    vigie: Vigie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_STORE", f"sqlite:///{tmp_path / 'vigie.db'}")
    monkeypatch.setenv("VIGIE_MART", str(tmp_path / "mart"))
    made = str(tmp_path / "made.csv")
    answers = []
    for command in (["generate", made, "--rows", "400"], ["ingest", "montreal", made], ["build"]):
        code, out, err = vigie(*command, "--json")
        assert (code, err) == (0, ""), err
        answers.append(json.loads(out))
    _, ingested, built = answers
    assert {"read", "inserted", "updated", "unchanged", "information", "rejected", "seconds"} <= set(ingested)
    assert {"version", "requests", "problems", "incremental", "seconds"} <= set(built)
    assert ingested["read"] == 400
    assert built["requests"] == ingested["inserted"] > 0


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command with its whole name."""
    for name, child in command.commands.items():
        if hasattr(child, "commands"):
            yield from leaves(child, (*path, name))
        else:
            yield " ".join(("vigie", *path, name)), child


COMMANDS = dict(leaves(typer.main.get_command(cli.app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_readme(name: str) -> None:
    [line] = [line for line in README.splitlines() if line.startswith(f"| `{name}")]
    options = {word for option in COMMANDS[name].params for word in option.opts if word.startswith("--")}
    assert [option for option in options - {"--json"} if option not in line] == []
    assert "--json" in options


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_readme_with_its_default(name: str) -> None:
    [line] = [line for line in README.splitlines() if line.startswith(f"| `VIGIE_{name.upper()}` |")]
    default = Settings.model_fields[name].default
    if default is not None and default is not False:
        assert f"| `{default}` |" in line


def test_every_make_target_is_in_the_readme() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    [phony] = [line for line in makefile.splitlines() if line.startswith(".PHONY:")]
    missing = [target for target in phony.split()[1:] if f"`make {target}" not in README]
    assert missing == ["help"]


LABELLED = """id,activity,opened_at,closed_at,lat,lon,duplicate,parent_id
a,Pothole,2025-05-01T10:00:00,,45.5,-73.6,0,
b,Pothole,2025-05-02T10:00:00,,45.5,-73.6,1,a
c,Pothole,2025-05-02T11:00:00,,45.6,-73.7,0,
"""


def test_quality_on_labelled_requests_as_json_and_in_words(
    vigie: Vigie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("labelled.csv").write_text(LABELLED, encoding="utf-8")
    code, out, err = vigie("dedup", "evaluate", "labelled.csv", "--from", "2025-05-02", "--sweep", "--json")
    found = json.loads(out)
    assert (code, err, list(tmp_path.iterdir())) == (0, "", [tmp_path / "labelled.csv"])
    assert (found["rows"], found["duplicates"], found["parents"], found["parent_at_1"]) == (2, 1, 1, 1.0)
    assert {"bits", "precision", "recall", "f1", "flagged"} <= set(found["sweep"][0])
    named = {"flagged", "precision", "recall", "f1", "average_precision", "parent_same_episode", "seconds"}
    assert named | {"parent_at_3", "parent_at_5", "by_activity"} <= set(found)
    code, out, _ = vigie("dedup", "evaluate", "labelled.csv", "--sweep")
    assert (code, "average precision" in out, "Pothole" in out) == (0, True, True)
    assert "labelled-sweep.html" in out
    assert "<html" in Path("labelled-sweep.html").read_text("utf-8")


def test_a_file_that_is_not_labelled_is_refused_in_a_sentence(vigie: Vigie, tmp_path: Path) -> None:
    file = tmp_path / "plain.csv"
    file.write_text("id,activity\n1,x\n", encoding="utf-8")
    code, out, err = vigie("dedup", "evaluate", str(file))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "plain.csv" in err
    assert "opened_at" in err


def test_a_report_is_asked_about_and_a_decision_holds_in_the_next_build(
    vigie: Vigie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_STORE", f"sqlite:///{tmp_path / 'vigie.db'}")
    monkeypatch.setenv("VIGIE_MART", str(tmp_path / "mart"))
    first, second = a_request(status="Prise en charge"), a_request(status="Prise en charge")
    vigie("ingest", "montreal", str(write_csv(tmp_path / "two.csv", [first, second])), "--json")
    assert json.loads(vigie("build", "--json")[1])["problems"] == 1
    point = ["--lat", first["LOC_LAT"], "--lon", first["LOC_LONG"], "--precision", "segment"]
    code, out, _ = vigie("dedup", "likely", "nids_de_poule", *point, "--json")
    [episode] = json.loads(out)["episodes"]
    assert (code, episode["requests"], episode["external_id"]) == (0, 2, second["ID_UNIQUE"])
    assert "earlier one was still open" in vigie("dedup", "likely", "nids_de_poule", *point)[1]
    ids = (first["ID_UNIQUE"], second["ID_UNIQUE"])
    assert vigie("dedup", "decide", *ids, "apart", "--by", "Ada Exemple", "--json")[0] == 0
    assert json.loads(vigie("build", "--json")[1])["problems"] == 2


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["25-0", "25-1", "same", "--by", "Ada"], 1, "There is no request 25-0 in the store."),
        (["25-0", "25-1", "perhaps", "--by", "Ada"], 2, "same, apart, undone"),
    ],
)
def test_a_decision_about_nothing_is_refused(
    vigie: Vigie,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    status: int,
    sentence: str,
) -> None:
    monkeypatch.setenv("VIGIE_STORE", f"sqlite:///{tmp_path / 'vigie.db'}")
    code, _, err = vigie("dedup", "decide", *words)
    assert (code, sentence in err) == (status, True)
