"""Where a recording is still, where it is gait: read from speed alone, before calibration."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.windows import moving_mean, runs
from imu_hip.names import SHIN, Segment, Side
from imu_hip.recording.timeline import Timeline

STILL_BELOW_DPS = 6.0
"""A person who sits or stands quietly sways at 1 to 3 °/s."""

SHORTEST_STILL_S = 1.5
GAIT_ABOVE_DPS = 80.0
"""Mean shin speed over two seconds: 120 °/s in slow walking, 250 °/s and more in running."""

SHORTEST_GAIT_S = 4.0


@dataclass(frozen=True, slots=True)
class Movement:
    """Half-open sample intervals in which all sensors are still, or the shins walk or run."""

    still: tuple[tuple[int, int], ...]
    gait: tuple[tuple[int, int], ...]


def speeds_dps(timeline: Timeline) -> dict[Segment, FloatArray]:
    """Rotational speed of every sensor, shape (n,), NaN where missing."""
    speeds: dict[Segment, FloatArray] = {}
    for segment, gyr_dps in timeline.gyr_dps.items():
        x, y, z = gyr_dps.T
        speeds[segment] = np.sqrt(x * x + y * y + z * z)
    return speeds


def find_movement(timeline: Timeline, speed_dps: Mapping[Segment, FloatArray]) -> Movement:
    """Find the still parts and the gait of a recording.

    Gait moves every shin that is worn, not one leg alone, so exercises on one leg are no gait.
    """
    rate_hz = timeline.sampling_rate_hz
    quarter = round(0.25 * rate_hz)
    fastest = np.zeros(len(timeline.time_s))
    for speed in speed_dps.values():
        # A missing sensor says nothing; the others decide.
        fastest = np.fmax(fastest, speed)
    still = moving_mean(fastest, quarter, quarter) < STILL_BELOW_DPS
    second = round(rate_hz)
    shins = [speed_dps[SHIN[side]] for side in Side if SHIN[side] in speed_dps]
    slowest = np.full(len(timeline.time_s), np.inf)
    for speed in shins:
        slowest = np.fmin(slowest, moving_mean(speed, second, second))
    gait = np.isfinite(slowest) & (slowest > GAIT_ABOVE_DPS)
    return Movement(
        still=_at_least(still, SHORTEST_STILL_S * rate_hz),
        gait=_at_least(gait, SHORTEST_GAIT_S * rate_hz),
    )


def _at_least(mask: np.ndarray, samples: float) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in runs(mask) if end - start >= samples)
