"""Counters of sensors that wrap, within one sensor and between sensors of one time base."""

from collections.abc import Mapping

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Segment


def unwrapped(counts: FloatArray, modulus: int) -> FloatArray:
    """Counts since the first one, shape (n,), of a counter that starts again at `modulus`.

    A step of more than half the modulus is a step backward and stays negative. Counts beyond the
    modulus are taken to be unwrapped already.
    """
    steps = np.diff(counts)
    if np.all(counts < modulus):
        steps = np.mod(steps + modulus / 2, modulus) - modulus / 2
    return np.concatenate(([0.0], np.cumsum(steps)))


def common_start(firsts: Mapping[Segment, float], modulus: int) -> dict[Segment, float]:
    """How long after the earliest sensor each one starts, from their first counts.

    The sensors started within half a modulus of each other, so a larger difference is a wrap.
    """
    reference = next(iter(firsts.values()))
    wraps = all(first < modulus for first in firsts.values())
    half = modulus / 2
    after = {
        segment: (first - reference + half) % modulus - half if wraps else first - reference
        for segment, first in firsts.items()
    }
    earliest = min(after.values())
    return {segment: delay - earliest for segment, delay in after.items()}
