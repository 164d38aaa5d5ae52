"""Rows of a result as a CSV file, whatever the result is."""

import csv
from collections.abc import Sequence
from pathlib import Path

from imu_hip.recording.formats.csv_cells import shown_cell
from imu_hip.recording.formats.files import replacing
from imu_hip.report.json_numbers import Document


def write_rows(rows: Sequence[Document], path: Path) -> None:
    """Write rows of the same columns, one or more.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    with (
        replacing(path) as unfinished,
        unfinished.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else shown_cell(value)
