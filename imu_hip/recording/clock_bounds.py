"""What arrivals say about a sensor's clock: bounds on host time minus sensor time.

A packet leaves at a connection event, and those lie on a regular grid. A sample is ready before
the event that carries it: that bounds the offset of the clocks from above. It was not ready one
connection interval earlier, or it would have left then: that bounds the offset from below. The
grid is seen in the arrivals themselves; where it is not, only the bound from above remains.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from imu_hip.kinematics.quaternion import BoolArray, FloatArray, IntArray

INTERVALS_S: FloatArray = np.arange(6, 49, dtype=np.float64) * 0.00125
"""Connection intervals are multiples of 1.25 ms from 7.5 ms (Bluetooth Core 5.4, vol. 6, B,
4.5.1); a sensor that streams gets no more than 60 ms."""

COHERENT = 0.7
"""Mean resultant length of arrival phases from which on they are taken to lie on a grid."""

LEAST_LATE_PERCENT = 10.0
"""The host adds jitter to every arrival; a packet this early among all had next to none."""

BLOCK_S = 4.0
"""Clocks and grid slide by less than the jitter of the host within a block."""

BLOCK_SAMPLES = 32
"""Slow sensors get longer blocks."""

SAME_EVENT_S = 0.002
"""Packets that follow so soon came with the same event, or in the burst after a stall."""

FEWEST_EVENTS = 16
"""Fewer events may lie on a grid by chance."""

SEARCHED_BLOCKS = 24
"""The connection interval is searched for in so many blocks, and confirmed in all."""

LATE_S = 0.00025
"""A bound from below that is nearer to the bound from above comes from a delayed packet."""

WIDEST_BAND = 0.6
"""Part of an interval: where the waits fill less than the rest, the grid says nothing about
where in their range the waits lie."""

MOST = 0.5
"""Part of the blocks that must show the grid for a recording to be fitted from both sides."""


@dataclass(frozen=True, slots=True, eq=False)
class ClockBounds:
    """Bounds, one a block of some seconds, on host time minus sensor time.

    `sensor_s` is the middle of a block and `upper_s`, `lower_s` its bounds, shape (m,).
    `interval_s`, the connection interval, is NaN where no grid was seen. `lower_s` is NaN there,
    and where all packets waited equally long, as at a rate that is a multiple of the grid's.
    """

    sensor_s: FloatArray
    upper_s: FloatArray
    lower_s: FloatArray
    interval_s: FloatArray

    @property
    def two_sided(self) -> bool:
        """Whether most blocks are bounded from below too."""
        return bool(np.isfinite(self.lower_s).mean() >= MOST)

    @property
    def shows_grid(self) -> bool:
        """Whether the grid was seen in any block."""
        return bool(np.isfinite(self.interval_s).any())

    @property
    def usual_interval_s(self) -> float | None:
        """The connection interval, or None where most blocks show none."""
        seen = np.isfinite(self.interval_s)
        return float(np.median(self.interval_s[seen])) if seen.mean() >= MOST else None

    def within(self, start_s: float, end_s: float) -> "ClockBounds":
        """The blocks whose middles lie in `[start_s, end_s]` by the sensor."""
        inside = (self.sensor_s >= start_s) & (self.sensor_s <= end_s)
        return ClockBounds(*(getattr(self, field.name)[inside] for field in fields(self)))


def joined(parts: Sequence[ClockBounds]) -> ClockBounds:
    """All bounds of several sensors, or of one sensor bit by bit, as one."""
    return ClockBounds(
        *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(ClockBounds))
    )


def find_bounds(sensor_s: FloatArray, arrival_s: FloatArray, slope: float) -> ClockBounds:
    """Bound the offset of the clocks block by block.

    Parameters
    ----------
    sensor_s, arrival_s
        Sample times by the sensor and arrival times by the host, shape (n,).
    slope
        Rate of the host's clock against the sensor's, less one, as far as known.
    """
    starts, block = blocks(sensor_s)
    counts = np.diff(starts, append=len(sensor_s))
    middle_s = np.add.reduceat(sensor_s, starts) / counts
    offset_s = arrival_s - sensor_s - slope * (sensor_s - middle_s[block])
    upper_s = np.minimum.reduceat(offset_s, starts)
    lower_s = np.full(len(starts), np.nan)
    interval_s = lower_s.copy()
    since_s = arrival_s - arrival_s[0]
    fresh = np.diff(arrival_s, prepend=-np.inf) >= SAME_EVENT_S
    events = np.add.reduceat(fresh.astype(np.float64), starts)
    # The longest first: events on a grid lie on that of its divisors as well.
    for candidate_s in _candidates(since_s, fresh, starts, events):
        phase, length = _phases(since_s, fresh, starts, candidate_s)
        seen = (length >= COHERENT) & (events >= FEWEST_EVENTS) & np.isnan(lower_s)
        late_s = _after_grid(since_s, phase[block], candidate_s)
        if seen.any():
            late_s -= np.percentile(late_s[seen[block]], LEAST_LATE_PERCENT)
        on_grid_s = offset_s - late_s
        first_s = np.minimum.reduceat(on_grid_s, starts)
        last_s = _latest(on_grid_s - candidate_s, first_s, starts, block)
        interval_s[seen] = candidate_s
        seen &= first_s - last_s <= WIDEST_BAND * candidate_s
        upper_s[seen], lower_s[seen] = first_s[seen], last_s[seen]
    return ClockBounds(middle_s, upper_s, lower_s, interval_s)


def lowest(sensor_s: FloatArray, arrival_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The sample of each block that arrived soonest: sensor time and offset, shape (m,)."""
    starts, block = blocks(sensor_s)
    offset_s = arrival_s - sensor_s
    soonest = np.flatnonzero(offset_s == np.minimum.reduceat(offset_s, starts)[block])
    _, first = np.unique(block[soonest], return_index=True)
    return sensor_s[soonest[first]], offset_s[soonest[first]]


def blocks(sensor_s: FloatArray) -> tuple[IntArray, IntArray]:
    """First sample of each block of some seconds, and the block of each sample."""
    period_s = float(np.median(np.diff(sensor_s))) if len(sensor_s) > 1 else 0.0
    length_s = max(BLOCK_S, BLOCK_SAMPLES * period_s)
    number = np.floor((sensor_s - sensor_s[0]) / length_s)
    new: BoolArray = np.concatenate(([True], np.diff(number) > 0))
    return np.flatnonzero(new), np.cumsum(new) - 1


def _candidates(
    since_s: FloatArray, fresh: BoolArray, starts: IntArray, events: FloatArray
) -> list[float]:
    """Connection intervals seen in some blocks, the longest first."""
    large = np.flatnonzero(events >= FEWEST_EVENTS)
    ends = np.append(starts[1:], len(since_s))
    found: set[float] = set()
    for block in large[:: max(1, len(large) // SEARCHED_BLOCKS)]:
        block_s = since_s[starts[block] : ends[block]][fresh[starts[block] : ends[block]]]
        interval_s = _interval(block_s)
        if interval_s is not None:
            found.add(interval_s)
    return sorted(found, reverse=True)


def _interval(event_s: FloatArray) -> float | None:
    """The connection interval on which events lie, or None.

    They lie on the grid of a divisor as well, up to jitter: the longest of the best is meant.
    """
    lengths = np.abs(np.exp(2j * np.pi * event_s[:, None] / INTERVALS_S).mean(axis=0))
    best = float(lengths.max())
    if best < COHERENT:
        return None
    return float(INTERVALS_S[np.flatnonzero(lengths >= best - 0.02)[-1]])


def _phases(
    since_s: FloatArray, fresh: BoolArray, starts: IntArray, interval_s: float
) -> tuple[FloatArray, FloatArray]:
    """Of each block the phase of the grid in turns, and how well the events agree on it."""
    angle = since_s * (2 * np.pi / interval_s)
    x = np.add.reduceat(np.cos(angle) * fresh, starts)
    y = np.add.reduceat(np.sin(angle) * fresh, starts)
    events = np.add.reduceat(fresh.astype(np.float64), starts)
    return np.arctan2(y, x) / (2 * np.pi), np.hypot(x, y) / np.maximum(events, 1.0)


def _after_grid(since_s: FloatArray, phase: FloatArray, interval_s: float) -> FloatArray:
    turns = since_s / interval_s - phase
    late_s: FloatArray = (turns - np.rint(turns)) * interval_s
    return late_s


def _latest(
    ready_s: FloatArray, upper_s: FloatArray, starts: IntArray, block: IntArray
) -> FloatArray:
    # What a delayed packet claims is off by whole intervals, so that it repeats a bound from
    # above: no other claim that is below that bound can be wrong.
    claims = np.where(ready_s < upper_s[block] - LATE_S, ready_s, -np.inf)
    latest: FloatArray = np.maximum.reduceat(claims, starts)
    return latest
