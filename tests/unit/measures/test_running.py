"""Walking and running: curve, excursion, cadence and uncertainty of known strides."""

import numpy as np
import pytest

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
