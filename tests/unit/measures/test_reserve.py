"""How much of the passive range a run uses."""

import numpy as np
import pytest

from imu_hip.measures.reserve import reserve_of
from imu_hip.measures.rotation_test import Range, RotationTest
from imu_hip.measures.uncertainty import Uncertainty
from imu_hip.names import Direction, Side, Task
from tests.synthetic_strides import measured_leg


@pytest.fixture(scope="module")
def leg():
    return measured_leg(np.random.default_rng(1), 100, Side.RIGHT)


def passive(internal_deg, external_deg, sem_deg=2.0):
    return RotationTest(
        Task.PRONE,
        Side.RIGHT,
        Range(Direction.INTERNAL, internal_deg, None, None),
        Range(Direction.EXTERNAL, external_deg, None, None),
        Uncertainty(sem_deg, 1.96 * 2**0.5 * sem_deg),
        (),
    )


def test_the_arc_is_the_share_of_both_ranges_together(leg):
    found = reserve_of(leg, passive(30.0, 45.0))
    assert found.arc_used_percent == pytest.approx(100 * leg.excursion_deg / 75.0)
    assert (found.side, found.task, found.position) == (Side.RIGHT, leg.task, Task.PRONE)
    assert (found.passive_internal_deg, found.passive_external_deg) == (30.0, 45.0)


def test_the_interval_carries_both_errors(leg):
    # 75° with an error of 2 √2°, and the excursion with its own.
    found = reserve_of(leg, passive(30.0, 45.0))
    used = leg.excursion_deg / 75.0
    sem = used * np.hypot(leg.uncertainty.sem_deg / leg.excursion_deg, 2.0 * 2**0.5 / 75.0)
    assert found.arc_used_low_percent == pytest.approx(100 * (used - 1.96 * sem))
    assert found.arc_used_high_percent == pytest.approx(100 * (used + 1.96 * sem))


def test_without_a_zero_the_use_counts_from_the_mean_of_the_stride(leg):
    found = reserve_of(leg, passive(30.0, 45.0))
    assert not found.zero_known
    assert found.used_internal_deg == pytest.approx(leg.curve_deg.max())
    assert found.used_external_deg == pytest.approx(-leg.curve_deg.min())


def test_with_a_zero_it_counts_from_that_of_the_passive_test(leg):
    found = reserve_of(leg, passive(30.0, 45.0), stride_mean_deg=-6.0)
    assert found.zero_known
    assert found.used_internal_deg == pytest.approx(leg.curve_deg.max() - 6.0)
    assert found.used_external_deg == pytest.approx(-leg.curve_deg.min() + 6.0)
    assert reserve_of(leg, passive(30.0, 45.0), stride_mean_deg=0.0).zero_known


def test_a_missing_range_leaves_the_arc_open(leg):
    found = reserve_of(leg, passive(None, 45.0))
    assert found.passive_internal_deg is None
    assert found.arc_used_percent is None
    assert found.arc_used_low_percent is found.arc_used_high_percent is None


def test_an_uncertain_share_is_never_below_nothing(leg):
    assert reserve_of(leg, passive(3.0, 2.0, sem_deg=9.0)).arc_used_low_percent == 0.0
