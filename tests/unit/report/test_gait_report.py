"""Walking and running in words, tables, pictures and files."""

import csv
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from imu_hip.analysis.reserve import with_passive
from imu_hip.errors import NothingMeasuredError
from imu_hip.measures.gait_comparison import Verdict, compare_gait
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.hip_curve import HipCurve
from imu_hip.measures.stride_statistics import StrideChange, StrideStatistic
from imu_hip.names import Side, Task
from imu_hip.report.gait_sections import WITH_PELVIS, WITHOUT_PELVIS
from imu_hip.report.gait_sentences import (
    ONE_LEG,
    change_sentences,
    gait_sentences,
    rhythm_sentence,
    verdict_sentence,
)
from imu_hip.report.gait_tables import (
    changes_grid,
    expectation_grid,
    flexion_sentence,
    quantities_grid,
    rejected_grids,
)
from imu_hip.report.gait_wording import quantity_value, turned, with_interval
from imu_hip.report.html import render_report
from imu_hip.report.strides_csv import write_strides_csv
from tests.synthetic_strides import measured_leg


def legs(n=120, gain=1.0, **changes):
    tests = {
        side: measured_leg(np.random.default_rng(i), n, side, gain=g)
        for i, (side, g) in enumerate(((Side.LEFT, 1.0), (Side.RIGHT, gain)))
    }
    return {side: replace(test, **changes) for side, test in tests.items()}


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


@pytest.mark.parametrize(
    ("quantity", "value", "words"),
    [
        (GaitQuantity.CYCLE_EXCURSION, 12.4, "12°"),
        (GaitQuantity.AT_TOE_OFF, 3.2, "+3°"),
        (GaitQuantity.AT_TOE_OFF, -3.2, "−3°"),
        (GaitQuantity.PEAK_INTERNAL_AT, 11.6, "12 %"),
        (GaitQuantity.VARIABILITY, 1.14, "1.1°"),
        (GaitQuantity.SWING_EXCURSION, np.nan, "not measured"),
    ],
)
def test_quantities_in_words(quantity, value, words):
    assert quantity_value(quantity, value) == words


def test_an_interval_narrower_than_a_degree_is_not_spelled_out():
    wide = StrideStatistic(GaitQuantity.CYCLE_EXCURSION, 12.1, 1.0, 10.2, 14.0)
    assert with_interval(wide) == "12° (10 to 14°)"
    assert with_interval(replace(wide, low=11.9, high=12.3)) == "12°"
    # A peak near the foot strike has an interval that goes round the stride's end.
    early = StrideStatistic(GaitQuantity.PEAK_INTERNAL_AT, 1.0, 1.0, -2.0, 4.0)
    assert with_interval(early) == "1 % (98 to 4 %)"


@pytest.mark.parametrize(
    ("difference", "words"), [(5.2, "inward 5°"), (-5.2, "outward 5°"), (0.2, "hardly turns")]
)
def test_turns_have_a_direction(difference, words):
    assert turned(difference) == words


def test_the_articles_expectation_stands_beside_what_was_measured():
    tests = legs()
    grid = expectation_grid(tests)
    assert grid.head == ("Phase", "Article", "Left", "Right", "Runners")
    assert [row[1] for row in grid.rows] == ["inward", "inward", "outward"]
    # The published runners turn outward in push-off and inward in the air.
    assert [row[-1].split()[0] for row in grid.rows] == ["hardly", "outward", "inward"]
    walking = {side: replace(test, task=Task.WALK) for side, test in tests.items()}
    assert expectation_grid(walking).head == ("Phase", "Article", "Left", "Right")


def test_one_leg_has_no_column_of_differences():
    tests = {Side.RIGHT: legs()[Side.RIGHT]}
    grid = quantities_grid(tests, None)
    assert grid.head == ("", "Right")
    assert len(grid.rows) == len(GaitQuantity)


def test_how_far_rotation_follows_the_knee_is_told_where_it_is_known():
    tests = list(legs(flexion_correlation=-0.42).values())
    assert ": −0.42 left and −0.42 right. " in flexion_sentence(tests)
    assert flexion_sentence([replace(test, flexion_correlation=np.nan) for test in tests]) == ""


def test_left_out_strides_are_listed_with_time_and_reason(run):
    grids = rejected_grids({r.side: r for r in run.results})
    assert grids[0].rows[0] == ("1:00", "a turn")
    assert len(grids[0].rows) == 9


def test_a_hip_curve_becomes_a_picture(run):
    flat = np.zeros(101)
    curves = tuple(
        HipCurve(side, Task.RUN, 50, flat + 10.0, flat + 1.0, flat, flat + 1.0, flat, flat + 1.0)
        for side in Side
    )
    page = render_report(replace(run, hip_curves=curves))
    assert "run-hip" in page
    assert WITH_PELVIS in unescape(page)
    without = render_report(run)
    assert "run-hip" not in without
    assert WITHOUT_PELVIS in unescape(without)


def test_a_page_without_bands_and_toe_offs_still_stands(run):
    few = tuple(
        replace(measured_leg(np.random.default_rng(3), 8, side), stance_fraction=np.nan)
        for side in Side
    )
    page = render_report(replace(run, results=few, gait_comparisons=(compare_gait(*few),)))
    assert "Too few strides to compare left and right: 8 left and 8 right count" in page
    assert "not found" in page
    assert "Too few strides for intervals" in page
    assert "Too few strides for a band" in page


def test_a_lone_leg_is_not_compared(run):
    lone = replace(run, results=run.results[1:], gait_comparisons=())
    assert ONE_LEG in gait_sentences(lone)
    page = render_report(lone)
    assert ONE_LEG in page
    assert "Right minus left" not in page


def test_a_run_uses_a_share_of_the_passive_range(run, prone):
    both = with_passive(run, prone)
    assert {reserve.side for reserve in both.reserves} == set(Side)
    sentences = gait_sentences(both)
    assert any("that your left hip turns lying prone: " in sentence for sentence in sentences)
    left = both.reserves[0]
    arc_deg = left.passive_internal_deg + left.passive_external_deg
    assert left.arc_used_percent == pytest.approx(100 * run.results[0].excursion_deg / arc_deg)


def test_a_passive_recording_without_a_test_is_refused(run, seated, cross_legged):
    with pytest.raises(NothingMeasuredError, match="holds no seated or prone test"):
        with_passive(run, cross_legged)
    with pytest.raises(NothingMeasuredError, match="holds no walk or run"):
        with_passive(seated, seated)


def test_every_stride_is_a_row(tmp_path, run):
    write_strides_csv(run, tmp_path / "strides.csv")
    with (tmp_path / "strides.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 2 * 212
    assert [rows[0]["side"], rows[-1]["side"]] == ["left", "right"]
    table = run.results[0].table
    assert float(rows[3]["strike_s"]) == pytest.approx(table.strike_s[3], abs=1e-3)
    excursions = table.values[GaitQuantity.CYCLE_EXCURSION]
    assert float(rows[3]["cycle_excursion_deg"]) == pytest.approx(excursions[3], abs=1e-3)


def test_a_recording_without_strides_writes_none(tmp_path, seated):
    with pytest.raises(NothingMeasuredError, match="holds no strides"):
        write_strides_csv(seated, tmp_path / "strides.csv")
    assert not (tmp_path / "strides.csv").exists()
