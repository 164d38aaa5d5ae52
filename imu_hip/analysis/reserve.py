"""A run beside a measured test of the same person: how much of the passive range it uses."""

from dataclasses import replace

from imu_hip.analysis.results import Analysis
from imu_hip.errors import NothingMeasuredError
from imu_hip.measures.reserve import reserve_of
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.measures.running import GaitTest
from imu_hip.names import Task

NEAREST_FIRST = (Task.PRONE, Task.SEATED)
"""In running and walking the hip is nearly straight, as it is lying prone."""


def with_passive(analysis: Analysis, passive: Analysis) -> Analysis:
    """The same analysis with the share of the passive range that each leg uses.

    Parameters
    ----------
    analysis
        Of a walk or run.
    passive
        Of a recording with a seated or prone test of the same person.

    Raises
    ------
    NothingMeasuredError
        Where one has no walk or run, or the other no rotation test of any of its legs.
    """
    gait = [result for result in analysis.results if isinstance(result, GaitTest)]
    tests = [result for result in passive.results if isinstance(result, RotationTest)]
    if not gait:
        raise NothingMeasuredError(
            f"{analysis.recording.source or 'The recording'} holds no walk or run whose share of "
            "the passive range could be told.",
            "Leave out --passive, or name a recording of a walk or run.",
        )
    if not tests:
        raise NothingMeasuredError(
            f"{passive.recording.source or 'The other recording'} holds no seated or prone test.",
            "Name a recording of such a test with --passive.",
        )
    position = next(task for task in NEAREST_FIRST if any(t.task is task for t in tests))
    legs = {test.side: test for test in tests if test.task is position}
    return replace(
        analysis,
        reserves=tuple(reserve_of(test, legs[test.side]) for test in gait if test.side in legs),
    )
