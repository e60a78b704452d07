"""Every text of the file, made once: a row is a choice among them.

A text may hold several neighbouring columns with the commas between them (`Adresse,rue Masson,,`). Each
function that makes texts stands beside the one that numbers them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.generate.calibration import NATURES, Calibration
from etl.generate.channels import channel_texts
from etl.generate.outcomes import STATUSES
from etl.generate.places import INTERSECTION, KINDS, NOWHERE
from etl.generate.points import point_texts
from etl.generate.postal import postal_codes
from etl.generate.streets import Network

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

INFORMATION = "Information"


@dataclass(frozen=True)
class Texts:
    """Texts, numbered from 0, of the columns that their names' functions say."""

    what: pa.Array
    site: pa.Array
    areas: pa.Array
    postal: pa.Array
    channel: pa.Array
    unit: pa.Array
    point: pa.Array
    status: pa.Array


@cache
def make_texts(facts: Calibration, streets: Network) -> Texts:
    """The texts of a calibration and a network."""
    return Texts(
        what=_what_texts(facts),
        site=_site_texts(streets),
        areas=_area_texts(facts),
        postal=postal_codes(facts, streets),
        channel=pa.array(channel_texts()),
        unit=pa.array([quoted(unit) for unit in _units(facts)]),
        point=_point_texts(streets),
        status=pa.array([*STATUSES, ""]),
    )


def quoted(value: str) -> str:
    """A value as in the published file: in quotes only where it needs them."""
    if any(mark in value for mark in ',"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def _what_texts(facts: Calibration) -> pa.Array:
    """NATURE, ACTI_NOM."""
    retired = facts.assumed["retired"]
    forms = (facts.labels, [retired.get(label, label) for label in facts.labels])
    rows = [(nature, label) for nature in NATURES for labels in forms for label in labels]
    rows += [(INFORMATION, label) for label in facts.assumed["information"]["labels"]]
    return pa.array([f"{nature},{quoted(label)}" for nature, label in rows])


def what_numbers(facts: Calibration, nature: Integers, label: Integers, retired: Flags) -> Integers:
    """A nature with a label, in its retired form where it has one and `retired` says so."""
    return (nature * 2 + retired) * len(facts.labels) + label


def information_numbers(facts: Calibration, label: Integers) -> Integers:
    """An Information row's label, numbered as in assumptions.yml."""
    return 2 * len(NATURES) * len(facts.labels) + label


def _site_texts(streets: Network) -> pa.Array:
    """TYPE_LIEU_INTERV, RUE, RUE_INTERSECTION1, RUE_INTERSECTION2."""
    names = pa.array([quoted(name) for name in streets.names])
    street = names.take(streets.street)
    between = [names.take(streets.cross[:, end]) for end in (0, 1)]
    crossing = [names.take(streets.corner_streets[:, which]) for which in (0, 1)]
    join = pc.binary_join_element_wise
    return pa.concat_arrays(
        [
            join(KINDS[0], street, "", "", ","),
            join(KINDS[1], street, *between, ","),
            join(KINDS[2], "", *crossing, ","),
            join(KINDS[3], street, "", "", ","),
            pa.array([",,,"]),
        ]
    )


def site_numbers(streets: Network, kind: Integers, block: Integers, corner: Integers) -> Integers:
    """The site of each kind on a block or at a corner."""
    first = np.cumsum([0, streets.blocks, streets.blocks, len(streets.corner_x), streets.blocks])[kind]
    return first + _within(kind, block, corner)


def _point_texts(streets: Network) -> pa.Array:
    """LOC_LONG, LOC_LAT, LOC_X, LOC_Y: middles of blocks, corners, nowhere."""
    half = np.full(streets.blocks, 0.5)
    x, y = streets.along(np.arange(streets.blocks), half, 0 * half)
    return pa.concat_arrays(
        [
            point_texts(np.append(x, streets.corner_x), np.append(y, streets.corner_y)),
            pa.array([",,,"]),
        ]
    )


def point_numbers(streets: Network, kind: Integers, block: Integers, corner: Integers) -> Integers:
    """The published point of each kind of place on a block or at a corner."""
    first = np.array([0, 0, streets.blocks, 0, streets.blocks + len(streets.corner_x)])[kind]
    return first + _within(kind, block, corner)


def _within(kind: Integers, block: Integers, corner: Integers) -> Integers:
    return np.where(kind == INTERSECTION, corner, np.where(kind == NOWHERE, 0, block))


def _area_texts(facts: Calibration) -> pa.Array:
    """LOC_ERREUR_GDT, ARRONDISSEMENT, ARRONDISSEMENT_GEO; last those of an Information row."""
    who = [facts.boroughs[area]["who"] if area in facts.boroughs else area for area in facts.areas]
    where = ["", *(facts.boroughs[area]["where"] if area in facts.boroughs else area for area in facts.areas)]
    rows = [f"{flag},{quoted(a)},{quoted(b)}" for flag in (0, 1) for a in who for b in where]
    return pa.array([*rows, ",,"])


def area_numbers(facts: Calibration, counter: Flags, who: Integers, where: Integers) -> Integers:
    """The service counter's flag, the area that answers and the one where it is (-1 nowhere)."""
    count = len(facts.areas)
    return (counter * count + who) * (count + 1) + where + 1


def _units(facts: Calibration) -> list[str]:
    """UNITE_RESP_PARENT: of each area the usual name, of each another spelling, central units, the 311's."""
    units = [facts.assumed["boroughs"][facts.answers_for(area)]["units"] for area in facts.areas]
    usual, other = ([names[place] for names in units] for place in (0, -1))
    central = list(facts.assumed["central_units"].values())
    return [*usual, *other, *central, facts.assumed["information"]["unit"]]


def unit_numbers(
    rng: np.random.Generator, facts: Calibration, who: Integers, label: Integers, activity: Integers
) -> Integers:
    """The unit of a request: of the area that answers, of a central service, or Rosemont's for lighting."""
    count = len(facts.areas)
    central = [
        next((n for n, start in enumerate(facts.assumed["central_units"]) if text.startswith(start)), -1)
        for text in facts.labels
    ]
    of_label = np.array(central)[label]
    lights = activity == [p.code for p in facts.activities].index("eclairage")
    rosemont = facts.areas.index("RO")
    own = (who[lights] == rosemont).mean() if lights.any() else 0.0
    for_others = (facts.assumed["lighting_by_rosemont"] - own) / max(1 - own, 0.01)
    by_rosemont = lights & ((who == rosemont) | (rng.random(len(who)) < for_others))
    found = np.where(by_rosemont, rosemont, who)
    found = found + count * (rng.random(len(who)) < facts.assumed["other_spelling"])
    return np.where((of_label >= 0) & ~by_rosemont, 2 * count + of_label, found)
