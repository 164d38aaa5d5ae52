"""Views of strides before and after a slip are one rotation apart."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.slip import (
    PHASES,
    ramp,
    rough_angle_deg,
    scaled,
    share_of_turn,
    turns_between,
)


def view(seed=0):
    phase = 2 * np.pi * (np.arange(PHASES) + 0.5) / PHASES
    pitch = 0.5 * np.cos(phase)
    up = np.column_stack((np.sin(pitch), np.cos(pitch), 0.05 * np.sin(phase)))
    gyr = np.random.default_rng(seed).normal(size=(PHASES, 3)) * 20 + 300 * np.sin(phase)[:, None]
    return scaled(np.concatenate((up, gyr)))


@pytest.mark.parametrize("angle_deg", [5.0, 20.0, 60.0, 150.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_rotation_between_two_views_is_found(angle_deg, seed):
    axis = np.random.default_rng(seed).normal(size=3)
    turn = Rotation.from_rotvec(np.deg2rad(angle_deg) * axis / np.linalg.norm(axis))
    before = view(seed)
    # After the slip the sensor sees v as its frame turned the other way does.
    after = turn.inv().apply(before)
    found = turns_between(before[None], after[None])
    assert found.angle_deg[0] == pytest.approx(angle_deg, abs=1e-6)
    assert found.r_before_after[0] == pytest.approx(turn.as_matrix(), abs=1e-9)
    assert found.explained[0] == pytest.approx(1.0)


def test_a_small_turn_is_told_roughly_and_fast():
    turn = Rotation.from_rotvec(np.deg2rad(12.0) * np.array([0.0, 1.0, 0.0]))
    before = view()
    rough = rough_angle_deg(before[None], turn.inv().apply(before)[None])
    # The sine of the angle over its cosine-weighted lever: within a tenth.
    assert rough[0] == pytest.approx(12.0, rel=0.1)


def test_a_creeping_strap_is_a_ramp():
    before = view()
    after = Rotation.from_rotvec([0.0, 0.4, 0.0]).inv().apply(before)
    part = np.clip((np.arange(40) - 17) / 6.0, 0.0, 1.0)
    views = before + part[:, None, None] * (after - before)
    share = share_of_turn(views, before, after)
    assert share == pytest.approx(part, abs=1e-9)
    assert ramp(share, 5) == (17, 23)
