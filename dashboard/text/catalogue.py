"""The catalogues, `*.fr.yml` and `*.en.yml`: nested keys, named places in braces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("fr", "en")


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Every text of a language by its dotted key (KeyError for a language that we do not speak)."""
    if lang not in LANGUAGES:
        raise KeyError(lang)
    pairs = [pair for path in files(lang) for pair in _flat(yaml.safe_load(path.read_text("utf-8")), "")]
    return {key: spaced(text, lang) for key, text in pairs}


def files(lang: str) -> list[Path]:
    """The YAML files of a language, one per part of the dashboard: `frame.fr.yml`, `carte.fr.yml` and so on."""
    return sorted(Path(__file__).parent.glob(f"*.{lang}.yml"))


def t(key: str, lang: str, **places: Any) -> str:
    """A text, with its named places filled.

    Raises:
        KeyError: no such key, or a place of the text is not given: a slip of ours, found by a test.
    """
    text = catalogue(lang)[key]
    return text.format(**places) if places else text


def tn(key: str, count: float, lang: str, **places: Any) -> str:
    """The text `key.one` or `key.other` for a count (in French, 0 and 1.5 are singular)."""
    singular = abs(count) < 2 if lang == "fr" else abs(count) == 1  # noqa: PLR2004 - French grammar
    return t(f"{key}.{'one' if singular else 'other'}", lang, **places)


def spaced(text: str, lang: str) -> str:
    """French punctuation keeps its space, and never begins a line."""
    return re.sub(r" (?=[;:?!»%])|(?<=«) ", "\u00a0", text) if lang == "fr" else text


def _flat(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{prefix}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, Mapping) else [(name, str(value))]
    return found
