"""Guesses that make a refusal useful: what the file probably is."""

from __future__ import annotations

import codecs
import csv
import io
from itertools import islice
from pathlib import Path
from statistics import median

from etl.files import opened
from etl.source import Source
from etl.transform.notes import noted

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}
_SHOWN, _SHOWN_CHARS = 40, 60
_SAMPLE_ROWS = 200


def missing_columns_sentence(path: Path, source: Source, found: list[str], missing: list[str]) -> str:
    """Which columns a file lacks and what it has instead, with the likeliest reason."""
    separator = _other_separator(source, found)
    if separator:
        wanted = _SEPARATORS.get(source.csv.delimiter, repr(source.csv.delimiter))
        return (
            f"{path.name}: the columns are separated by {_SEPARATORS[separator]}, "
            f"{wanted} are expected for the source {source.name}."
        )
    sentence = (
        f"{path.name}: {_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing for the source "
        f"{source.name}; the file has {_listed(found)}"
    )
    swapped = _swapped_sample(path, found, source)
    return f"{sentence}; {swapped}." if swapped else f"{sentence}."


def undecodable_sentence(path: Path) -> str:
    """Which line of a file is not UTF-8, and what it probably is."""
    with opened(path) as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                guess = _encoding_guess(line)
                return (
                    f"{path.name}: line {number} is not UTF-8 (byte 0x{line[error.start]:02x}){guess}; "
                    "save the file as UTF-8."
                )
    return f"{path.name}: the file is not UTF-8."


def endless_value_sentence(path: Path, source: Source, most_bytes: int, last_line: int) -> str:
    """Which line begins a value without an end, after `last_line` has been read."""
    usual = csv.field_size_limit(most_bytes)
    line = 1
    try:
        with opened(path) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
            rows = csv.reader(text, delimiter=source.csv.delimiter)
            try:
                for _ in rows:
                    line = rows.line_num + 1
            except csv.Error:
                return (
                    f"{path.name}: line {line} begins a value of more than {most_bytes >> 20} MB: a quotation "
                    "mark is probably opened there and not closed."
                )
            finally:
                text.detach()
    finally:
        csv.field_size_limit(usual)
    return f"{path.name}: a row after line {last_line} is longer than {most_bytes >> 20} MB."


def swapped_sentence(name: str, source: Source, share: float) -> str:
    """That latitude and longitude of a file are probably swapped."""
    fields = source.fields
    return (
        f"{name}: {share:.0%} of the points lie in the region of the source {source.name} only when "
        f"{fields['lon']} and {fields['lat']} change places: latitude and longitude look swapped."
    )


def _swapped_sample(path: Path, found: list[str], source: Source) -> str:
    """A guess for a file of other columns: one named like a latitude holds longitudes."""
    by_name = {name.casefold().strip(): i for i, name in enumerate(found)}
    lat = next((i for name, i in by_name.items() if name.startswith("lat")), None)
    lon = next((i for name, i in by_name.items() if name.startswith(("lon", "lng"))), None)
    if lat is None or lon is None:
        return ""
    lats, lons = _sampled(path, source, lat), _sampled(path, source, lon)
    if not lats or not lons:
        return ""
    west, south, _, _ = source.region
    same_sign_swapped = median(lats) * south < 0 and median(lons) * west < 0
    if same_sign_swapped:
        return f"its {found[lat]} and {found[lon]} also look swapped"
    return ""


def _sampled(path: Path, source: Source, column: int) -> list[float]:
    with opened(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
        try:
            rows = list(islice(csv.reader(text, delimiter=source.csv.delimiter), 1, _SAMPLE_ROWS))
        except csv.Error:
            return []
        finally:
            text.detach()
    values = []
    for row in rows:
        try:
            values.append(float(row[column]))
        except (ValueError, IndexError):
            continue
    return values


def _other_separator(source: Source, found: list[str]) -> str | None:
    if len(found) != 1:
        return None
    counts = {s: found[0].count(s) for s in _SEPARATORS if s != source.csv.delimiter}
    best = max(counts, key=lambda s: counts[s])
    return best if counts[best] >= len(source.required_columns) // 2 else None


def _encoding_guess(line: bytes) -> str:
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ", it looks like UTF-16"
    try:
        text = line.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    return ", it looks like Windows-1252 (cp1252)" if text.isprintable() or text.strip().isprintable() else ""


def _listed(names: list[str]) -> str:
    shown = ", ".join(noted(name)[:_SHOWN_CHARS] or "(no name)" for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
