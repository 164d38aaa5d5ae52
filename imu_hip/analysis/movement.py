"""Where a recording is still, where it is gait: read from speed alone, before calibration."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.windows import bouts, likeness, moving_mean, peaks, runs
from imu_hip.names import SHIN, Segment, Side
from imu_hip.recording.timeline import Timeline

STILL_BELOW_DPS = 6.0
"""A person who sits or stands quietly sways at 1 to 3 °/s."""

SHORTEST_STILL_S = 1.5
GAIT_ABOVE_DPS = 50.0
"""Mean shin speed over two seconds. A shin goes forward and back by 50° and more in a step, so
even strides of 1.8 s make 60 °/s; usual walking makes 100 to 130, running 250 °/s and more."""

SHORTEST_GAIT_S = 4.0
GAIT_PAUSE_S = 1.0
"""A short or slow step does not end a walk."""

PERIODS_S = (0.4, 2.5)
"""Stride times from a sprint to very slow walking."""

SMALLEST_LIKENESS = 0.3
"""How much a shin's movement is like itself one stride later: 0.4 with many turns to 1.0 on a
treadmill. What people do with a leg between exercises does not repeat within 2 s."""

LONGEST_LOOK_S = 60.0


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

    Gait moves every shin that is worn, not one leg alone, and it repeats stride by stride. Whether
    the strides are those of walking or running shows only after calibration.
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
    moving = np.isfinite(slowest) & (slowest > GAIT_ABOVE_DPS)
    gyr_dps = [timeline.gyr_dps[SHIN[side]] for side in Side if SHIN[side] in speed_dps]
    gait = tuple(
        _trimmed(slowest, start, end, 2 * second)
        for start, end in bouts(moving, GAIT_PAUSE_S * rate_hz)
        if end - start >= SHORTEST_GAIT_S * rate_hz
        and any(_repeats(shin[start:end], rate_hz) for shin in gyr_dps)
    )
    return Movement(still=_at_least(still, SHORTEST_STILL_S * rate_hz), gait=gait)


def _trimmed(speed_dps: FloatArray, start: int, end: int, window: int) -> tuple[int, int]:
    """Where gait really starts and ends.

    A mean over a window that is half in gait shows half of the speed of a window all in gait, and
    a third where the first steps are slow.
    """
    middle = (start + end) // 2
    first = speed_dps[start : min(start + window, middle) + 1]
    last = speed_dps[max(end - window, middle) - 1 : end][::-1]
    return (
        start + int(np.argmax(first >= first[-1] / 3.0)),
        end - int(np.argmax(last >= last[-1] / 3.0)),
    )


def _repeats(gyr_dps: FloatArray, rate_hz: float) -> bool:
    """Whether a movement, shape (n, 3), is like itself after the time of a stride."""
    spare = max(len(gyr_dps) - round(LONGEST_LOOK_S * rate_hz), 0) // 2
    middle = np.nan_to_num(gyr_dps[spare : len(gyr_dps) - spare])
    alike = likeness(middle)
    first, last = (round(period * rate_hz) for period in PERIODS_S)
    inside = alike[first : min(last, 3 * len(middle) // 4)]
    return bool(np.any(inside[peaks(inside)] > SMALLEST_LIKENESS * alike[0]))


def _at_least(mask: np.ndarray, samples: float) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in runs(mask) if end - start >= samples)


def moving_parts(
    marked: tuple[tuple[int, int], ...], gait: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, int], ...]:
    """The parts of marked gait in which the legs do move; all of it where none is seen.

    A marker may hold a rest of minutes, on which nothing can be calibrated.
    """
    both = ((max(start, first), min(end, last)) for start, end in marked for first, last in gait)
    return tuple((start, end) for start, end in both if end > start) or marked
