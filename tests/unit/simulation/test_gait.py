"""Walks and runs have the asked rhythm, excursions and events."""

import numpy as np
import pytest

from imu_hip.names import GRAVITY_MPS2, MarkerLabel, Side
from imu_hip.simulation.gait import simulate_run, simulate_walk
from imu_hip.simulation.gait_patterns import RUNNING, WALKING
from imu_hip.simulation.gait_plan import GaitPlan, StandingBreak, Turn

EVEN = GaitPlan(duration_s=20.0, variability=0.0)


def full_strides(truth, start_s=10.0, end_s=24.0):
    return (truth.time_s > start_s) & (truth.time_s < end_s)


@pytest.mark.parametrize(
    ("simulate", "pattern"), [(simulate_run, RUNNING), (simulate_walk, WALKING)]
)
def test_foot_strikes_come_once_a_stride_and_toe_off_after_contact(simulate, pattern):
    events = simulate(EVEN).truth.events
    for side in Side:
        strikes_s = events[f"{side}_foot_strike_s"]
        assert np.diff(strikes_s) == pytest.approx(pattern.stride_s, abs=1e-6)
        after = np.searchsorted(strikes_s, events[f"{side}_toe_off_s"]) - 1
        contact_s = (events[f"{side}_toe_off_s"] - strikes_s[after])[after >= 0]
        assert contact_s == pytest.approx(pattern.contact_fraction * pattern.stride_s, abs=1e-4)


def test_left_strikes_fall_halfway_between_right_ones():
    events = simulate_run(EVEN).truth.events
    left_s, right_s = events["left_foot_strike_s"], events["right_foot_strike_s"]
    first = np.searchsorted(left_s, right_s[2])
    assert left_s[first] - right_s[2] == pytest.approx(0.36, abs=1e-6)


def test_excursions_differ_by_the_asked_amount():
    plan = GaitPlan(
        duration_s=20.0, rotation_excursion_deg=15.0, excursion_difference_deg=6.0, variability=0.0
    )
    truth = simulate_run(plan).truth
    rows = full_strides(truth)
    ranges = {side: np.ptp(truth[f"{side}_hip_rotation_deg"][rows]) for side in Side}
    assert ranges[Side.RIGHT] == pytest.approx(18.0, abs=0.1)
    assert ranges[Side.LEFT] == pytest.approx(12.0, abs=0.1)


def test_running_angles_look_like_the_published_ones():
    truth = simulate_run(EVEN).truth
    rows = full_strides(truth)
    assert truth["left_knee_flexion_deg"][rows].max() == pytest.approx(91.0, abs=1.0)
    assert truth["left_hip_flexion_deg"][rows].max() == pytest.approx(34.7, abs=1.0)
    assert truth["left_hip_flexion_deg"][rows].min() == pytest.approx(-13.4, abs=1.0)


def test_femoral_rotation_does_not_see_the_turn_but_the_heading_does():
    turn = Turn(start_s=8.0, angle_deg=180.0)
    plan = GaitPlan(duration_s=20.0, variability=0.0, speed_mps=1.4, turns=(turn,))
    straight, turned = simulate_walk(EVEN).truth, simulate_walk(plan).truth
    name = "right_femoral_rotation_deg"
    assert turned[name] == pytest.approx(straight[name], abs=1e-6)
    assert turned["heading_deg"][-1] == pytest.approx(180.0)


def test_a_break_is_still_and_has_no_steps():
    plan = GaitPlan(duration_s=40.0, breaks=(StandingBreak(12.0, 10.0),))
    simulated = simulate_run(plan)
    start_s, end_s = 7.0 + 12.0 + 2.0, 7.0 + 22.0
    for side in Side:
        strikes_s = simulated.truth.events[f"{side}_foot_strike_s"]
        assert not np.any((strikes_s > start_s) & (strikes_s < end_s))
    for stream in simulated.recording.streams.values():
        rows = (stream.time_s > start_s + 0.2) & (stream.time_s < end_s - 0.1)
        assert np.abs(stream.gyr_dps[rows]).max() < 0.1
        assert np.linalg.norm(stream.acc_mps2[rows], axis=1) == pytest.approx(
            GRAVITY_MPS2, abs=0.05
        )


def test_shin_acceleration_peaks_at_foot_strike():
    simulated = simulate_run(GaitPlan(duration_s=30.0), sampling_rate_hz=200.0)
    for side in Side:
        stream = simulated.recording.streams[f"{side}_shin"]
        size = np.linalg.norm(stream.acc_mps2, axis=1)
        for strike_s in simulated.truth.events[f"{side}_foot_strike_s"][2:-2]:
            rows = np.abs(stream.time_s - strike_s) < 0.3
            peak_s = stream.time_s[rows][np.argmax(size[rows])]
            assert peak_s == pytest.approx(strike_s + 0.008, abs=0.012)


def test_strides_vary_as_asked_and_neighbours_are_alike():
    events = simulate_run(GaitPlan(duration_s=900.0)).truth.events
    strides_s = np.diff(events["right_foot_strike_s"])
    assert strides_s.mean() == pytest.approx(0.72, rel=0.01)
    assert 0.005 < strides_s.std() / strides_s.mean() < 0.02
    assert np.corrcoef(strides_s[1:], strides_s[:-1])[0, 1] > 0.4


def test_calibration_comes_first_and_ends_standing():
    simulated = simulate_walk(GaitPlan(duration_s=15.0, calibration=True))
    labels = [marker.label for marker in simulated.recording.markers]
    assert labels == [
        MarkerLabel.STAND,
        MarkerLabel.SIT,
        MarkerLabel.KNEE_EXTENSION,
        MarkerLabel.KNEE_EXTENSION,
        MarkerLabel.WALK,
    ]
    walk = simulated.recording.markers[-1]
    row = np.searchsorted(simulated.truth.time_s, walk.start_s)
    assert simulated.truth["left_knee_flexion_deg"][row] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("sampling_rate_hz", [50.0, 60.0, 120.0, 240.0])
def test_any_rate_gives_as_many_samples_as_the_truth(sampling_rate_hz):
    simulated = simulate_run(GaitPlan(duration_s=6.0), sampling_rate_hz=sampling_rate_hz)
    for stream in simulated.recording.streams.values():
        assert stream.time_s == pytest.approx(simulated.truth.time_s)


def test_starting_in_full_stride_needs_no_standing():
    simulated = simulate_run(GaitPlan(duration_s=10.0, standing_s=0.0))
    assert [m.label for m in simulated.recording.markers] == [MarkerLabel.RUN]
    assert simulated.truth.events["right_foot_strike_s"][0] == pytest.approx(0.0)
