"""The cross-legged test: slope of the shin, in holds of known slope."""

import numpy as np
import pytest

from imu_hip.measures.cross_legged import measure_cross_legged
from imu_hip.names import Side


def crossing_leg(tested_leg, trapezoids, slopes_deg, hold_s=3.0, **angles):
    """A shin that leaves the vertical, 90°, for a slope and comes back."""
    away = trapezoids([90.0 - slope for slope in slopes_deg], hold_s=hold_s, ramp_s=2.0)
    return tested_leg(np.full(len(away), np.nan), slope_deg=90.0 - away, knee_deg=110.0, **angles)


def test_slope_elevation_and_spread(tested_leg, trapezoids):
    leg = crossing_leg(tested_leg, trapezoids, [20.0, 24.0], elevation_deg=12.0)
    result = measure_cross_legged(leg, Side.LEFT, 1.0)
    assert result.shin_slope_deg == pytest.approx(22.0)
    assert result.thigh_elevation_deg == pytest.approx(12.0)
    # Deviations -2 and 2 with n - 1 = 1: sqrt(8).
    assert result.shin_slope_sd_deg == pytest.approx(8**0.5)
    assert [r.peak_deg for r in result.repetitions] == pytest.approx([20.0, 24.0])
    assert all(r.valid and r.direction is None for r in result.repetitions)
    # 0.5² + 1.95² + 1² + 8 / 2
    assert result.uncertainty.sem_deg == pytest.approx((0.25 + 3.8025 + 1.0 + 4.0) ** 0.5)


@pytest.mark.parametrize("slope_deg", [-8.0, 0.0, 45.0, 65.0])
def test_a_shin_may_lie_level_or_below(tested_leg, trapezoids, slope_deg):
    # A slow ramp, such as 12.5 °/s to 65°, lets 20 ms of it into the plateau.
    leg = crossing_leg(tested_leg, trapezoids, [slope_deg])
    found_deg = measure_cross_legged(leg, Side.RIGHT, 1.0).shin_slope_deg
    assert found_deg == pytest.approx(slope_deg, abs=0.02)


def test_a_shin_that_hardly_leaves_the_vertical_is_not_crossed(tested_leg, trapezoids):
    leg = crossing_leg(tested_leg, trapezoids, [75.0])
    result = measure_cross_legged(leg, Side.RIGHT, 1.0)
    assert result.repetitions == ()
    assert result.shin_slope_deg is None
    assert result.thigh_elevation_deg is None


def test_a_crossing_is_held_for_a_second(tested_leg, trapezoids):
    leg = crossing_leg(tested_leg, trapezoids, [20.0], hold_s=0.6)
    (repetition,) = measure_cross_legged(leg, Side.LEFT, 1.0).repetitions
    assert repetition.reason.startswith("held for 0.")
    assert "1.0 s needed" in repetition.reason
