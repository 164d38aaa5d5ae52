"""Static sessions hold what their plan commands."""

import numpy as np
import pytest

from imu_hip.kinematics.quaternion import conjugate, rotate
from imu_hip.names import Direction, MarkerLabel, Side, Task
from imu_hip.simulation.sensor_errors import HARSH, SensorErrors
from imu_hip.simulation.static_plan import Fault, FaultKind, LegPlan, StaticSession
from imu_hip.simulation.static_sessions import simulate_static_session

LEGS = {
    Side.LEFT: LegPlan((21.0, 25.0, 29.0), (44.0, 45.0, 46.0), (12.0, 30.0)),
    Side.RIGHT: LegPlan((38.0, 39.0, 40.0), (33.0, 34.0, 35.0), (25.0,)),
}


def steady(task, **changes):
    return StaticSession(task=task, legs=LEGS, tremor_deg=0.0, **changes)


def commanded(side, direction):
    return list(LEGS[side].peaks_deg(direction))


@pytest.mark.parametrize("task", [Task.SEATED, Task.PRONE])
@pytest.mark.parametrize(
    ("elevation", "abduction", "knee"), [(0, 0, 90), (12, 20, 75), (-9, 5, 104)]
)
def test_true_rotation_is_the_commanded_peak(task, elevation, abduction, knee):
    session = steady(
        task,
        thigh_elevation_deg=elevation,
        hip_abduction_deg=abduction,
        knee_flexion_deg=knee,
        tibial_rotation_deg=10.0,
    )
    repetitions = simulate_static_session(session).truth.repetitions
    assert len(repetitions) == 12
    for side in Side:
        for direction in Direction:
            done = [r for r in repetitions if (r.side, r.direction) == (side, direction)]
            peaks = [r.peak_deg for r in done]
            assert peaks == pytest.approx(commanded(side, direction), abs=1e-6)
            assert [r.thigh_elevation_deg for r in done] == pytest.approx([elevation] * 3)
            assert [r.knee_flexion_deg for r in done] == pytest.approx([knee] * 3)


@pytest.mark.parametrize("task", [Task.SEATED, Task.PRONE])
def test_gravity_in_the_shin_shows_the_rotation(task):
    session = steady(task, thigh_elevation_deg=6.0, knee_flexion_deg=83.0)
    simulated = simulate_static_session(session, SensorErrors(orientation=True))
    for r in simulated.truth.repetitions:
        stream = simulated.recording.streams[f"{r.side}_shin"]
        row = np.searchsorted(stream.time_s, 0.5 * (r.plateau_start_s + r.plateau_end_s))
        up = rotate(conjugate(stream.q_earth_sensor[row]), np.array([0.0, 0.0, 1.0]))
        towards = 1 if r.direction is Direction.INTERNAL else -1
        rotation = (
            r.side.sign
            * towards
            * session.pose
            * np.rad2deg(np.arcsin(up[2] / np.cos(np.deg2rad(6.0))))
        )
        assert rotation == pytest.approx(r.peak_deg, abs=1e-6)


def test_cross_legged_reaches_the_commanded_shin_slope():
    session = steady(Task.CROSS_LEGGED, thigh_elevation_deg=7.0)
    simulated = simulate_static_session(session)
    repetitions = simulated.truth.repetitions
    assert [r.direction for r in repetitions] == [None] * 3
    assert [r.peak_deg for r in repetitions] == pytest.approx([12.0, 30.0, 25.0])
    for r in repetitions:
        assert r.thigh_elevation_deg == pytest.approx(7.0)
        assert r.plateau_end_s - r.plateau_start_s >= 3.0
        held = (simulated.truth.time_s > r.plateau_start_s) & (
            simulated.truth.time_s < r.plateau_end_s
        )
        assert simulated.truth[f"{r.side}_hip_rotation_deg"][held].max() < -40.0
        assert simulated.truth[f"{r.side}_hip_adduction_deg"][held].max() < -20.0


def test_an_unreachable_cross_legged_pose_is_refused():
    plan = {Side.LEFT: LegPlan(shin_slope_deg=(89.0,))}
    with pytest.raises(ValueError, match="slope of 89"):
        simulate_static_session(StaticSession(task=Task.CROSS_LEGGED, legs=plan))


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("task", [Task.SEATED, Task.PRONE])
def test_faults_sit_in_the_repetition_they_were_asked_for(task, side):
    faults = tuple(
        Fault(kind, side, direction, number)
        for kind, direction, number in (
            (FaultKind.THIGH_LIFTED, Direction.INTERNAL, 1),
            (FaultKind.SHORT_PLATEAU, Direction.INTERNAL, 2),
            (FaultKind.KNEE_NOT_90, Direction.EXTERNAL, 1),
            (FaultKind.PELVIS_ROLLED, Direction.EXTERNAL, 3),
        )
    )
    found = simulate_static_session(steady(task, faults=faults)).truth.repetitions
    own = {(r.direction, r.fault): r for r in found if r.side is side}
    assert all(r.fault is None for r in found if r.side is side.other)
    assert own[Direction.INTERNAL, "thigh_lifted"].thigh_elevation_deg == pytest.approx(14.0)
    short = own[Direction.INTERNAL, "short_plateau"]
    assert short.plateau_end_s - short.plateau_start_s == pytest.approx(0.15)
    assert own[Direction.EXTERNAL, "knee_not_90"].knee_flexion_deg == pytest.approx(65.0)
    excess = own[Direction.EXTERNAL, "pelvis_rolled"].peak_deg - LEGS[side].external_deg[2]
    assert excess == pytest.approx(8.0, abs=1e-6)


@pytest.mark.parametrize("task", [Task.SEATED, Task.PRONE, Task.CROSS_LEGGED])
def test_markers_hold_the_poses_they_name(task):
    simulated = simulate_static_session(steady(task), HARSH)
    truth, markers = simulated.truth, simulated.recording.markers
    of = {
        (m.label, m.side): (truth.time_s >= m.start_s) & (truth.time_s < m.end_s) for m in markers
    }
    assert len(of) == 6
    test = MarkerLabel(task.value.replace("-", "_"))
    for side in Side:
        knee = truth[f"{side}_knee_flexion_deg"]
        assert np.all(np.abs(knee[of[MarkerLabel.STAND, None]]) < 1e-9)
        assert np.all(np.abs(knee[of[MarkerLabel.SIT, None]] - 90.0) < 1e-9)
        bent = knee[of[MarkerLabel.KNEE_EXTENSION, side]] > 60.0
        assert np.sum(np.diff(bent.astype(int)) == -1) == 3
        inside = [r for r in truth.repetitions if r.side is side]
        assert all(of[test, side][np.searchsorted(truth.time_s, r.start_s)] for r in inside)
        assert all(of[test, side][np.searchsorted(truth.time_s, r.end_s)] for r in inside)


def test_a_seated_session_takes_about_two_minutes_and_fits_its_truth():
    simulated = simulate_static_session(pelvis_sensor=True)
    assert 90.0 <= simulated.recording.duration_s <= 120.0
    assert len(simulated.recording.streams) == 5
    for stream in simulated.recording.streams.values():
        assert stream.time_s == pytest.approx(simulated.truth.time_s)
    assert np.isnan(simulated.truth["left_femoral_rotation_deg"][100])


def test_tibial_twist_follows_the_hip():
    truth = simulate_static_session(steady(Task.SEATED, twist_with_rotation=0.2)).truth
    hip, tibia = truth["right_hip_rotation_deg"], truth["right_tibial_rotation_deg"]
    assert tibia == pytest.approx(0.2 * hip)
    assert np.ptp(hip) > 60.0


def test_equal_seeds_give_equal_sessions():
    one, same, other = (simulate_static_session(errors=HARSH, seed=s) for s in (1, 1, 2))
    name = "left_femoral_rotation_deg"
    assert np.array_equal(one.truth[name], same.truth[name], equal_nan=True)
    assert not np.array_equal(one.truth[name], other.truth[name], equal_nan=True)
    acc = [s.recording.streams["left_shin"].acc_mps2 for s in (one, same)]
    assert np.array_equal(*acc)


def test_a_gait_is_not_a_static_test():
    with pytest.raises(ValueError, match="not a static test"):
        StaticSession(task=Task.RUN)
