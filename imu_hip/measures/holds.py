"""Where a movement is held at its end."""

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.windows import runs

TREMOR_S = 0.2
"""Over so long a time the usual tremors of 4 to 6 Hz swing out and back."""

STEP_DEG = 0.5


def find_hold(
    angle_deg: FloatArray,
    sampling_rate_hz: float,
    *,
    within_deg: float,
    speed_dps: float,
    overshoot_deg: float,
    shortest_s: float,
) -> tuple[int, int]:
    """The samples `[start, end)` of the hold at the top of a movement.

    Where there is none that is long enough, the leg has overshot, or it trembles: then the
    highest hold a little below the top counts, and after that the speed over a whole period of
    tremor.

    Parameters
    ----------
    angle_deg
        The smoothed angle of one movement, shape (n,), at least one value finite.
    within_deg, speed_dps
        A hold stays within this range and slower than this.
    overshoot_deg
        How far below the top the upper end of a hold may be.
    shortest_s
        A hold is long enough from here.

    Returns
    -------
    tuple of int
        The hold; else the longest part that is as still at the top, or the top alone.
    """
    top_deg = float(np.nanmax(angle_deg))
    at_top: tuple[int, int] | None = None
    for half in (1, max(round(0.5 * TREMOR_S * sampling_rate_hz), 1)):
        slow = _speed_dps(angle_deg, half, sampling_rate_hz) < speed_dps
        for below_deg in np.arange(0.0, overshoot_deg + 0.5 * STEP_DEG, STEP_DEG):
            highest_deg = top_deg - below_deg
            held = (angle_deg > highest_deg - within_deg) & (angle_deg <= highest_deg) & slow
            longest = max(runs(held), key=_length, default=(0, 0))
            if _length(longest) >= shortest_s * sampling_rate_hz:
                return longest
            at_top = at_top or longest
    if at_top is not None and _length(at_top):
        return at_top
    index = int(np.nanargmax(angle_deg))
    return index, index + 1


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def _speed_dps(angle_deg: FloatArray, half: int, sampling_rate_hz: float) -> FloatArray:
    """Speed between the samples `half` before and after each, shape (n,)."""
    at = np.arange(len(angle_deg))
    before, after = np.maximum(at - half, 0), np.minimum(at + half, len(angle_deg) - 1)
    apart = np.maximum(after - before, 1)
    speed: FloatArray = np.abs(angle_deg[after] - angle_deg[before]) / apart * sampling_rate_hz
    return speed
