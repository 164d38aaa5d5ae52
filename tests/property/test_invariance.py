"""What must not change the angles: signs of quaternions, headings, mirroring, missing samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imu_hip.kinematics.calibration import CalibrationSource, LegCalibration
from imu_hip.kinematics.gravity import SegmentAxes
from imu_hip.kinematics.orientation import orient_offline
from imu_hip.kinematics.pipeline import ChainParameters, leg_angles
from imu_hip.kinematics.quaternion import from_axis_angle, multiply
from imu_hip.names import SHIN, THIGH, Side
from imu_hip.simulation import BodyMotion
from imu_hip.simulation.motion import LegAngles as JointAngles
from imu_hip.simulation.motion import q_earth_upright

ANGLES = ("femoral_rotation_deg", "knee_flexion_deg", "thigh_elevation_deg", "shin_slope_deg")
PARAMETERS = ChainParameters(60.0)
headings_deg = st.floats(-180.0, 180.0)


def orientations(session, side):
    streams = session.recording.streams
    return [
        orient_offline(streams[s].acc_mps2, streams[s].gyr_dps, 60.0)
        for s in (THIGH[side], SHIN[side])
    ]


@pytest.fixture(scope="module", params=["aligned_run", "aligned_seated"])
def leg(request):
    """A leg's orientations, alignment and angles."""
    session = request.getfixturevalue(request.param)
    q_thigh, q_shin = orientations(session, Side.LEFT)
    alignment = session.legs[Side.LEFT]
    angles = leg_angles(q_thigh, q_shin, alignment, Side.LEFT, PARAMETERS)
    return q_thigh, q_shin, alignment, angles


def assert_same(found, expected):
    for name in ANGLES:
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-7)


def turned(q, heading_deg):
    vertical = np.array([0.0, 0.0, 1.0])
    return multiply(from_axis_angle(vertical, np.array(np.deg2rad(heading_deg))), q)


@settings(max_examples=15, deadline=None)
@given(thigh_deg=headings_deg, shin_deg=headings_deg)
def test_the_headings_of_the_sensors_do_not_matter(leg, thigh_deg, shin_deg):
    q_thigh, q_shin, alignment, expected = leg
    found = leg_angles(
        turned(q_thigh, thigh_deg),
        turned(q_shin, shin_deg),
        alignment,
        Side.LEFT,
        PARAMETERS,
    )
    assert_same(found, expected)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_signs_of_quaternions_do_not_matter(leg, seed):
    q_thigh, q_shin, alignment, expected = leg
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(2, len(q_thigh), 1))
    found = leg_angles(q_thigh * signs[0], q_shin * signs[1], alignment, Side.LEFT, PARAMETERS)
    assert_same(found, expected)


@settings(max_examples=10, deadline=None)
@given(first=st.integers(0, 900), length=st.integers(1, 300), sensor=st.integers(0, 1))
def test_missing_samples_are_missing_there_and_nowhere_else(leg, first, length, sensor):
    q_thigh, q_shin, alignment, expected = leg
    q = [q_thigh.copy(), q_shin.copy()]
    lost = slice(first, first + length)
    q[sensor][lost] = np.nan
    found = leg_angles(*q, alignment, Side.LEFT, PARAMETERS)
    elsewhere = np.ones(len(q_thigh), dtype=bool)
    elsewhere[lost] = False
    for name in ("femoral_rotation_deg", "knee_flexion_deg"):
        assert np.isnan(getattr(found, name)[lost]).all()
        assert np.isfinite(getattr(found, name)[elsewhere]).all()
    own = ("thigh_elevation_deg", "shin_slope_deg")[sensor]
    other = ("shin_slope_deg", "thigh_elevation_deg")[sensor]
    assert np.isnan(getattr(found, own)[lost]).all()
    assert getattr(found, other) == pytest.approx(getattr(expected, other), abs=1e-12)


@pytest.mark.parametrize("hip_flexion_deg", [0.0, 90.0])
def test_both_legs_in_the_same_posture_read_alike(hip_flexion_deg):
    rng = np.random.default_rng(13)
    n = 1200
    time_s = np.arange(n) / 60.0

    def wandering(size_deg):
        return size_deg * np.sin(2 * np.pi * rng.uniform(0.3, 1.2) * time_s + rng.uniform(0.0, 6.0))

    joints = JointAngles(
        hip_flexion_deg=hip_flexion_deg + wandering(20.0),
        hip_adduction_deg=wandering(8.0),
        hip_rotation_deg=wandering(25.0),
        knee_flexion_deg=70.0 + wandering(30.0),
        tibial_rotation_deg=np.zeros(n),
        knee_adduction_deg=np.zeros(n),
    )
    upright = q_earth_upright(np.zeros(n))
    body = BodyMotion(time_s, 60.0, upright, np.zeros((n, 3)), dict.fromkeys(Side, joints))
    axes = SegmentAxes(*np.eye(3))
    alignment = LegCalibration(axes, axes, CalibrationSource.PROTOCOL, 0.0, 0.0)
    left, right = (
        leg_angles(
            body.orientation(THIGH[side]),
            body.orientation(SHIN[side]),
            alignment,
            side,
            PARAMETERS,
        )
        for side in Side
    )
    assert np.ptp(right.femoral_rotation_deg) > 20.0
    assert_same(left, right)
    assert right.knee_flexion_deg == pytest.approx(joints.knee_flexion_deg, abs=1e-9)
