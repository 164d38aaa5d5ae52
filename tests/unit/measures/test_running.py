"""Walking and running: curve, excursion, cadence and uncertainty of known strides."""

import numpy as np
import pytest

from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.running import gait_task, measure_gait
from imu_hip.measures.strides import Strides
from imu_hip.names import Side, Task

RATE_HZ = 100.0


def strides_of(amplitudes_deg, samples=80, reason=None):
    """Strides of one length in which the rotation is a sine of known amplitude about 7°."""
    phase = 2 * np.pi * np.arange(samples) / samples
    angle = np.concatenate([a * np.sin(phase) for a in amplitudes_deg])
    angle = 7.0 + np.append(angle, 0.0)
    edges = np.arange(len(amplitudes_deg) + 1) * samples
    reasons = reason or ("",) * len(amplitudes_deg)
    time_s = 50.0 + np.arange(len(angle)) / RATE_HZ
    return (
        time_s,
        angle,
        4.0 * (angle - 7.0),
        Strides(edges[:-1], np.full(len(edges) - 1, np.nan), edges[1:], tuple(reasons)),
    )


@pytest.mark.parametrize(
    ("stride_s", "task"),
    [(0.65, Task.RUN), (0.85, Task.RUN), (1.0, Task.WALK), (1.3, Task.WALK)],
)
def test_walking_and_running_are_told_apart_by_stride_time(stride_s, task):
    assert gait_task(stride_s) is task
    test = measure_gait(*strides_of([8.0] * 5, round(stride_s * 100)), Side.LEFT)
    assert test.task is task


def test_a_known_task_is_not_guessed():
    assert measure_gait(*strides_of([8.0] * 5), Side.LEFT, task=Task.WALK).task is Task.WALK


def test_curve_excursion_and_rhythm():
    test = measure_gait(*strides_of([7.0, 8.0, 9.0, 8.0]), Side.RIGHT)
    percent = np.linspace(0.0, 2 * np.pi, 101)
    assert test.curve_deg == pytest.approx(8.0 * np.sin(percent), abs=0.01)
    assert test.curve_deg.mean() == pytest.approx(0.0, abs=1e-9)
    assert test.excursion_deg == pytest.approx(16.0, abs=0.02)
    # Excursions of 14, 16, 18 and 16: squares of the deviations 4 + 0 + 4 + 0 over 3.
    assert test.excursion_sd_deg == pytest.approx((8 / 3) ** 0.5, abs=0.01)
    assert test.stride_time_s == pytest.approx(0.8)
    assert test.cadence_spm == pytest.approx(150.0)  # two steps in 0.8 s
    assert (test.start_s, test.end_s) == pytest.approx((50.0, 53.2))
    assert (test.side, test.strides) == (Side.RIGHT, 4)


def test_uncertainty_is_that_of_the_method_and_of_the_strides():
    test = measure_gait(*strides_of([7.0, 8.0, 9.0, 8.0]), Side.RIGHT)
    sem_deg = (1.4**2 + test.excursion_sd_deg**2 / 4) ** 0.5
    assert test.uncertainty.sem_deg == pytest.approx(sem_deg)
    assert test.uncertainty.mdc95_deg == pytest.approx(1.96 * 2**0.5 * sem_deg)


def test_strides_that_do_not_count_are_left_out_and_counted_by_reason():
    reason = ("", "a turn", "", "", "a stop", "a turn", "")
    amplitudes = [8.0, 40.0, 8.0, 8.0, 40.0, 40.0, 8.0]
    test = measure_gait(*strides_of(amplitudes, reason=reason), Side.LEFT)
    assert test.strides == 4
    assert dict(test.left_out) == {"a turn": 2, "a stop": 1}
    assert test.excursion_deg == pytest.approx(16.0, abs=0.02)


def test_too_few_strides_measure_nothing():
    assert measure_gait(*strides_of([8.0] * 3), Side.LEFT) is None


def test_what_was_rejected_is_told_with_its_time_and_reason():
    reason = ("", "", "a turn", "", "", "a stop")
    test = measure_gait(*strides_of([8.0] * 6, reason=reason), Side.LEFT)
    assert [(r.reason, r.start_s, r.end_s) for r in test.rejected] == [
        ("a turn", pytest.approx(51.6), pytest.approx(52.4)),
        ("a stop", pytest.approx(54.0), pytest.approx(54.8)),
    ]
    assert len(test.table.strike_s) == test.strides == 4
    assert test.table.strike_s == pytest.approx([50.0, 50.8, 52.4, 53.2])


def test_stance_is_the_time_to_toe_off():
    time_s, angle, knee, strides = strides_of([8.0] * 20)
    # Whole positions at 36 % would be 28.8 samples; one stride has no toe-off.
    toe_off = strides.strike + 28.8
    toe_off[3] = np.nan
    strides = Strides(strides.strike, toe_off, strides.end, strides.reason)
    test = measure_gait(time_s, angle, knee, strides, Side.LEFT)
    assert test.stance_fraction == pytest.approx(0.36)
    assert test.table.toe_off_s[0] == pytest.approx(50.288)
    assert np.isnan(test.table.toe_off_s[3])
    assert test.statistics[GaitQuantity.AT_TOE_OFF].mean == pytest.approx(
        8.0 * np.sin(2 * np.pi * 0.36), abs=0.02
    )


def test_without_any_toe_off_stance_is_not_known():
    test = measure_gait(*strides_of([8.0] * 20), Side.LEFT)
    assert np.isnan(test.stance_fraction)
    assert np.isnan(test.statistics[GaitQuantity.STANCE_EXCURSION].mean)
    assert test.statistics[GaitQuantity.CYCLE_EXCURSION].mean == pytest.approx(16.0, abs=0.02)


@pytest.mark.parametrize(("turn_deg", "correlation"), [(0.0, 1.0), (90.0, 0.0), (180.0, -1.0)])
def test_what_rotation_shares_with_knee_flexion(turn_deg, correlation):
    time_s, angle, _, strides = strides_of([8.0] * 400)
    phase = 2 * np.pi * np.arange(len(angle)) / 80
    knee = 60.0 + 40.0 * np.sin(phase + np.deg2rad(turn_deg))
    knee[200:210] = np.nan
    test = measure_gait(time_s, angle, knee, strides, Side.LEFT)
    assert test.flexion_correlation == pytest.approx(correlation, abs=0.02)


def test_unknown_knee_flexion_correlates_with_nothing():
    time_s, angle, knee, strides = strides_of([8.0] * 5)
    test = measure_gait(time_s, angle, np.full_like(knee, np.nan), strides, Side.LEFT)
    assert np.isnan(test.flexion_correlation)


def test_the_spread_of_stride_times():
    edges = np.cumsum([0, 80, 82, 80, 78, 80]).astype(float)
    angle = np.sin(2 * np.pi * np.arange(401) / 80)
    strides = Strides(edges[:-1], np.full(5, np.nan), edges[1:], ("",) * 5)
    test = measure_gait(np.arange(401) / RATE_HZ, angle, angle, strides, Side.LEFT)
    # Deviations of 0, 0.02, 0, -0.02 and 0 s: 0.0008 over 4.
    assert test.stride_time_sd_s == pytest.approx(0.0002**0.5)


def test_the_curve_becomes_a_frame():
    test = measure_gait(*strides_of([7.0, 8.0, 9.0] * 10), Side.LEFT)
    frame = test.to_frame()
    assert list(frame.columns) == ["percent", "mean_deg", "sd_deg", "band_low_deg", "band_high_deg"]
    assert len(frame) == 101
    assert (frame["band_low_deg"] <= frame["mean_deg"]).all()
