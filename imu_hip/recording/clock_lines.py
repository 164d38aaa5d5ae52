"""One line of offset between two clocks, from bounds on it."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.recording.clock_bounds import WIDEST_BAND, ClockBounds

LARGEST_DRIFT = 200e-6
"""Crystals stay within 50 ppm; the rest is for resonators and temperature."""

USUAL_DRIFT = 50e-6
"""Standard deviation of a drift before anything was measured; Bluetooth itself asks for 50 ppm
of an active clock (Bluetooth Core 5.4, vol. 6, B, 4.2.1)."""

SHORTEST_DRIFT_S = 10.0
"""Shorter spans show no drift: 40 ppm of 10 s are 0.4 ms, less than one wait."""

SOFTNESS_S = 0.0002
"""A line that goes beyond the bound of one block by this is less likely by a factor of e: about
the jitter of the host and the wander of the clocks."""

CELLS = 21
ENVELOPE_STEPS = 10
BAND_STEPS = 5


@dataclass(frozen=True, slots=True)
class OffsetLine:
    """Host time minus sensor time at both ends of `[from_s, to_s]`, times by the sensor."""

    from_s: float
    to_s: float
    start_s: float
    end_s: float
    standard_error_s: float

    @property
    def slope(self) -> float:
        """Rate of the host's clock against the sensor's, less one."""
        length_s = self.to_s - self.from_s
        return (self.end_s - self.start_s) / length_s if length_s > 0.0 else 0.0

    def at(self, sensor_s: float) -> float:
        """Offset at a sensor time, which may lie beyond the ends."""
        return self.start_s + self.slope * (sensor_s - self.from_s)


def envelope_line(
    sensor_s: FloatArray, upper_s: FloatArray, from_s: float, to_s: float
) -> OffsetLine:
    """The line under all bounds that is highest in their middle: an edge of their convex hull.

    Its standard error is the median height of the bounds over it.
    """
    middle_s = float(sensor_s.mean())
    after_s = sensor_s - middle_s
    base_s = float(upper_s.min())
    above_s = upper_s - base_s
    # One bound alone is met by lines of any slope.
    steepest = _largest_slope(from_s, to_s) if len(sensor_s) > 1 else 0.0
    low, high = -steepest, steepest
    # The height is concave in the slope, so that the best slope lies beside the best cell.
    for _ in range(ENVELOPE_STEPS):
        slopes = np.linspace(low, high, CELLS)
        heights = (above_s - slopes[:, None] * after_s).min(axis=1)
        best = int(np.argmax(heights))
        low, high = slopes[max(best - 1, 0)], slopes[min(best + 1, CELLS - 1)]
    slope, height_s = float(slopes[best]), base_s + float(heights[best])
    excess_s = upper_s - height_s - slope * after_s
    return OffsetLine(
        from_s,
        to_s,
        height_s + slope * (from_s - middle_s),
        height_s + slope * (to_s - middle_s),
        float(np.median(excess_s)),
    )


def band_line(bounds: ClockBounds, from_s: float, to_s: float) -> OffsetLine:
    """The mean of all lines between the bounds, weighted by how well they keep them.

    Every line between the bounds explains the arrivals equally well, so that their mean has the
    least expected error and their spread is its standard error.
    """
    envelope = envelope_line(bounds.sensor_s, bounds.upper_s, from_s, to_s)
    widest_s = WIDEST_BAND * np.nanmedian(bounds.interval_s)
    lower_s = np.where(np.isnan(bounds.lower_s), bounds.upper_s - widest_s, bounds.lower_s)
    part = (bounds.sensor_s - from_s) / max(to_s - from_s, 1e-9)
    usual_s = USUAL_DRIFT * max(to_s - from_s, SHORTEST_DRIFT_S)
    largest_s = _largest_slope(from_s, to_s) * (to_s - from_s)
    start_s, end_s = envelope.start_s, envelope.end_s
    reach_s = 2 * float(np.median(bounds.upper_s - lower_s)) + 0.001
    start_reach_s = end_reach_s = reach_s
    # Each step looks closer at where the weight is.
    for _ in range(BAND_STEPS):
        starts_s = start_s + start_reach_s * np.linspace(-1.0, 1.0, CELLS)
        ends_s = end_s + end_reach_s * np.linspace(-1.0, 1.0, CELLS)
        lines_s = starts_s[:, None, None] * (1.0 - part) + ends_s[:, None] * part
        beyond_s = np.maximum(lines_s - bounds.upper_s, 0.0) + np.maximum(lower_s - lines_s, 0.0)
        change_s = np.abs(ends_s - starts_s[:, None])
        steep_s = np.maximum(change_s - largest_s, 0.0)
        cost = (beyond_s.sum(axis=2) + len(part) * steep_s) / SOFTNESS_S
        cost += (change_s / usual_s) ** 2 / 2.0
        weight = np.exp(cost.min() - cost)
        weight /= weight.sum()
        start_s, start_error_s = _moments(starts_s, weight.sum(axis=1))
        end_s, end_error_s = _moments(ends_s, weight.sum(axis=0))
        start_reach_s = max(4.0 * start_error_s, 2.0 * start_reach_s / CELLS)
        end_reach_s = max(4.0 * end_error_s, 2.0 * end_reach_s / CELLS)
    error_s = np.hypot(start_error_s, end_error_s) / np.sqrt(2.0)
    return OffsetLine(from_s, to_s, start_s, end_s, float(error_s))


def _largest_slope(from_s: float, to_s: float) -> float:
    return LARGEST_DRIFT if to_s - from_s >= SHORTEST_DRIFT_S else 0.0


def _moments(values: FloatArray, weight: FloatArray) -> tuple[float, float]:
    mean = float(weight @ values)
    return mean, float(np.sqrt(weight @ (values - mean) ** 2))
