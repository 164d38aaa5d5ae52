"""Ranges, spreads, deficits, percentiles and faults of the rotation test, by hand."""

from statistics import NormalDist

import numpy as np
import pytest

from imu_hip.measures.rotation_test import measure_rotation
from imu_hip.names import Direction, Sex, Side, Task

INTERNAL_DEG = (30.0, 33.0, 36.0)
EXTERNAL_DEG = (40.0, 42.0, 44.0)


@pytest.fixture
def both_ways(trapezoids):
    return np.concatenate((trapezoids(INTERNAL_DEG), -trapezoids(EXTERNAL_DEG)))


def measure(leg, calibration_deg=1.0, task=Task.SEATED, sex=None):
    return measure_rotation(leg, task, Side.RIGHT, calibration_deg, sex=sex)


def reasons(result, direction=Direction.INTERNAL):
    return [r.reason for r in result.repetitions if r.direction is direction]


def test_means_spreads_arc_and_deficits(both_ways, tested_leg):
    result = measure(tested_leg(both_ways))
    assert result.internal.mean_deg == pytest.approx(33.0)
    assert result.external.mean_deg == pytest.approx(42.0)
    # Deviations of -3, 0, 3 and -2, 0, 2 with n - 1 = 2: SD 3 and 2.
    assert result.internal.sd_deg == pytest.approx(3.0)
    assert result.external.sd_deg == pytest.approx(2.0)
    assert result.internal.deficit_deg == pytest.approx(45.0 - 33.0)
    assert result.external.deficit_deg == pytest.approx(45.0 - 42.0)
    assert result.total_arc_deg == pytest.approx(75.0)
    assert result.range(Direction.EXTERNAL) is result.external
    assert (result.task, result.side) == (Task.SEATED, Side.RIGHT)


def test_repetitions_come_in_order_of_time_with_their_angles(both_ways, tested_leg):
    result = measure(tested_leg(both_ways, elevation_deg=3.0, knee_deg=87.0, start_s=100.0))
    directions = [r.direction for r in result.repetitions]
    assert directions == [Direction.INTERNAL] * 3 + [Direction.EXTERNAL] * 3
    peaks = [r.peak_deg for r in result.repetitions]
    assert peaks == pytest.approx([*INTERNAL_DEG, *EXTERNAL_DEG])
    first = result.repetitions[0]
    assert first.valid
    assert first.thigh_elevation_deg == pytest.approx(3.0)
    assert first.knee_flexion_deg == pytest.approx(87.0)
    # The first hold lasts from 2.5 to 4.5 s after the start of the recording at 100 s.
    assert first.plateau_start_s == pytest.approx(102.5, abs=0.05)
    assert first.plateau_end_s == pytest.approx(104.5, abs=0.05)
    assert first.plateau_s == pytest.approx(2.0, abs=0.06)
    assert 101.4 < first.start_s < 101.7
    assert 105.3 < first.end_s < 105.6


def test_uncertainty_adds_sensor_person_calibration_and_spread(both_ways, tested_leg):
    # The larger SD, 3°, over the 3 repetitions: 0.5² + 1.95² + 1.5² + 3² / 3 = 9.3025.
    result = measure(tested_leg(both_ways), calibration_deg=1.5)
    assert result.uncertainty.sem_deg == pytest.approx(9.3025**0.5)
    assert result.uncertainty.mdc95_deg == pytest.approx(1.96 * 2**0.5 * 9.3025**0.5)


@pytest.mark.parametrize(
    ("task", "sex", "direction", "mean_deg", "sd_deg"),
    [
        (Task.SEATED, Sex.MALE, Direction.INTERNAL, 26.9, 9.8),
        (Task.SEATED, Sex.FEMALE, Direction.EXTERNAL, 49.7, 10.4),
        (Task.PRONE, Sex.MALE, Direction.EXTERNAL, 39.8, 11.1),
        (Task.PRONE, Sex.FEMALE, Direction.INTERNAL, 38.9, 10.1),
    ],
)
def test_percentiles_are_those_of_the_published_norm(
    both_ways, tested_leg, task, sex, direction, mean_deg, sd_deg
):
    found = measure(tested_leg(both_ways), task=task, sex=sex).range(direction)
    (place,) = found.norms
    value_deg = 33.0 if direction is Direction.INTERNAL else 42.0
    expected = 100.0 * NormalDist(mean_deg, sd_deg).cdf(value_deg)
    assert place.percentile == pytest.approx(expected, abs=1e-6)
    assert (place.sex, place.mean_deg, place.sd_deg) == (sex, mean_deg, sd_deg)


def test_both_sexes_are_shown_where_none_is_given(both_ways, tested_leg):
    assert {p.sex for p in measure(tested_leg(both_ways)).internal.norms} == set(Sex)


def test_a_range_beyond_the_target_has_no_deficit(trapezoids, tested_leg):
    result = measure(tested_leg(trapezoids([50.0, 52.0])))
    assert result.internal.deficit_deg == 0.0
    assert result.internal.mean_deg == pytest.approx(51.0)


def test_a_direction_that_was_not_done_is_not_measured(trapezoids, tested_leg):
    result = measure(tested_leg(trapezoids([40.0])))
    assert result.external.mean_deg is None
    assert result.external.deficit_deg is None
    assert result.external.norms == ()
    assert result.total_arc_deg is None
    assert result.internal.sd_deg is None  # one repetition has no spread


def test_a_short_hold_is_left_out_and_says_so(trapezoids, tested_leg):
    angle = np.concatenate((trapezoids([30.0]), trapezoids([40.0], hold_s=0.2), trapezoids([34.0])))
    result = measure(tested_leg(angle))
    assert result.internal.mean_deg == pytest.approx(32.0)
    first, short, last = reasons(result)
    assert (first, last) == ("", "")
    assert short.startswith("held for 0.")
    assert "0.5 s needed" in short


def part_of(angle_deg, number, trapezoid_s=7.0):
    """Samples of one of several movements of 1 + 2 + 1 s with 1.5 s of rest before and after."""
    first = round((1.5 + number * (trapezoid_s - 1.5)) * 100)
    return slice(first, first + 400)


@pytest.mark.parametrize(("lift_deg", "word"), [(14.0, "lifted by 14°"), (-12.0, "sank by 12°")])
def test_a_thigh_that_moves_along_is_left_out(trapezoids, tested_leg, lift_deg, word):
    angle = trapezoids([30.0, 36.0, 34.0])
    elevation = np.zeros(len(angle))
    moved = part_of(angle, 1)
    elevation[moved] = np.interp(np.arange(400), [0, 100, 300, 400], [0, lift_deg, lift_deg, 0])
    result = measure(tested_leg(angle, elevation_deg=elevation))
    ok, lifted, also_ok = reasons(result)
    assert (ok, also_ok) == ("", "")
    assert word in lifted
    assert result.internal.mean_deg == pytest.approx(32.0)


def test_a_thigh_that_stays_nine_degrees_higher_is_fine(trapezoids, tested_leg):
    angle = trapezoids([30.0])
    elevation = np.interp(np.arange(len(angle)), [150, 250, 450, 550], [0, 9, 9, 0])
    assert reasons(measure(tested_leg(angle, elevation_deg=elevation))) == [""]


@pytest.mark.parametrize(
    ("knee_deg", "reason"),
    [
        (60.0, "the knee was bent 60°, 70 to 110° needed"),
        (120.0, "the knee was bent 120°, 70 to 110° needed"),
        (75.0, ""),
        (105.0, ""),
    ],
)
def test_the_knee_must_be_bent_by_about_a_right_angle(trapezoids, tested_leg, knee_deg, reason):
    assert reasons(measure(tested_leg(trapezoids([30.0]), knee_deg=knee_deg))) == [reason]


@pytest.mark.parametrize("elevation_deg", [25.0, -25.0])
def test_a_thigh_far_from_level_is_left_out(trapezoids, tested_leg, elevation_deg):
    result = measure(tested_leg(trapezoids([30.0]), elevation_deg=elevation_deg))
    assert reasons(result) == ["the thigh was 25° from level"]
    assert result.internal.mean_deg is None


def test_a_thigh_fifteen_degrees_from_level_counts(trapezoids, tested_leg):
    assert reasons(measure(tested_leg(trapezoids([30.0]), elevation_deg=-15.0))) == [""]


def test_all_faults_of_a_repetition_are_told_at_once(trapezoids, tested_leg):
    leg = tested_leg(trapezoids([30.0], hold_s=0.2), knee_deg=60.0, elevation_deg=25.0)
    (reason,) = reasons(measure(leg))
    assert reason.count(";") == 2


def test_samples_lost_on_the_way_are_told(trapezoids, tested_leg):
    # 0.06 s at a time is bridged by smoothing, but a quarter of the hold is gone.
    angle = trapezoids([30.0, 32.0])
    for start in range(255, 445, 20):
        angle[start : start + 6] = np.nan
    result = measure(tested_leg(angle))
    lost, ok = reasons(result)
    assert lost == "samples were lost during the movement"
    assert ok == ""
    assert result.internal.mean_deg == pytest.approx(32.0)


def test_invalid_repetitions_count_neither_for_the_spread_nor_for_the_uncertainty(
    trapezoids, tested_leg
):
    angle = np.concatenate(
        (trapezoids([30.0, 30.0]), trapezoids([45.0], hold_s=0.1), -trapezoids([40.0, 40.0]))
    )
    result = measure(tested_leg(angle), calibration_deg=0.0)
    assert result.internal.sd_deg == pytest.approx(0.0)
    assert result.uncertainty.sem_deg == pytest.approx((0.5**2 + 1.95**2) ** 0.5)
