"""Means of groups and their intervals against scipy's own tests."""

import numpy as np
import pytest
from scipy import stats

from imu_hip.measures.group_means import difference_of_means, mean_of

ONE = np.array([31.0, 35.0, 36.5, 40.0, 42.0])
OTHER = np.array([28.0, 30.0, 33.0, 29.5])


def test_the_interval_of_a_mean_is_students():
    found = mean_of(ONE)
    low, high = stats.ttest_1samp(ONE, 0.0).confidence_interval(0.95)
    assert (found.value, found.low, found.high) == pytest.approx((36.9, low, high))


def test_the_interval_of_a_difference_is_welchs():
    found = difference_of_means(ONE, OTHER)
    low, high = stats.ttest_ind(ONE, OTHER, equal_var=False).confidence_interval(0.95)
    # 36.9 less 30.125.
    assert (found.value, found.low, found.high) == pytest.approx((6.775, low, high))


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_people_leave_no_interval(count):
    assert np.isnan([mean_of(ONE[:count]).low, difference_of_means(ONE[:count], OTHER).high]).all()


def test_equal_values_leave_nothing_open():
    same = np.full(4, 5.0)
    assert difference_of_means(same, same).high == 0.0
    assert mean_of(same).low == mean_of(same).high == 5.0
