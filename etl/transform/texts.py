"""Text fields: trimmed, empty as null, and emptied where they cannot be trusted."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from etl.extract import text_bytes
from etl.transform.notes import Notes, mask

_CONTROL = r"[\x00-\x1f\x7f]"
_FIRST_PRINTABLE, _DELETE = 0x20, 0x7F


def trimmed(column: pa.Array) -> pa.Array:
    """Text without space around it; null where nothing is left."""
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def cleaned(column: pa.Array, name: str, max_chars: int, notes: Notes) -> pa.Array:
    """Trimmed text; a field with control characters or too much text is emptied and noted.

    Text that a spreadsheet would run as a formula is kept as it is: exports defuse it.
    """
    if _has_control(column):
        bad = pc.match_substring_regex(pc.utf8_trim_whitespace(column), _CONTROL)
        notes.fault(mask(bad), name, "control_characters", column)
        column = pc.if_else(bad, "", column)
    text = trimmed(column)
    if (pc.max(pc.binary_length(text)).as_py() or 0) > max_chars:
        long = pc.greater(pc.utf8_length(text), max_chars)
        if pc.any(long).as_py():
            notes.fault(mask(long), name, "overlong", text)
            text = pc.if_else(long.fill_null(False), pa.scalar(None, pa.string()), text)
    return text


def _has_control(column: pa.Array) -> bool:
    data = text_bytes(column)
    return bool(((data < _FIRST_PRINTABLE) | (data == _DELETE)).any())
