"""Where a recording is still and where it may be gait, from bare angular velocities."""

import numpy as np
import pytest

from imu_hip.analysis.movement import find_movement, speeds_dps
from imu_hip.names import Segment, Side
from imu_hip.recording.timeline import Timeline
from tests.legs_in_gait import PATTERNS, pitch_rates_dps

RATE_HZ = 100.0
SEGMENTS = {
    Side.LEFT: (Segment.LEFT_SHIN, Segment.LEFT_THIGH),
    Side.RIGHT: (Segment.RIGHT_SHIN, Segment.RIGHT_THIGH),
}


def timeline_of(pitch):
    """A timeline of the legs in `pitch`, side to shin and thigh rates of shape (n,)."""
    gyr = {}
    for side, rates in pitch.items():
        for segment, rate in zip(SEGMENTS[side], rates, strict=True):
            # The axis lies somewhere in the sensor; nothing is calibrated yet.
            gyr[segment] = np.outer(rate, (0.36, 0.48, 0.8))
    n = len(next(iter(gyr.values())))
    q = {segment: np.tile((1.0, 0.0, 0.0, 0.0), (n, 1)) for segment in gyr}
    bridged = {segment: np.zeros(n, dtype=np.bool_) for segment in gyr}
    return Timeline(np.arange(n) / RATE_HZ, RATE_HZ, q, gyr, bridged)


def between(before_s, pattern, stride_s, seconds, after_s, ahead=0.0):
    """Shin and thigh rates: standing, gait, standing."""
    cycles = ahead + np.arange(round(seconds * RATE_HZ)) / RATE_HZ / stride_s
    before, after = (np.zeros(round(s * RATE_HZ)) for s in (before_s, after_s))
    rates = pitch_rates_dps(pattern, cycles, RATE_HZ)
    return tuple(np.concatenate([before, rate, after]) for rate in rates)


def movement_of(pitch):
    timeline = timeline_of(pitch)
    return find_movement(timeline, speeds_dps(timeline))


@pytest.mark.parametrize(("name", "stride_s"), [("run", 0.6), ("walk", 1.1), ("walk", 2.2)])
def test_gait_is_found_from_its_first_to_its_last_second(name, stride_s):
    legs = {
        side: between(8.0, PATTERNS[name], stride_s, 20.0, 6.0, ahead)
        for side, ahead in ((Side.LEFT, 0.5), (Side.RIGHT, 0.0))
    }
    movement = movement_of(legs)
    assert len(movement.gait) == 1
    start, end = movement.gait[0]
    assert (start / RATE_HZ, end / RATE_HZ) == pytest.approx((8.0, 28.0), abs=1.0)
    assert len(movement.still) == 2
    # The means over two seconds know both ends to a fraction of a second.
    overlaps = [min(end, last) - max(start, first) for first, last in movement.still]
    assert max(overlaps) <= 0.5 * RATE_HZ


def test_two_walks_with_a_rest_between_are_two():
    walk = between(5.0, PATTERNS["walk"], 1.1, 12.0, 120.0)
    again = between(0.0, PATTERNS["walk"], 1.1, 12.0, 5.0)
    both = tuple(np.concatenate(pair) for pair in zip(walk, again, strict=True))
    assert len(movement_of({Side.LEFT: both}).gait) == 2


def test_one_leg_that_moves_alone_is_no_gait_where_both_are_worn():
    moves = between(5.0, PATTERNS["walk"], 1.1, 12.0, 5.0)
    rests = tuple(np.zeros_like(rate) for rate in moves)
    assert movement_of({Side.LEFT: moves}).gait
    assert not movement_of({Side.LEFT: moves, Side.RIGHT: rests}).gait


def test_straightening_the_knee_now_and_then_is_no_gait():
    # 80° up and down within 1.6 s, every 2.6 to 3.6 s.
    rng = np.random.default_rng(3)
    rate = np.zeros(3000)
    at = 200
    while at < 2700:
        wave = np.sin(2 * np.pi * np.arange(160) / 160)
        rate[at : at + 160] = 80.0 * np.pi / 1.6 * wave
        at += 160 + int(rng.uniform(100, 200))
    assert not movement_of({Side.LEFT: (rate, np.zeros(3000))}).gait


def test_a_sensor_that_is_silent_leaves_it_to_the_other():
    moves = between(5.0, PATTERNS["run"], 0.7, 12.0, 5.0)
    silent = tuple(np.full_like(rate, np.nan) for rate in moves)
    assert movement_of({Side.LEFT: moves, Side.RIGHT: silent}).gait
