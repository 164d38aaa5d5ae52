"""From counted peaks to results with their error."""

from itertools import permutations

import pytest

from imu_hip.measures.measured_range import ranges_of
from imu_hip.measures.rotation_test import Range, RotationTest
from imu_hip.measures.session_results import CountedPeak, session_results
from imu_hip.measures.uncertainty import of_movements, of_range
from imu_hip.names import Direction, Side, Task

CALIBRATION_DEG = {Side.LEFT: 1.2, Side.RIGHT: 0.8}


def peaks(inward=(), outward=(), side=Side.LEFT, task=Task.SEATED):
    return [CountedPeak(task, side, Direction.INTERNAL, p) for p in inward] + [
        CountedPeak(task, side, Direction.EXTERNAL, p) for p in outward
    ]


def test_results_are_means_with_the_error_of_a_test():
    inward, outward, arc = session_results(
        peaks((30.0, 31.0, 32.0), (38.0, 40.0, 42.0)), CALIBRATION_DEG
    )
    assert (inward.measure, outward.measure, arc.measure) == ("internal", "external", "total_arc")
    assert (inward.value_deg, outward.value_deg, arc.value_deg) == (31.0, 40.0, 71.0)
    # Sample SDs of 30, 31, 32 and 38, 40, 42.
    assert (inward.sd_deg, outward.sd_deg, arc.sd_deg) == (1.0, 2.0, None)
    # √(0.5² + 1.95² + 1.2² + 2²/3) = √6.8258 = 2.6126; 1.96 √2 times that is 7.2418.
    assert inward.uncertainty.sem_deg == pytest.approx(2.6126, abs=1e-4)
    assert outward.uncertainty.mdc95_deg == pytest.approx(7.2418, abs=1e-4)
    # A sum of two carries √2 times the error of one: 3.6948.
    assert arc.uncertainty.sem_deg == pytest.approx(3.6948, abs=1e-4)
    assert [one.repetitions for one in (inward, outward, arc)] == [3, 3, 3]


def test_the_same_peaks_have_the_error_of_a_recording():
    # A test in a recording takes the widest spread (2.0) and the fewest repetitions (3).
    assert of_movements(1.2, (30.0, 31.0, 32.0), (38.0, 40.0, 42.0)) == of_range(1.2, 2.0, 3)


def test_one_direction_alone_has_no_arc():
    (inward,) = session_results(peaks(inward=(31.0,)), CALIBRATION_DEG)
    assert (inward.value_deg, inward.sd_deg, inward.repetitions) == (31.0, None, 1)
    # √(0.5² + 1.95² + 1.2²) = √5.4925 = 2.3436
    assert inward.uncertainty.sem_deg == pytest.approx(2.3436, abs=1e-4)


def test_legs_and_tests_stay_apart_and_in_order():
    given = (
        peaks((40.0,), (41.0,), Side.RIGHT)
        + peaks((30.0,), (31.0,))
        + [CountedPeak(Task.CROSS_LEGGED, Side.LEFT, None, p) for p in (20.0, 24.0)]
    )
    found = session_results(given, CALIBRATION_DEG)
    assert [(one.task, one.side, one.measure) for one in found] == [
        (Task.SEATED, Side.LEFT, "internal"),
        (Task.SEATED, Side.LEFT, "external"),
        (Task.SEATED, Side.LEFT, "total_arc"),
        (Task.SEATED, Side.RIGHT, "internal"),
        (Task.SEATED, Side.RIGHT, "external"),
        (Task.SEATED, Side.RIGHT, "total_arc"),
        (Task.CROSS_LEGGED, Side.LEFT, "shin_slope"),
    ]
    assert found[-1].value_deg == 22.0
    # Only the legs' own calibration counts.
    assert found[0].uncertainty.sem_deg > found[3].uncertainty.sem_deg


def test_the_order_of_repetitions_does_not_matter():
    given = peaks((30.0, 33.0), (41.0,))
    results = {session_results(one, CALIBRATION_DEG) for one in permutations(given)}
    assert len(results) == 1


def test_nothing_counted_gives_nothing_and_no_calibration_is_a_mistake():
    assert session_results((), {}) == ()
    with pytest.raises(KeyError):
        session_results(peaks((30.0,)), {Side.RIGHT: 1.0})


def test_a_test_of_a_recording_gives_the_same_plain_numbers():
    error = of_range(1.2, 2.0, 3)
    test = RotationTest(
        Task.PRONE,
        Side.RIGHT,
        Range(Direction.INTERNAL, 30.0, 1.0, 15.0),
        Range(Direction.EXTERNAL, None, None, None),
        error,
        (),
    )
    (inward,) = ranges_of(test)
    assert (inward.task, inward.side, inward.measure) == (Task.PRONE, Side.RIGHT, "internal")
    assert (inward.value_deg, inward.uncertainty) == (30.0, error)
