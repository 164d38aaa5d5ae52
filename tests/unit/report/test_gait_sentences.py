"""What a run's page and terminal say in sentences."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.measures.gait_comparison import Verdict, compare_gait
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.stride_statistics import StrideChange
from imu_hip.names import Side
from imu_hip.report.gait_sentences import change_sentences, rhythm_sentence, verdict_sentence
from imu_hip.report.gait_tables import changes_grid
from tests.unit.report.both_legs import legs


def verdict_of(tests):
    comparison = compare_gait(tests[Side.LEFT], tests[Side.RIGHT])
    return comparison.verdict, verdict_sentence(comparison, tests)


def test_a_difference_within_the_error_is_no_difference():
    verdict, sentence = verdict_of(legs(gain=1.1))
    assert verdict is Verdict.NONE
    assert sentence.startswith("No measurable difference between left and right: ")
    # 1.96 sqrt(2) times 1.4° is 3.9°.
    assert sentence.endswith("within the measurement error of 4°; healthy legs differ by up to 3°.")


def test_a_clear_difference_names_the_error_and_what_healthy_legs_differ_by():
    verdict, sentence = verdict_of(legs(gain=1.7))
    assert verdict is Verdict.CLEAR
    # 70 % of 11.7° is 8.2°, and the noise of these strides adds some tenths.
    assert sentence == (
        "Your right femur turns 9° more in the stride than your left: more than the measurement "
        "error of 4° and than the 3° by which healthy legs differ."
    )


def test_a_small_but_certain_difference_is_what_healthy_legs_have():
    verdict, sentence = verdict_of(legs(n=400, gain=1.2, excursion_error_deg=0.3))
    assert verdict is Verdict.USUAL
    assert sentence.endswith("but no more than the 3° by which healthy legs differ.")


def test_too_few_strides_give_no_verdict_but_say_how_many_are_needed():
    verdict, sentence = verdict_of(legs(n=12, gain=3.0))
    assert verdict is Verdict.TOO_FEW
    assert sentence == (
        "Too few strides to compare left and right: 12 left and 12 right count, 16 a side are "
        "needed."
    )


def test_equal_turns_with_other_curves_are_told_by_where_they_differ():
    tests = legs()
    right = tests[Side.RIGHT]
    rolled = np.roll(right.table.curves_deg[:, :-1], 30, axis=1)
    curves = np.column_stack((rolled, rolled[:, :1]))
    table = replace(right.table, curves_deg=curves)
    tests[Side.RIGHT] = replace(right, table=table, curve_deg=curves.mean(axis=0))
    comparison = compare_gait(tests[Side.LEFT], tests[Side.RIGHT])
    assert comparison.verdict is Verdict.CLEAR
    sentence = verdict_sentence(comparison, tests)
    assert f"at {comparison.largest_at_percent} % of the stride the right one stands" in sentence


def test_the_rhythm_is_that_of_both_legs():
    # Strides of 0.8 s, 36 % of them on the ground.
    assert rhythm_sentence(legs()) == (
        "150 steps a minute: 0.80 s a stride, 36 % of it on the ground."
    )


@pytest.mark.parametrize(
    ("difference", "low", "high", "told"),
    [(2.1, 1.2, 3.0, True), (2.1, -0.2, 4.4, False), (0.4, 0.2, 0.6, False)],
)
def test_only_a_sure_change_that_matters_is_told(difference, low, high, told):
    change = StrideChange(
        GaitQuantity.CYCLE_EXCURSION, 12.0, 12.0 + difference, difference, low, high
    )
    tests = legs(changes=())
    tests[Side.LEFT] = replace(tests[Side.LEFT], changes=(change,))
    (sentence,) = change_sentences(tests)
    if told:
        assert sentence.endswith("of your left femur grew by 2.1° (1.2 to 3.0°).")
    else:
        assert sentence.endswith("surely changed by 1° or more.")


def test_a_run_too_short_for_changes_says_nothing_of_them():
    tests = legs(changes=())
    assert change_sentences(tests) == ()
    assert changes_grid(tests) is None


def test_a_leg_with_too_few_strides_for_a_change_says_so():
    change = StrideChange(GaitQuantity.CYCLE_EXCURSION, 12.0, 14.1, 2.1, -0.2, 4.4)
    tests = legs(changes=())
    tests[Side.LEFT] = replace(tests[Side.LEFT], changes=(change,))
    grid = changes_grid(tests)
    assert grid is not None
    assert grid.rows == (
        ("Rotation in a stride", "12°, 14°: +2.1° (−0.2 to +4.4°)", "too few strides"),
    )
