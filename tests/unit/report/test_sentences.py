from dataclasses import replace

import pytest

from imu_hip.measures.comparison import SideDifference
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.rotation_test import NormPlace, Range, RotationTest
from imu_hip.measures.uncertainty import Uncertainty
from imu_hip.names import Direction, Sex, Side, Task
from imu_hip.report.sentences import (
    comparison_sentence,
    headline,
    norm_sentence,
    target_sentence,
)
from imu_hip.report.wording import (
    clock,
    decimals_apart,
    degrees,
    duration,
    give_or_take,
    signed_degrees,
)

ERROR = Uncertainty(2.2, 6.1)
CZUPPON = "Czuppon et al., PM&R (hip flexed 90°)"


def rotation(internal_deg, external_deg, side=Side.LEFT):
    ranges = (
        Range(Direction.INTERNAL, internal_deg, None, None),
        Range(Direction.EXTERNAL, external_deg, None, None),
    )
    return RotationTest(Task.SEATED, side, *ranges, ERROR, ())


def difference(left_deg, right_deg, mdc95_deg=6.1, measure="internal", task=Task.SEATED):
    return SideDifference(task, measure, left_deg, right_deg, mdc95_deg)


def test_a_rotation_says_what_the_foot_does():
    # 31.2 and 39.6 rounded to whole degrees
    assert headline(rotation(31.2, 39.6)) == (
        "Your left hip turns inward 31° ±2° (foot moves out) and outward 40° ±2° (foot moves in)."
    )


def test_one_direction_alone_names_the_other_as_not_measured():
    assert headline(rotation(None, 39.6, Side.RIGHT)) == (
        "Your right hip turns outward 40° ±2° (foot moves in); inward was not measured."
    )


def test_without_repetitions_nothing_is_said_to_be_measured(seated):
    assert headline(rotation(None, None)) == (
        "Your left hip was not measured: no repetition was found."
    )
    tried = replace(rotation(None, None), repetitions=seated.results[0].repetitions)
    assert headline(tried) == ("Your left hip was not measured: none of the 6 repetitions counts.")
    once = replace(tried, repetitions=tried.repetitions[:1])
    assert headline(once).endswith("the only repetition does not count.")


@pytest.mark.parametrize(
    ("slope_deg", "position"),
    [
        (23.4, "23° ±2° from horizontal (knee higher than ankle)"),
        (-3.6, "4° ±2° from horizontal (ankle higher than knee)"),
        (0.3, "horizontal (±2°)"),
    ],
)
def test_a_crossed_leg_says_which_end_is_higher(slope_deg, position):
    test = CrossLeggedTest(Side.LEFT, slope_deg, 12.0, None, ERROR, ())
    assert headline(test) == f"With your left leg crossed, its shin lies {position}."


def test_a_leg_never_crossed_is_not_measured():
    test = CrossLeggedTest(Side.LEFT, None, None, None, ERROR, ())
    assert headline(test) == "Your left leg was not measured: no repetition was found."


def test_a_run_says_how_many_strides_it_rests_on(run):
    assert headline(replace(run.results[0], excursion_deg=11.4)) == (
        "Your left femur turns 11° ±1° in a running stride (mean of 212 strides)."
    )


def test_the_smaller_side_is_the_subject_of_a_measurable_difference():
    # right minus left = 39.4 - 31.2 = 8.2, more than 6.1
    assert comparison_sentence(difference(31.2, 39.4)) == (
        "Your left hip turns inward (foot moves out) 8° less than your right; "
        "that is more than the measurement error of 6°."
    )
    assert comparison_sentence(difference(39.4, 31.2, measure="external")) == (
        "Your right hip turns outward (foot moves in) 8° less than your left; "
        "that is more than the measurement error of 6°."
    )


def test_a_difference_within_the_error_is_no_measurable_difference():
    assert comparison_sentence(difference(38.0, 40.3)) == (
        "No measurable difference between left and right turning inward (foot moves out): "
        "2° is within the measurement error of 6°."
    )


@pytest.mark.parametrize(
    ("measure", "start"),
    [
        ("total_arc", "Your left hip turns 12° less in all than your right; "),
        ("shin_slope", "Your right shin slopes 12° more than your left; "),
        ("something_new", "Your left side shows 12° less than your right; "),
    ],
)
def test_every_measure_has_its_words(measure, start):
    assert comparison_sentence(difference(8.0, 20.0, measure=measure)).startswith(start)


def test_a_size_never_reads_as_more_than_itself():
    # 6.4 exceeds 6.1, but both round to 6
    assert "6.4° less than your right; that is more than the measurement error of 6.1°" in (
        comparison_sentence(difference(30.0, 36.4))
    )


def test_a_percentile_names_its_population():
    place = NormPlace(Sex.MALE, 62.3, 26.9, 9.8, CZUPPON)
    assert norm_sentence(Task.SEATED, Direction.INTERNAL, place) == (
        "more than 62 % of 299 male college athletes"
    )


@pytest.mark.parametrize(
    ("percentile", "words"), [(99.8, "more than 99 %"), (0.4, "less than 99 %"), (1.0, "more tha")]
)
def test_percentiles_stay_between_1_and_99(percentile, words):
    place = NormPlace(Sex.FEMALE, percentile, 34.7, 10.7, CZUPPON)
    assert norm_sentence(Task.SEATED, Direction.INTERNAL, place).startswith(words)


def test_a_norm_from_elsewhere_names_its_source():
    place = NormPlace(Sex.FEMALE, 50.0, 34.7, 10.7, "our own students")
    assert norm_sentence(Task.SEATED, Direction.INTERNAL, place) == (
        "more than 50 % of female people in our own students"
    )


def test_the_target_is_reached_or_missed_by_degrees():
    assert target_sentence(Range(Direction.INTERNAL, 31.0, None, 14.0)) == "14° below 45°"
    assert target_sentence(Range(Direction.INTERNAL, 47.0, None, 0.0)) == "reaches 45°"
    assert target_sentence(Range(Direction.INTERNAL, None, None, None)) == "not measured"


def test_numbers_for_people():
    assert [degrees(-0.4), degrees(-7.6), degrees(float("nan"))] == ["0°", "−8°", "not measured"]
    assert [signed_degrees(8.2), signed_degrees(-8.2), signed_degrees(0.2)] == ["+8°", "−8°", "0°"]
    assert give_or_take(2.2) == "±2°"
    assert [duration(48.2), duration(200), duration(180), duration(3900), duration(7200)] == [
        "48 s",
        "3 min 20 s",
        "3 min",
        "1 h 5 min",
        "2 h",
    ]
    assert clock(65.9) == "1:05"


@pytest.mark.parametrize(
    ("value", "other", "decimals"),
    [(8.0, 6.1, 0), (-6.3, 6.1, 1), (6.16, 6.07, 1), (6.13, 6.11, 2), (6.101, 6.1, 2)],
)
def test_sizes_get_as_many_decimals_as_tell_them_apart(value, other, decimals):
    assert decimals_apart(value, other) == decimals
