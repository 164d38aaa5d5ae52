"""Sensors onto one grid a leg while they stream: values, delay, gaps, silence."""

import numpy as np
import pytest

from imu_hip.kinematics.live_orientation import ImuBlock, OrientationBlock
from imu_hip.kinematics.quaternion import from_axis_angle
from imu_hip.names import SHIN, THIGH, Segment, Side
from imu_hip.recording.live_grid import LiveGrid, LiveSamples

LEFT = (Segment.LEFT_THIGH, Segment.LEFT_SHIN)
LEGS = (*LEFT, Segment.RIGHT_THIGH, Segment.RIGHT_SHIN)


def raw(time_s):
    """A linear signal, which linear interpolation must reproduce: x = t, y = 2 t, z = 3 t."""
    time_s = np.asarray(time_s, dtype=float)
    acc = time_s[:, None] * np.array([1.0, 2.0, 3.0])
    return LiveSamples(time_s, acc, 10.0 * acc)


def turning(time_s):
    """An orientation that turns by 30° a second about z."""
    time_s = np.asarray(time_s, dtype=float)
    q = from_axis_angle(np.array([0.0, 0.0, 1.0]), np.deg2rad(30.0) * time_s)
    return LiveSamples(time_s, q_earth_sensor=q)


def times(start_s, end_s, rate_hz=60.0):
    return np.arange(start_s, end_s, 1.0 / rate_hz)


def test_values_between_samples_are_interpolated_at_multiples_of_the_period():
    grid = LiveGrid(LEFT, 50.0)
    block = grid.feed({LEFT[0]: raw(times(10.003, 11.0)), LEFT[1]: raw(times(10.011, 11.0))})[
        Side.LEFT
    ]
    np.testing.assert_allclose(block.time_s * 50.0, np.round(block.time_s * 50.0), atol=1e-9)
    inside = block.time_s > 10.011
    expected = block.time_s[inside, None] * np.array([1.0, 2.0, 3.0])
    for sensor in (block.thigh, block.shin):
        assert isinstance(sensor, ImuBlock)
        np.testing.assert_allclose(sensor.acc_mps2[inside], expected, atol=1e-9)
        np.testing.assert_allclose(sensor.gyr_dps[inside], 10.0 * expected, atol=1e-9)


def test_orientations_are_interpolated_on_the_sphere():
    grid = LiveGrid(LEFT, 50.0)
    block = grid.feed({LEFT[0]: turning(times(2.0, 3.0)), LEFT[1]: raw(times(2.0, 3.0))})[Side.LEFT]
    assert isinstance(block.thigh, OrientationBlock)
    np.testing.assert_allclose(
        block.thigh.q_earth_sensor, turning(block.time_s).q_earth_sensor, atol=1e-12
    )


def test_raw_samples_are_preferred_to_an_orientation():
    both = LiveSamples(
        times(0.0, 1.0),
        raw(times(0.0, 1.0)).acc_mps2,
        raw(times(0.0, 1.0)).gyr_dps,
        turning(times(0.0, 1.0)).q_earth_sensor,
    )
    block = LiveGrid(LEFT).feed({LEFT[0]: both, LEFT[1]: both})[Side.LEFT]
    assert isinstance(block.thigh, ImuBlock)


def test_a_sample_comes_out_with_the_first_samples_after_it():
    # The grid has 60 Hz; the thigh is sampled 3 ms after its times, the shin 9 ms. So the shin's
    # sample number k allows grid time k and no later one.
    grid = LiveGrid(LEFT, 60.0)
    for k in range(60, 120):
        assert grid.feed({LEFT[0]: raw([k / 60.0 + 0.003])}) == {}
        placed = grid.feed({LEFT[1]: raw([k / 60.0 + 0.009])})
        if k > 60:
            assert placed[Side.LEFT].time_s[-1] == pytest.approx(k / 60.0)


def test_a_leg_waits_neither_for_the_other_nor_for_the_pelvis():
    grid = LiveGrid((*LEGS, Segment.PELVIS))
    placed = grid.feed({segment: raw(times(5.0, 5.1)) for segment in LEFT})
    assert set(placed) == {Side.LEFT}
    assert placed[Side.LEFT].time_s[-1] > 5.07


def test_a_silent_sensor_holds_its_leg_back_for_the_patience_only():
    grid = LiveGrid(LEFT, 60.0, patience_s=0.25)
    grid.feed({segment: raw(times(0.0, 1.0)) for segment in LEFT})
    # The thigh's last sample was at 59/60 s. Until 0.25 s after it nothing is known to be lost.
    assert grid.feed({LEFT[1]: raw(times(1.0, 1.2333))}) == {}
    assert grid.away == frozenset()
    block = grid.feed({LEFT[1]: raw(times(1.2333, 2.0))})[Side.LEFT]
    assert grid.away == {Segment.LEFT_THIGH}
    assert np.isnan(block.thigh.acc_mps2).all()
    assert np.isfinite(block.shin.acc_mps2).all()
    # It comes up to a quarter of a second behind the newest sample, 119/60 s: to 1.7333 s.
    assert block.time_s[-1] == pytest.approx(104 / 60.0)


def test_the_other_leg_tells_that_a_whole_leg_is_silent():
    grid = LiveGrid(LEGS)
    grid.feed({segment: raw(times(0.0, 1.0)) for segment in LEGS})
    right = {segment: raw(times(1.0, 2.0)) for segment in LEGS[2:]}
    placed = grid.feed(right)
    assert np.isnan(placed[Side.LEFT].shin.acc_mps2).all()
    assert grid.away == set(LEFT)


@pytest.mark.parametrize(("lost", "bridged"), [(1, True), (5, True), (6, False), (30, False)])
def test_gaps_of_up_to_a_tenth_of_a_second_are_bridged(lost, bridged):
    # Five lost samples leave their neighbours 6/60 s = 0.1 s apart.
    kept = np.concatenate((np.arange(60), np.arange(60 + lost, 120))) / 60.0 + 0.004
    grid = LiveGrid(LEFT)
    block = grid.feed({LEFT[0]: raw(kept), LEFT[1]: raw(times(0.0, 2.0))})[Side.LEFT]
    known = np.isfinite(block.thigh.acc_mps2[1:, 0])
    assert known.all() == bridged
    # The grid's times 60/60 s to (59 + lost)/60 s lie between the neighbours of the gap.
    assert np.sum(~known) == (0 if bridged else lost + 1)
    assert np.isfinite(block.shin.acc_mps2).all()


def test_samples_that_come_again_or_too_late_are_left_out():
    grid = LiveGrid(LEFT)
    grid.feed({segment: raw(times(0.0, 1.0)) for segment in LEFT})
    again = np.concatenate((times(0.5, 1.0), times(1.0, 1.5)))
    block = grid.feed({segment: raw(again) for segment in LEFT})[Side.LEFT]
    np.testing.assert_allclose(np.diff(block.time_s), 1 / 60.0, atol=1e-9)
    np.testing.assert_allclose(block.thigh.acc_mps2[:, 0], block.time_s, atol=1e-9)


def test_a_sensor_that_never_sends_leaves_a_leg_half_known():
    grid = LiveGrid(LEFT)
    assert grid.feed({LEFT[0]: raw(times(0.0, 0.2))}) == {}
    block = grid.feed({LEFT[0]: raw(times(0.2, 1.0))})[Side.LEFT]
    assert block.time_s[0] == pytest.approx(0.0)
    assert np.isfinite(block.thigh.acc_mps2).all()
    assert isinstance(block.shin, OrientationBlock)
    assert np.isnan(block.shin.q_earth_sensor).all()


def test_a_leg_with_one_sensor_has_no_grid():
    grid = LiveGrid((Segment.LEFT_THIGH, *LEGS[2:]))
    placed = grid.feed({s: raw(times(0.0, 1.0)) for s in (Segment.LEFT_THIGH, *LEGS[2:])})
    assert set(placed) == {Side.RIGHT}


def test_a_sensor_without_motion_is_refused():
    grid = LiveGrid(LEFT)
    with pytest.raises(ValueError, match="acceleration"):
        grid.feed({THIGH[Side.LEFT]: LiveSamples(times(0.0, 1.0))})


def test_the_tail_that_is_kept_stays_short():
    grid = LiveGrid(LEFT)
    for first_s in np.arange(0.0, 60.0, 0.1):
        grid.feed({segment: raw(times(first_s, first_s + 0.0999)) for segment in LEFT})
    assert len(grid._sensors[SHIN[Side.LEFT]]._time_s) < 10
