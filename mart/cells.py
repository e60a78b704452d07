"""Coarser H3 cells of a column of cells, in SQL."""

from __future__ import annotations

import ibis.expr.types as ir

from geo.hexgrid import FINEST

_RESOLUTION_SHIFT = 52
_DIGIT_BITS = 3


def parent(cell: ir.IntegerColumn, resolution: int) -> ir.IntegerColumn:
    """Ancestor of cells of resolution 12, by bit arithmetic (see geo.hexgrid.parents)."""
    unused_digits = (1 << (_DIGIT_BITS * (FINEST - resolution))) - 1
    kept_bits = ~((0b1111 << _RESOLUTION_SHIFT) | unused_digits)
    return (cell & kept_bits) | ((resolution << _RESOLUTION_SHIFT) | unused_digits)
