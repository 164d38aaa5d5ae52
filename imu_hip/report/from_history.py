"""Between what a history keeps and what is measured, compared and drawn."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from imu_hip.guidance.view import ResultView
from imu_hip.history.records import Moment, RepetitionRecord, ResultRecord
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.deficit import deficit_deg
from imu_hip.measures.measured_range import SLOPE, Measured, MeasuredRange
from imu_hip.measures.repetitions import Repetition, mean_of_present
from imu_hip.measures.rotation_test import Range, RotationTest
from imu_hip.measures.session_results import CountedPeak, session_results
from imu_hip.measures.uncertainty import Uncertainty, of_movements
from imu_hip.names import Direction, Side, Task
from imu_hip.report.wording import known

NO_REASON = "not counted"

Tests = Mapping[Task, Mapping[Side, Measured]]


def result_records(
    repetitions: Sequence[RepetitionRecord], calibration_deg: Mapping[Side, float]
) -> tuple[ResultRecord, ...]:
    """Every range of a session, test and retest apart, from its counted repetitions.

    Parameters
    ----------
    repetitions
        All of them; those that do not count are left out.
    calibration_deg
        Standard uncertainty that each leg's calibration gives to a rotation.

    Raises
    ------
    KeyError
        Where a leg with a counted repetition has no calibration.
    """
    return tuple(
        ResultRecord(
            task=one.task,
            side=one.side,
            measure=one.measure,
            moment=moment,
            value_deg=one.value_deg,
            sd_deg=one.sd_deg,
            repetitions=one.repetitions,
            sem_deg=one.uncertainty.sem_deg,
            mdc95_deg=one.uncertainty.mdc95_deg,
        )
        for moment in Moment
        for one in session_results(
            [
                CountedPeak(r.task, r.side, r.direction, r.peak_deg)
                for r in repetitions
                if r.moment is moment and r.counted and known(r.peak_deg)
            ],
            calibration_deg,
        )
    )


def result_views(results: Iterable[ResultRecord]) -> tuple[ResultView, ...]:
    """Results as a session shows them."""
    return tuple(
        ResultView(r.task, r.side, r.measure, r.value_deg, r.sem_deg, r.mdc95_deg, r.repetitions)
        for r in results
    )


def ranges_at(moment: Moment, results: Iterable[ResultRecord]) -> tuple[MeasuredRange, ...]:
    """What was measured at one moment of a session."""
    return tuple(
        MeasuredRange(
            task=r.task,
            side=r.side,
            measure=r.measure,
            value_deg=r.value_deg,
            sd_deg=r.sd_deg,
            repetitions=r.repetitions,
            uncertainty=Uncertainty(r.sem_deg, r.mdc95_deg),
        )
        for r in results
        if r.moment is moment
    )


def legs_at(
    moment: Moment, results: Sequence[ResultRecord], repetitions: Sequence[RepetitionRecord] = ()
) -> Tests:
    """The tests of one moment of a session as they come out of a recording, without norms.

    A leg whose repetitions all do not count is there, too, as not measured.
    """
    ranges = ranges_at(moment, results)
    done = [repetition for repetition in repetitions if repetition.moment is moment]
    tried = {(one.task, one.side) for one in ranges} | {(one.task, one.side) for one in done}
    return {
        task: {side: _test(task, side, ranges, done) for side in Side if (task, side) in tried}
        for task in Task
        if any(task is one for one, _ in tried)
    }


def _test(
    task: Task, side: Side, ranges: Sequence[MeasuredRange], done: Sequence[RepetitionRecord]
) -> Measured:
    of_leg = {r.measure: r for r in ranges if r.task is task and r.side is side}
    repetitions = tuple(
        _repetition(r)
        for r in sorted(done, key=lambda r: r.start_s)
        if r.task is task and r.side is side
    )
    # Without a range there is no error either; what is drawn then is "not measured".
    errors = [of_leg[name].uncertainty for name in (*Direction, SLOPE) if name in of_leg]
    uncertainty = errors[0] if errors else of_movements(0.0, ())
    if task is Task.CROSS_LEGGED:
        slope = of_leg.get(SLOPE)
        counted = [r.thigh_elevation_deg for r in done if _counts_for(r, task, side)]
        return CrossLeggedTest(
            side=side,
            shin_slope_deg=slope.value_deg if slope else None,
            thigh_elevation_deg=_mean(counted),
            shin_slope_sd_deg=slope.sd_deg if slope else None,
            uncertainty=uncertainty,
            repetitions=repetitions,
        )
    internal, external = (_range(direction, of_leg.get(direction.value)) for direction in Direction)
    return RotationTest(task, side, internal, external, uncertainty, repetitions)


def _range(direction: Direction, found: MeasuredRange | None) -> Range:
    if found is None:
        return Range(direction, None, None, None)
    return Range(direction, found.value_deg, found.sd_deg, deficit_deg(found.value_deg))


def _counts_for(repetition: RepetitionRecord, task: Task, side: Side) -> bool:
    return repetition.task is task and repetition.side is side and repetition.counted


def _mean(values: Sequence[float]) -> float | None:
    mean = mean_of_present(np.asarray(values, dtype=float))
    return mean if known(mean) else None


def _repetition(record: RepetitionRecord) -> Repetition:
    return Repetition(
        direction=record.direction,
        start_s=record.start_s,
        end_s=record.end_s,
        # A history keeps how long the hold was, not when.
        plateau_start_s=record.end_s - record.plateau_s,
        plateau_end_s=record.end_s,
        peak_deg=record.peak_deg,
        thigh_elevation_deg=record.thigh_elevation_deg,
        knee_flexion_deg=record.knee_flexion_deg,
        reason="" if record.counted else record.reason or NO_REASON,
    )
