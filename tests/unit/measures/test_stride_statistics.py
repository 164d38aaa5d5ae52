"""Statistics over strides: what they mean, how sure they are, how they change over a run."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.stride_statistics import summarise
from tests.synthetic_strides import measured_leg, true_leg

LINEAR = (
    GaitQuantity.AT_FOOT_STRIKE,
    GaitQuantity.AT_MID_STANCE,
    GaitQuantity.AT_TOE_OFF,
    GaitQuantity.AT_MID_SWING,
)


@pytest.fixture(scope="module")
def truth():
    return true_leg()


@pytest.fixture(scope="module")
def leg():
    return measured_leg(np.random.default_rng(1), 400)


def covered(leg, truth):
    """Whether the band holds the true curve, and the share of quantities in their intervals."""
    inside = (leg.band_low_deg <= truth.curve_deg) & (truth.curve_deg <= leg.band_high_deg)
    quantities = [q for q in GaitQuantity if q is not GaitQuantity.VARIABILITY]
    true = {q: truth.statistics[q].mean for q in quantities}
    held = [leg.statistics[q].low <= true[q] <= leg.statistics[q].high for q in quantities]
    return inside.all(), np.mean(held)


@pytest.mark.parametrize(("n", "rho"), [(20, 0.3), (60, 0.0), (60, 0.6), (400, 0.3)])
def test_intervals_and_bands_hold_the_truth_as_often_as_they_say(n, rho, truth):
    rng = np.random.default_rng(100 * n)
    legs = [covered(measured_leg(rng, n, rho=rho), truth) for _ in range(100)]
    band, quantities = np.mean(legs, axis=0)
    # 95 % is meant. Of 100 bands 86 or fewer hold in 1 of 1000 tries if 95 % do.
    assert band >= 0.87
    assert quantities >= 0.91


def test_the_same_strides_give_the_same_interval(leg):
    again = summarise(leg.table)
    assert again.statistics == leg.statistics
    assert leg.curve_deg + again.band_half_deg == pytest.approx(leg.band_high_deg)


def test_the_excursion_is_that_of_the_mean_curve(leg, truth):
    statistic = leg.statistics[GaitQuantity.CYCLE_EXCURSION]
    assert statistic.mean == leg.excursion_deg
    assert statistic.mean == pytest.approx(truth.excursion_deg, abs=0.4)
    # Each single stride's excursion is widened by what differs from stride to stride.
    singles = leg.table.values[GaitQuantity.CYCLE_EXCURSION]
    assert singles.mean() > statistic.mean + 0.5
    assert statistic.sd == pytest.approx(np.std(singles, ddof=1), rel=0.25)


def test_phases_of_the_mean_curve_are_means_of_the_strides(leg):
    for quantity in LINEAR:
        singles = leg.table.values[quantity]
        assert leg.statistics[quantity].mean == pytest.approx(singles.mean(), abs=0.1)


def test_the_variability_is_the_distance_of_strides_from_the_mean_curve(leg):
    expected = np.sqrt(np.mean((leg.table.curves_deg - leg.curve_deg) ** 2))
    statistic = leg.statistics[GaitQuantity.VARIABILITY]
    assert statistic.mean == pytest.approx(expected)
    assert statistic.low < 1.15 < statistic.high


def test_peak_times_around_foot_strike_are_one_peak():
    # The innermost point lies at foot strike; single strides have it at 99 or at 1 %.
    rng = np.random.default_rng(3)
    leg = measured_leg(rng, 100)
    shift = round(leg.statistics[GaitQuantity.PEAK_INTERNAL_AT].mean)
    cycle = leg.table.curves_deg[:, :-1]
    turned = np.roll(cycle, -shift, axis=1)
    turned = np.hstack((turned, turned[:, :1]))
    statistic = summarise(replace(leg.table, curves_deg=turned)).statistics[
        GaitQuantity.PEAK_INTERNAL_AT
    ]
    assert (statistic.mean + 50) % 100 - 50 == pytest.approx(0.0, abs=1.0)
    assert statistic.high - statistic.low < 3.0


def test_too_few_strides_have_no_interval():
    leg = measured_leg(np.random.default_rng(4), 15)
    assert not leg.enough
    assert np.isnan(leg.band_low_deg).all()
    statistic = leg.statistics[GaitQuantity.STANCE_EXCURSION]
    assert np.isfinite([statistic.mean, statistic.sd]).all()
    assert np.isnan([statistic.low, statistic.high]).all()
    assert measured_leg(np.random.default_rng(4), 16).enough


@pytest.mark.parametrize("n", [8, 40])
def test_strides_without_a_toe_off_are_ignored_in_stance(n):
    table = measured_leg(np.random.default_rng(5), n).table
    toe_off_s = table.toe_off_s.copy()
    toe_off_s[::2] = np.nan
    found = summarise(replace(table, toe_off_s=toe_off_s))
    whole = summarise(table)
    for quantity in GaitQuantity:
        some, every = found.statistics[quantity], whole.statistics[quantity]
        assert some.mean == pytest.approx(every.mean, abs=0.5)
    nowhere = summarise(replace(table, toe_off_s=np.full(n, np.nan)))
    assert np.isnan(nowhere.statistics[GaitQuantity.AT_TOE_OFF].mean)
    assert np.isfinite(nowhere.statistics[GaitQuantity.AT_FOOT_STRIKE].mean)


def test_an_excursion_that_grows_over_the_run_is_told():
    # From the middle of the first fifth to that of the last one 80 % of the growth happens.
    leg = measured_leg(np.random.default_rng(6), 500, drift_deg=4.0)
    (change,) = (c for c in leg.changes if c.quantity is GaitQuantity.CYCLE_EXCURSION)
    assert change.difference == pytest.approx(3.2, abs=0.6)
    assert change.low < 3.2 < change.high
    assert change.low > 0.0
    assert change.last - change.first == pytest.approx(change.difference)


def test_a_steady_run_has_no_change_outside_its_interval():
    rng = np.random.default_rng(7)
    legs = [measured_leg(rng, 100) for _ in range(25)]
    held = [change.low <= 0.0 <= change.high for leg in legs for change in leg.changes]
    assert np.mean(held) >= 0.9


def test_changes_take_five_times_the_fewest_strides():
    rng = np.random.default_rng(8)
    assert measured_leg(rng, 79).changes == ()
    changed = {change.quantity for change in measured_leg(rng, 80).changes}
    assert changed == {quantity for quantity in GaitQuantity if not quantity.timing}


def test_the_table_becomes_a_frame_with_one_row_per_stride(leg):
    frame = leg.table.to_frame()
    assert list(frame.columns[:4]) == ["strike_s", "toe_off_s", "end_s", "cycle_excursion_deg"]
    assert "peak_internal_at_percent" in frame
    assert len(frame) == leg.strides
    assert frame["at_toe_off_deg"].mean() == pytest.approx(
        leg.table.values[GaitQuantity.AT_TOE_OFF].mean()
    )
