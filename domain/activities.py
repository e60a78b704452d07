"""Activities: which labels they gather, and how soon they are due (data/activities.yml)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.errors import InputRefused
from domain.settings import PROJECT
from domain.territory import boroughs

T = TypeVar("T")

OTHER = "autre"
ACTIVITIES_FILE = PROJECT / "data" / "activities.yml"


@dataclass(frozen=True, slots=True)
class Target:
    """How long a request may take: `days` working days, or calendar days."""

    days: int
    calendar: bool = False
    origin: str = "default"
    """Which line set it: `default`, `borough:VD` or `label:…`."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a KPI should reach."""

    value: float
    origin: str
    """Which line set it: `default` or `borough:VD`."""


@dataclass(frozen=True)
class Activity:
    """One activity with its labels (as normalised by `label_key`) and targets."""

    code: str
    name_fr: str
    name_en: str
    labels: tuple[str, ...]
    prefixes: tuple[str, ...]
    target: Target | None
    by_borough: dict[str, Target]
    by_label: dict[str, Target]

    def target_for(self, label: str, borough: str | None) -> Target | None:
        """The target of a request: its label's, else its borough's, else the activity's."""
        return self.by_label.get(label_key(label)) or self.by_borough.get(borough or "") or self.target


class _Target(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    days: int = Field(ge=0, le=3650)
    calendar: bool = False


def _known_boroughs(given: dict[str, T]) -> dict[str, T]:
    unknown = sorted(given.keys() - {b.code for b in boroughs()})
    if unknown:
        raise ValueError(f"there is no borough {unknown[0]!r}")
    return given


class _Targets(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    boroughs: dict[str, _Target] = {}
    labels: dict[str, _Target] = {}

    @field_validator("boroughs")
    @classmethod
    def _known(cls, given: dict[str, _Target]) -> dict[str, _Target]:
        return _known_boroughs(given)


class _Activity(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    code: str = Field(pattern=r"^[a-z_]+$")
    fr: str
    en: str
    target: _Target | None = None
    labels: list[str] = []
    prefixes: list[str] = []
    targets: _Targets = _Targets()


_GoalValue = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Goal(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    value: _GoalValue
    boroughs: dict[str, _GoalValue] = {}

    @field_validator("boroughs")
    @classmethod
    def _known(cls, given: dict[str, float]) -> dict[str, float]:
        return _known_boroughs(given)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    version: int
    goals: dict[str, _Goal] = {}
    activities: list[_Activity] = Field(min_length=1)


def label_key(label: str) -> str:
    """A label without its leading `*`, doubled spaces and capitals."""
    return " ".join(label.lstrip("* ").split()).casefold()


@cache
def activities() -> tuple[Activity, ...]:
    """The activities of data/activities.yml, pilots first and `autre` last."""
    return read_activities(ACTIVITIES_FILE)


@cache
def goals() -> dict[str, _Goal]:
    """What KPIs should reach, by their codes (data/activities.yml)."""
    return _read(ACTIVITIES_FILE).goals


def goal_for(kpi: str, borough: str | None = None) -> Goal | None:
    """What a KPI should reach in a borough: its own goal, else the city's; None where nobody set one."""
    found = goals().get(kpi)
    if found is None:
        return None
    own = found.boroughs.get(borough or "")
    return Goal(found.value, "default") if own is None else Goal(own, f"borough:{borough}")


@cache
def activity(code: str) -> Activity:
    """The activity of a code (KeyError if there is none)."""
    return {a.code: a for a in activities()}[code]


@cache
def labels_fingerprint() -> str:
    """Changes whenever a label belongs to another activity."""
    said = [(found.code, sorted(found.labels), sorted(found.prefixes)) for found in activities()]
    return _fingerprint(said)


@cache
def targets_fingerprint() -> str:
    """Changes whenever a target does, whatever its place in the file."""
    said = [
        (a.code, a.target, sorted(a.by_borough.items()), sorted(a.by_label.items())) for a in activities()
    ]
    return _fingerprint(sorted(said, key=lambda one: one[0]))


def _fingerprint(said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def read_activities(path: Path) -> tuple[Activity, ...]:
    """Activities declared in a YAML file.

    Raises:
        InputRefused: the file is not of the stated form, or a code or label stands twice.
    """
    parsed = _read(path)
    found = tuple(_activity(row) for row in parsed.activities)
    _refuse_doubles(path, [a.code for a in found], "code")
    _refuse_doubles(path, [label for a in found for label in a.labels], "label")
    for one in found:
        _refuse_strange_targets(path, one)
    if found[-1].code != OTHER:
        raise InputRefused(f"{path.name}: the last activity has to be `{OTHER}`.")
    return found


def _refuse_strange_targets(path: Path, found: Activity) -> None:
    """A target of a label that is not the activity's would never apply, and nobody would know."""
    for label in found.by_label:
        if label not in found.labels and not any(label.startswith(prefix) for prefix in found.prefixes):
            raise InputRefused(
                f"{path.name}: {found.code} has a target for {label!r}, which is no label of it."
            )


def _read(path: Path) -> _File:
    try:
        return _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputRefused(f"{path.name}: {where}: {first['msg']}.") from error
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise InputRefused(f"{path.name}: it cannot be read ({' '.join(str(error).split())}).") from error


def classify(label: str) -> tuple[str, bool]:
    """Activity code of a label, and whether the label is a known one.

    A label that no activity names is `autre` and unknown.
    """
    key = label_key(label)
    known = _codes_by_label().get(key)
    if known is not None:
        return known, True
    for found in activities():
        if key and key.startswith(found.prefixes):
            return found.code, True
    return OTHER, False


@cache
def _codes_by_label() -> dict[str, str]:
    return {label: a.code for a in activities() for label in a.labels}


def _activity(row: _Activity) -> Activity:
    return Activity(
        code=row.code,
        name_fr=row.fr,
        name_en=row.en,
        labels=tuple(label_key(label) for label in row.labels),
        prefixes=tuple(label_key(prefix) for prefix in row.prefixes),
        target=_target(row.target, "default") if row.target else None,
        by_borough={k: _target(v, f"borough:{k}") for k, v in row.targets.boroughs.items()},
        by_label={label_key(k): _target(v, f"label:{k}") for k, v in row.targets.labels.items()},
    )


def _target(row: _Target, origin: str) -> Target:
    return Target(row.days, row.calendar, origin)


def _refuse_doubles(path: Path, values: list[Any], what: str) -> None:
    doubles = sorted({value for value in values if values.count(value) > 1})
    if doubles:
        raise InputRefused(f"{path.name}: the {what} {doubles[0]!r} stands twice.")
