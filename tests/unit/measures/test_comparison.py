"""Left against right, and what a difference must exceed."""

from dataclasses import replace

import pytest

from imu_hip.measures.comparison import compare_sides, task_of
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.deficit import deficit_deg
from imu_hip.measures.rotation_test import Range, RotationTest
from imu_hip.measures.uncertainty import Uncertainty, of_range
from imu_hip.names import Direction, Side, Task


def rotation_test(side, internal_deg, external_deg, mdc95_deg=6.0):
    return RotationTest(
        Task.PRONE,
        side,
        Range(Direction.INTERNAL, internal_deg, None, None),
        Range(Direction.EXTERNAL, external_deg, None, None),
        Uncertainty(2.0, mdc95_deg),
        (),
    )


def test_differences_are_right_minus_left():
    left, right = rotation_test(Side.LEFT, 30.0, 45.0), rotation_test(Side.RIGHT, 38.0, 40.0)
    internal, external, arc = compare_sides(left, right)
    assert [d.measure for d in (internal, external, arc)] == ["internal", "external", "total_arc"]
    assert internal.difference_deg == pytest.approx(8.0)
    assert external.difference_deg == pytest.approx(-5.0)
    assert arc.difference_deg == pytest.approx(3.0)
    assert (internal.left_deg, internal.right_deg) == (30.0, 38.0)
    assert internal.task is Task.PRONE


@pytest.mark.parametrize(
    ("right_deg", "measurable"), [(36.0, False), (36.1, True), (24.0, False), (23.9, True)]
)
def test_a_difference_counts_beyond_the_mdc_only(right_deg, measurable):
    left, right = rotation_test(Side.LEFT, 30.0, None), rotation_test(Side.RIGHT, right_deg, None)
    (difference,) = compare_sides(left, right)
    assert difference.measurable is measurable


def test_the_errors_of_both_legs_join():
    # 1.96 √(SEM² + SEM²) with SEM = MDC / (1.96 √2): √((9² + 6²) / 2) = 7.65
    left = rotation_test(Side.LEFT, 30.0, None, mdc95_deg=9.0)
    (difference,) = compare_sides(left, rotation_test(Side.RIGHT, 37.5, None))
    assert difference.mdc95_deg == pytest.approx(7.6485, abs=1e-4)
    assert not difference.measurable


def test_a_total_arc_carries_the_error_of_two_ranges():
    left, right = rotation_test(Side.LEFT, 30.0, 45.0), rotation_test(Side.RIGHT, 33.0, 49.0)
    internal, external, arc = compare_sides(left, right)
    assert internal.mdc95_deg == external.mdc95_deg == 6.0
    assert arc.mdc95_deg == pytest.approx(6.0 * 2**0.5)
    assert not arc.measurable  # 7° against 8.5°


def test_what_one_leg_lacks_is_not_compared():
    left, right = rotation_test(Side.LEFT, None, 45.0), rotation_test(Side.RIGHT, 38.0, 40.0)
    assert [d.measure for d in compare_sides(left, right)] == ["external"]


def test_cross_legged_compares_shin_slopes():
    left = CrossLeggedTest(Side.LEFT, 20.0, 12.0, None, Uncertainty(2.0, 6.0), ())
    (difference,) = compare_sides(left, replace(left, side=Side.RIGHT, shin_slope_deg=31.0))
    assert (difference.task, difference.measure) == (Task.CROSS_LEGGED, "shin_slope")
    assert difference.difference_deg == pytest.approx(11.0)
    assert task_of(left) is Task.CROSS_LEGGED


@pytest.mark.parametrize(
    ("range_deg", "missing_deg"), [(0.0, 45.0), (35.5, 9.5), (45.0, 0.0), (60.0, 0.0)]
)
def test_deficit_is_what_is_missing_to_45_degrees(range_deg, missing_deg):
    assert deficit_deg(range_deg) == pytest.approx(missing_deg)


def test_uncertainty_by_hand():
    # 0.5² + 1.95² + 1² + 2² / 4 = 6.0525, its root 2.460; times 1.96 * 1.41421 gives 6.819.
    found = of_range(1.0, 2.0, 4)
    assert found.sem_deg == pytest.approx(2.4602, abs=1e-4)
    assert found.mdc95_deg == pytest.approx(6.8193, abs=1e-3)


def test_the_mdc_of_one_rater_is_the_published_one():
    # Without sensor, calibration and spread the MDC is that of Krause et al., 5.4°.
    found = of_range(0.0, 0.0, 3)
    assert (found.mdc95_deg**2 - (0.5 * 1.96 * 2**0.5) ** 2) ** 0.5 == pytest.approx(5.4, abs=0.01)


@pytest.mark.parametrize("repetitions", [0, 1])
def test_a_single_repetition_divides_by_nothing(repetitions):
    assert of_range(1.0, 2.0, repetitions).sem_deg == pytest.approx(9.0525**0.5)
