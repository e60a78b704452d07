"""The list as an Excel workbook, read back."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from dashboard.feeds import workbook_words
from dashboard.feeds.workbook import Heading, workbook
from dashboard.text import t
from mart.questions.page import EXPORTED
from tests.support.feeds import Client, feeds_with
from tests.support.mart import a_row

RISKY = '=HYPERLINK("http://x")'
ROWS = [
    a_row(id=1, external_id="25-1", label=RISKY, street="+1 <b>&\x01 _x0041_", opened_at="-20d", due_at="-3d",
          requesters=3),
    a_row(id=2, external_id="25-2", label="@sum", street=" deux  espaces ", due_at=None, status="in_progress"),
    a_row(id=3, external_id="25-3", point=None, precision="none", label=None, borough="RO", channel=None),
]  # fmt: skip


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with feeds_with(tmp_path, ROWS) as found:
        yield found


def opened(content: bytes) -> Any:
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    return openpyxl.load_workbook(io.BytesIO(content))


def table(client: Client, query: str = "", lang: str = "fr") -> list[dict[str, Any]]:
    sheet = opened(client.get(f"/feeds/requests.xlsx?lang={lang}&{query}").content).worksheets[0]
    head, *rows = sheet.iter_rows()
    names = {t(f"liste.export.{name}", lang): name for name in EXPORTED}
    return [{names[cell.value]: one for cell, one in zip(head, row, strict=True)} for row in rows]


def test_the_workbook_is_the_list_with_real_numbers_and_moments(client: Client) -> None:
    by_id = {row["id"].value: row for row in table(client)}
    assert set(by_id) == {1, 2, 3}
    first = by_id[1]
    assert first["opened_at"].value == datetime(2025, 2, 28, 11, 0)  # noqa: DTZ001 - Montréal's wall clock
    assert first["opened_at"].number_format == "yyyy-mm-dd hh:mm"
    assert (first["requesters"].value, first["state"].value, first["borough"].value) == (
        3,
        "En retard",
        "Ville-Marie",
    )
    assert first["lon"].value == pytest.approx(-73.5747)
    assert [by_id[2][name].value for name in ("due_at", "closed_at")] == [None, None]
    assert [by_id[3][name].value for name in ("label", "lon", "channel")] == [None, None, None]
    assert by_id[3]["precision"].value == "Aucune"


def test_no_text_is_a_formula(client: Client) -> None:
    content = client.get("/feeds/requests.xlsx").content
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert not [
            name for name in file.namelist() if b"<f>" in file.read(name) or b"<f " in file.read(name)
        ]
    by_id = {row["id"].value: row for row in table(client)}
    assert (by_id[1]["label"].value, by_id[1]["label"].data_type) == (RISKY, "s")
    assert (by_id[2]["label"].value, by_id[2]["label"].data_type) == ("@sum", "s")
    assert by_id[1]["street"].value.startswith("+1 <b>& ")
    assert "\x01" not in by_id[1]["street"].value
    assert by_id[2]["street"].value == " deux  espaces "


def test_its_head_stays_and_filters_and_a_second_page_says_what_it_is(client: Client) -> None:
    address = "https://vigie.example/liste?cf=requesters~2.."
    answer = client.get(
        "/feeds/requests.xlsx?lang=en&cf=requesters~2..&borough=VM", headers={"Referer": address}
    )
    book = opened(answer.content)
    sheet, about = book.worksheets
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == (
        "A2",
        f"A1:{sheet.cell(1, len(EXPORTED)).column_letter}2",
    )
    assert sheet.max_row == 2
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert said["Column filters"] == "People: from 2"
    assert "Ville-Marie" in said["Filters"]
    assert said["Rows"] == "1"
    assert said["Address of this list"] == address
    assert "open" in said["List"].lower()
    assert {"Definition", "As of", "Source"} <= set(said)


def test_the_file_says_what_and_as_of_when(client: Client) -> None:
    answer = client.get("/feeds/requests.xlsx?kpi=on_time_pct/denominator&period=12m")
    name = answer.headers["content-disposition"].partition("filename=")[2].strip('"')
    assert name.startswith("requetes-on_time_pct-denominator-2025-03-20T")
    assert name.endswith(".xlsx")
    assert answer.headers["cache-control"] == "no-store"


def test_sorting_and_states_hold_for_the_file_too(client: Client) -> None:
    assert table(client, "sort=-requesters")[0]["id"].value == 1
    assert [row["id"].value for row in table(client, "state=late")] == [1]


def test_an_empty_list_is_an_empty_table(client: Client) -> None:
    assert table(client, "borough=AC") == []


def test_more_rows_than_a_sheet_takes_are_refused_with_a_way_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_words, "MOST_ROWS", 2)
    answer = client.get("/feeds/requests.xlsx")
    assert answer.status_code == 422
    assert "CSV" in answer.json()["detail"]
    assert client.get("/feeds/requests.xlsx?state=late").status_code == 200


def test_the_file_comes_in_parts_of_a_size_that_does_not_grow() -> None:
    def batches(n: int) -> Iterator[pa.RecordBatch]:
        for i in range(n):
            texts = [f"rue {i}-{j} {hash((i, j))}" for j in range(5_000)]
            yield pa.RecordBatch.from_pydict(
                {"a": texts, "b": pa.array([datetime(2025, 7, 1, tzinfo=UTC)] * 5_000)}
            )

    heading = Heading("T", ["a", "b"], [10, 10], 40 * 5_000, "A", [])
    parts = [len(part) for part in workbook(heading, batches(40))]
    assert len(parts) > 5
    assert max(parts) < 2_000_000
