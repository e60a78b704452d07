"""Made requests as a frame for grouping (integer ids, texts as categories), kept as Parquet in var/bench."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.csv as pacsv

from benchmarks.support.data import FOLDER

UNTIL = date(2025, 9, 30)
TEXTS = ("activity", "label", "street", "precision")


def made_parquet(rows: int, seed: int = 311, *, exact: bool = True) -> Path:
    """A file of `rows` made requests, the columns of `geo.dedup`; made once (4 M: about a minute)."""
    path = FOLDER / f"dedup-{rows}-{seed}-{'exact' if exact else 'segment'}.parquet"
    if path.exists():
        return path
    from etl.generate import generate_file
    from tests.support.made import as_requests

    FOLDER.mkdir(parents=True, exist_ok=True)
    csv = path.with_suffix(".part.csv")
    generate_file(csv, rows, seed, UNTIL, exact=exact)
    texts = pacsv.ConvertOptions(column_types={"ID_UNIQUE": "string", "LOC_ERREUR_GDT": "string"})
    given = pacsv.read_csv(csv, convert_options=texts).to_pandas()
    csv.unlink()
    frame = as_requests(given, exact=exact).assign(id=np.arange(rows))
    part = path.with_suffix(".part.parquet")
    frame.astype(dict.fromkeys(TEXTS, "category")).to_parquet(part, index=False)
    part.rename(path)
    return path
