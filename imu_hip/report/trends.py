"""One person's ranges over weeks, read from a history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from imu_hip.errors import NothingMeasuredError
from imu_hip.history.records import Mode, Moment, Person, TrendPoint
from imu_hip.history.store import History
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.between_days import between_days_error
from imu_hip.measures.measured_range import MEASURES, MeasuredRange
from imu_hip.measures.own_error import NO_OWN_ERRORS, OwnError, OwnErrors
from imu_hip.measures.trend import Trend, fit_trend
from imu_hip.names import Side, Task
from imu_hip.report.dates import local
from imu_hip.report.from_history import ranges_at

DAY_S = 86400.0
STATIC_TASKS = (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED)


@dataclass(frozen=True, slots=True)
class DatedRange:
    """One range with its session and when that began."""

    session: int
    started_utc: datetime
    range: MeasuredRange


@dataclass(frozen=True, slots=True)
class Series:
    """One measure of one leg over time, oldest first.

    Parameters
    ----------
    mdc95_deg
        Smallest difference of two days that can be told, for the usual one of the values.
    trend
        None where there are too few days for one.
    own
        The own error that `mdc95_deg` comes from, None for the published one.
    """

    side: Side
    measure: str
    points: tuple[DatedRange, ...]
    mdc95_deg: float
    trend: Trend | None
    own: OwnError | None = None

    @property
    def value_deg(self) -> FloatArray:
        """The values, shape (n,)."""
        return np.array([point.range.value_deg for point in self.points])

    @property
    def sem_deg(self) -> FloatArray:
        """Their standard uncertainties, shape (n,)."""
        return np.array([point.range.uncertainty.sem_deg for point in self.points])


@dataclass(frozen=True, slots=True)
class TaskTrend:
    """All measures of one test of one person, each leg's in the order of `MEASURES`."""

    person: str
    task: Task
    mode: Mode
    simulated: bool
    series: tuple[Series, ...]

    def of(self, measure: str) -> tuple[Series, ...]:
        """One measure, left and right where both were measured."""
        return tuple(one for one in self.series if one.measure == measure)

    @property
    def sessions(self) -> int:
        """How many sessions have results."""
        return len({point.session for one in self.series for point in one.points})


def read_trend(history: History, alias: str, task: Task, mode: Mode) -> TaskTrend:
    """One test of one person over time; of virtual sensors where there is nothing else.

    Raises
    ------
    HistoryError
        Where the history knows no such person.
    NothingMeasuredError
        Where the person has no such results, naming what there is.
    """
    person = history.person(alias)
    found = _trend(history, person, task, mode)
    if found is None:
        raise NothingMeasuredError(
            f"{person.alias} has no results of a {task.words} ({mode}).",
            _what_there_is(history, person),
        )
    return found


def read_trends(history: History, alias: str, mode: Mode) -> tuple[TaskTrend, ...]:
    """Every test of one person over time.

    Raises
    ------
    HistoryError
        Where the history knows no such person.
    NothingMeasuredError
        Where the person has no results in that mode.
    """
    person = history.person(alias)
    found = [one for task in STATIC_TASKS if (one := _trend(history, person, task, mode))]
    if not found:
        raise NothingMeasuredError(
            f"{alias} has no test results ({mode}).", _what_there_is(history, person)
        )
    return tuple([one for one in found if not one.simulated] or found)


def _trend(history: History, person: Person, task: Task, mode: Mode) -> TaskTrend | None:
    for simulated in (False, True):
        points = history.trend(person, task, mode, simulated=simulated)
        if any(point.result.moment is Moment.TEST for point in points):
            own = history.own_errors(person, mode, simulated=simulated)
            return trend_of(person.alias, task, mode, points, own, simulated=simulated)
    return None


def _what_there_is(history: History, person: Person) -> str:
    there = [
        f"{task.words} ({mode})"
        for task in STATIC_TASKS
        for mode in Mode
        if any(history.trend(person, task, mode, simulated=s) for s in (False, True))
    ]
    if there:
        return f"There are results of: {', '.join(there)}."
    return "Measure one with `imu-hip test` or `imu-hip serve`."


def trend_of(
    person: str,
    task: Task,
    mode: Mode,
    points: Sequence[TrendPoint],
    own: OwnErrors = NO_OWN_ERRORS,
    *,
    simulated: bool,
) -> TaskTrend:
    """Arrange what a history tells; retests after a stretch are left out."""
    dated = [
        DatedRange(point.session, point.started_utc, one)
        for point in sorted(points, key=lambda point: point.started_utc)
        for one in ranges_at(Moment.TEST, (point.result,))
    ]
    series = (
        _series(
            side,
            measure,
            [d for d in dated if (d.range.side, d.range.measure) == (side, measure)],
            own,
        )
        for measure in MEASURES
        for side in Side
    )
    return TaskTrend(person, task, mode, simulated, tuple(one for one in series if one.points))


def _series(side: Side, measure: str, points: list[DatedRange], own: OwnErrors) -> Series:
    if not points:
        return Series(side, measure, (), 0.0, None)
    errors = [between_days_error(point.range, point.range, own) for point in points]
    # One series has one error: of the kind that holds for most of its values.
    replaced = [source for _, source in errors if source is not None]
    source = replaced[0] if 2 * len(replaced) > len(errors) else None
    mdc95_deg = float(np.median([error_deg for error_deg, of_one in errors if of_one == source]))
    value_deg = np.array([point.range.value_deg for point in points])
    return Series(
        side=side,
        measure=measure,
        points=tuple(points),
        mdc95_deg=mdc95_deg,
        trend=fit_trend(days_of(points), value_deg, mdc95_deg),
        own=source,
    )


def days_of(points: Sequence[DatedRange]) -> FloatArray:
    """When each was measured, in days of this computer's calendar; a whole number is midnight."""
    moments = [local(point.started_utc) for point in points]
    return np.array(
        [m.toordinal() + (m.hour * 3600 + m.minute * 60 + m.second) / DAY_S for m in moments]
    )
