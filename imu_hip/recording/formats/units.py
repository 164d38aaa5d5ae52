"""Is an acceleration in m/s² or in g? Gravity tells, in the quietest half second."""

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import GRAVITY_MPS2, Segment

WINDOW_S = 0.5
QUIET_SPREAD = 0.05
"""Standard deviation in parts of the mean up to which gravity is all that is measured."""

G_RANGE = (0.8, 1.2)
MPS2_RANGE = (0.85 * GRAVITY_MPS2, 1.15 * GRAVITY_MPS2)


def acceleration_in_mps2(
    acc: FloatArray, sampling_rate_hz: float, segment: Segment
) -> tuple[FloatArray, str | None]:
    """Check that an acceleration said to be in m/s² is, and convert it where it is in g.

    Parameters
    ----------
    acc
        Acceleration, shape (n, 3).
    sampling_rate_hz
        Nominal sampling rate.
    segment
        Segment of the sensor, for messages.

    Returns
    -------
    acc_mps2, warning
        The acceleration in m/s², shape (n, 3), and what was done where it was converted.

    Raises
    ------
    RecordingError
        Where the sensor rests and measures neither 9.8 nor 1.
    """
    if not np.isfinite(sampling_rate_hz):
        # No two times rise, for which the stream is refused.
        return acc, None
    level, quiet = _quietest_level(acc, sampling_rate_hz)
    in_g = G_RANGE[0] <= level <= G_RANGE[1] if quiet else level < GRAVITY_MPS2 / 3
    if in_g:
        return acc * GRAVITY_MPS2, (
            f"The acceleration of the {segment.words} was in g, not in m/s² "
            f"({level:.2f} at rest), and was multiplied by {GRAVITY_MPS2}."
        )
    if quiet and not MPS2_RANGE[0] <= level <= MPS2_RANGE[1]:
        raise RecordingError(
            f"The {segment.words} sensor at rest measures an acceleration of {level:.3g} where "
            "9.8 (m/s²) or 1 (g) was expected.",
            "Export the acceleration in m/s² or correct its unit; if the unit is right, the sensor "
            "needs calibration.",
        )
    return acc, None


def _quietest_level(acc: FloatArray, sampling_rate_hz: float) -> tuple[float, bool]:
    width = max(2, min(len(acc), round(WINDOW_S * sampling_rate_hz)))
    count = len(acc) // width
    if not count:
        return GRAVITY_MPS2, False
    windows = acc[: count * width].reshape(count, width, 3)
    spread = np.sqrt(np.sum(np.var(windows, axis=1), axis=1))
    norms = np.linalg.norm(windows, axis=2)
    quietest = int(np.argmin(spread))
    level = float(np.median(norms[quietest]))
    if spread[quietest] <= QUIET_SPREAD * level:
        return level, True
    return float(np.median(norms)), False
