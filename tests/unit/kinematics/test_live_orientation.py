"""One sensor's orientation over gaps, and the angles of a leg that is not always whole."""

from types import SimpleNamespace

import numpy as np
import pytest

from imu_hip.kinematics.calibration import CalibrationSource, LegCalibration
from imu_hip.kinematics.gravity import SegmentAxes, up_in_sensor
from imu_hip.kinematics.live_chain import AngleChain, LegChain
from imu_hip.kinematics.live_orientation import ImuBlock, LiveOrientation, OrientationBlock
from imu_hip.kinematics.orientation import CausalOrientation
from imu_hip.kinematics.pipeline import ChainParameters
from imu_hip.kinematics.quaternion import conjugate, from_axis_angle, rotate
from imu_hip.names import GRAVITY_MPS2, SHIN, THIGH, Side

RATE_HZ = 60.0
BIAS_DPS = np.array([0.4, -0.3, 0.2])


def swinging(n, bias_dps=0.0):
    """A sensor that swings about x by ±30° at 0.25 Hz; gravity is all it feels."""
    time_s = np.arange(n) / RATE_HZ
    phase = 2.0 * np.pi * 0.25 * time_s
    angle = np.deg2rad(30.0) * np.sin(phase)
    q = from_axis_angle(np.array([1.0, 0.0, 0.0]), angle)
    acc = rotate(conjugate(q), np.array([0.0, 0.0, GRAVITY_MPS2]))
    gyr = np.zeros((n, 3))
    gyr[:, 0] = 30.0 * 2.0 * np.pi * 0.25 * np.cos(phase)
    return SimpleNamespace(q=q, acc=acc, gyr=gyr + bias_dps)


def oriented(motion, lost=None):
    acc, gyr = motion.acc.copy(), motion.gyr.copy()
    if lost is not None:
        acc[lost], gyr[lost] = np.nan, np.nan
    return LiveOrientation(RATE_HZ).feed(ImuBlock(acc, gyr))


def off_deg(q, true_q):
    cosine = np.sum(up_in_sensor(q) * up_in_sensor(true_q), axis=1)
    return np.rad2deg(np.arccos(np.clip(cosine, -1.0, 1.0)))


def test_without_gaps_it_is_the_filter():
    motion = swinging(300)
    expected = CausalOrientation(RATE_HZ).feed(motion.acc, motion.gyr)
    assert np.array_equal(oriented(motion).q_earth_sensor, expected)


def test_the_filter_runs_on_over_a_short_gap():
    # 0.5 s are lost. A straight line over them differs from the sine's velocity by at most
    # 47 °/s (1 - cos(2 pi 0.25 0.25)) = 3.6 °/s in the middle, which makes less than 1.5°.
    motion, lost = swinging(900), slice(600, 630)
    told = oriented(motion, lost)
    assert np.isnan(told.q_earth_sensor[lost]).all()
    assert np.isnan(told.gyr_dps[lost]).all()
    assert np.isfinite(np.delete(told.q_earth_sensor, np.r_[lost], axis=0)).all()
    assert off_deg(told.q_earth_sensor[630:], motion.q[630:]).max() < 1.5


def test_after_a_long_gap_it_starts_anew_and_is_silent_until_it_has_settled():
    motion, lost = swinging(1200), slice(600, 720)
    told = oriented(motion, lost)
    # 60 samples, one second, are not told.
    assert np.isnan(told.q_earth_sensor[600:780]).all()
    assert np.isfinite(told.q_earth_sensor[780:]).all()
    assert off_deg(told.q_earth_sensor[780:], motion.q[780:]).max() < 1.0


def test_a_long_gap_does_not_cost_the_bias():
    # At rest the filter learns the bias within seconds; a filter without it would lean by the
    # bias times its time constant of 3 s, 1.6° here.
    n = 1800
    acc = np.tile([0.0, 0.0, GRAVITY_MPS2], (n, 1))
    gyr = np.tile(BIAS_DPS, (n, 1))
    acc[900:1100], gyr[900:1100] = np.nan, np.nan
    told = LiveOrientation(RATE_HZ).feed(ImuBlock(acc, gyr))
    level = np.tile([1.0, 0.0, 0.0, 0.0], (n - 1160, 1))
    assert off_deg(told.q_earth_sensor[1160:], level).max() < 0.1


def test_an_orientation_is_taken_as_it_is_and_gives_the_angular_velocity():
    motion = swinging(300)
    told = LiveOrientation(RATE_HZ).feed(OrientationBlock(motion.q))
    assert told.raw is None
    assert np.array_equal(told.q_earth_sensor, motion.q)
    # Between two samples it turns at the velocity of the middle.
    middle = 0.5 * (motion.gyr[1:] + motion.gyr[:-1])
    np.testing.assert_allclose(told.gyr_dps[1:], middle, atol=0.05)
    assert np.isnan(told.gyr_dps[0]).all()


@pytest.mark.parametrize("lost", [slice(100, 130), slice(100, 200), slice(0, 40)])
@pytest.mark.parametrize("cut", [1, 7, 110])
def test_blocks_do_not_change_what_a_gap_does(lost, cut):
    motion = swinging(300, BIAS_DPS)
    whole = oriented(motion, lost).q_earth_sensor
    acc, gyr = motion.acc.copy(), motion.gyr.copy()
    acc[lost], gyr[lost] = np.nan, np.nan
    sensor = LiveOrientation(RATE_HZ)
    parts = [
        sensor.feed(ImuBlock(acc[i : i + cut], gyr[i : i + cut])).q_earth_sensor
        for i in range(0, 300, cut)
    ]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-12, equal_nan=True)


@pytest.fixture
def leg():
    axes = SegmentAxes(*np.eye(3))
    return LegCalibration(axes, axes, CalibrationSource.PROTOCOL, 0.0, 0.0)


@pytest.mark.parametrize("missing", [THIGH, SHIN])
def test_a_leg_that_is_not_whole_has_no_rotation(leg, missing):
    # The first samples, in which the hinge is vertical and has no heading, are left out.
    q_both = swinging(310).q[10:]
    q = {THIGH[Side.LEFT]: q_both.copy(), SHIN[Side.LEFT]: q_both.copy()}
    q[missing[Side.LEFT]][100:120] = np.nan
    chain = AngleChain({Side.LEFT: leg}, ChainParameters(RATE_HZ))
    angles = chain.feed({segment: OrientationBlock(one) for segment, one in q.items()})[Side.LEFT]
    for values in (angles.femoral_rotation_deg, angles.knee_flexion_deg):
        assert np.array_equal(np.flatnonzero(np.isnan(values)), np.arange(100, 120))
    # What one sensor tells alone is still told.
    elevation, slope = (
        np.isnan(v).any() for v in (angles.thigh_elevation_deg, angles.shin_slope_deg)
    )
    assert (elevation, slope) == ((True, False) if missing is THIGH else (False, True))


def test_after_a_long_gap_a_new_heading_does_not_mix_with_the_old(leg):
    # An upright leg (y up) whose thigh sensor has turned its heading by 90° in the gap: with
    # windows that remember, rotation would swing through tens of degrees for seconds.
    upright = from_axis_angle(np.array([1.0, 0.0, 0.0]), np.array([np.pi / 2.0]))
    turned = np.repeat(upright, 600, axis=0)
    after = np.repeat(_turned_90_deg(upright), 600, axis=0)
    gap = np.full((90, 4), np.nan)
    q_thigh = np.concatenate((turned, gap, after))
    chain = LegChain(leg, Side.RIGHT, ChainParameters(RATE_HZ))
    angles = chain.feed(q_thigh, np.concatenate((turned, gap, turned)))
    rotation = angles.femoral_rotation_deg
    assert np.nanmax(np.abs(rotation)) < 1e-6
    assert np.isfinite(rotation).sum() == 1200


def _turned_90_deg(q):
    half = np.sqrt(0.5)
    turn = np.array([half, 0.0, 0.0, half])
    w, x, y, z = turn
    a, b, c, d = q.T
    return np.stack(
        (
            w * a - x * b - y * c - z * d,
            w * b + x * a + y * d - z * c,
            w * c - x * d + y * a + z * b,
            w * d + x * c - y * b + z * a,
        ),
        axis=1,
    )
