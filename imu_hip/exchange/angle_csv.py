"""Angles in CSV files: one column an angle, or one row a time, leg and angle."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.exchange.angle_columns import Angle, Key
from imu_hip.exchange.angle_file import (
    AngleFile,
    AngleFileError,
    columns_of,
    listed,
    require_finite,
    require_rising,
)
from imu_hip.exchange.angle_names import MILLISECONDS, SECONDS, folded, meaning_of
from imu_hip.exchange.tidy_csv import COLUMNS as TIDY
from imu_hip.kinematics.quaternion import FloatArray, IntArray
from imu_hip.names import Side
from imu_hip.recording.formats.files import decode, head_lines, head_of, read_bytes
from imu_hip.recording.formats.table import Numbers, TextTable

HEADER_LINES: Final = 30
_SEPARATORS: Final = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the line of column names is, and what separates them."""

    line: int
    separator: str
    columns: tuple[str, ...]
    time: int

    @property
    def in_ms(self) -> bool:
        return folded(self.columns[self.time]) in MILLISECONDS

    @property
    def tidy(self) -> bool:
        return {folded(column) for column in self.columns} >= set(TIDY)


def is_angle_csv(path: Path) -> bool:
    """Whether a text file has a line of column names with a time and at least one angle."""
    head = _head(head_lines(path))
    return head is not None and (head.tidy or any(map(meaning_of, head.columns)))


def read_angle_csv(path: Path) -> AngleFile:
    """Read angles from a CSV file; a semicolon may separate and a comma be the decimal point.

    Raises
    ------
    AngleFileError
        Where it holds no angles, or its times are wrong.
    RecordingError
        Naming the first cell that is no number.
    """
    data = read_bytes(path)
    lines = decode(head_of(data)).splitlines()
    head = _head(lines)
    if head is None:
        raise AngleFileError(f"{path.name} has no time column.", "Name one time_s.")
    first = lines[head.line + 1] if head.line + 1 < len(lines) else ""
    # With a comma between columns it cannot be the decimal point as well.
    comma = head.separator != "," and re.search(r"\d,\d", first) is not None
    # Cells of columns that nobody asked for are never read, so text in them does no harm.
    table = TextTable(
        path.name, data, head.columns, head.line + 1, head.separator, "," if comma else "."
    )
    return _tidy(table, head) if head.tidy else _wide(table, head)


def _head(lines: list[str]) -> _Head | None:
    # Programs write what they are and who was recorded above the names of columns.
    for place, line in enumerate(lines[:HEADER_LINES]):
        for separator in _SEPARATORS:
            columns = tuple(cell.strip().strip('"') for cell in line.split(separator))
            time = next(
                (i for i, c in enumerate(columns) if folded(c) in SECONDS | MILLISECONDS), None
            )
            if time is not None and len(columns) > 1:
                return _Head(place, separator, columns, time)
    return None


def _wide(table: TextTable, head: _Head) -> AngleFile:
    columns, others = columns_of(table.name, table.header, meaning_of)
    numbers = table.read([head.time, *columns])
    time_s = numbers.values[:, 0] * (0.001 if head.in_ms else 1.0)
    require_rising(table.name, time_s, table.line_of)
    require_finite(numbers)
    values: dict[Key, FloatArray] = {}
    for i, meaning in enumerate(columns.values(), 1):
        # What a name does not tell is in degrees, as laboratories write angles.
        scale = float(np.degrees(1.0)) if meaning.in_radians else 1.0
        values[meaning.key] = numbers.values[:, i] * scale
    in_radians = any(meaning.in_radians for meaning in columns.values())
    notes = (f"Angles of {table.name} were in radians.",) if in_radians else ()
    other = tuple(name for name in others if name != head.columns[head.time])
    return AngleFile(table.name, time_s, values, other, notes)


def _tidy(table: TextTable, head: _Head) -> AngleFile:
    """One row a time, leg and angle, in any order."""
    place = {folded(column): i for i, column in enumerate(table.header)}
    time_at, side_at, angle_at, value_at = (place[name] for name in TIDY)
    sided = table.read([time_at, value_at], side_at)
    angled = table.read([time_at], angle_at)
    require_finite(sided)
    names, code = _keys(table, sided, angled)
    row_s = sided.column(time_at)
    time_s = np.unique(row_s)
    if len(time_s) < 2:
        raise AngleFileError(f"{table.name} has fewer than 2 times.", "Export it again.")
    values: dict[Key, FloatArray] = {}
    for place_of_key in np.unique(code).tolist():
        key, own = names[place_of_key], code == place_of_key
        # Every key has its own times; what others have in between is missing in it.
        at = np.searchsorted(time_s, row_s[own])
        if len(np.unique(at)) < len(at):
            raise AngleFileError(
                f"{table.name} has two rows of one time for {key[0]} {key[1]}.", "Remove one."
            )
        values[key] = np.full(len(time_s), np.nan)
        values[key][at] = sided.values[own, 1]
    return AngleFile(table.name, time_s, values)


def _keys(table: TextTable, sided: Numbers, angled: Numbers) -> tuple[list[Key], IntArray]:
    """Every pair of a side and an angle in the file, and which of them each row holds."""
    sides, angles = set(Side), set(Angle)
    wrong = [word for word in sided.words if word not in sides]
    wrong += [word for word in angled.words if word not in angles]
    if wrong or sided.codes is None or angled.codes is None:
        raise AngleFileError(
            f"{table.name}: {listed(map(repr, wrong))} is no side or angle that is known here.",
            f"Sides are {', '.join(Side)}; angles are {', '.join(Angle)}.",
        )
    if np.any(sided.codes < 0) or np.any(angled.codes < 0):
        raise AngleFileError(f"{table.name} has a row without side or angle.", "Remove it.")
    names = [(Side(s), Angle(a)) for s in sided.words for a in angled.words]
    return names, sided.codes * len(angled.words) + angled.codes
