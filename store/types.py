"""Column types that read the same on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, DateTime, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

SRID = 4326


class Moment(TypeDecorator[datetime]):
    """A moment to the second: timestamptz on PostgreSQL, UTC seconds since 1970 on SQLite.

    SQLite has no time type; integers keep a million rows small, ordered and free of text formats.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type on an engine."""
        kind = BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """A zone-aware moment as the engine keeps it.

        Raises:
            ValueError: the moment has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment has to know its time zone.")
        return int(value.timestamp()) if dialect.name == "sqlite" else value.replace(microsecond=0)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment in UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromtimestamp(value, tz=UTC)
        found: datetime = value
        return found.astimezone(UTC)

    def literal_processor(self, dialect: Dialect) -> Callable[[datetime | None], str]:
        """Moments as SQL text, for statements that go through the bulk connection."""

        def literal(value: datetime | None) -> str:
            bound = self.process_bind_param(value, dialect)
            if bound is None:
                return "NULL"
            return str(bound) if dialect.name == "sqlite" else f"'{bound.isoformat()}'::timestamptz"

        return literal


def point() -> TypeEngine[Any]:
    """A WGS84 point: PostGIS geometry(Point, 4326), or little-endian WKB on SQLite."""
    # The generic type comes first: GeoAlchemy2 would ask a SQLite table for SpatiaLite's functions.
    on_postgis = Geometry("POINT", srid=SRID, spatial_index=False)
    return LargeBinary().with_variant(on_postgis, "postgresql")
