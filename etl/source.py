"""Sources: how a city's file is read, declared in etl/sources/NAME.yml."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from domain.activities import activities
from domain.errors import InputRefused
from domain.statuses import Status

FOLDER = Path(__file__).with_name("sources")

Nature = Literal["information", "request", "complaint", "comment"]
PlaceType = Literal["address", "segment", "intersection", "installation"]
Channel = Literal["phone", "email", "person", "mail", "fax", "authority", "mobile", "social", "web"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Columns(_Strict):
    """Which column of the file holds which field; several columns together make an id."""

    external_id: str | list[str]
    opened_at: str
    nature: str | None = None
    label: str | None = None
    place_type: str | None = None
    street: str | None = None
    street_from: str | None = None
    street_to: str | None = None
    postal_code: str | None = None
    at_counter: str | None = None
    borough_who: str | None = None
    borough_where: str | None = None
    unit: str | None = None
    lon: str | None = None
    lat: str | None = None
    channel: str | None = None
    status: str | None = None
    status_at: str | None = None
    closed_at: str | None = None
    due_at: str | None = None


class Csv(_Strict):
    """Form of the text."""

    delimiter: str = Field(",", min_length=1, max_length=1)


class Portal(_Strict):
    """Where today's file is published."""

    url: str


class Constants(_Strict):
    """Fields that have one value for every row of a file."""

    label: str | None = None


class Source(_Strict):
    """One city's file: columns, formats, time zone, CRS, mappings and checks."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    portal: Portal | None = None
    csv: Csv = Csv(delimiter=",")
    time_zone: str
    moment_formats: list[str] = Field(min_length=1)
    crs: str = "EPSG:4326"
    region: tuple[float, float, float, float] = Field(description="lon, lat, lon, lat: west south east north")
    precision: Literal["exact", "segment"]
    territory: Literal["montreal"] | None = None
    columns: Columns
    requesters: dict[Channel, str] = {}
    expected: list[str] = []
    constants: Constants = Constants()
    at_counter: list[str] = []
    natures: dict[str, Nature] = {}
    place_types: dict[str, PlaceType] = {}
    channels: dict[str, Channel] = {}
    statuses: dict[str, Status] = {}
    activities: dict[str, str] = {}
    max_text: int = Field(250, gt=0, description="longest text of a field, in characters")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"{name!r} is not a time zone")
        return name

    @field_validator("crs")
    @classmethod
    def _known_crs(cls, name: str) -> str:
        try:
            CRS.from_user_input(name)
        except CRSError as error:
            raise ValueError(f"{name!r} is not a coordinate reference system") from error
        return name

    @field_validator("region")
    @classmethod
    def _from_south_west(cls, region: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        west, south, east, north = region
        if not (west < east and south < north):
            raise ValueError("west, south, east, north are expected, in degrees")
        return region

    @model_validator(mode="after")
    def _known_activities(self) -> Source:
        known = {a.code for a in activities()}
        unknown = sorted(set(self.activities.values()) - known)
        if unknown:
            raise ValueError(f"activities: {unknown[0]!r} is not one of {', '.join(sorted(known))}")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the file's wall times."""
        return ZoneInfo(self.time_zone)

    @property
    def id_columns(self) -> list[str]:
        """Columns that make the id."""
        found = self.columns.external_id
        return [found] if isinstance(found, str) else found

    @cached_property
    def fields(self) -> dict[str, str]:
        """Column of each field that comes from exactly one."""
        declared = self.columns.model_dump(exclude={"external_id"}, exclude_none=True)
        return {**declared, **{f"requesters_{c}": column for c, column in self.requesters.items()}}

    @cached_property
    def read_columns(self) -> list[str]:
        """Columns that are read, each once, in a fixed order."""
        return list(dict.fromkeys([*self.id_columns, *self.fields.values()]))

    @cached_property
    def required_columns(self) -> list[str]:
        """Columns without which the file is another one."""
        return list(dict.fromkeys([*self.read_columns, *self.expected]))


def source_names() -> list[str]:
    """Names of the sources that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def load_source(name: str) -> Source:
    """The source of a name.

    Raises:
        InputRefused: there is none of that name, or its YAML is not of the stated form.
    """
    if name not in source_names():
        raise InputRefused(f"there is no source {name!r}; the sources are {', '.join(source_names())}.")
    return read_source(FOLDER / f"{name}.yml")


def read_source(path: Path) -> Source:
    """A source declared in a YAML file (see `load_source` for errors)."""
    try:
        return Source.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputRefused(f"source {path.name}: {where}: {first['msg']}.") from error
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise InputRefused(
            f"source {path.name}: it cannot be read ({' '.join(str(error).split())})."
        ) from error
