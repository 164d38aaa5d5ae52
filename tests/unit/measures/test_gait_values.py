"""Single values of a leg in gait with their uncertainty."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.measures.gait_quantities import EXCURSION_ERROR_DEG, PHASE_ERROR_DEG, GaitQuantity
from imu_hip.measures.gait_values import gait_values
from tests.synthetic_strides import RATE_HZ, SAMPLES, autoregressive, measured_leg


@pytest.fixture(scope="module")
def leg():
    return measured_leg(np.random.default_rng(3), 120)


@pytest.fixture(scope="module")
def values(leg):
    return {one.measure: one for one in gait_values(leg)}


def test_every_quantity_and_the_rhythm_are_there(values):
    assert set(values) == {*GaitQuantity, "stride_time", "cadence", "stance"}


def test_the_excursion_has_the_uncertainty_of_the_test(leg, values):
    found = values["cycle_excursion"]
    assert found.value == leg.excursion_deg
    assert found.sem == pytest.approx(leg.uncertainty.sem_deg)
    assert found.mdc95 == pytest.approx(leg.uncertainty.mdc95_deg)


def test_no_value_is_surer_than_the_method(values):
    assert values["swing_excursion"].sem > EXCURSION_ERROR_DEG
    assert values["at_toe_off"].sem > PHASE_ERROR_DEG
    # The smallest difference of two times is 10 % of the stride, which is 1.96 √2 errors.
    assert values["peak_internal_at"].sem >= 10.0 / (1.96 * np.sqrt(2.0))


def test_the_rhythm_is_that_of_the_strides(values):
    assert values["stride_time"].value == pytest.approx(SAMPLES / RATE_HZ)
    # All strides are as long as the others, so that nothing is left open.
    assert values["stride_time"].sem == pytest.approx(0.0, abs=1e-12)
    assert values["cadence"].value == pytest.approx(2.0 * 60.0 * RATE_HZ / SAMPLES)
    # Two events of 0.02 s each in a stride of 0.8 s: 100 √2 0.02 / 0.8.
    assert values["stance"].sem == pytest.approx(3.54, abs=0.01)


def test_stride_times_that_resemble_each_other_are_worth_fewer(leg):
    n = 400
    duration_s = 0.8 + 0.01 * autoregressive(np.random.default_rng(5), n, 1, 0.8)[:, 0]
    edges = np.concatenate(([0.0], np.cumsum(duration_s)))
    table = replace(leg.table, strike_s=edges[:-1], end_s=edges[1:])
    sd_s = float(np.std(duration_s, ddof=1))
    alike = replace(leg, table=table, strides=n, stride_time_sd_s=sd_s)
    (found,) = (one for one in gait_values(alike) if one.measure == "stride_time")
    # A median of independent ones errs by 1.2533 sd / √n. Where neighbours correlate by 0.8, the
    # mean of n is worth (1 - 0.8) / (1 + 0.8) of them, a ninth, so that the error is three times.
    assert found.sem == pytest.approx(3.0 * 1.2533 * sd_s / np.sqrt(n), rel=0.35)


def test_few_strides_have_an_uncertainty_too():
    few = {one.measure: one for one in gait_values(measured_leg(np.random.default_rng(3), 8))}
    assert few["cycle_excursion"].sem > EXCURSION_ERROR_DEG
    assert all(np.isfinite(one.sem) for one in few.values())
