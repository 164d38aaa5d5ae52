"""Angles of a leg become the events that a session waits for."""

import numpy as np
import pytest

from imu_hip.guidance.events import (
    MovementBegan,
    PlateauReached,
    Posture,
    RepetitionEnded,
    StretchAngle,
)
from imu_hip.guidance.watching import Watching, WatchKind
from imu_hip.kinematics.calibration import CalibrationSource, LegCalibration
from imu_hip.kinematics.gravity import SegmentAxes
from imu_hip.kinematics.live_orientation import OrientedBlock
from imu_hip.kinematics.pipeline import LegAngles
from imu_hip.live.leg_stream import LegNews
from imu_hip.live.movement_watch import MovementWatch, same_movement, stretch_angle
from imu_hip.measures.cross_legged import CROSSING
from imu_hip.names import Direction, Side, Task

RATE_HZ = 60.0
ORIGIN_S = 1000.0
AXES = SegmentAxes.from_y_and_z(np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]))
CALIBRATION = LegCalibration(
    thigh=AXES,
    shin=AXES,
    source=CalibrationSource.PROTOCOL,
    pose_residual_deg=0.1,
    hinge_residual_deg=1.0,
)

WATCHING = Watching(
    WatchKind.REPETITION, task=Task.CROSS_LEGGED, side=Side.LEFT, gates=CROSSING, hold_s=0.8
)


def leg(time_s, slope_deg):
    n = len(time_s)
    angles = LegAngles(
        femoral_rotation_deg=np.zeros(n),
        knee_flexion_deg=np.full(n, 90.0),
        thigh_elevation_deg=np.zeros(n),
        shin_slope_deg=np.asarray(slope_deg, dtype=float),
        thigh_level=np.ones(n, dtype=bool),
        y_femur=np.zeros((n, 3)),
        z_femur=np.zeros((n, 3)),
        mean_heading=np.ones(n, dtype=complex),
    )
    half_rad = np.deg2rad(0.5 * angles.shin_slope_deg)
    # Turned about x by the slope, a shin has so much of its y axis in "up".
    q_shin = np.column_stack((np.cos(half_rad), np.sin(half_rad), np.zeros((n, 2))))
    q_thigh = np.tile((1.0, 0.0, 0.0, 0.0), (n, 1))
    thigh, shin = (OrientedBlock(q, np.zeros((n, 3))) for q in (q_thigh, q_shin))
    return LegNews(time_s, thigh, shin, angles)


def watch_of(watching=WATCHING):
    return MovementWatch(watching, CALIBRATION, RATE_HZ, ORIGIN_S)


def crossed(slope_deg):
    """The shin hangs for 2 s, comes up in 1 s, lies for 2 s, goes down in 1 s, hangs for 1 s."""
    time_s = np.arange(0.0, 7.0, 1.0 / RATE_HZ)
    at_s = (0.0, 2.0, 3.0, 5.0, 6.0, 7.0)
    at_deg = (90.0, 90.0, slope_deg, slope_deg, 90.0, 90.0)
    return time_s, np.interp(time_s, at_s, at_deg)


def events_of(watch, time_s, slope_deg, block=5):
    return [
        event
        for start in range(0, len(time_s), block)
        for event in watch.feed(
            leg(ORIGIN_S + time_s[start : start + block], slope_deg[start : start + block])
        )
    ]


def test_a_movement_begins_is_held_and_ends():
    events = events_of(watch_of(), *crossed(25.0))
    began, held, ended = (event for event in events if not isinstance(event, Posture))
    assert began == MovementBegan(Side.LEFT, None)
    assert isinstance(held, PlateauReached)
    assert held.angle_deg == pytest.approx(25.0, abs=0.5)
    assert isinstance(ended, RepetitionEnded)
    repetition = ended.repetition
    assert repetition.valid
    assert repetition.peak_deg == pytest.approx(25.0, abs=0.5)
    # Times are those of the recording, which began at the origin.
    assert repetition.start_s == pytest.approx(2.0, abs=0.2)
    assert repetition.end_s == pytest.approx(6.0, abs=0.4)


def test_the_posture_is_told_a_few_times_a_second():
    watch = watch_of()
    time_s = np.arange(0.0, 2.0, 1.0 / RATE_HZ)
    told = events_of(watch, time_s, np.full(len(time_s), 90.0))
    assert all(isinstance(event, Posture) and event.side is Side.LEFT for event in told)
    # Every 0.2 s in 2 s.
    assert 8 <= len(told) <= 11


def test_an_angle_is_taken_by_hand_only_while_the_leg_is_out():
    watch = watch_of()
    assert watch.keep_now() is None
    time_s, slope_deg = crossed(25.0)
    held = time_s < 4.5
    events_of(watch, time_s[held], slope_deg[held])
    kept = watch.keep_now()
    assert kept.side is Side.LEFT
    assert kept.repetition.peak_deg == pytest.approx(25.0, abs=0.5)
    assert not [
        event
        for event in events_of(watch, time_s[~held], slope_deg[~held])
        if isinstance(event, RepetitionEnded)
    ]


def test_both_turns_of_a_leg_are_one_watch_and_the_other_leg_is_another():
    outward = Watching(**{**_fields(WATCHING), "direction": Direction.EXTERNAL})
    other = Watching(**{**_fields(WATCHING), "side": Side.RIGHT})
    assert same_movement(outward) == same_movement(WATCHING)
    assert same_movement(other) != same_movement(WATCHING)


def _fields(watching):
    return {name: getattr(watching, name) for name in watching.__slots__}


def test_a_stretch_goes_further_as_the_shin_comes_down():
    time_s = np.array([ORIGIN_S])
    high, low = (leg(time_s, [slope_deg]) for slope_deg in (30.0, 18.0))
    reached = [stretch_angle(Side.LEFT, one) for one in (high, low)]
    assert reached[0] == StretchAngle(Side.LEFT, -30.0, strains=False)
    assert reached[1].angle_deg > reached[0].angle_deg
    assert stretch_angle(Side.LEFT, leg(time_s, [np.nan])) is None
