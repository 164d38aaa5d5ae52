"""The same measure twice: what may be compared, and what a change must exceed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.measures.between_days import between_days_mdc95_deg
from imu_hip.measures.measured_range import MeasuredRange
from imu_hip.measures.repeated import (
    Apart,
    NotComparableError,
    balances,
    changes_between_days,
    changes_on_one_day,
    percent_of_larger,
    require_common,
    require_same_mode,
)
from imu_hip.measures.uncertainty import Uncertainty
from imu_hip.names import Side, Task


def measured(value_deg, measure="internal", side=Side.LEFT, sem_deg=2.0, repetitions=3):
    error = Uncertainty(sem_deg, 1.96 * 2**0.5 * sem_deg)
    return MeasuredRange(Task.SEATED, side, measure, value_deg, 1.0, repetitions, error)


def test_a_change_is_later_minus_earlier():
    (change,) = changes_on_one_day([measured(30.0)], [measured(37.0)])
    assert change.difference_deg == 7.0
    assert change.apart is Apart.SAME_DAY
    # 1.96 √(2² + 2²) = 5.544
    assert change.mdc95_deg == pytest.approx(5.5437, abs=1e-4)
    assert change.measurable


def test_on_one_day_both_errors_join():
    (change,) = changes_on_one_day([measured(30.0, sem_deg=2.0)], [measured(36.0, sem_deg=3.0)])
    # 1.96 √(2² + 3²) = 7.067
    assert change.mdc95_deg == pytest.approx(7.0669, abs=1e-4)
    assert not change.measurable


@pytest.mark.parametrize(("later_deg", "measurable"), [(39.0, False), (39.1, True), (20.9, True)])
def test_between_days_nothing_below_the_published_error_is_a_change(later_deg, measurable):
    (change,) = changes_between_days([measured(30.0)], [measured(later_deg)])
    assert change.mdc95_deg == 9.0
    assert change.measurable is measurable
    assert change.apart is Apart.DAYS


@pytest.mark.parametrize(
    ("repetitions", "error_deg"),
    # 16 for one, 16/√2 = 11.31 for two, 9 for three or more
    [((1, 3), 16.0), ((3, 2), 11.3137), ((3, 3), 9.0), ((6, 4), 9.0)],
)
def test_fewer_repetitions_have_the_larger_published_error(repetitions, error_deg):
    one, other = (measured(30.0, repetitions=count) for count in repetitions)
    assert between_days_mdc95_deg(one, other) == pytest.approx(error_deg, abs=1e-4)


def test_between_days_a_poor_measurement_counts_as_such():
    # 1.96 √2 · 5 = 13.86 exceeds the published 9
    one = measured(30.0, sem_deg=5.0)
    assert between_days_mdc95_deg(one, one) == pytest.approx(13.8593, abs=1e-4)


def test_a_total_arc_carries_the_error_of_two_between_days():
    arc = measured(70.0, "total_arc")
    assert between_days_mdc95_deg(arc, arc) == pytest.approx(9.0 * 2**0.5)


def test_only_the_same_leg_and_measure_are_compared():
    earlier = [measured(30.0), measured(40.0, "external"), measured(50.0, side=Side.RIGHT)]
    later = [measured(33.0, "external"), replace(measured(1.0), task=Task.PRONE)]
    (change,) = changes_on_one_day(earlier, later)
    assert (change.measure, change.side, change.difference_deg) == ("external", Side.LEFT, -7.0)


@given(st.floats(0, 90), st.floats(0, 90), st.floats(0.5, 8), st.floats(0.5, 8))
def test_swapping_turns_the_sign_only(one_deg, other_deg, one_sem, other_sem):
    one, other = measured(one_deg, sem_deg=one_sem), measured(other_deg, sem_deg=other_sem)
    for compare in (changes_on_one_day, changes_between_days):
        (there,), (back,) = compare([one], [other]), compare([other], [one])
        assert there.difference_deg == -back.difference_deg
        assert there.mdc95_deg == back.mdc95_deg
        assert there.measurable is back.measurable


def test_balance_is_inward_minus_outward_with_the_most_its_error_can_be():
    (balance,) = balances([measured(30.0), measured(41.0, "external"), measured(71.0, "total_arc")])
    assert balance.difference_deg == -11.0
    # A wrong zero makes one larger and the other smaller: 1.96 (2 + 2) = 7.84
    assert balance.error95_deg == pytest.approx(7.84)
    assert balance.measurable
    assert balances([measured(30.0), measured(41.0, "external", Side.RIGHT)]) == ()


@pytest.mark.parametrize(
    ("one_deg", "other_deg", "percent"),
    [(31.0, 39.0, 79.487), (39.0, 31.0, 79.487), (19.9, 5.0, None), (20.0, 20.0, 100.0)],
)
def test_percent_of_the_larger_only_where_that_is_large(one_deg, other_deg, percent):
    found = percent_of_larger(one_deg, other_deg)
    assert found == (percent if percent is None else pytest.approx(percent, abs=1e-3))


def test_a_percentage_of_a_negative_range_says_nothing():
    assert percent_of_larger(-3.0, 30.0) is None


def test_modes_are_not_mixed():
    require_same_mode("active", "active")
    require_same_mode(None, "passive")
    with pytest.raises(NotComparableError, match="One range is active, the other passive"):
        require_same_mode("active", "passive")


def test_positions_are_not_mixed():
    seated = [measured(30.0)]
    prone = [replace(measured(30.0), task=Task.PRONE)]
    require_common(seated, seated)
    with pytest.raises(NotComparableError, match="the seated test, the other the prone test"):
        require_common(seated, prone)


def test_nothing_in_common_is_said_plainly():
    with pytest.raises(NotComparableError, match="no measured range in common"):
        require_common([measured(30.0)], [measured(40.0, "external")])
