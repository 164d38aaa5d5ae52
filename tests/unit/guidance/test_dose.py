"""Which leg is behind, and what to stretch."""

import pytest

from imu_hip.guidance.dose import dose_sentences
from imu_hip.guidance.restriction import restricted_side, restrictions
from imu_hip.guidance.view import ResultView
from imu_hip.names import Side, Task


def result(side, measure, value_deg, *, task=Task.SEATED, sem_deg=2.0, mdc95_deg=6.0):
    return ResultView(task, side, measure, value_deg, sem_deg, mdc95_deg, 3)


def both(left_deg, right_deg, measure="internal", **given):
    return (
        result(Side.LEFT, measure, left_deg, **given),
        result(Side.RIGHT, measure, right_deg, **given),
    )


@pytest.mark.parametrize(
    ("left_deg", "right_deg", "side"),
    [(30, 37, Side.LEFT), (37, 30, Side.RIGHT), (31, 37, None), (30, 30, None)],
)
def test_a_leg_is_restricted_where_it_is_behind_by_more_than_the_error(left_deg, right_deg, side):
    assert restricted_side(both(left_deg, right_deg)) is side


def test_a_crossed_shin_that_slopes_more_is_behind():
    (found,) = restrictions(both(30.0, 20.0, "shin_slope", task=Task.CROSS_LEGGED))
    assert (found.side, found.difference_deg) == (Side.LEFT, 10.0)
    # Horizontal is 0°, with the ankle higher it is beyond.
    (found,) = restrictions(both(-2.0, 12.0, "shin_slope", task=Task.CROSS_LEGGED))
    assert found.side is Side.RIGHT


def test_the_clearest_difference_decides():
    results = (*both(30.0, 37.0), *both(45.0, 36.0, "external"))
    assert restricted_side(results) is Side.RIGHT


def test_a_total_arc_and_a_single_leg_tell_nothing():
    assert restrictions(both(50.0, 90.0, "total_arc")) == ()
    assert restrictions((result(Side.LEFT, "internal", 10.0),)) == ()


def test_tests_are_not_mixed():
    results = (
        result(Side.LEFT, "internal", 20.0),
        result(Side.RIGHT, "internal", 45.0, task=Task.PRONE),
    )
    assert restrictions(results) == ()


def test_a_dose_as_sentences():
    assert "\n".join(dose_sentences(restricted_side(both(30.0, 38.0)))) == (
        "Both legs in turn, two bouts on the left for each on the right.\n"
        "Stretch in bouts of 30 to 60 s, several minutes in all, once to 3 times a day.\n"
        "Measure again after about 4 weeks: same position, same time of day, before stretching. "
        "Gains come over weeks, not days."
    )


def test_without_a_difference_both_legs_get_the_same():
    told = dose_sentences(restricted_side(both(46.0, 47.0)))
    assert told[0] == "Both legs in turn, the same number of bouts each."
    assert len(told) == 3
