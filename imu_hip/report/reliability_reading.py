"""Repeated values of people from a history or a table, and which of them count as repeats."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.cohort import columns
from imu_hip.errors import ImuHipError
from imu_hip.history.records import Mode, Person
from imu_hip.history.store import History
from imu_hip.measures.own_error import LEAST_REPETITIONS
from imu_hip.measures.reliability import Repeats
from imu_hip.names import Side, Task
from imu_hip.report.dates import local_day
from imu_hip.report.trends import STATIC_TASKS

WINDOW_DAYS: Final = 28
"""Sessions of this time count as repeats of each other. Months of stretching change what is
measured; in four weeks the expected gain stays below the error of one session."""

NEEDED: Final = (
    columns.PERSON,
    columns.SESSION,
    columns.TASK,
    columns.SIDE,
    columns.MEASURE,
    columns.VALUE,
)

NOT_MEASURED: Final = "value that is no number"
FEW_REPETITIONS: Final = f"value from fewer than {LEAST_REPETITIONS} repetitions"
TWICE: Final = "value of a leg that its session has already"
SAME_DAY: Final = "session on a day that has an earlier one"
ALONE: Final = "leg measured once only"


class TableError(ImuHipError):
    """A table that holds no repeated values."""


@dataclass(frozen=True, slots=True)
class Value:
    """One measured value.

    Parameters
    ----------
    session
        Name of the session; the values of one person come in the order of their sessions.
    day
        Ordinal of the day, None where it is not known.
    """

    person: str
    session: str
    day: int | None
    task: str
    side: Side | None
    measure: str
    value: float
    unit: str
    repetitions: float


@dataclass(frozen=True, slots=True)
class MeasureRepeats:
    """What repeats of one measure of one task, and how much was left out for which reason.

    `people` have a value at all, repeated or not.
    """

    task: str
    measure: str
    unit: str
    people: int
    repeats: tuple[Repeats, ...]
    left_out: tuple[tuple[str, int], ...]


def repeats_of_history(
    history: History, person: Person | None, task: Task | None, mode: Mode, window_days: int
) -> tuple[tuple[MeasureRepeats, ...], bool]:
    """What repeats in the history, and whether it is of virtual sensors.

    Those are taken only where there is nothing else; the two are never mixed.
    """
    tasks = STATIC_TASKS if task is None else (task,)
    for simulated in (False, True):
        # Test by test, so that a large history is never in memory as a whole.
        found = tuple(
            one
            for each in tasks
            for one in repeats_of(_values(history, person, each, mode, simulated), window_days)
        )
        if found:
            return found, simulated
    return (), False


def _values(
    history: History, person: Person | None, task: Task, mode: Mode, simulated: bool
) -> Iterator[Value]:
    session, day = None, 0
    for one in history.repeated(person, task, mode, simulated=simulated):
        result = one.result
        if one.session != session:
            session, day = one.session, local_day(one.started_utc).toordinal()
        yield Value(
            person=one.person,
            session=str(session),
            day=day,
            task=task.value,
            side=result.side,
            measure=result.measure,
            value=result.value_deg,
            unit="°",
            repetitions=result.repetitions,
        )


def values_of_table(path: Path, person: str | None, task: str | None) -> tuple[Value, ...]:
    """Values of a table of a cohort, sessions of each person in the order of their names.

    Raises
    ------
    TableError
        Where it cannot be read, or lacks columns, naming them.
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
    rows = zip(*(table[name] for name in NEEDED), units, repetitions, strict=True)
    found = [
        Value(
            str(who), str(session), None, str(what), _side(side), str(measure),
            _number(value), str(unit or ""), _number(repeated),
        )
        for who, session, what, side, measure, value, unit, repeated in rows
        if (person is None or str(who) == person) and (task is None or str(what) == task)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: _natural(one.session)))


def repeats_of(values: Iterable[Value], window_days: int) -> tuple[MeasureRepeats, ...]:
    """What of the values counts as repeats, by task and measure in the order of the values."""
    by_measure: dict[tuple[str, str, str], list[Value]] = {}
    for one in values:
        by_measure.setdefault((one.task, one.measure, one.unit), []).append(one)
    return tuple(_repeats(*key, found, window_days) for key, found in by_measure.items())


def _repeats(
    task: str, measure: str, unit: str, values: Sequence[Value], window_days: int
) -> MeasureRepeats:
    left_out: Counter[str] = Counter()
    by_person: defaultdict[str, dict[str, dict[Side | None, Value]]] = defaultdict(dict)
    for one in values:
        legs = by_person[one.person].setdefault(one.session, {})
        reason = _unusable(one, legs)
        if reason:
            left_out[reason] += 1
        else:
            legs[one.side] = one
    repeats: list[Repeats] = []
    for person, sessions in by_person.items():
        measured = [legs for legs in sessions.values() if legs]
        for window, part in enumerate(_windows(measured, window_days, left_out)):
            for side in (*Side, None):
                found = tuple(legs[side].value for legs in part if side in legs)
                if len(found) > 1:
                    repeats.append(Repeats(person, window, side, found))
                elif found:
                    left_out[ALONE] += 1
    reasons = tuple(left_out.items())
    return MeasureRepeats(task, measure, unit, len(by_person), tuple(repeats), reasons)


def _unusable(one: Value, legs: dict[Side | None, Value]) -> str:
    if not np.isfinite(one.value):
        return NOT_MEASURED
    if not one.repetitions >= LEAST_REPETITIONS:
        return FEW_REPETITIONS
    return TWICE if one.side in legs else ""


def _windows(
    sessions: Iterable[dict[Side | None, Value]], window_days: int, left_out: Counter[str]
) -> list[list[dict[Side | None, Value]]]:
    """Sessions of one person on different days, parted where a window is over."""
    windows: list[list[dict[Side | None, Value]]] = []
    first = last = None
    for legs in sessions:
        day = next(iter(legs.values())).day
        if day is not None and day == last:
            # Sensors that stay on all day repeat better than those of another day.
            left_out[SAME_DAY] += 1
            continue
        if not windows or (day is not None and first is not None and day - first > window_days):
            windows.append([])
            first = day
        windows[-1].append(legs)
        last = day
    return windows


def _read(path: Path) -> dict[str, list[object]]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv, parquet  # noqa: PLC0415

    if not path.is_file():
        raise TableError(f"There is no table {path}.", "Check the name and the folder.")
    try:
        if path.suffix.lower() == ".csv":
            names = csv.ConvertOptions(
                column_types=dict.fromkeys(NEEDED, pa.string())
                | {columns.VALUE: pa.float64(), columns.REPETITIONS: pa.float64()},
                strings_can_be_null=False,
            )
            table = csv.read_csv(path, convert_options=names)
        else:
            table = parquet.read_table(path)
        wanted = (*NEEDED, columns.UNIT, columns.REPETITIONS)
        return {name: table[name].to_pylist() for name in wanted if name in table.column_names}
    except (pa.ArrowException, OSError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise TableError(
            f"{path.name} cannot be read as a table: {reason}.",
            "Name a .parquet or .csv file that `imu-hip cohort` wrote.",
        ) from error


def _number(cell: object) -> float:
    try:
        return float(cell) if isinstance(cell, int | float | str) else float("nan")
    except ValueError:
        return float("nan")


def _side(cell: object) -> Side | None:
    return Side(str(cell)) if cell in set(Side) else None


def _natural(name: str) -> list[tuple[int, str]]:
    """A key by which session 2 comes before session 10."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
