"""Repeated values from the table of a cohort, or any table with its columns."""

import re
from pathlib import Path
from typing import Final

from imu_hip.cohort import columns
from imu_hip.cohort.tidy import SIMULATED
from imu_hip.errors import ImuHipError
from imu_hip.measures.own_error import LEAST_REPETITIONS
from imu_hip.names import Side
from imu_hip.report.reliability_reading import Value

NEEDED: Final = (
    columns.PERSON,
    columns.SESSION,
    columns.TASK,
    columns.SIDE,
    columns.MEASURE,
    columns.VALUE,
)


LONGEST_HEAD: Final = 10_000
"""Bytes of the line of column names."""


class TableError(ImuHipError):
    """A table that holds no repeated values."""


def values_of_table(
    path: Path, person: str | None, task: str | None
) -> tuple[tuple[Value, ...], bool]:
    """Values of a table of a cohort, sessions of each person in the order of their names.

    And whether all of them are of virtual sensors; only then those count.

    Raises
    ------
    TableError
        Where it cannot be read, lacks columns, or names an unknown side.
    """
    table = _read(path)
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise TableError(
            f"{path.name} has no column {', '.join(missing)}.",
            f"Name a table that `imu-hip cohort` wrote, or one with {', '.join(NEEDED)}.",
        )
    count = len(table[columns.VALUE])
    units = table.get(columns.UNIT, ["°"] * count)
    # A table that does not say how many there were is taken at its word.
    repetitions = table.get(columns.REPETITIONS, [LEAST_REPETITIONS] * count)
    virtual = [str(cell).startswith(SIMULATED) for cell in table.get(columns.QUALITY, [""] * count)]
    rows = zip(*(table[name] for name in NEEDED), units, repetitions, virtual, strict=True)
    found = [
        Value(
            _text(who), _text(session), None, _text(what), _side(path.name, side), _text(measure),
            _number(value), _text(unit), _number(repeated), simulated and not all(virtual),
        )
        for who, session, what, side, measure, value, unit, repeated, simulated in rows
        if (person is None or _text(who) == person) and (task is None or _text(what) == task)
    ]  # fmt: skip
    # The order within a session stays, so that of two values the first one counts.
    ordered = sorted(found, key=lambda one: _natural(one.session))
    return tuple(ordered), bool(virtual) and all(virtual)


def _read(path: Path) -> dict[str, list[object]]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv, parquet  # noqa: PLC0415

    if not path.is_file():
        raise TableError(f"There is no table {path}.", "Check the name and the folder.")
    try:
        if path.suffix.lower() == ".csv":
            _require_few_columns(path)
            names = csv.ConvertOptions(
                # Names such as 007 are no numbers.
                column_types=dict.fromkeys(NEEDED, pa.string())
                | {columns.VALUE: pa.float64(), columns.REPETITIONS: pa.float64()},
                strings_can_be_null=False,
            )
            table = csv.read_csv(path, convert_options=names)
        else:
            table = parquet.read_table(path)
        wanted = (*NEEDED, columns.UNIT, columns.REPETITIONS, columns.QUALITY)
        return {name: table[name].to_pylist() for name in wanted if name in table.column_names}
    except (pa.ArrowException, OSError, LookupError, ValueError) as error:
        # Names of columns that are no text are told as a `ValueError`.
        reason = " ".join(str(error).split())
        raise TableError(
            f"{path.name} cannot be read as a table: {reason}.",
            "Name a .parquet or .csv file that `imu-hip cohort` wrote.",
        ) from error


def _require_few_columns(path: Path) -> None:
    # For each column the reader takes 8 kB at once, whatever is in it.
    with path.open("rb") as file:
        if len(file.readline(LONGEST_HEAD + 1)) > LONGEST_HEAD:
            raise ValueError(f"its first line is longer than {LONGEST_HEAD} characters")


def _number(cell: object) -> float:
    try:
        return float(cell) if isinstance(cell, int | float | str) else float("nan")
    except ValueError:
        return float("nan")


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _side(name: str, cell: object) -> Side | None:
    word = _text(cell).lower()
    if word and word not in set(Side):
        # Taken as none, two legs would become one.
        raise TableError(
            f"{name} has the side {_text(cell)!r}, which is not known.",
            f"Write {' or '.join(Side)}, or nothing where a measure has no leg.",
        )
    return Side(word) if word else None


def _natural(name: str) -> list[tuple[int, str]]:
    """A key by which session 2 comes before session 10."""
    parts = re.split(r"(\d+)", name)
    # By length and then by text, as numbers of thousands of digits cannot be compared else.
    numbers = [part.lstrip("0") if part.isdecimal() else None for part in parts]
    return [
        (-1, part) if number is None else (len(number), number)
        for part, number in zip(parts, numbers, strict=True)
    ]
