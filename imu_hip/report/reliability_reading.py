"""Repeated values of people from a history or a table, and which of them count as repeats."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

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

VIRTUAL: Final = "value of virtual sensors"
NAMELESS: Final = "value whose person or session has no name"
NOT_MEASURED: Final = "value without a number"
FEW_REPETITIONS: Final = f"value from fewer than {LEAST_REPETITIONS} repetitions"
COPY: Final = "value copied from an earlier one to the last digit"
TWICE: Final = "value of a leg that its session has already"
SAME_DAY: Final = "session on a day that has an earlier one"
ALONE: Final = "leg measured once only"


@dataclass(frozen=True, slots=True)
class Value:
    """One measured value.

    Parameters
    ----------
    session
        Name of the session; the values of one person come in the order of their sessions.
    day
        Ordinal of the day, None where it is not known.
    virtual
        Whether it is of virtual sensors, among values of real ones.
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
    virtual: bool = False


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
    seen: set[tuple[str, Side | None, float]] = set()
    for one in values:
        # Two people without a name are not one person, nor are two such sessions one.
        if not (one.person and one.session):
            left_out[NAMELESS] += 1
            continue
        legs = by_person[one.person].setdefault(one.session, {})
        key = (one.person, one.side, one.value)
        # Values that somebody rounded may be the same; two measured ones are not.
        copied = key in seen and round(one.value, 2) != one.value
        reason = _unusable(one, legs) or (COPY if copied else "")
        if reason:
            left_out[reason] += 1
        else:
            legs[one.side] = one
            seen.add(key)
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
    if one.virtual:
        return VIRTUAL
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
