"""Angles over time as a file of another tool holds them, in degrees and our signs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.errors import ImuHipError
from imu_hip.exchange.angle_columns import Key, in_words
from imu_hip.exchange.angle_names import Meaning
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.recording.formats.table import LARGEST_NUMBER, Numbers

MOST_NAMED: Final = 12
"""Columns that are listed in a message."""

LARGEST_DEG: Final = 36_000.0
"""A hundred turns: more than any model counts on while a person turns around."""


class AngleFileError(ImuHipError):
    """A file does not hold angles over time as it should."""


@dataclass(frozen=True, slots=True, eq=False)
class AngleFile:
    """Angles over time from a file.

    Parameters
    ----------
    source
        The file's name.
    time_s
        Shape (n,), strictly increasing.
    values
        In degrees and our signs, shape (n,), NaN where missing.
    others
        Names of the columns that mean no angle known here.
    notes
        What was done to the values, in sentences.

    Raises
    ------
    AngleFileError
        Where a value is far beyond what a joint does.
    """

    source: str
    time_s: FloatArray
    values: Mapping[Key, FloatArray]
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key, angle_deg in self.values.items():
            # What is missing is neither above nor below.
            wrong = np.flatnonzero(np.abs(angle_deg) > LARGEST_DEG)
            if len(wrong):
                raise AngleFileError(
                    f"{self.source}: {in_words(key)} is {angle_deg[wrong[0]]:.3g}° at "
                    f"{self.time_s[wrong[0]]:.3f} s, which is no angle of a joint.",
                    "Correct these rows, or say in which unit they are.",
                )


def listed(names: Iterable[str]) -> str:
    """Names in a message, the first dozen of many."""
    found = list(names)
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return ", ".join(found[:MOST_NAMED]) + more


def columns_of(
    name: str, header: Iterable[str], means: Callable[[str], Meaning | None]
) -> tuple[dict[int, Meaning], tuple[str, ...]]:
    """The columns that hold an angle by their places, and the names of the others.

    Raises
    ------
    AngleFileError
        Where there is none, or two of the same angle.
    """
    columns: dict[int, Meaning] = {}
    others: list[str] = []
    place_of: dict[Key, str] = {}
    for place, column in enumerate(header):
        meaning = means(column)
        if meaning is None:
            others.append(column)
        # To take one of the two silently would be a guess.
        elif meaning.key in place_of:
            raise AngleFileError(
                f"{name}: the columns {place_of[meaning.key]} and {column} both mean "
                f"{in_words(meaning.key)}.",
                "Remove one of them.",
            )
        else:
            columns[place] = meaning
            place_of[meaning.key] = column
    if not columns:
        raise AngleFileError(
            f"{name} has no angle of a hip or knee; its columns are {listed(others)}.",
            "Name them as left_knee_flexion_deg or, as OpenSim does, knee_angle_l.",
        )
    return columns, tuple(others)


def require_rising(name: str, time_s: FloatArray, line_of: Callable[[int], int]) -> None:
    """Refuse times that are missing, repeat or run backward, naming the line.

    Raises
    ------
    AngleFileError
        Where two times or fewer than that are there, or one is wrong.
    """
    if len(time_s) < 2:
        raise AngleFileError(f"{name} has fewer than 2 rows.", "Export it again.")
    # Sorting them would hide that two recordings were pasted together.
    missing = np.flatnonzero(~np.isfinite(time_s))
    wrong = missing if len(missing) else np.flatnonzero(np.diff(time_s) <= 0) + 1
    if len(wrong):
        kind = "is missing" if len(missing) else "does not increase"
        raise AngleFileError(
            f"{name}: time {kind} at line {line_of(int(wrong[0]))}.",
            "Correct or remove this line and try again.",
        )


def require_finite(numbers: Numbers) -> None:
    """Refuse numbers without end or sense; empty cells are what was not measured.

    Raises
    ------
    RecordingError
        Naming the first such cell.
    """
    row, column = np.nonzero(np.abs(numbers.values) > LARGEST_NUMBER)
    if len(row):
        names = {j: numbers.table.header[i] for i, j in numbers.index.items()}
        line = numbers.table.line_of(int(row[0]))
        state = "infinite" if np.isinf(numbers.values[row[0], column[0]]) else "too large"
        raise numbers.table.fault(f"line {line}, column {names[int(column[0])]} is {state}")
