"""What to measure, how far it is, and what came of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from imu_hip.names import Task

if TYPE_CHECKING:
    import pandas as pd

ENDINGS: Final = (".parquet", ".csv")
"""Endings of tables, which tell their format."""

JOURNAL: Final = "journal"
PROBLEMS: Final = "problems.csv"
BESIDE: Final = (JOURNAL, PROBLEMS)
"""What lies beside a table; see `beside`."""


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """A cohort to measure.

    Parameters
    ----------
    recordings
        Files, folders (with all that is in them), globs, and any URL that fsspec knows.
    table
        Where the tidy table goes, .parquet or .csv. What is measured is kept beside it in
        NAME.journal, what could not be measured is listed in NAME.problems.csv.
    people
        A CSV with the column `recording` or `person`, and what else is known of them.
    task
        Measure only this; None finds out what was done.
    scheduler
        Address of a Dask scheduler, such as tcp://host:8786; None starts processes here.
    workers
        How many processes are started here; None starts one for each processor.
    """

    recordings: tuple[str, ...]
    table: Path
    people: Path | None = None
    task: Task | None = None
    scheduler: str | None = None
    workers: int | None = None

    @property
    def asked_for(self) -> str:
        """The task, or `auto`: what was measured for another task is not kept."""
        return self.task.value if self.task else "auto"

    @property
    def journal(self) -> Path:
        """The journal of the table."""
        return beside(self.table, JOURNAL)

    @property
    def problems(self) -> Path:
        """The list of what could not be measured."""
        return beside(self.table, PROBLEMS)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a cohort is, in recordings; `kept` were measured in an earlier run."""

    listed: int
    kept: int
    measured: int
    failed: int

    @property
    def done(self) -> int:
        """Recordings that need no more work."""
        return self.kept + self.measured + self.failed


@dataclass(frozen=True, slots=True)
class Problem:
    """A recording that could not be measured, and why."""

    recording: str
    reason: str


@dataclass(frozen=True, slots=True)
class CohortResult:
    """A cohort that was measured.

    Parameters
    ----------
    table, problems
        The tidy table and the list of recordings that could not be measured.
    recordings, kept, failed
        How many there are, how many of them were not measured anew, and how many not at all.
    rows
        Rows of the table.
    columns_of_people
        Columns of the table that came from the table of people.
    notes
        What should be known of the result, in sentences.
    """

    table: Path
    problems: Path
    recordings: int
    kept: int
    failed: int
    rows: int
    columns_of_people: tuple[str, ...]
    notes: tuple[str, ...]

    def to_frame(self) -> "pd.DataFrame":
        """The tidy table, one row for each measured value."""
        from imu_hip.cohort.reading import read_table  # noqa: PLC0415

        return read_table(self.table)


def beside(table: Path, ending: str) -> Path:
    """A file that belongs to a table, such as NAME.problems.csv."""
    return table.with_name(f"{table.stem}.{ending}")
