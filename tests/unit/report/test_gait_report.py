"""Walking and running in words, tables, pictures and files."""

import csv
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from imu_hip.analysis.reserve import with_passive
from imu_hip.errors import NothingMeasuredError
from imu_hip.measures.gait_comparison import compare_gait
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.hip_curve import HipCurve
from imu_hip.measures.stride_statistics import StrideStatistic
from imu_hip.names import Side, Task
from imu_hip.report.gait_sections import WITH_PELVIS, WITHOUT_PELVIS
from imu_hip.report.gait_sentences import ONE_LEG, gait_sentences
from imu_hip.report.gait_tables import (
    expectation_grid,
    flexion_sentence,
    quantities_grid,
    rejected_grids,
    strides_grid,
)
from imu_hip.report.gait_wording import quantity_value, turned, with_interval
from imu_hip.report.html import render_report
from imu_hip.report.strides_csv import write_strides_csv
from tests.synthetic_strides import measured_leg
from tests.unit.report.both_legs import legs


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


def test_a_difference_that_looks_like_its_error_gets_decimals():
    tests = legs(gain=1.7)
    comparison = compare_gait(tests[Side.LEFT], tests[Side.RIGHT])
    quantity = GaitQuantity.CYCLE_EXCURSION
    found = replace(comparison.differences[quantity], difference=4.2, mdc95=3.9)
    comparison = replace(comparison, differences={quantity: found})
    assert quantities_grid(tests, comparison).rows[0][-1] == "+4.2°, error 3.9°: measurable"
    within = replace(found, difference=3.8)
    comparison = replace(comparison, differences={quantity: within})
    assert quantities_grid(tests, comparison).rows[0][-1] == "+4°, error 4°: not measurable"


def test_strides_left_out_are_counted_by_reason():
    tests = legs(left_out=(("a turn", 6), ("a stop", 3)))
    assert strides_grid(tests).rows[1] == ("Strides left out", *(["9: a turn (6), a stop (3)"] * 2))
    assert strides_grid(legs()).rows[1] == ("Strides left out", "none", "none")


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
