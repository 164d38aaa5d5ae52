"""Left against right in gait: differences, their intervals, and the verdict."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.measures.gait_comparison import Verdict, compare_gait
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.names import Side
from tests.synthetic_strides import autoregressive, measured_leg, true_leg

EXCURSION_DEG = true_leg().excursion_deg
METHOD_MDC95_DEG = 1.96 * 2**0.5 * 1.4  # 3.88


def legs(rng, n=100, right_deg=0.0, **options):
    """Both legs of a run, the right one with so much more excursion."""
    gain = 1.0 + right_deg / EXCURSION_DEG
    return (
        measured_leg(rng, n, Side.LEFT, **options),
        measured_leg(rng, n, Side.RIGHT, gain=gain, **options),
    )


def shifted(leg, percent):
    """The leg with its curve later by so many percent of the stride."""
    curve_deg = np.roll(leg.curve_deg[:-1], percent)
    return replace(leg, curve_deg=np.append(curve_deg, curve_deg[0]))


def test_differences_are_right_minus_left():
    left, right = legs(np.random.default_rng(1), right_deg=3.0)
    found = compare_gait(left, right)
    assert found.difference_deg == pytest.approx(right.curve_deg - left.curve_deg)
    excursion = found.differences[GaitQuantity.CYCLE_EXCURSION]
    assert (excursion.left, excursion.right) == (left.excursion_deg, right.excursion_deg)
    assert excursion.difference == pytest.approx(3.0, abs=0.7)
    assert excursion.low < 3.0 < excursion.high
    assert found.mdc95_deg == excursion.mdc95
    largest = found.difference_deg[found.largest_at_percent]
    assert abs(largest) == np.abs(found.difference_deg).max()


def test_the_interval_holds_the_error_of_the_method_and_of_the_strides():
    left, right = legs(np.random.default_rng(2), n=60)
    excursion = compare_gait(left, right).differences[GaitQuantity.CYCLE_EXCURSION]
    assert excursion.high - excursion.difference == pytest.approx(excursion.mdc95)
    strides = [t.statistics[GaitQuantity.CYCLE_EXCURSION] for t in (left, right)]
    half = np.hypot(*(statistic.high - statistic.mean for statistic in strides))
    assert excursion.mdc95 == pytest.approx(np.hypot(METHOD_MDC95_DEG, half), rel=0.03)


def test_equal_legs_show_no_measurable_difference():
    rng = np.random.default_rng(3)
    verdicts = [compare_gait(*legs(rng, n)).verdict for n in (16, 40, 200) for _ in range(20)]
    assert verdicts == [Verdict.NONE] * 60


def test_the_method_errs_on_each_leg_and_equal_legs_still_show_no_difference():
    # With 1.4° of error of each excursion a difference beyond its MDC comes up in 5 %.
    rng = np.random.default_rng(4)
    none = 0
    for _ in range(100):
        left_deg, right_deg = rng.normal(0.0, 1.4, 2)
        left = measured_leg(rng, 60, Side.LEFT, gain=1.0 + left_deg / EXCURSION_DEG)
        right = measured_leg(rng, 60, Side.RIGHT, gain=1.0 + right_deg / EXCURSION_DEG)
        none += compare_gait(left, right).verdict is Verdict.NONE
    assert none >= 90


@pytest.mark.parametrize("put_in_deg", [5.0, -5.0])
def test_a_difference_that_skin_partly_hides_is_found_and_covered(put_in_deg):
    rng = np.random.default_rng(5)
    for _ in range(20):
        found = compare_gait(*legs(rng, right_deg=0.85 * put_in_deg))
        excursion = found.differences[GaitQuantity.CYCLE_EXCURSION]
        assert np.sign(excursion.difference) == np.sign(put_in_deg)
        assert excursion.low < put_in_deg < excursion.high


def test_a_large_difference_is_clear():
    found = compare_gait(*legs(np.random.default_rng(6), right_deg=7.0))
    assert found.verdict is Verdict.CLEAR
    assert found.differences[GaitQuantity.CYCLE_EXCURSION].measurable


def test_equal_excursions_with_different_curves_are_a_difference():
    left, right = legs(np.random.default_rng(7))
    found = compare_gait(left, shifted(right, 25))
    assert not found.differences[GaitQuantity.CYCLE_EXCURSION].measurable
    assert found.verdict is Verdict.CLEAR


def test_what_exceeds_a_small_error_may_be_usual():
    both = legs(np.random.default_rng(8), n=400, right_deg=2.0)
    found = compare_gait(*(replace(leg, excursion_error_deg=0.3) for leg in both))
    assert found.mdc95_deg < abs(found.differences[GaitQuantity.CYCLE_EXCURSION].difference) < 3.0
    assert found.verdict is Verdict.USUAL


@pytest.mark.parametrize(("left_n", "right_n"), [(15, 100), (100, 15), (12, 12)])
def test_too_few_strides_of_either_leg_give_no_verdict(left_n, right_n):
    rng = np.random.default_rng(9)
    left = measured_leg(rng, left_n, Side.LEFT)
    right = measured_leg(rng, right_n, Side.RIGHT, gain=3.0)
    found = compare_gait(left, right)
    assert found.verdict is Verdict.TOO_FEW
    assert np.isnan(found.low_deg).all()
    excursion = found.differences[GaitQuantity.CYCLE_EXCURSION]
    assert np.isfinite(excursion.difference)
    assert np.isnan(excursion.low)
    assert not excursion.measurable


def test_legs_with_different_numbers_of_strides_compare():
    rng = np.random.default_rng(10)
    left, right = measured_leg(rng, 400, Side.LEFT), measured_leg(rng, 30, Side.RIGHT)
    found = compare_gait(left, right)
    assert found.verdict is Verdict.NONE
    # The leg with 30 strides decides how well the difference is known.
    own = np.mean(right.band_high_deg - right.curve_deg)
    assert np.mean(found.high_deg - found.difference_deg) > 0.8 * own


@pytest.mark.parametrize("shared", [0.0, 0.8, -0.8])
def test_the_band_holds_equal_legs_whether_or_not_they_share_what_the_person_does(shared):
    # A pelvis that turns moves both legs at once: inward on one side, outward on the other.
    rng = np.random.default_rng(11)
    held = []
    for _ in range(80):
        common = autoregressive(rng, 60, 10, 0.3)
        noise = [
            np.sqrt(1 - shared**2) * autoregressive(rng, 60, 10, 0.3) + own * common
            for own in (abs(shared), shared)
        ]
        left = measured_leg(rng, 60, Side.LEFT, noise=noise[0])
        found = compare_gait(left, measured_leg(rng, 60, Side.RIGHT, noise=noise[1]))
        held.append((found.low_deg <= 0.0).all() and (found.high_deg >= 0.0).all())
    assert np.mean(held) >= 0.86  # 95 % is meant; fewer come up in less than 1 of 500 tries


def test_what_legs_share_drops_out_of_their_difference():
    rng = np.random.default_rng(12)
    common = autoregressive(rng, 100, 10, 0.3)
    alike = compare_gait(*legs(rng, noise=common))
    apart = compare_gait(*legs(rng))
    assert np.ptp(alike.high_deg - alike.low_deg) < 0.1 * np.mean(apart.high_deg - apart.low_deg)


def test_a_peak_with_a_rival_has_no_certain_time():
    left, right = legs(np.random.default_rng(13))
    times = {q: d for q, d in compare_gait(left, right).differences.items() if q.timing}
    assert all(difference.mdc95 >= 5.0 for difference in times.values())
    turn = 2 * np.pi * np.arange(101) / 100
    two_humps = 8.0 * np.cos(2 * turn) + 0.5 * np.cos(turn)
    rivals = compare_gait(replace(left, curve_deg=two_humps), right)
    # The second hump, half a stride away, is lower by 1° only, less than the method errs.
    assert rivals.differences[GaitQuantity.PEAK_INTERNAL_AT].mdc95 >= 50.0


def test_times_of_peaks_are_compared_across_foot_strike():
    left, right = legs(np.random.default_rng(14))

    def with_peak(leg, percent):
        own = replace(leg.statistics[GaitQuantity.PEAK_INTERNAL_AT], mean=percent)
        return replace(leg, statistics={**leg.statistics, GaitQuantity.PEAK_INTERNAL_AT: own})

    found = compare_gait(with_peak(left, 98.0), with_peak(right, 3.0))
    assert found.differences[GaitQuantity.PEAK_INTERNAL_AT].difference == pytest.approx(5.0)


def test_the_comparison_becomes_a_frame():
    found = compare_gait(*legs(np.random.default_rng(15)))
    frame = found.to_frame()
    assert list(frame.columns) == ["percent", "difference_deg", "low_deg", "high_deg"]
    assert frame["percent"].tolist() == list(range(101))
    assert (frame["low_deg"] < frame["high_deg"]).all()


def test_a_curve_must_exceed_its_error_beyond_its_band():
    left, right = legs(np.random.default_rng(16), n=200)
    percent = np.arange(101)
    bump = np.exp(-(((percent - 62) / 5.0) ** 2))
    found = compare_gait(left, replace(right, curve_deg=left.curve_deg + 4.7 * bump))
    assert found.curve_mdc95_deg == pytest.approx(2.5 * 2**0.5 * 1.4)  # 4.95
    assert found.verdict is Verdict.NONE
    band_deg = (found.high_deg - found.difference_deg)[62]
    surely = 4.95 + 1.2 * band_deg
    found = compare_gait(left, replace(right, curve_deg=left.curve_deg + surely * bump))
    assert found.verdict is Verdict.CLEAR
    assert found.largest_at_percent == 62
    hardly = 4.95 + 0.8 * band_deg
    found = compare_gait(left, replace(right, curve_deg=left.curve_deg + hardly * bump))
    assert found.verdict is Verdict.NONE
