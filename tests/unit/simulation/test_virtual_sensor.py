"""The faultless sensor obeys mechanics."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.quaternion import conjugate, matrix, multiply, rotate
from imu_hip.names import GRAVITY_MPS2, SHIN, THIGH, Segment, Side
from imu_hip.simulation.gait import simulate_run, simulate_walk
from imu_hip.simulation.gait_plan import GaitPlan
from imu_hip.simulation.measuring import LEG_SEGMENTS, record
from imu_hip.simulation.sensor_errors import SensorErrors


def angle_between_deg(q_one, q_two):
    cosine = np.abs(np.sum(q_one * q_two, axis=-1))
    return np.rad2deg(2 * np.arccos(np.clip(cosine, 0.0, 1.0)))


def integrated(stream, finer=4):
    """Integrate the rates from the first true orientation, smoothly between the samples."""
    rows = (len(stream.time_s) - 1) * finer + 1
    time_s = np.arange(rows) / (stream.sampling_rate_hz * finer)
    rate = np.deg2rad(CubicSpline(stream.time_s, stream.gyr_dps)(time_s))
    turns = Rotation.from_rotvec(0.5 * (rate[1:] + rate[:-1]) / (stream.sampling_rate_hz * finer))
    q = [stream.q_earth_sensor[0]]
    for step in turns.as_quat(scalar_first=True):
        q.append(multiply(q[-1], step))
    return np.array(q[::finer])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_at_rest_acceleration_is_gravity_up_in_the_sensor_frame(seed, body_with):
    body = body_with(hip_flexion_deg=70.0, hip_rotation_deg=20.0, knee_flexion_deg=80.0)
    errors = SensorErrors(random_mounting=True, orientation=True)
    for stream in record(body, 100.0, errors, seed, segments=Segment).streams.values():
        up = rotate(conjugate(stream.q_earth_sensor), np.array([0.0, 0.0, GRAVITY_MPS2]))
        assert stream.acc_mps2 == pytest.approx(up, abs=1e-6)
        assert stream.gyr_dps == pytest.approx(0.0, abs=1e-6)


def test_an_aligned_standing_sensor_reads_gravity_on_y(body_with):
    for stream in record(body_with(), 100.0).streams.values():
        assert stream.acc_mps2[10] == pytest.approx([0.0, GRAVITY_MPS2, 0.0], abs=1e-6)


@pytest.mark.parametrize("sampling_rate_hz", [50.0, 60.0, 100.0, 240.0])
@pytest.mark.parametrize("simulate", [simulate_run, simulate_walk])
def test_integrated_rates_reproduce_the_orientation(simulate, sampling_rate_hz):
    errors = SensorErrors(random_mounting=True, orientation=True)
    session = simulate(GaitPlan(duration_s=8.0, standing_s=1.0), errors, sampling_rate_hz)
    for stream in session.recording.streams.values():
        error_deg = angle_between_deg(integrated(stream), stream.q_earth_sensor)
        assert error_deg.max() < 0.1


def test_a_pendulum_has_its_centripetal_and_tangential_acceleration(body_with, swinging):
    frequency_hz, amplitude_deg = 0.8, 30.0
    body = body_with(hip_flexion_deg=swinging(amplitude_deg, frequency_hz))
    stream = record(body, 100.0, segments=[Segment.RIGHT_THIGH]).streams[Segment.RIGHT_THIGH]
    omega = 2 * np.pi * frequency_hz
    angle = np.deg2rad(amplitude_deg) * np.sin(omega * stream.time_s)
    rate = np.deg2rad(amplitude_deg) * omega * np.cos(omega * stream.time_s)
    spin_up = -(omega**2) * angle
    x, y = 0.01, -0.21
    expected_x = -spin_up * y - rate**2 * x + GRAVITY_MPS2 * np.sin(angle)
    expected_y = spin_up * x - rate**2 * y + GRAVITY_MPS2 * np.cos(angle)
    inner = slice(2, -2)
    assert stream.acc_mps2[inner, 0] == pytest.approx(expected_x[inner], abs=0.01)
    assert stream.acc_mps2[inner, 1] == pytest.approx(expected_y[inner], abs=0.01)
    assert stream.gyr_dps[inner, 2] == pytest.approx(np.rad2deg(rate)[inner], abs=0.05)


def test_equal_angles_on_both_sides_give_mirrored_sensors(body_with, swinging):
    wave = swinging(15.0, 0.7)
    body = body_with(
        hip_flexion_deg=30 + wave,
        hip_adduction_deg=0.5 * wave,
        hip_rotation_deg=2 * wave,
        knee_flexion_deg=60 - wave,
        tibial_rotation_deg=0.3 * wave,
        knee_adduction_deg=0.1 * wave,
    )
    streams = record(body, 100.0).streams
    for segments in (THIGH, SHIN):
        left, right = streams[segments[Side.LEFT]], streams[segments[Side.RIGHT]]
        assert left.acc_mps2 == pytest.approx(right.acc_mps2 * [1, 1, -1], abs=1e-6)
        assert left.gyr_dps == pytest.approx(right.gyr_dps * [-1, -1, 1], abs=1e-6)


@pytest.mark.parametrize("side", list(Side))
def test_internal_rotation_moves_a_sitting_persons_foot_outward(side, body_with):
    sitting = {"hip_flexion_deg": 90.0, "knee_flexion_deg": 90.0}
    neutral = body_with(**sitting).ankle_m(side)[0]
    turned = body_with(**sitting, hip_rotation_deg=30.0).ankle_m(side)[0]
    to_the_right_m = -(turned - neutral)[1]
    assert to_the_right_m * side.sign == pytest.approx(0.40 * np.sin(np.deg2rad(30.0)), abs=1e-9)


@pytest.mark.parametrize("side", list(Side))
def test_adduction_moves_a_standing_persons_foot_inward(side, body_with):
    body = body_with(hip_adduction_deg=10.0)
    outward_m = -side.sign * (body.ankle_m(side) - body_with().ankle_m(side))[0, 1]
    assert outward_m < -0.1


@pytest.mark.parametrize("side", list(Side))
def test_half_skin_gain_halves_axial_rotation_and_spares_the_long_axis(side, body_with, swinging):
    wave = swinging(40.0, 0.5)
    body = body_with(hip_flexion_deg=85.0, hip_adduction_deg=-10.0, hip_rotation_deg=wave)
    segment = THIGH[side]
    q = {
        gain: record(body, 100.0, SensorErrors(thigh_skin_gain=gain, orientation=True))
        .streams[segment]
        .q_earth_sensor
        for gain in (1.0, 0.5)
    }
    seen_by_skin = matrix(multiply(conjugate(q[0.5]), q[1.0]))
    assert seen_by_skin[:, :, 1] == pytest.approx(np.tile([0.0, 1.0, 0.0], (len(q[1.0]), 1)))
    lost_deg = np.rad2deg(np.arctan2(seen_by_skin[:, 0, 2], seen_by_skin[:, 0, 0]))
    assert lost_deg == pytest.approx(side.sign * 0.5 * wave[::3], abs=1e-6)


def test_skin_gain_leaves_the_shins_alone(body_with, swinging):
    body = body_with(hip_rotation_deg=swinging(30.0, 0.5), knee_flexion_deg=90.0)
    rigid = record(body, 100.0).streams
    soft = record(body, 100.0, SensorErrors(thigh_skin_gain=0.5)).streams
    assert np.array_equal(rigid[Segment.LEFT_SHIN].acc_mps2, soft[Segment.LEFT_SHIN].acc_mps2)
    assert not np.allclose(rigid[Segment.LEFT_THIGH].gyr_dps, soft[Segment.LEFT_THIGH].gyr_dps)


def test_only_the_worn_sensors_are_recorded(body_with):
    assert set(record(body_with(), 100.0).streams) == set(LEG_SEGMENTS)
