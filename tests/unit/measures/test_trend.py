"""A change over weeks, and when nothing is said of one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.measures.trend import fit_trend

MDC95_DEG = 9.0


def test_a_straight_line_is_found_with_its_interval():
    days = np.array([0.0, 7.0, 14.0, 21.0, 28.0])
    trend = fit_trend(days, 30.0 + 0.5 * days, MDC95_DEG)
    assert trend.slope_deg_per_week == pytest.approx(3.5)
    assert trend.change_deg == pytest.approx(14.0)
    assert trend.start_deg == pytest.approx(30.0)
    # No scatter, so the published error counts: 9/(1.96 √2) = 3.247 a value. Squares about the
    # mean day sum to 14² + 7² + 0 + 7² + 14² = 490: 7 · 1.96 · 3.247 / √490 = 2.0125.
    assert trend.high_deg_per_week - trend.slope_deg_per_week == pytest.approx(2.0125, abs=1e-4)
    assert trend.low_deg_per_week == pytest.approx(3.5 - 2.0125, abs=1e-4)
    assert trend.measurable


def test_a_change_within_the_error_is_not_measurable():
    # 8.4° in four weeks is less than 9°, though the slope's interval leaves out zero.
    days = np.arange(0.0, 29.0, 2.0)
    trend = fit_trend(days, 30.0 + 0.3 * days, MDC95_DEG)
    assert trend.change_deg == pytest.approx(8.4)
    assert trend.steady
    assert not trend.measurable


def test_scatter_makes_a_large_change_uncertain():
    days = np.array([0.0, 7.0, 14.0])
    # Residuals from the line are 10, -20, 10 (times one): SD √(600/1) = 24.5.
    trend = fit_trend(days, np.array([30.0, 10.0, 50.0]), MDC95_DEG)
    assert trend.change_deg == pytest.approx(20.0)
    assert not trend.steady
    assert not trend.measurable


@pytest.mark.parametrize(
    "days",
    [
        [],
        [0.0],
        [0.0, 30.0],
        [0.4, 0.5, 30.0],  # two days only
        [0.0, 2.0, 4.0],  # less than a week
    ],
)
def test_few_days_are_silent(days):
    assert fit_trend(np.array(days), np.full(len(days), 30.0), MDC95_DEG) is None


@given(
    st.lists(st.floats(0, 80), min_size=3, max_size=12),
    st.floats(-1000, 1000).map(round),
    st.floats(-30, 30),
)
def test_neither_the_calendar_nor_the_level_matters(values, later, more_deg):
    days = np.arange(len(values)) * 7.0
    given_deg = np.array(values)
    trend = fit_trend(days, given_deg, MDC95_DEG)
    moved = fit_trend(days + later, given_deg + more_deg, MDC95_DEG)
    assert moved.slope_deg_per_week == pytest.approx(trend.slope_deg_per_week, abs=1e-6)
    assert moved.high_deg_per_week == pytest.approx(trend.high_deg_per_week, abs=1e-6)


def test_its_truth_values_are_plain_ones_that_json_knows():
    random = np.random.default_rng(3)
    unsure = fit_trend(np.arange(0.0, 40.0, 5.0), 30.0 + random.normal(0.0, 4.0, 8), 9.0)
    assert unsure.steady is False
    assert unsure.measurable is False
