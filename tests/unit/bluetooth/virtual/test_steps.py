"""The virtual person moves one leg at a time, so that each sensor is told by its movement."""

import numpy as np
import pytest

from imu_hip.bluetooth.by_movement import Step, Told, tell_all
from imu_hip.bluetooth.turning import StepMotion, turned_deg, turning_from_gyr
from imu_hip.bluetooth.virtual.steps import STEP_S, steps_recording
from imu_hip.names import Segment

RATE_HZ = 60.0


@pytest.fixture(scope="module")
def recording():
    return steps_recording(RATE_HZ, 3)


def motion_of(recording, number, late_s=0.0):
    """What each sensor, named by its true segment, did in a step."""
    start_s = number * STEP_S + late_s
    turning = {}
    for segment, stream in recording.streams.items():
        own_s = stream.time_s - stream.time_s[0]
        inside = (own_s >= start_s) & (own_s < start_s + STEP_S)
        turning[segment.value] = turning_from_gyr(own_s[inside], stream.gyr_dps[inside])
    return StepMotion(start_s, start_s + STEP_S, turning)


@pytest.mark.parametrize("late_s", [0.0, 0.3])
def test_every_sensor_is_told_also_by_who_asks_a_little_late(recording, late_s):
    motions = {step: motion_of(recording, number, late_s) for number, step in enumerate(Step)}
    told = tell_all(motions)
    assert len(told) == len(Segment)
    for step, answer in zip(Step, told, strict=True):
        assert isinstance(answer, Told), answer
        assert answer.segment is step.segment
        assert answer.serial == step.segment.value


def test_the_other_leg_rests_while_one_knee_is_straightened(recording):
    motion = motion_of(recording, 0)
    # Three times from 90° to 15° and back are 450°.
    assert turned_deg(motion, "left_shin") == pytest.approx(450.0, rel=0.1)
    for resting in ("right_shin", "right_thigh", "pelvis"):
        assert turned_deg(motion, resting) < 30.0


def test_the_movement_begins_seated_and_lasts_five_steps(recording):
    assert recording.duration_s == pytest.approx(5 * STEP_S, abs=0.1)
    thigh = recording.streams[Segment.LEFT_THIGH]
    # In the first half second nobody moves.
    still = thigh.time_s - thigh.time_s[0] < 0.4
    assert np.linalg.norm(thigh.gyr_dps[still], axis=1).max() < 15.0
