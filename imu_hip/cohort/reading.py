"""The tidy table read again, with all names as they were written, and the list of problems."""

import csv
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from imu_hip.cohort.columns import COLUMNS, MDC95, REPETITIONS, UNCERTAINTY, VALUE
from imu_hip.cohort.plan import Problem

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS: Final = (VALUE, UNCERTAINTY, MDC95, REPETITIONS)


def read_table(path: Path, columns: Sequence[str] | None = None) -> "pd.DataFrame":
    """Read a table, .parquet or .csv, all of it or some columns.

    A CSV does not say what is a number: of the columns of people, those are that hold numbers and
    empty cells only, as when the table was written.
    """
    import pandas as pd  # noqa: PLC0415

    wanted = None if columns is None else list(columns)
    if path.suffix.lower() != ".csv":
        return pd.read_parquet(path, columns=wanted)
    # Left to guess, pandas takes 007 for a number, and people named NA or null for nobody.
    frame = pd.read_csv(path, usecols=wanted, dtype=str, keep_default_na=False)
    for name in frame.columns.difference([one for one in COLUMNS if one not in _NUMBERS]):
        numbers = pd.to_numeric(frame[name], errors="coerce")
        if name in _NUMBERS or (numbers.notna() | (frame[name] == "")).all():
            frame[name] = numbers
    return frame


def read_problems(path: Path, most: int) -> tuple[Problem, ...]:
    """The first recordings that could not be measured, and why, `most` of them at most."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Problem(**row) for row in islice(csv.DictReader(file), most))
