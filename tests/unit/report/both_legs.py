"""Both legs of one run, measured on strides with realistic noise."""

from dataclasses import replace

import numpy as np

from imu_hip.names import Side
from tests.synthetic_strides import measured_leg


def legs(n=120, gain=1.0, **changes):
    """`gain` is that of the right leg; `changes` replace fields of both."""
    tests = {
        side: measured_leg(np.random.default_rng(i), n, side, gain=g)
        for i, (side, g) in enumerate(((Side.LEFT, 1.0), (Side.RIGHT, gain)))
    }
    return {side: replace(test, **changes) for side, test in tests.items()}
