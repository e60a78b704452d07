"""Rows of Montréal's published file, built from defaults: a test states only what it is about.

Everything is text, as in the file. `opened` and `status_at` take a moment of Montréal's wall clock, as
published (`2025-03-10T09:30:00`); `point` takes (lon, lat) in degrees.
"""

import csv
import gzip
import io
import itertools
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

COLUMNS: tuple[str, ...] = (
    "ID_UNIQUE", "NATURE", "ACTI_NOM", "TYPE_LIEU_INTERV", "RUE", "RUE_INTERSECTION1", "RUE_INTERSECTION2",
    "LOC_ERREUR_GDT", "ARRONDISSEMENT", "ARRONDISSEMENT_GEO", "LIN_CODE_POSTAL", "DDS_DATE_CREATION",
    "PROVENANCE_ORIGINALE", "PROVENANCE_TELEPHONE", "PROVENANCE_COURRIEL", "PROVENANCE_PERSONNE",
    "PROVENANCE_COURRIER", "PROVENANCE_TELECOPIEUR", "PROVENANCE_INSTANCE", "PROVENANCE_MOBILE",
    "PROVENANCE_MEDIASOCIAUX", "PROVENANCE_SITEINTERNET", "UNITE_RESP_PARENT", "LOC_LONG", "LOC_LAT", "LOC_X",
    "LOC_Y", "DERNIER_STATUT", "DATE_DERNIER_STATUT",
)  # fmt: skip

CHANNELS = COLUMNS[13:22]  # how many people reported by each channel

Row = dict[str, str]

_numbers = itertools.count(1)

# A segment of boulevard De Maisonneuve in Ville-Marie: well inside its borough and its sector.
_DEFAULT = {
    "NATURE": "Requete",
    "ACTI_NOM": "Nid-de-poule",
    "TYPE_LIEU_INTERV": "Troncon",
    "RUE": "boulevard De Maisonneuve Ouest",
    "RUE_INTERSECTION1": "rue Peel",
    "RUE_INTERSECTION2": "rue Stanley",
    "LOC_ERREUR_GDT": "0",
    "ARRONDISSEMENT": "Ville-Marie",
    "ARRONDISSEMENT_GEO": "Ville-Marie",
    "DDS_DATE_CREATION": "2025-03-10T09:30:00",
    "PROVENANCE_ORIGINALE": "Téléphone",
    "UNITE_RESP_PARENT": "VILLE-MARIE",
    "LOC_LONG": "-73.5747000",
    "LOC_LAT": "45.5000000",
    "DERNIER_STATUT": "Terminée",
    "DATE_DERNIER_STATUT": "2025-03-12T14:05:00",
}


def a_request(
    *,
    point: tuple[float, float] | None = None,
    opened: str | None = None,
    status: str | None = None,
    status_at: str | None = None,
    **columns: str,
) -> Row:
    """One request of the published file; `columns` are published columns by their own names.

    The id is new at each call, unless given.
    """
    row = dict.fromkeys(COLUMNS, "") | _DEFAULT
    row |= dict.fromkeys(CHANNELS, "0")
    row |= {"ID_UNIQUE": f"25-{next(_numbers)}", "PROVENANCE_TELEPHONE": "1"}
    if point is not None:
        row |= {"LOC_LONG": f"{point[0]:.7f}", "LOC_LAT": f"{point[1]:.7f}"}
    given = {"DDS_DATE_CREATION": opened, "DERNIER_STATUT": status, "DATE_DERNIER_STATUT": status_at}
    row |= {name: text for name, text in given.items() if text is not None}
    unknown = columns.keys() - set(COLUMNS)
    if unknown:
        raise TypeError(f"not published columns: {sorted(unknown)}")
    return row | columns


def an_information(**columns: str) -> Row:
    """One Information row: no id, no place, no status."""
    empty = dict.fromkeys(COLUMNS, "")
    kept = {name: _DEFAULT[name] for name in ("ACTI_NOM", "DDS_DATE_CREATION", "PROVENANCE_ORIGINALE")}
    return empty | kept | {"NATURE": "Information"} | columns


def csv_text(rows: Iterable[Row], *, columns: Sequence[str] = COLUMNS, separator: str = ",") -> str:
    """The rows as the text of a file with a header; a row's missing columns are empty."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(
        out, columns, restval="", extrasaction="ignore", delimiter=separator, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_csv(
    path: Path,
    rows: Iterable[Row],
    *,
    columns: Sequence[str] = COLUMNS,
    separator: str = ",",
    encoding: str = "utf-8",
) -> Path:
    """Write the rows to `path` (plain, or packed where its name ends in .gz or .zip) and return it."""
    data = csv_text(rows, columns=columns, separator=separator).encode(encoding)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(data))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(path.stem, data)
    else:
        path.write_bytes(data)
    return path
