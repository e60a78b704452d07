"""data/activities.yml and the days off as a person changes them: all who read them then read them anew."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import domain.activities as acts
import domain.calendar as cal

_CACHED = (
    acts.activities,
    acts.activity,
    acts.goals,
    acts.labels_fingerprint,
    acts.targets_fingerprint,
    acts._codes_by_label,
    cal.days_off_fingerprint,
    cal._busday_calendar,
)


class Rules:
    """The targets and days off of a test."""

    def __init__(self, path: Path, patch: pytest.MonkeyPatch) -> None:
        self._path, self._patch = path, patch
        self._said: dict[str, Any] = yaml.safe_load(acts.ACTIVITIES_FILE.read_text(encoding="utf-8"))
        patch.setattr(acts, "ACTIVITIES_FILE", path)
        self.write(yaml.safe_dump(self._said, allow_unicode=True))

    def set(self, activity: str, **entries: Any) -> None:
        """Change entries of an activity (`target`, `targets`); None takes one out."""
        (found,) = (row for row in self._said["activities"] if row["code"] == activity)
        for name, entry in entries.items():
            found.pop(name, None)
            if entry is not None:
                found[name] = entry
        self.write(yaml.safe_dump(self._said, allow_unicode=True))

    def drop(self, activity: str) -> None:
        """Take an activity out."""
        self._said["activities"] = [row for row in self._said["activities"] if row["code"] != activity]
        self.write(yaml.safe_dump(self._said, allow_unicode=True))

    @property
    def text(self) -> str:
        """What the file says."""
        return self._path.read_text(encoding="utf-8")

    def turn_round(self) -> None:
        """Write the activities, but the last, in the opposite order."""
        *others, last = self._said["activities"]
        self.write(yaml.safe_dump(self._said | {"activities": [*reversed(others), last]}))

    def write(self, text: str) -> None:
        """Make this the text of the file."""
        self._path.write_text(text, encoding="utf-8")
        forget()

    def days_off(self, days: Collection[date]) -> None:
        """Make these the only days off beside Saturdays and Sundays."""
        self._patch.setattr(cal, "city_days_off", lambda: frozenset(days))
        forget()


@contextmanager
def changed_rules(path: Path) -> Iterator[Rules]:
    """Targets and days off that a test may change; at first those of the project."""
    with pytest.MonkeyPatch.context() as patch:
        yield Rules(path, patch)
    forget()


def forget() -> None:
    """Let everything be read again."""
    for function in _CACHED:
        function.cache_clear()
