"""One leg on two occasions in sentences, at the borders of rounding, too."""

import pytest

from imu_hip.measures.comparison import SideDifference
from imu_hip.measures.repeated import Apart, Balance, Change
from imu_hip.measures.trend import Trend
from imu_hip.names import Side, Task
from imu_hip.report.repeated_sentences import (
    AFTER,
    BEFORE,
    LAST_TIME,
    Occasion,
    balance_sentence,
    change_sentence,
    change_sentences,
    percent_sentences,
)
from imu_hip.report.repeated_tables import change_grid
from imu_hip.report.trend_sentences import trend_sentence
from imu_hip.report.trends import Series

FEBRUARY = Occasion("on 1 February 2026", "1 February 2026")
MARCH = Occasion("on 3 March 2026", "3 March 2026")


def change(earlier_deg, later_deg, mdc95_deg=9.0, measure="internal", apart=Apart.DAYS):
    return Change(Task.SEATED, Side.LEFT, measure, earlier_deg, later_deg, mdc95_deg, apart)


def test_a_gain_says_both_words_the_size_and_the_error():
    assert change_sentence(change(20.0, 31.0), LAST_TIME) == (
        "Your left hip turns inward (foot moves out) 11° more than last time; that is more than "
        "the measurement error between days of 9°."
    )


def test_a_loss_is_less():
    assert change_sentence(change(42.0, 31.0, measure="external"), FEBRUARY, MARCH) == (
        "On 3 March 2026 your left hip turns outward (foot moves in) 11° less than on 1 February "
        "2026; that is more than the measurement error between days of 9°."
    )


def test_before_and_after_has_the_error_of_one_day():
    told = change_sentence(change(30.0, 37.0, 5.8, apart=Apart.SAME_DAY), BEFORE, AFTER)
    assert told == (
        "After the stretch your left hip turns inward (foot moves out) 7° more than before the "
        "stretch; that is more than the measurement error of 6°."
    )


def test_within_the_error_there_is_no_measurable_difference():
    assert change_sentence(change(30.0, 34.2), FEBRUARY, MARCH) == (
        "No measurable difference in your left hip turning inward (foot moves out) between "
        "1 February 2026 and 3 March 2026: 4° is within the measurement error between days of 9°."
    )


@pytest.mark.parametrize(
    ("later_deg", "mdc95_deg", "words"),
    [
        (36.4, 5.6, "6.4° more than last time; that is more than the measurement error of 5.6°"),
        (36.04, 6.01, "6.04° more than last time; that is more than the measurement error of 6.01"),
        (36.6, 6.4, "7° more than last time; that is more than the measurement error of 6°"),
    ],
)
def test_a_size_never_reads_like_the_error_that_it_exceeds(later_deg, mdc95_deg, words):
    # 6.4 and 5.6 both round to 6; 6.04 and 6.01 to 6.0
    found = change(30.0, later_deg, mdc95_deg, apart=Apart.SAME_DAY)
    assert words in change_sentence(found, LAST_TIME)


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ("total_arc", "Your left hip turns 20° more in all than last time; "),
        ("shin_slope", "Your left shin slopes 20° more than last time; "),
    ],
)
def test_sums_and_slopes_have_their_own_words(measure, words):
    assert change_sentence(change(10.0, 30.0, measure=measure), LAST_TIME).startswith(words)


def test_what_did_not_change_is_said_once():
    still = [change(30.0, 34.0), change(40.0, 38.0, 11.3, "external"), change(70.0, 72.0)]
    (told,) = change_sentences(still, LAST_TIME)
    assert told == (
        "No measurable difference from last time: 4° at most is within the measurement error "
        "between days of 9° to 11°."
    )
    moved = change_sentences([change(20.0, 31.0), *still], LAST_TIME)
    assert len(moved) == 2
    assert moved[1].startswith("Nothing else differs measurably from last time: 4° at most")


def test_the_total_arc_is_in_the_table_only():
    assert change_sentences([change(60.0, 90.0, 12.7, "total_arc")], LAST_TIME) == ()
    grid = change_grid("Against last time", [change(60.0, 90.0, 12.7, "total_arc")], "Then", "Now")
    assert grid.rows == (("left both together", "60°", "90°", "+30° (error 13°): measurable"),)
    assert change_grid("Against last time", [], "Then", "Now") is None


def test_balance_says_which_way_a_hip_turns_farther():
    assert balance_sentence(Balance(Task.SEATED, Side.RIGHT, -11.0, 7.8)) == (
        "Your right hip turns 11° farther outward (foot moves in) than inward (foot moves out); "
        "that is more than the error of 8°."
    )
    assert balance_sentence(Balance(Task.SEATED, Side.RIGHT, 3.0, 7.8)).startswith(
        "No measurable difference between your right hip turning inward and outward: 3°"
    )


def test_percent_comes_second_and_only_for_what_is_measurable_and_large():
    def sides(left_deg, right_deg, measure="internal"):
        return SideDifference(Task.SEATED, measure, left_deg, right_deg, 6.0)

    (told,) = percent_sentences(
        [
            sides(31.0, 39.0),
            sides(31.0, 33.0),  # within the error
            sides(10.0, 19.0),  # larger side below 20°
            sides(10.0, 30.0, "shin_slope"),  # a slope has no such percentage
        ]
    )
    assert told == "Inward turn (foot moves out): the left reaches 79 % of the right."


def trend(slope, low, high, mdc95_deg=9.0, span_days=42.0):
    return Trend(slope, low, high, 30.0, span_days, mdc95_deg)


def series(side=Side.LEFT, measure="internal"):
    return Series(side, measure, (), 9.0, None)


def test_a_trend_tells_its_slope_with_the_interval():
    # 2° a week for six weeks
    assert trend_sentence(series(), trend(2.0, 1.1, 2.9)) == (
        "Your left hip's inward turn (foot moves out) grew by 12° in 6 weeks (2.0° a week, 1.1° to "
        "2.9°); that is more than the measurement error between days of 9°."
    )
    fell = trend_sentence(series(Side.RIGHT, "shin_slope"), trend(-2.0, -2.9, -1.1))
    assert fell.startswith("Your right shin's slope fell by 12° in 6 weeks")


def test_a_trend_just_beyond_the_error_shows_that_it_is():
    # 1.55 · 6 = 9.3
    told = trend_sentence(series(), trend(1.55, 0.5, 2.6))
    assert "grew by 9.3° in 6 weeks" in told
    assert "error between days of 9.0°" in told


def test_a_trend_that_is_small_or_unsure_is_no_measurable_change():
    assert trend_sentence(series(), trend(0.5, 0.1, 0.9)) == (
        "No measurable change of your left hip's inward turn (foot moves out) in 6 weeks: 3° is "
        "within the measurement error between days of 9°."
    )
    assert "scatter too much" in trend_sentence(series(), trend(2.0, -0.1, 4.1))
