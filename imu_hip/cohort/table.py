"""The tidy table and the list of problems, written piece by piece and put in place whole."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet
from pyarrow.csv import CSVWriter

from imu_hip.cohort.columns import COLUMNS, MDC95, REPETITIONS, UNCERTAINTY, VALUE
from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.plan import ENDINGS, Problem
from imu_hip.errors import OutputError
from imu_hip.recording.formats.csv_cells import shown_cell
from imu_hip.recording.formats.files import replacing

METADATA: Final = {"imu_hip_cohort": "1"}
ROWS_AT_ONCE: Final = 20_000
_TYPES: Final = {
    VALUE: pa.float64(),
    UNCERTAINTY: pa.float64(),
    MDC95: pa.float64(),
    REPETITIONS: pa.int32(),
}


def require_ending(table: Path) -> None:
    """Refuse a name that tells no format.

    Raises
    ------
    CohortError
        Naming the endings that do.
    """
    if table.suffix.lower() not in ENDINGS:
        raise CohortError(
            f"{table} does not end with a format of tables.", f"End it with {' or '.join(ENDINGS)}."
        )


def require_own(table: Path) -> None:
    """Refuse to write over a file that is no table of a cohort, such as one of the recordings.

    Raises
    ------
    OutputError
        Naming the file that would be lost.
    """
    if table.exists() and not _is_own(table):
        raise OutputError(
            f"{table} is no table of a cohort and would be overwritten.",
            "Choose another name for the table.",
        )


def _is_own(table: Path) -> bool:
    try:
        if table.suffix.lower() == ".csv":
            with table.open(encoding="utf-8", newline="") as file:
                return tuple(next(csv.reader(file), ()))[: len(COLUMNS)] == COLUMNS
        told = parquet.read_schema(table).metadata or {}
    except (OSError, ValueError, csv.Error):
        # What cannot be read may be worth mending.
        return False
    return all(told.get(key.encode()) == value.encode() for key, value in METADATA.items())


def write_table(
    rows: Iterable[Sequence[object]], path: Path, columns_of_people: Sequence[tuple[str, bool]]
) -> int:
    """Write the rows; memory does not grow with them. Returns how many they are.

    Parameters
    ----------
    rows
        Cells in the order of `COLUMNS`, then those of people as texts.
    columns_of_people
        Names, and whether all cells are numbers.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    fields = [(name, _TYPES.get(name, pa.string())) for name in COLUMNS]
    fields += [
        (name, pa.float64() if number else pa.string()) for name, number in columns_of_people
    ]
    schema = pa.schema(fields, metadata=METADATA)
    count = 0
    with replacing(path) as unfinished, _writer(unfinished, path, schema) as writer:
        for part in _parts(rows):
            columns = [
                pa.array(_cells(cells, field.type, path), field.type)
                for cells, field in zip(zip(*part, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            count += len(part)
    return count


def write_problems(problems: Iterable[Problem], path: Path) -> int:
    """Write the recordings that could not be measured, and why; returns how many they are."""
    count = 0
    with replacing(path) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("recording", "reason"))
        for problem in problems:
            writer.writerow(map(shown_cell, astuple(problem)))
            count += 1
    return count


def _writer(unfinished: Path, path: Path, schema: pa.Schema) -> CSVWriter | parquet.ParquetWriter:
    if path.suffix.lower() == ".csv":
        return CSVWriter(unfinished, schema)
    return parquet.ParquetWriter(unfinished, schema, compression="zstd", write_page_checksum=True)


def _parts(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    part: list[Sequence[object]] = []
    for row in rows:
        part.append(row)
        if len(part) == ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _cells(cells: Sequence[Any], kind: pa.DataType, path: Path) -> Sequence[Any]:
    if kind != pa.float64():
        # Names of people and groups come from elsewhere, and a spreadsheet would obey some.
        return list(map(shown_cell, cells)) if path.suffix.lower() == ".csv" else cells
    return [float(cell) if cell not in {"", None} else None for cell in cells]
