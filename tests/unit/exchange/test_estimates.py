"""Strides and repetitions of an analysed recording that a comparison looks at one by one."""

import pytest

from imu_hip.analysis.results import Analysis
from imu_hip.exchange.estimates import estimate_of_recording
from imu_hip.measures.repetitions import Repetition
from imu_hip.measures.rotation_test import Range, RotationTest
from imu_hip.measures.uncertainty import of_range
from imu_hip.names import Direction, Side, Task


def rotation_test(task, *starts_s, reason=""):
    """A test of the right leg with a repetition of 2 s at each start."""
    repetitions = tuple(
        Repetition(
            Direction.INTERNAL, start, start + 2.0, start, start + 2.0, 30.0, 0.0, 90.0, reason
        )
        for start in starts_s
    )
    ranges = (Range(direction, None, None, None) for direction in Direction)
    return RotationTest(task, Side.RIGHT, *ranges, of_range(1.0, 1.0, 3), repetitions)


@pytest.fixture
def analysed(on_one_clock, angles):
    def with_results(*results):
        return Analysis(on_one_clock, None, None, (), angles, results, (), (), (), ())

    return with_results


def test_repetitions_of_all_tests_of_a_leg_are_looked_at(analysed):
    found = estimate_of_recording(
        analysed(rotation_test(Task.PRONE, 40.0, 50.0), rotation_test(Task.SEATED, 10.0, 20.0))
    )
    (repetitions,) = found.units[Side.RIGHT]
    assert repetitions.word == "repetition"
    assert repetitions.start_s == (10.0, 20.0, 40.0, 50.0)
    assert repetitions.end_s == (12.0, 22.0, 42.0, 52.0)
    assert found.units[Side.LEFT] == ()


def test_repetitions_that_do_not_count_are_left_out(analysed):
    found = estimate_of_recording(
        analysed(
            rotation_test(Task.SEATED, 10.0, 20.0), rotation_test(Task.PRONE, 40.0, reason="short")
        )
    )
    assert found.units[Side.RIGHT][0].start_s == (10.0, 20.0)
