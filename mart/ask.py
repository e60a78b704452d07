"""Questions as Ibis expressions whose values are bound when they run.

Building and compiling an Ibis expression takes longer than many a query on a million rows. So a
question is written for a *shape* (how many boroughs, which grouping, …), compiled once to SQL with
named placeholders, and kept; period, codes and moments are bound as values at each run. Nothing a
person typed is ever part of the SQL text.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

from mart.schema import FACTS, INFORMATION, PROBLEMS, REQUESTS, SPELLS

Values = Mapping[str, Any]
Build = Callable[..., ir.Table]
"""`build(table, *shape)`: the expression of a question, a function of its shape only."""

MOMENT_TYPE = "timestamp('UTC', 6)"
_PARAMETER = "vigie_parameter"
_KEPT_STATEMENTS = 512
_BATCH_ROWS = 50_000

TABLES: dict[str, ir.Table] = {
    name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name)
    for name, schema in (
        ("requests", REQUESTS),
        ("spells", SPELLS),
        ("facts", FACTS),
        ("problems", PROBLEMS),
        ("information", INFORMATION),
    )
}
"""The mart's tables, not bound to any version. `facts` stands for any table of `mart.facts`: `facts_1`…"""


def moment(name: str) -> ir.TimestampScalar:
    """A moment that is bound at each run."""
    return _moment(name)


def text(name: str) -> ir.StringScalar:
    """A text that is bound at each run."""
    return _text(name)


def integer(name: str) -> ir.IntegerScalar:
    """An integer that is bound at each run."""
    return _integer(name)


def real(name: str) -> ir.FloatingScalar:
    """A number that is bound at each run."""
    return _real(name)


def integers(name: str, column: str) -> ir.Table:
    """A table of one column: integers that are bound, as a list of any length, at each run."""
    listed: ir.Table = _integers(name).unnest().name(column).as_table()
    return listed


def epoch_us(at: ir.TimestampValue) -> ir.IntegerValue:
    """Microseconds since 1970 of a moment."""
    return _epoch_us(at)


def folded(value: ir.StringValue) -> ir.StringValue:
    """A text in lower case without accents (as `unicodedata` folds a value to compare with)."""
    return _strip_accents(value.lower())


def run(
    connection: duckdb.DuckDBPyConnection,
    build: Build,
    shape: tuple[Hashable, ...],
    values: Values,
    *,
    table: str = "requests",
    paged: bool = False,
) -> pa.Table:
    """The answer of a question as an Arrow table.

    With `paged`, the values `limit` and `offset` cut the rows. `values` may hold more than the shape needs.
    """
    kind = table.partition("_")[0]
    asked = statement(build, shape, kind, paged)
    bound = {name: values[name] for name in asked.parameters}
    # Names are always quoted, and values are never part of the text.
    sql = asked.sql if kind == table else asked.sql.replace(f'"{kind}"', f'"{table}"')
    return connection.sql(sql, params=bound).to_arrow_table()


def stream(
    connection: duckdb.DuckDBPyConnection,
    build: Build,
    shape: tuple[Hashable, ...],
    values: Values,
    table: str = "requests",
) -> Iterator[pa.RecordBatch]:
    """The answer of a question, batch by batch; one empty batch if it has no row."""
    asked = statement(build, shape, table, paged=False)
    bound = {name: values[name] for name in asked.parameters}
    reader = connection.sql(asked.sql, params=bound).to_arrow_reader(_BATCH_ROWS)
    empty = True
    for batch in reader:
        empty = False
        yield batch
    if empty:
        yield pa.RecordBatch.from_pylist([], schema=reader.schema)


def frame(answer: pa.Table) -> pd.DataFrame:
    """An answer as a pandas frame: texts as `str`, moments as datetime64[us, UTC]."""
    found: pd.DataFrame = answer.to_pandas(date_as_object=False)
    return found


class Statement(NamedTuple):
    """SQL with named placeholders, and their names."""

    sql: str
    parameters: frozenset[str]


def statement(build: Build, shape: tuple[Hashable, ...], table: str, paged: bool) -> Statement:
    """The SQL of a question for a shape, compiled at most once."""
    key = (build, shape, table, paged)
    with _lock:
        if key in _statements:
            _statements.move_to_end(key)
            return _statements[key]
    compiled = _compile(build(TABLES[table], *shape), paged)
    with _lock:
        _statements[key] = compiled
        while len(_statements) > _KEPT_STATEMENTS:
            _statements.popitem(last=False)
    return compiled


def _compile(expression: ir.Table, paged: bool) -> Statement:
    query = DuckDBCompiler().to_sqlglot(expression).transform(_placeholder)
    if paged:
        query = query.limit(sge.Placeholder(this="limit")).offset(sge.Placeholder(this="offset"))
    names = frozenset(found.name for found in query.find_all(sge.Placeholder))
    return Statement(str(query.sql("duckdb")), names)


def _placeholder(node: sge.Expression) -> sge.Expression:
    if isinstance(node, sge.Anonymous) and node.name.lower() == _PARAMETER:
        return sge.Placeholder(this=node.expressions[0].name)
    return node


_statements: OrderedDict[Hashable, Statement] = OrderedDict()
_lock = threading.Lock()


def _parameter(kind: str) -> Callable[[str], Any]:
    """A function of SQL that stands for a named value until `_placeholder` replaces it."""

    @ibis.udf.scalar.builtin(name=_PARAMETER, signature=(("string",), kind))  # type: ignore[untyped-decorator]
    def parameter(key: str) -> Any:
        """Nothing: Ibis takes the signature only."""

    found: Callable[[str], Any] = parameter
    return found


_moment = _parameter(MOMENT_TYPE)
_text = _parameter("string")
_integer = _parameter("int64")
_real = _parameter("float64")
_integers = _parameter("array<int64>")


@ibis.udf.scalar.builtin(name="epoch_us", signature=((MOMENT_TYPE,), "int64"))  # type: ignore[untyped-decorator]
def _epoch_us(at: datetime) -> int:
    """DuckDB's own; Ibis's epoch_seconds goes through a local timestamp and a double."""
    raise NotImplementedError


@ibis.udf.scalar.builtin(name="strip_accents", signature=(("string",), "string"))  # type: ignore[untyped-decorator]
def _strip_accents(value: str) -> str:
    """DuckDB's own; Ibis's translate is forty times slower there."""
    raise NotImplementedError
