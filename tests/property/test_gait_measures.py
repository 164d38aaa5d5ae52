"""What must hold for the measures of any walk or run."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imu_hip.measures.bootstrap import block_length
from imu_hip.measures.gait_comparison import compare_gait
from imu_hip.measures.gait_quantities import GaitQuantity, peak_places, read_quantities
from imu_hip.measures.running import measure_gait
from imu_hip.measures.strides import Strides
from imu_hip.names import Side

MIRRORED = {
    GaitQuantity.PEAK_INTERNAL_AT: GaitQuantity.PEAK_EXTERNAL_AT,
    GaitQuantity.PEAK_EXTERNAL_AT: GaitQuantity.PEAK_INTERNAL_AT,
}
SEEDS = st.integers(0, 2**32 - 1)


def leg_of(seed, n, side=Side.LEFT, *, scale=1.0, later_s=0.0):
    """A leg with any smooth curve, any noise, and some toe-offs that were not found."""
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * np.arange(60) / 60
    shapes = np.array([f(k * phase) for k in (1, 2, 3) for f in (np.sin, np.cos)])
    size = rng.uniform(1.0, 8.0, len(shapes))
    strides_deg = (size + rng.normal(size=(n, len(shapes)))) @ shapes
    rotation_deg = scale * np.append(strides_deg.ravel(), strides_deg[-1, 0])
    edges = np.arange(n + 1) * 60.0
    toe_off = edges[:-1] + rng.uniform(15.0, 40.0, n)
    toe_off[rng.random(n) < 0.2] = np.nan
    strides = Strides(edges[:-1], toe_off, edges[1:], ("",) * n)
    time_s = later_s + np.arange(len(rotation_deg)) / 75.0
    return measure_gait(time_s, rotation_deg, rotation_deg, strides, side)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, n=st.integers(4, 120), later_s=st.floats(-1e4, 1e4))
def test_when_a_run_happened_changes_nothing_that_is_measured(seed, n, later_s):
    here, later = leg_of(seed, n), leg_of(seed, n, later_s=later_s)
    for quantity in GaitQuantity:
        expected = here.statistics[quantity]
        found = later.statistics[quantity]
        assert [found.mean, found.low, found.high] == pytest.approx(
            [expected.mean, expected.low, expected.high], abs=1e-6, nan_ok=True
        )


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, n=st.integers(16, 60))
def test_turning_the_sign_exchanges_inward_and_outward(seed, n):
    leg, turned = leg_of(seed, n), leg_of(seed, n, scale=-1.0)
    for quantity in GaitQuantity:
        signed = quantity.value.startswith("at_")
        expected = leg.statistics[MIRRORED.get(quantity, quantity)].mean
        found = turned.statistics[quantity].mean
        assert found == pytest.approx(-expected if signed else expected, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, n=st.integers(4, 200))
def test_parts_of_a_stride_never_exceed_the_whole(seed, n):
    leg = leg_of(seed, n)
    whole = leg.statistics[GaitQuantity.CYCLE_EXCURSION].mean
    assert whole == pytest.approx(np.ptp(leg.curve_deg))
    for quantity in (GaitQuantity.STANCE_EXCURSION, GaitQuantity.SWING_EXCURSION):
        part = leg.statistics[quantity].mean
        assert np.isnan(part) or part <= whole + 1e-9
    assert leg.enough == (n >= 16)
    assert np.isfinite(leg.band_low_deg).all() == leg.enough


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, left_n=st.integers(4, 90), right_n=st.integers(4, 90))
def test_exchanging_the_legs_turns_every_difference(seed, left_n, right_n):
    left, right = leg_of(seed, left_n), leg_of(seed + 1, right_n, Side.RIGHT)
    found, turned = compare_gait(left, right), compare_gait(right, left)
    assert turned.difference_deg == pytest.approx(-found.difference_deg)
    for quantity, difference in found.differences.items():
        other = turned.differences[quantity]
        half_turn = quantity.timing and abs(abs(difference.difference) - 50.0) < 1e-6
        if not half_turn:
            assert other.difference == pytest.approx(-difference.difference, nan_ok=True)
        assert other.measurable == difference.measurable or left_n == right_n
    if left_n != right_n:
        assert turned.verdict is found.verdict


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, n=st.integers(16, 60))
def test_a_leg_against_itself_never_differs(seed, n):
    leg = leg_of(seed, n)
    found = compare_gait(leg, replace(leg, side=Side.RIGHT))
    assert found.verdict.value == "no measurable difference"
    assert found.low_deg == pytest.approx(np.zeros(101), abs=1e-9)


@given(st.lists(st.floats(-1.0, 1.0), min_size=8, max_size=20), st.integers(16, 250))
def test_a_block_is_at_least_a_cell_and_at_most_a_third_of_them(correlation, n):
    length = block_length(np.array([1.0, *correlation]), n)
    assert 1 <= length <= -(-n // 3)


@given(SEEDS, st.floats(0.0, 100.0))
def test_peak_times_lie_within_the_stride_and_near_those_of_the_mean(seed, toe_off):
    curves = np.random.default_rng(seed).normal(size=(3, 101))
    curves[:, -1] = curves[:, 0]
    places = peak_places(curves.mean(axis=0))
    found = read_quantities(curves, np.full(3, toe_off), places)
    for quantity, place in (
        (GaitQuantity.PEAK_INTERNAL_AT, places.internal),
        (GaitQuantity.PEAK_EXTERNAL_AT, places.external),
    ):
        assert ((found[quantity] >= 0.0) & (found[quantity] < 100.0)).all()
        assert (np.abs((found[quantity] - place + 50) % 100 - 50) <= 25.5 + 1e-9).all()
