"""Each error of the simulated sensors does what its name says, and nothing else."""

import numpy as np
import pytest

from imu_hip.kinematics.quaternion import conjugate, multiply
from imu_hip.names import Segment
from imu_hip.simulation.measuring import record
from imu_hip.simulation.sensor_errors import HARSH, SensorErrors, SensorSlip

SEGMENT = Segment.LEFT_SHIN


@pytest.fixture(scope="module")
def body(body_with, swinging):
    return body_with(40.0, knee_flexion_deg=45 + swinging(40.0, 0.6, 40.0))


def shin(body, errors=SensorErrors(), seed=0):  # noqa: B008
    return record(body, 100.0, errors, seed, segments=[SEGMENT]).streams[SEGMENT]


@pytest.mark.parametrize("fraction", [0.01, 0.05, 0.3])
def test_the_asked_fraction_is_lost_in_bursts_and_the_rest_is_untouched(body, fraction):
    full, holed = shin(body), shin(body, SensorErrors(lost_fraction=fraction))
    n = len(full.time_s)
    assert n - len(holed.time_s) == round(n * fraction)
    assert holed.lost_samples() == round(n * fraction)
    assert 0 < len(holed.gaps()) < round(n * fraction)
    kept = np.searchsorted(full.time_s, holed.time_s)
    assert np.array_equal(full.acc_mps2[kept], holed.acc_mps2)
    assert (holed.time_s[0], holed.time_s[-1]) == (full.time_s[0], full.time_s[-1])


def test_an_impossible_loss_is_refused():
    with pytest.raises(ValueError, match="lost fraction"):
        SensorErrors(lost_fraction=1.0)


def test_a_fast_clock_counts_more_samples_and_sees_the_same_motion(body):
    exact = shin(body)
    fast = shin(body, SensorErrors(clock_drift_ppm={SEGMENT: 2000.0}))
    assert len(fast.time_s) - len(exact.time_s) == round(40.0 * 100.0 * 0.002)
    true_s = fast.time_s / 1.002
    at_true_times = np.interp(true_s, exact.time_s, exact.gyr_dps[:, 2])
    assert fast.gyr_dps[:, 2] == pytest.approx(at_true_times, abs=0.3)


def test_bias_offset_and_noise_have_the_asked_sizes(body):
    ideal = shin(body)
    errors = SensorErrors(
        gyr_bias_dps=0.5, acc_offset_mps2=0.03, gyr_noise_dps=0.1, acc_noise_mps2=0.02
    )
    real = shin(body, errors)
    gyr_error, acc_error = real.gyr_dps - ideal.gyr_dps, real.acc_mps2 - ideal.acc_mps2
    assert np.linalg.norm(gyr_error.mean(axis=0)) == pytest.approx(0.5, abs=0.01)
    assert np.linalg.norm(acc_error.mean(axis=0)) == pytest.approx(0.03, abs=0.002)
    assert gyr_error.std(axis=0) == pytest.approx(0.1, rel=0.06)
    assert acc_error.std(axis=0) == pytest.approx(0.02, rel=0.06)


def test_facing_changes_the_reported_heading_only(body):
    north = shin(body, SensorErrors(orientation=True))
    turned = shin(body, SensorErrors(orientation=True, facing_deg=90.0))
    assert np.array_equal(north.acc_mps2, turned.acc_mps2)
    assert not np.allclose(north.q_earth_sensor, turned.q_earth_sensor)


def test_mounting_differs_between_sensors_but_not_between_equal_seeds(body):
    errors = SensorErrors(random_mounting=True)
    one, same, other = (record(body, 100.0, errors, seed).streams for seed in (5, 5, 6))
    assert np.array_equal(one[SEGMENT].acc_mps2, same[SEGMENT].acc_mps2)
    assert not np.allclose(one[SEGMENT].acc_mps2, other[SEGMENT].acc_mps2)
    alone = shin(body, errors, 5)
    assert np.array_equal(alone.acc_mps2, one[SEGMENT].acc_mps2)


def test_a_slip_turns_the_sensor_on_its_segment_and_stays(body):
    slip = SensorSlip(SEGMENT, at_s=20.0, angle_deg=30.0, duration_s=1.0)
    firm, slipped = (
        shin(body, SensorErrors(orientation=True, slips=slips)) for slips in ((), (slip,))
    )
    turn = multiply(conjugate(firm.q_earth_sensor), slipped.q_earth_sensor)
    # The sensor is aligned with its segment, so it turns about its own y.
    angle_deg = np.rad2deg(2.0 * np.arctan2(turn[:, 2], turn[:, 0]))
    before, after = firm.time_s < 20.0, firm.time_s >= 21.0
    assert angle_deg[before] == pytest.approx(0.0, abs=1e-6)
    assert angle_deg[after] == pytest.approx(30.0, abs=1e-6)
    # In between the gyroscope feels the turn: 30° within a second.
    felt_dps = (slipped.gyr_dps - firm.gyr_dps)[~before & ~after, 1]
    assert felt_dps.mean() == pytest.approx(30.0, abs=1.0)
    y = firm.acc_mps2[after, 1]
    assert slipped.acc_mps2[after, 1] == pytest.approx(y, abs=1e-6)


def test_a_slip_concerns_its_own_sensor(body):
    slip = SensorSlip(Segment.RIGHT_SHIN, at_s=20.0, angle_deg=30.0)
    firm, other = (shin(body, SensorErrors(slips=slips)) for slips in ((), (slip,)))
    assert np.array_equal(firm.acc_mps2, other.acc_mps2)


def test_channels_are_absent_not_zero(body):
    stream = shin(body, SensorErrors(orientation=True, raw=False))
    assert stream.acc_mps2 is None
    assert stream.gyr_dps is None


def test_the_recording_says_that_it_is_simulated_and_how(body):
    recording = record(body, 100.0, HARSH, 3, details={"plan": "swing"})
    assert recording.simulated
    assert "simulated" in recording.source
    details = recording.log[0].details
    assert details["seed"] == 3
    assert details["plan"] == "swing"
    assert details["sensor_errors"]["gyr_bias_dps"] == 0.5
    assert len(details["q_segment_sensor"]["left_thigh"]) == 4
