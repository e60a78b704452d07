"""The ground that streets are laid on: boroughs as shipped, related towns as discs, in metres."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from domain.errors import InputRefused
from etl.generate.calibration import Calibration
from geo.boroughs import FOLDER, load_boroughs
from geo.projection import metres, shapes_in_metres

TOWN_RADIUS_M = 330
EDGE_M = 15
"""Streets stay this far inside, so that a point moved by a few metres is still in its borough."""


def area_shapes(facts: Calibration, folder: Path = FOLDER) -> list[BaseGeometry]:
    """Shape of each area of the calibration in its order, EPSG:32188 metres, drawn in by `EDGE_M`.

    Raises:
        InputRefused: the boroughs' file is missing or unreadable, or lacks one of the boroughs.
    """
    found = {borough.code: borough.shape for borough in load_boroughs(folder)}
    missing = sorted(facts.boroughs.keys() - found.keys())
    if missing:
        raise InputRefused(f"The boroughs in {folder} have no shape for {', '.join(missing)}.")
    boroughs = [shapes_in_metres(found[code]).buffer(-EDGE_M) for code in facts.boroughs]
    return boroughs + [_disc(town["lon"], town["lat"]) for town in facts.assumed["towns"].values()]


def _disc(lon: float, lat: float) -> BaseGeometry:
    x, y = metres(np.array([lon]), np.array([lat]))
    return shapely.Point(x[0], y[0]).buffer(TOWN_RADIUS_M)
