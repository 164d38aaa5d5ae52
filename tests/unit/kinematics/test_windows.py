"""Moving means and intervals."""

import numpy as np
import pytest

from imu_hip.kinematics.windows import bouts, low_pass, moving_mean, runs


@pytest.mark.parametrize(("before", "after"), [(0, 0), (3, 0), (0, 2), (4, 4), (100, 100)])
@pytest.mark.parametrize("missing", [[], [5], [0, *range(11, 20), 39]])
def test_moving_mean_is_the_mean_of_its_window(before, after, missing):
    values = np.random.default_rng(7).normal(size=40)
    values[missing] = np.nan
    found = moving_mean(values, before, after)
    for i in range(40):
        window = values[max(i - before, 0) : i + after + 1]
        window = window[np.isfinite(window)]
        if len(window):
            assert found[i] == pytest.approx(sum(window) / len(window), abs=1e-12)
        else:
            assert np.isnan(found[i])


def test_moving_mean_of_nothing_is_nothing():
    assert moving_mean(np.empty(0), 3, 3).shape == (0,)


def test_moving_mean_of_complex_numbers():
    found = moving_mean(np.array([1.0 + 1j, 3.0 - 1j, np.nan + 0j]), 1, 0)
    assert found[:2] == pytest.approx([1.0 + 1j, 2.0])
    assert found[2] == pytest.approx(3.0 - 1j)


def test_low_pass_has_no_delay_and_keeps_a_ramp():
    ramp = np.arange(200.0)
    assert low_pass(ramp, 100.0, 0.4)[40:-40] == pytest.approx(ramp[40:-40])


def test_low_pass_answers_a_pulse_with_a_triangle_as_wide_as_its_window():
    # Two means over 2 * 10 + 1 samples: weights (21 - |k|) / 21², zero from 21 samples on.
    pulse = np.zeros(201)
    pulse[100] = 1.0
    smooth = low_pass(pulse, 100.0, 0.4)
    k = np.abs(np.arange(201) - 100)
    assert smooth == pytest.approx(np.maximum(21 - k, 0) / 441.0, abs=1e-15)


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("", []),
        ("....", []),
        ("xxxx", [(0, 4)]),
        (".xx..x", [(1, 3), (5, 6)]),
    ],
)
def test_runs_are_half_open(mask, expected):
    assert runs(np.array([c == "x" for c in mask], dtype=np.bool_)) == expected


@pytest.mark.parametrize(("pause", "expected"), [(2, [(0, 1), (3, 5)]), (3, [(0, 5)])])
def test_bouts_join_runs_over_shorter_pauses_only(pause, expected):
    assert bouts(np.array([True, False, False, True, True]), pause) == expected
