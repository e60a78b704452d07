"""An incremental build: the months in which something changed, the others as they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from etl.build.groups import Groups
from etl.build.spells import undone_again, with_spells
from etl.build.view import Ids, View, mart_rows
from mart.layout import UNDONE_FILE, Manifest, MartFile, month_file
from mart.months import ids_of_month, months_of, ordered, read_month, replaced, write_month
from mart.publish import keep_file
from mart.schema import SPELLS

THREADS = 2


def changed_rows(now: View, base: Manifest) -> tuple[pa.Table, pa.Table]:
    """Requests that changed since a version, as they are now and each still alone, and their earlier spells."""
    return with_spells(mart_rows(now.changed(base.tick)), now.reopenings(base.tick))


def undone_since(old: Path, changed: pa.Table, spells: pa.Table, groups: Groups) -> pa.Table:
    """Earlier spells of all requests, from those of the version in `old` and of the requests that changed."""
    before = pq.read_table(old / UNDONE_FILE).replace_schema_metadata(None).cast(SPELLS)
    return groups.put(undone_again(before, changed["id"].to_numpy(), spells))


def write_changed(
    changed: pa.Table, groups: Groups, base: Manifest, old: Path, folder: Path
) -> dict[str, MartFile]:
    """Bring the months of the version in `old` to a new state, in a draft; its files by path.

    A request that changed is taken out of whatever month it was in and put into its own. Files of
    months that none touches are linked, not copied; a month left empty has no file.

    Args:
        changed: requests as they are now (see `changed_rows`).
        groups: of all requests.
        base: what the version in `old` holds.
        old: its folder.
        folder: the draft.
    """
    ids = np.sort(changed["id"].to_numpy())
    into = months_of(changed["opened_at"])
    touched = {month_file(str(month)) for month in np.unique(into)}
    away = np.union1d(ids, groups.moved)
    touched |= {
        name for name in base.files if name not in touched and _has(old, name, base.files[name], away)
    }

    def carry(name: str) -> tuple[str, MartFile | None]:
        if name not in touched:
            keep_file(old / name, folder / name)
            return name, base.files[name]
        mine = changed.filter(pa.array(into == np.datetime64(Path(name).stem, "M")))
        return name, _rewrite(name, mine, ids, groups, old if name in base.files else None, folder)

    with ThreadPoolExecutor(THREADS) as pool:
        done = pool.map(carry, sorted(touched | set(base.files)))
        return {name: file for name, file in done if file is not None}


def _has(old: Path, name: str, file: MartFile, ids: Ids) -> bool:
    """Whether a file of a version holds one of the ids (sorted): a request that has left its month."""
    low, high = np.searchsorted(ids, [file.first_id, file.last_id + 1])
    return bool(low < high and np.isin(ids_of_month(old, name), ids[low:high]).any())


def _rewrite(
    name: str, mine: pa.Table, ids: Ids, groups: Groups, old: Path | None, folder: Path
) -> MartFile | None:
    rows = ordered(mine) if old is None else replaced(read_month(old, name), ids, mine)
    return write_month(folder, Path(name).stem, groups.put(rows)) if rows.num_rows else None
