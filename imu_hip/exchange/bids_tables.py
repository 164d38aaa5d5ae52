"""Tables of a BIDS dataset that grow with each recording: rows are added, none is changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from imu_hip.errors import OutputError
from imu_hip.exchange.bids_tracking import NOT_AVAILABLE
from imu_hip.recording.formats.files import replacing


def add_rows(path: Path, rows: tuple[Mapping[str, str], ...]) -> bool:
    """Add rows to a table, made where it is missing; a row that is there already stays as it is.

    Parameters
    ----------
    path
        The table, tab-separated with a header.
    rows
        Cells by column, the first one being the name of the row. Columns that the table has besides
        become `n/a`; those it has not are left out.

    Returns
    -------
    bool
        Whether a row was added.

    Raises
    ------
    OutputError
        Where the table is damaged or cannot be written.
    """
    key = next(iter(rows[0]))
    header, lines = _read(path, key, tuple(rows[0]))
    # Somebody may have added columns of their own; the key is looked up, not counted.
    known = {line.split("\t")[header.index(key)] for line in lines}
    new = [row for row in rows if row[key] not in known]
    if not new:
        return False
    added = ["\t".join(row.get(column, NOT_AVAILABLE) for column in header) for row in new]
    text = "\n".join(("\t".join(header), *lines, *added, ""))
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
    return True


def _read(path: Path, key: str, columns: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Header and rows of a table; those of a new one where there is none."""
    try:
        # Spreadsheets put a byte order mark in front.
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return list(columns), []
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(
            f"{path} cannot be read: {error}.", "Repair it, or write into another folder."
        ) from error
    header = lines[0].split("\t") if lines else []
    rows = [line for line in lines[1:] if line.strip()]
    if key not in header or any(line.count("\t") != len(header) - 1 for line in rows):
        raise OutputError(
            f"{path} is no table with a column {key}.", "Repair it, or write into another folder."
        )
    return header, rows


PARTICIPANTS: Final = {
    "participant_id": {"Description": "Label of the subject in this dataset."},
    "sex": {
        "Description": "Sex for which norms are looked up.",
        "Levels": {"F": "female", "M": "male"},
    },
}
"""What the columns of participants.tsv mean, for its sidecar."""
