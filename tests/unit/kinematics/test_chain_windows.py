"""Moving means that remember: blocks give what the whole array gives."""

import itertools

import numpy as np
import pytest

from imu_hip.kinematics.chain_windows import (
    CausalMean,
    WindowSamples,
    causal_windows,
    centred_windows,
)
from imu_hip.kinematics.windows import moving_mean

rng = np.random.default_rng(4)
REAL = rng.normal(size=60)
COMPLEX = REAL + 1j * rng.normal(size=60)
WITH_HOLES = np.where(rng.random(60) < 0.3, np.nan, REAL)


@pytest.mark.parametrize("values", [REAL, COMPLEX, WITH_HOLES])
@pytest.mark.parametrize("before", [0, 1, 7, 59, 1000])
@pytest.mark.parametrize("cuts", [(0, 60), (0, 1, 2, 3, 60), (0, 10, 10, 25, 26, 60)])
def test_blocks_have_the_means_of_the_whole(values, before, cuts):
    mean = CausalMean(before)
    found = np.concatenate([mean(values[a:b]) for a, b in itertools.pairwise(cuts)])
    np.testing.assert_allclose(found, moving_mean(values, before, 0), rtol=0.0, atol=1e-12)


def test_each_place_of_the_chain_remembers_for_itself():
    windows = causal_windows(WindowSamples(heading=4, reference=4, posture=4, smoothing=4))
    once, again = windows.posture
    once(np.full(5, 9.0))
    assert again(np.array([1.0, 2.0])).tolist() == [1.0, 1.5]


def test_centred_windows_are_as_long_as_causal_ones():
    # An impulse is spread over 5 samples by a window of 4 before, or 2 before and 2 after.
    impulse = np.zeros(21)
    impulse[10] = 1.0
    samples = WindowSamples(heading=4, reference=4, posture=4, smoothing=4)
    for windows, first in ((causal_windows(samples), 10), (centred_windows(samples), 8)):
        spread = np.flatnonzero(windows.heading(impulse) > 1e-9)
        assert spread.tolist() == list(range(first, first + 5))
