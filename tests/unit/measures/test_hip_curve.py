"""Hip angles over the stride."""

import numpy as np
import pytest

from imu_hip.measures.hip_curve import hip_curve
from imu_hip.measures.strides import Strides
from imu_hip.names import Side, Task

STRIDES = Strides(
    np.arange(6) * 80.0,
    np.full(6, np.nan),
    np.arange(1, 7) * 80.0,
    ("", "", "a turn", "", "", ""),
)
TURN = 2 * np.pi * np.arange(481) / 80


def angles():
    return 20.0 + 25.0 * np.cos(TURN), 5.0 * np.sin(TURN), -3.0 + 8.0 * np.sin(2 * TURN)


def test_means_are_kept():
    found = hip_curve(*angles(), STRIDES, Side.LEFT, task=Task.RUN)
    percent = 2 * np.pi * np.arange(101) / 100
    assert found.flexion_deg == pytest.approx(20.0 + 25.0 * np.cos(percent), abs=0.05)
    assert found.adduction_deg == pytest.approx(5.0 * np.sin(percent), abs=0.05)
    assert found.rotation_deg == pytest.approx(-3.0 + 8.0 * np.sin(2 * percent), abs=0.05)
    assert found.rotation_sd_deg == pytest.approx(np.zeros(101), abs=1e-9)
    assert (found.side, found.task, found.strides) == (Side.LEFT, Task.RUN, 5)


def test_strides_that_do_not_count_or_are_not_measured_are_left_out():
    flexion, adduction, rotation = angles()
    flexion[170:230] = 90.0  # the turn
    adduction[10:20] = np.nan
    found = hip_curve(flexion, adduction, rotation, STRIDES, Side.LEFT, task=Task.RUN)
    assert found.strides == 4
    assert found.flexion_deg.max() == pytest.approx(45.0, abs=0.05)


def test_the_spread_is_that_between_strides():
    flexion, adduction, rotation = angles()
    found = hip_curve(
        flexion, adduction, rotation + 0.01 * np.arange(481), STRIDES, Side.LEFT, task=Task.RUN
    )
    # The counted strides are 0, 1, 3, 4 and 5, each 0.8° above the one before it.
    expected = 0.8 * np.std([0, 1, 3, 4, 5], ddof=1)
    assert found.rotation_sd_deg == pytest.approx(np.full(101, expected), abs=1e-6)


@pytest.mark.parametrize("measured_until", [0, 240])
def test_too_few_strides_give_no_curve(measured_until):
    flexion, adduction, rotation = angles()
    flexion[measured_until:] = np.nan
    assert hip_curve(flexion, adduction, rotation, STRIDES, Side.LEFT, task=Task.RUN) is None


def test_no_strides_give_no_curve():
    none = Strides(np.empty(0), np.empty(0), np.empty(0), ())
    assert hip_curve(*angles(), none, Side.LEFT, task=Task.RUN) is None


def test_it_becomes_a_frame():
    frame = hip_curve(*angles(), STRIDES, Side.RIGHT, task=Task.WALK).to_frame()
    assert list(frame.columns) == [
        "percent",
        "flexion_deg",
        "flexion_sd_deg",
        "adduction_deg",
        "adduction_sd_deg",
        "rotation_deg",
        "rotation_sd_deg",
    ]
    assert len(frame) == 101


def test_of_very_many_strides_some_are_taken_from_the_whole_run():
    edges = np.arange(2501) * 20.0
    strides = Strides(edges[:-1], np.full(2500, np.nan), edges[1:], ("",) * 2500)
    rising = np.linspace(0.0, 10.0, 50001)
    found = hip_curve(rising, rising, rising, strides, Side.LEFT, task=Task.RUN)
    assert found.strides == 500  # every fifth
    assert found.flexion_deg.mean() == pytest.approx(5.0, abs=0.01)
