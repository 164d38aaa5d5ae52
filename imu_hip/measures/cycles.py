"""Cycles of a movement that repeats itself, where nothing else tells the strides."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.tracks import Track

STRIDE = "stride"
REPETITION = "repetition"
CYCLE = "cycle"
"""What the parts of a movement are called."""

FEWEST_CYCLES = 3
SHORTEST_CYCLE_S = 0.4
"""Running strides take 0.6 s and more."""

_PROMINENCE = 0.4
"""A peak that stands out by less than this part of the usual reach is part of a cycle."""

_LIKE_PART = 0.3
"""A cycle that takes this part more or less than the usual one is none, such as one with a stop."""


@dataclass(frozen=True, slots=True)
class Units:
    """Parts `[start_s, end_s)` that are looked at one by one, and what they are in words."""

    word: str
    start_s: tuple[float, ...]
    end_s: tuple[float, ...]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.start_s)

    def later(self, by_s: float) -> "Units":
        """The same parts on a clock that shows `by_s` more."""
        return Units(
            self.word,
            tuple(start + by_s for start in self.start_s),
            tuple(end + by_s for end in self.end_s),
        )


NO_UNITS = Units("", (), ())


def cycles_of(track: Track) -> Units:
    """Cycles from one peak of an angle to the next; none where fewer than three are alike.

    Parameters
    ----------
    track
        The angle that repeats itself most clearly, such as knee flexion in gait.
    """
    from scipy.signal import find_peaks  # noqa: PLC0415 - takes a second to import

    known = track.known
    time_s, angle_deg = track.time_s[known], track.angle_deg[known]
    if len(angle_deg) < 10:
        return NO_UNITS
    # Not the extremes, which one wrong sample would set.
    low, high = np.percentile(angle_deg, (5, 95))
    # After heel strike the knee bends a second time, and less, within the same stride.
    apart = max(SHORTEST_CYCLE_S / track.step_s, 1.0)
    top, _ = find_peaks(angle_deg, distance=apart, prominence=max(_PROMINENCE * (high - low), 1e-6))
    return _alike(time_s[top])


def _alike(peaks_s: FloatArray) -> Units:
    durations_s = np.diff(peaks_s)
    if len(durations_s) < FEWEST_CYCLES:
        return NO_UNITS
    # The median, which a stop of any length does not move.
    usual_s = float(np.median(durations_s))
    kept = np.abs(durations_s - usual_s) <= _LIKE_PART * usual_s
    if np.count_nonzero(kept) < FEWEST_CYCLES:
        return NO_UNITS
    return units_of(CYCLE, peaks_s[:-1][kept], peaks_s[1:][kept])


def units_of(
    word: str, start_s: Sequence[float] | FloatArray, end_s: Sequence[float] | FloatArray
) -> Units:
    """Parts from their starts and ends."""
    return Units(word, tuple(map(float, start_s)), tuple(map(float, end_s)))
