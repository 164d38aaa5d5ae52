"""The own error between days: how it is made safe, for whom it holds, and what it changes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imu_hip.measures.agreement import Interval
from imu_hip.measures.between_days import between_days_error, published_mdc95_deg
from imu_hip.measures.measured_range import ARC, MeasuredRange
from imu_hip.measures.own_error import OwnError, mdc95, own_error_for, own_mdc95_deg
from imu_hip.measures.reliability import sem_interval
from imu_hip.measures.repeated import Apart, changes_between_days, changes_on_one_day
from imu_hip.measures.uncertainty import Uncertainty
from imu_hip.names import Side, Task

INWARD = (Task.SEATED, "internal")


def own(sem_deg=1.2, high_deg=2.0, measure="internal", person="anna"):
    interval = Interval(sem_deg, 0.7 * sem_deg, high_deg)
    return OwnError(Task.SEATED, measure, person, interval, 11, 12, 1)


def measured(value_deg, measure="internal", sem_deg=2.0, repetitions=3, **changes):
    error = Uncertainty(sem_deg, 1.96 * 2**0.5 * sem_deg)
    one = MeasuredRange(Task.SEATED, Side.LEFT, measure, value_deg, 1.0, repetitions, error)
    return replace(one, **changes)


def test_mdc95_by_hand() -> None:
    # 1.96 · √2 = 2.771859: 1.2 gives 3.326230, 2.0 gives 5.543717.
    assert own().mdc95_deg.value == pytest.approx(3.326230, abs=1e-5)
    assert own().safe_mdc95_deg == own().mdc95_deg.high == pytest.approx(5.543717, abs=1e-5)
    assert mdc95(Interval(0.0, 0.0, 0.0)) == Interval(0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("later_deg", "own_errors", "measurable"),
    [(37.0, {}, False), (37.0, {INWARD: own()}, True), (35.5, {INWARD: own()}, False)],
)
def test_the_own_error_stands_in_place_of_the_published_one(later_deg, own_errors, measurable):
    (change,) = changes_between_days([measured(30.0)], [measured(later_deg)], own_errors)
    assert change.apart is Apart.DAYS
    assert change.measurable is measurable
    assert change.own == own_errors.get(INWARD)
    assert change.mdc95_deg == pytest.approx(5.5437 if own_errors else 9.0, abs=1e-4)


def test_an_own_error_that_is_larger_stands_too() -> None:
    error_deg, source = between_days_error(measured(30.0), measured(31.0), {INWARD: own(3.0, 5.0)})
    assert error_deg == pytest.approx(13.8593, abs=1e-4)
    assert source == own(3.0, 5.0)


@pytest.mark.parametrize("repetitions", [(3, 2), (1, 3)])
def test_it_says_nothing_about_fewer_repetitions(repetitions) -> None:
    one, other = (measured(30.0, repetitions=count) for count in repetitions)
    assert own_error_for(one, other, {INWARD: own()}) is None
    error_deg, source = between_days_error(one, other, {INWARD: own()})
    assert source is None
    assert error_deg == published_mdc95_deg("internal", min(repetitions))


def test_other_tests_and_measures_keep_the_published_error() -> None:
    for other in (measured(30.0, "external"), measured(30.0, task=Task.PRONE)):
        assert own_error_for(other, other, {INWARD: own()}) is None


def test_a_badly_calibrated_session_does_not_become_a_usual_one() -> None:
    # SEM 5 without the 1.95 of repeating: √(25 - 3.8025) = 4.604074; the other one's is
    # √(4 - 3.8025) = 0.444410. 1.96 √(4.604074² + 0.444410²) = 9.065927.
    poor, usual = measured(30.0, sem_deg=5.0), measured(30.0)
    assert own_mdc95_deg(own(), poor, usual) == pytest.approx(9.065927, abs=1e-5)
    assert own_mdc95_deg(own(), usual, usual) == own().safe_mdc95_deg


def test_the_arc_has_the_repeating_of_two_ranges() -> None:
    # √2 · 1.95 = 2.757716 is left out of an arc's SEM: of 2.8 only √(7.84 - 7.605) stays.
    arc = measured(70.0, ARC, sem_deg=2.8)
    error = own(0.1, 0.2, ARC)
    expected = 1.96 * np.sqrt(2 * (2.8**2 - 2 * 1.95**2))
    assert own_mdc95_deg(error, arc, arc) == pytest.approx(expected)


def test_one_day_and_two_legs_keep_their_own_rule() -> None:
    (change,) = changes_on_one_day([measured(30.0)], [measured(36.0)])
    assert change.own is None


@settings(deadline=None)
@given(st.integers(10, 300), st.integers(10, 300), st.floats(0.1, 10.0))
def test_what_is_used_is_never_below_the_estimate_and_comes_down_to_it(one, other, sem_deg):
    errors = [
        replace(own(), sem_deg=sem_interval(sem_deg**2, freedom), degrees_of_freedom=freedom)
        for freedom in sorted((one, other))
    ]
    few, many = errors
    assert few.safe_mdc95_deg >= many.safe_mdc95_deg > many.mdc95_deg.value


def test_chance_is_rarely_called_a_difference() -> None:
    """Own errors of 11 degrees of freedom, used as they are, on values that do not differ."""
    random = np.random.default_rng(4)
    false = careless = 0
    for _ in range(4000):
        sd = np.std(random.normal(0.0, 2.0, 12), ddof=1)
        error = mdc95(sem_interval(sd**2, 11))
        difference = abs(random.normal(0.0, 2.0) - random.normal(0.0, 2.0))
        false += difference > error.high
        careless += difference > error.value
    # The estimate itself would call 7.6 % a difference: P(|t(11)| > 1.96). Its upper limit keeps
    # well below the 5 % that are meant.
    assert careless / 4000 == pytest.approx(0.076, abs=0.015)
    assert false / 4000 < 0.02
