"""Whether one clock runs faster than the other: the delay in the first and in the last third."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.measures.delay import NoDelayError, common_delay
from imu_hip.measures.lagged import span_of
from imu_hip.measures.tracks import Pair, Track

SHORTEST_THIRD_S: Final = 5.0
_SEARCH_S: Final = 0.5
_LEAST_S: Final = 0.005
"""A change that no sample of a leg shows: at 300°/s it is 1.5°."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How much the delay of the estimate's clock grows, with its 95 % half width."""

    change_s: float
    error_s: float
    over_s: float

    @property
    def rate_ppm(self) -> float:
        """Microseconds in a second that the estimate's clock runs too fast."""
        return 1e6 * self.change_s / self.over_s


def drift_of(pairs: Sequence[Pair], delay_s: float) -> Drift | None:
    """The change of the delay between the middles of the first and the last third.

    Parameters
    ----------
    delay_s
        The delay over all.

    Returns
    -------
    Drift or None
        None where a third is too short or tells no delay, and where the change is within its error
        or below 5 ms.
    """
    shifted = [pair.without_delay(delay_s) for pair in pairs]
    own_s, other_s = (
        span_of([pair.estimate for pair in shifted]),
        span_of([pair.reference for pair in shifted]),
    )
    # Of what both have: a third of the longer one might lie outside the other.
    start_s, end_s = max(own_s[0], other_s[0]), min(own_s[1], other_s[1])
    # Thirds and not halves: their middles are far apart, and each still tells a delay.
    third_s = (end_s - start_s) / 3.0
    if not third_s >= SHORTEST_THIRD_S:
        return None
    try:
        first, last = (
            common_delay(_between(shifted, from_s, from_s + third_s), _SEARCH_S)
            for from_s in (start_s, end_s - third_s)
        )
    except NoDelayError:
        return None
    change_s = last.delay_s - first.delay_s
    error_s = float(np.hypot(first.error_s, last.error_s))
    # What could be chance is not told as a fault of a clock.
    if not abs(change_s) > max(error_s, _LEAST_S):
        return None
    return Drift(change_s, error_s, 2.0 * third_s)


def _between(pairs: Sequence[Pair], start_s: float, end_s: float) -> list[Pair]:
    """The same angles with the reference in one part only."""
    parts = []
    for pair in pairs:
        time_s = pair.reference.time_s
        part = slice(*np.searchsorted(time_s, (start_s, end_s)).tolist())
        cut = Track(time_s[part], pair.reference.angle_deg[part])
        if len(cut.time_s) > 1 and cut.known.any():
            parts.append(Pair(pair.estimate, cut))
    if not parts:
        raise NoDelayError("This part has no angle.", "Look at another one.")
    return parts
