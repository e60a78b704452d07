"""Tables of facts hold what the files hold, and sort as they do."""

from datetime import UTC, datetime

from mart.facts import COLUMNS
from tests.mart.made import opened
from tests.support.mart import a_row

BOROUGHS = ("VM", None, "AC", "ville_liee", "LN", "VM", "RO", "AJ", None, "PM")
SPAN = (datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC))


def test_codes_sort_as_texts_do() -> None:
    rows = [a_row(id=i, borough=borough) for i, borough in enumerate(BOROUGHS, 1)]
    with opened(rows) as mart, mart.facts.table(*SPAN) as facts:
        asked = "SELECT borough FROM {} ORDER BY borough NULLS LAST"
        coded, plain = (mart.cursor().execute(asked.format(name)).fetchall() for name in (facts, "spells"))
    assert coded == plain
    assert [text for (text,) in coded[:3]] == ["AC", "AJ", "LN"]


def test_facts_are_the_rows_of_the_files() -> None:
    rows = [a_row(id=i, borough=borough, label=None) for i, borough in enumerate(BOROUGHS, 1)]
    with opened(rows) as mart, mart.facts.table(*SPAN) as facts:
        asked = f"SELECT {', '.join(COLUMNS)} FROM {{}} ORDER BY id"
        both = [mart.cursor().sql(asked.format(name)).to_arrow_table() for name in (facts, "spells")]
        coded, plain = (rows.to_pylist() for rows in both)
    assert coded == plain
    assert len(coded) == len(BOROUGHS)


def test_nothing_makes_a_table_of_nothing() -> None:
    with opened([]) as mart, mart.facts.table(*SPAN) as facts:
        assert mart.cursor().execute(f"SELECT count(*) FROM {facts}").fetchall() == [(0,)]
