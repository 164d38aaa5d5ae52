"""Clocks of sensors onto the host's monotonic timeline, after a recording.

An epoch is one run of a sensor's clock, from power-on to the next; each is fitted on its own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Segment
from imu_hip.recording.clock_bounds import ClockBounds, find_bounds, joined, lowest
from imu_hip.recording.clock_lines import OffsetLine, band_line, envelope_line

LONGEST_LINE_S = 1200.0
"""Over longer epochs the wander of a clock outgrows the error of a line."""


@dataclass(frozen=True, slots=True, eq=False)
class ClockArrivals:
    """Sample times by a sensor's clock and arrival times by the host's clock, shape (n,).

    Raises
    ------
    ValueError
        Without samples, with times that are not finite, or where sensor times do not rise: a
        repeated packet is to be dropped and a clock that went back starts a new epoch.
    """

    sensor_s: FloatArray
    arrival_s: FloatArray

    def __post_init__(self) -> None:
        if self.sensor_s.ndim != 1 or self.sensor_s.shape != self.arrival_s.shape:
            raise ValueError("sensor and arrival times must be two arrays of one length")
        if len(self.sensor_s) == 0:
            raise ValueError("a clock cannot be fitted without samples")
        if not (np.isfinite(self.sensor_s).all() and np.isfinite(self.arrival_s).all()):
            raise ValueError("sensor and arrival times must be finite")
        if np.any(np.diff(self.sensor_s) <= 0.0):
            raise ValueError("sensor times must rise within an epoch")


@dataclass(frozen=True, slots=True, eq=False)
class ClockFit:
    """Host time of a sensor's clock: a continuous, strictly rising chain of lines.

    Parameters
    ----------
    knots_sensor_s, knots_host_s
        Ends of the lines, shape (pieces + 1,). The first and the last line go on beyond.
    latency_p95_s
        95 % of the packets arrived within this time after the fitted time of their sample.
    standard_error_s
        Standard uncertainty of the offset between the clocks. A delay that all packets share
        cannot be seen and is not part of it.
    interval_s
        Connection interval that the arrivals show, or None. With it, fitted times lie amid what
        the arrivals allow, unless all packets waited equally long; without, they are as late as
        the arrivals allow.
    """

    knots_sensor_s: FloatArray
    knots_host_s: FloatArray
    latency_p95_s: float
    standard_error_s: float
    interval_s: float | None

    @property
    def pieces(self) -> int:
        """Number of lines."""
        return len(self.knots_sensor_s) - 1

    @property
    def rate_ppm(self) -> float:
        """How much faster than the host's clock the sensor's clock ran on average."""
        host_s = float(self.knots_host_s[-1] - self.knots_host_s[0])
        return 1e6 * (float(self.knots_sensor_s[-1] - self.knots_sensor_s[0]) - host_s) / host_s

    def host_s(self, sensor_s: FloatArray) -> FloatArray:
        """Host times of sensor times, shape (n,)."""
        return _along(self.knots_sensor_s, self.knots_host_s, sensor_s)


@dataclass(frozen=True, slots=True, eq=False)
class PooledFit:
    """One fit for sensors that share a time base.

    `disagreement_s` is how far the fit of each sensor's own arrivals is from the common one at
    most; more than some milliseconds mean that the sensors do not share a time base.
    """

    fit: ClockFit
    disagreement_s: Mapping[Segment, float]


def fit_clock(arrivals: ClockArrivals) -> ClockFit:
    """Fit one epoch of a sensor's clock to the host's clock.

    A line up to 20 minutes, a chain of lines beyond; of less than 10 s only the offset is fitted
    and the clocks are taken to run at one rate.
    """
    return _fitted([arrivals], _bounds(arrivals))


def fit_pooled(arrivals: Mapping[Segment, ClockArrivals]) -> PooledFit:
    """Fit the common clock of sensors that were synchronised, and confirmed to be."""
    bounds = {segment: _bounds(own) for segment, own in arrivals.items()}
    common = _fitted(list(arrivals.values()), joined(list(bounds.values())))
    disagreement_s = {}
    for segment, own in arrivals.items():
        alone = _fitted([own], bounds[segment])
        ends_s = own.sensor_s[[0, -1]]
        when_s = np.concatenate((ends_s, np.clip(common.knots_sensor_s, *ends_s)))
        apart_s = np.abs(alone.host_s(when_s) - common.host_s(when_s))
        disagreement_s[segment] = float(apart_s.max())
    return PooledFit(common, disagreement_s)


def _bounds(arrivals: ClockArrivals) -> ClockBounds:
    sensor_s, arrival_s = arrivals.sensor_s, arrivals.arrival_s
    ends_s = float(sensor_s[0]), float(sensor_s[-1])
    slope = envelope_line(*lowest(sensor_s, arrival_s), *ends_s).slope
    return find_bounds(sensor_s, arrival_s, slope)


def _fitted(arrivals: Sequence[ClockArrivals], bounds: ClockBounds) -> ClockFit:
    first_s = min(float(own.sensor_s[0]) for own in arrivals)
    last_s = max(float(own.sensor_s[-1]) for own in arrivals)
    lines = _lines(arrivals, bounds, first_s, last_s)
    sensor_s, offset_s = _knots(lines)
    host_s = sensor_s + offset_s
    latency_s = [own.arrival_s - _along(sensor_s, host_s, own.sensor_s) for own in arrivals]
    interval_s = bounds.usual_interval_s
    error_s = max(line.standard_error_s for line in lines)
    if interval_s is not None and not bounds.two_sided:
        # All packets waited equally long, and anything up to an interval.
        error_s = math.hypot(error_s, interval_s / math.sqrt(12.0))
    return ClockFit(
        sensor_s,
        host_s,
        latency_p95_s=float(np.percentile(np.concatenate(latency_s), 95.0)),
        standard_error_s=error_s,
        interval_s=interval_s,
    )


def _lines(
    arrivals: Sequence[ClockArrivals], bounds: ClockBounds, first_s: float, last_s: float
) -> list[OffsetLine]:
    """Lines of spans that overlap by half."""
    two_sided = bounds.two_sided
    if two_sided:
        sensor_s, upper_s = bounds.sensor_s, bounds.upper_s
    else:
        soonest = [lowest(own.sensor_s, own.arrival_s) for own in arrivals]
        sensor_s, upper_s = (np.concatenate(parts) for parts in zip(*soonest, strict=True))
    halves = max(2, round(2.0 * (last_s - first_s) / LONGEST_LINE_S))
    edges_s = np.linspace(first_s, last_s, halves + 1).tolist()
    spans = list(zip(edges_s[:-2], edges_s[2:], strict=True))
    # A span that a lost link left nearly empty is bridged between its neighbours, and where all
    # are, one line bridges everything.
    seen = [span for span in spans if _is_seen(sensor_s, *span)]
    lines = []
    for from_s, to_s in seen or [(first_s, last_s)]:
        own = bounds.within(from_s, to_s)
        inside = (sensor_s >= from_s) & (sensor_s <= to_s)
        # A computer can be so busy for a whole span that no grid is seen there.
        if two_sided and own.shows_grid:
            lines.append(band_line(own, from_s, to_s))
        else:
            lines.append(envelope_line(sensor_s[inside], upper_s[inside], from_s, to_s))
    return lines


def _is_seen(sensor_s: FloatArray, from_s: float, to_s: float) -> bool:
    inside_s = sensor_s[(sensor_s >= from_s) & (sensor_s <= to_s)]
    return len(inside_s) > 0 and bool(np.ptp(inside_s) >= (to_s - from_s) / 2)


def _knots(lines: Sequence[OffsetLine]) -> tuple[FloatArray, FloatArray]:
    first, last = lines[0], lines[-1]
    middle_s = [(line.from_s + line.to_s) / 2 for line in lines] if len(lines) > 1 else []
    offset_s = [line.at(when_s) for line, when_s in zip(lines, middle_s, strict=False)]
    # One sample has no length, but a line needs some.
    end_s = last.to_s if last.to_s > first.from_s else first.from_s + 1.0
    sensor_s = np.array([first.from_s, *middle_s, end_s])
    return sensor_s, np.array([first.start_s, *offset_s, last.end_s])


def _along(knots_s: FloatArray, host_s: FloatArray, sensor_s: FloatArray) -> FloatArray:
    piece = np.clip(np.searchsorted(knots_s, sensor_s) - 1, 0, len(knots_s) - 2)
    slope = np.diff(host_s - knots_s) / np.diff(knots_s)
    since_s = sensor_s - knots_s[piece]
    along_s: FloatArray = host_s[piece] + since_s + slope[piece] * since_s
    return along_s
