"""Files that are sent: their names, their parts, what they hold meanwhile, and what they refuse."""

import asyncio
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from fastapi import Response
from fastapi.responses import StreamingResponse

from dashboard.feeds import returned
from dashboard.feeds.columns import plain, rows_of
from dashboard.feeds.download import CSV, File, Make, download
from dashboard.feeds.moments import stamp
from dashboard.feeds.question import PageQuery
from dashboard.feeds.spreadsheet import csv_rows
from dashboard.services import Services
from domain.errors import InputRefused
from domain.settings import Settings
from mart.snapshot import Mart, MartReader
from tests.support.feeds import Client, feeds_of, feeds_with
from tests.support.mart import NOON, a_row, make_mart

BOX = "bbox=-74,45,-73,46"
FILES = (
    "requests.csv", "requests.xlsx", "quality.csv?check=counter", "returned.csv", "charts/trend.csv",
    "returned_list.csv?behind=work", "returned_list.xlsx?behind=work",
    f"map.parquet?kind=points&{BOX}", f"map.geojson?kind=points&{BOX}", f"map.csv?kind=points&{BOX}",
)  # fmt: skip
BOXED = (
    "hexagons.geojson", "points.geojson", "points.bin", "problems.geojson", "recurrence.geojson",
    "map.parquet?kind=points", "map.geojson?kind=points", "map.csv?kind=points",
)  # fmt: skip
ROWS = [
    a_row(id=1, opened_at="-20d", closed_at="-19d", status="done"),
    a_row(id=2, external_id="=25", opened_at="-10d", closed_at="-9d", status="done"),
    a_row(id=3),
]


class Watched(MartReader):
    """A reader that knows how many hold its mart."""

    held = 0

    @contextmanager
    def lease(self) -> Iterator[Mart]:
        with super().lease() as mart:
            self.held += 1
            try:
                yield mart
            finally:
                self.held -= 1


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with feeds_with(tmp_path, ROWS) as found:
        yield found


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Watched]:
    found = Watched(make_mart(tmp_path, ROWS))
    yield found
    found.close()


def asked(reader: Watched, make: Make, most_parts: int = 100) -> tuple[Response, list[bytes]]:
    """An answer and its body, part by part as it is sent to a reader who leaves after some."""

    async def ask() -> tuple[Response, list[bytes]]:
        answer = await download(services, PageQuery.model_validate({}), make)
        if not isinstance(answer, StreamingResponse):
            return answer, [bytes(answer.body)]
        body: Any = answer.body_iterator
        parts: list[bytes] = []
        while len(parts) < most_parts and (part := await anext(body, None)) is not None:
            parts.append(part)
        await body.aclose()
        return answer, parts

    services = Services(settings=Settings(mart=str(reader.root)), reader=reader)
    try:
        return asyncio.run(ask())
    finally:
        services.close()


def some_work(rows: int) -> pd.DataFrame:
    at = pd.Series(pd.date_range(NOON, periods=rows, freq="h").astype("datetime64[us, UTC]"))
    return pd.DataFrame(
        {
            "external_id": [f"={i}" for i in range(rows)],
            "activity": ["graffitis"] * rows,
            "borough": ["VM", None] * (rows // 2) + ["RO"] * (rows % 2),
            "done_at": at,
            "back_at": at.where(at.index % 2 == 0),
            "back_after_days": [1.04 if i % 2 == 0 else None for i in range(rows)],
            "problem_id": range(rows),
        }
    )


def test_a_stamp_is_the_wall_clock_of_montreal() -> None:
    assert stamp(datetime(2025, 11, 20, 19, 5, tzinfo=UTC)) == "2025-11-20T1405"
    assert stamp(datetime(2025, 7, 1, 2, 0, tzinfo=UTC)) == "2025-06-30T2200"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("requests.csv?state=late", "requetes-backlog-{}.csv"),
        ("requests.xlsx?lang=en&kpi=closed", "requests-closed-{}.xlsx"),
        ("quality.csv?check=counter", "controle-au-comptoir-{}.csv"),
        ("returned.csv?lang=en", "work-done-{}.csv"),
        (f"map.parquet?kind=points&{BOX}", "carte-requetes-backlog-{}.parquet"),
        (f"map.csv?kind=hexagons&lang=en&{BOX}", "map-hexagons-backlog-{}.csv"),
        ("charts/trend.csv", "tendance-{day}.csv"),
    ],
)
def test_a_file_says_what_and_as_of_when_and_nobody_keeps_it(client: Client, file: str, name: str) -> None:
    headers = client.get(f"/feeds/{file}").headers
    whole = name.format("2025-03-20T1100", day="2025-03-20")
    assert headers["content-disposition"] == f'attachment; filename="{whole}"'
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("file", FILES)
def test_without_a_mart_there_is_no_file(tmp_path: Path, file: str) -> None:
    with feeds_of(tmp_path / "none") as client:
        found = client.get(f"/feeds/{file}")
    assert (found.status_code, "vigie build" in found.json()["detail"]) == (503, True)
    assert "content-disposition" not in found.headers


@pytest.mark.parametrize("feed", BOXED)
def test_a_box_that_is_none_is_refused_with_or_without_a_mart(
    client: Client, tmp_path: Path, feed: str
) -> None:
    path = f"/feeds/{feed}{'&' if '?' in feed else '?'}bbox=-73,46,-74,45"
    found = client.get(path)
    assert (found.status_code, "west of east" in found.json()["detail"]) == (422, True)
    with feeds_of(tmp_path / "none") as nothing:
        assert nothing.get(path).json() == found.json()


def test_what_cannot_be_asked_is_refused_before_a_file_begins(client: Client) -> None:
    found = client.get("/feeds/quality.csv?check=nothing")
    assert (found.status_code, found.headers["cache-control"]) == (422, "no-store")


def test_the_mart_is_held_until_the_last_part(reader: Watched) -> None:
    def make(_mart: Mart, _question: object) -> File:
        return File("a.csv", CSV, (f"{i} {reader.held}".encode() for i in range(3)))

    answer, parts = asked(reader, make)
    assert parts == [b"0 1", b"1 1", b"2 1"]
    assert answer.headers["content-type"] == CSV
    assert reader.held == 0


def test_a_reader_who_leaves_lets_the_mart_go(reader: Watched) -> None:
    _, parts = asked(reader, lambda _mart, _question: File("a.csv", CSV, iter([b"1", b"2"])), most_parts=1)
    assert (parts, reader.held) == ([b"1"], 0)


def test_a_whole_file_holds_nothing_and_says_its_length(reader: Watched) -> None:
    answer, parts = asked(reader, lambda _mart, _question: File("a.csv", CSV, b"1234"))
    assert (parts, answer.headers["content-length"], reader.held) == ([b"1234"], "4", 0)


@pytest.mark.parametrize("error", [InputRefused("no"), ZeroDivisionError()])
def test_what_fails_before_its_first_part_lets_the_mart_go(reader: Watched, error: Exception) -> None:
    def make(_mart: Mart, _question: object) -> File:
        raise error

    if isinstance(error, InputRefused):
        answer, parts = asked(reader, make)
        assert (answer.status_code, parts) == (422, [b'{"detail":"no","code":"refused"}'])
    else:
        with pytest.raises(ZeroDivisionError):
            asked(reader, make)
    assert reader.held == 0


def test_what_came_back_is_written_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    work = some_work(7)
    whole = b"".join(returned.csv_parts(work, NOON, "en"))
    monkeypatch.setattr(returned, "PART_ROWS", 3)
    head, *parts = returned.csv_parts(work, NOON, "en")
    assert [part.count(b"\n") for part in parts] == [3, 3, 1]
    assert (head.startswith(b"\xef\xbb\xbf"), head.count(b"\n")) == (True, 1)
    assert b"".join([head, *parts]) == whole
    rows = list(csv.DictReader(io.StringIO(whole.decode("utf-8-sig"))))
    assert [row["Number of the place"] for row in rows] == [str(i) for i in range(7)]
    assert {row["As of"] for row in rows} == {"2025-03-20 12:00"}


def test_no_work_is_a_header() -> None:
    assert len(list(returned.csv_parts(some_work(0), NOON, "fr"))) == 1


def table(client: Client, file: str, lang: str) -> list[list[str]]:
    """The lines of a CSV as a spreadsheet of a language cuts them."""
    text = client.get(f"/feeds/{file}{'&' if '?' in file else '?'}lang={lang}").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if lang == "fr" else ","))


@pytest.mark.parametrize("file", ["requests.csv?kpi=closed", "quality.csv?check=counter", "returned.csv"])
def test_each_csv_is_cut_as_the_spreadsheets_of_its_language_do(client: Client, file: str) -> None:
    french, english = (table(client, file, lang) for lang in ("fr", "en"))
    assert len(french) == len(english) > (0 if "check" in file else 1)
    assert {len(line) for line in french} == {len(line) for line in english} == {len(english[0])}
    assert len(english[0]) > 5


def test_decimals_are_those_of_the_language_and_moments_are_not(client: Client) -> None:
    files = {lang: table(client, "requests.csv?kpi=closed", lang) for lang in ("fr", "en")}
    french, english = ([dict(zip(t[0], line, strict=True)) for line in t[1:]] for t in files.values())
    assert english[0]["Longitude"] == "-73.5747"
    assert french[0]["Longitude"] == "-73,5747"
    age = next(i for i, name in enumerate(files["en"][0]) if name.startswith("Age"))
    assert [line[age] for line in files["fr"][1:]] == [
        line[age].replace(".", ",") for line in files["en"][1:]
    ]
    received = next(i for i, name in enumerate(files["en"][0]) if name == "Received")
    assert [line[received] for line in files["fr"]][1:] == [line[received] for line in files["en"]][1:]


def test_an_arrow_table_keeps_gaps_texts_and_whole_numbers_in_french() -> None:
    given = pa.table({"a": [1.5, None, -0.25], "b": ["1.5; x", None, 'é "q"'], "c": [1, 2, None]})
    assert csv_rows(given, "fr").decode() == '"1,5";"1.5; x";1\n;;2\n"-0,25";"é ""q""";\n'
    assert csv_rows(given, "en").decode() == '1.5,"1.5; x",1\n,,2\n-0.25,"é ""q""",\n'


def test_columns_as_json_has_them() -> None:
    found = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [True, False]})
    assert rows_of(plain(found, ("b", "a"))) == [{"b": "x", "a": 1}, {"b": None, "a": 2}]
