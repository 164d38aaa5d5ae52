"""What is read off the rotation through a stride: excursions, phases and the times of peaks."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, IntArray

POINTS = 101
"""From foot strike to the next foot strike of the same leg in steps of 1 % of the stride."""

PEAK_WITHIN_PERCENT = 25
"""A stride's peak is looked for this near the peak of the mean curve. Femoral rotation has up to
two humps in a stride, so half a stride holds one of them."""

EXCURSION_ERROR_DEG = 1.4
"""Standard error of one leg's mean excursion where quiet standing gave its long axes. The one
runner with optical reference fits: his legs' difference came out 3.3° off, the smallest difference
that this error can tell is 3.9°, and that of optical capture itself is below 3.7° (B. Noehren et
al., J. Orthop. Sports Phys. Ther. 44 (2014) 217-222)."""

UNCALIBRATED_EXCURSION_ERROR_DEG = 3.2
"""The same where gait alone had to calibrate: the one walker's difference came out 4.9° off."""

PHASE_ERROR_DEG = 1.4
"""Standard error of one leg's mean curve at one phase, as far as the legs do not share it: the
difference curves of runner and walker are 1.7 and 1.3° RMS off optical capture, 1.1° a leg."""

TIMING_MDC_PERCENT = 10.0
"""Smallest difference in the time of a peak that can be told, in percent of the stride. Against
optical capture four such differences were 0.3, 5.6, 9.1 and, for a peak with a rival, 28 % off."""


class GaitQuantity(StrEnum):
    """A quantity of the rotation through the stride; phases are relative to the stride's mean.

    The variability is the RMS distance of a stride's curve from the mean curve.
    """

    CYCLE_EXCURSION = "cycle_excursion"
    STANCE_EXCURSION = "stance_excursion"
    SWING_EXCURSION = "swing_excursion"
    AT_FOOT_STRIKE = "at_foot_strike"
    AT_MID_STANCE = "at_mid_stance"
    AT_TOE_OFF = "at_toe_off"
    AT_MID_SWING = "at_mid_swing"
    PEAK_INTERNAL_AT = "peak_internal_at"
    PEAK_EXTERNAL_AT = "peak_external_at"
    VARIABILITY = "variability"

    @property
    def timing(self) -> bool:
        """Whether it is a time within the stride, which starts again after 100 %."""
        return self in {GaitQuantity.PEAK_INTERNAL_AT, GaitQuantity.PEAK_EXTERNAL_AT}

    @property
    def excursion(self) -> bool:
        """Whether it is a range of angles, not an angle or a time."""
        return self.value.endswith("_excursion")

    @property
    def unit(self) -> str:
        """The unit as a person reads it."""
        return "% of the stride" if self.timing else "°"

    @property
    def column(self) -> str:
        """The quantity with its unit, as a column name."""
        return f"{self.value}_percent" if self.timing else f"{self.value}_deg"


@dataclass(frozen=True, slots=True)
class PeakPlaces:
    """Where the peaks of the mean curve lie, in whole percent of the stride, 0 to 99."""

    internal: int
    external: int


def peak_places(curve_deg: FloatArray) -> PeakPlaces:
    """Places of the innermost and the outermost point of one curve, shape (101,)."""
    return PeakPlaces(int(np.argmax(curve_deg[:-1])), int(np.argmin(curve_deg[:-1])))


def read_quantities(
    curves_deg: FloatArray, toe_off_percent: FloatArray, places: PeakPlaces
) -> dict[GaitQuantity, FloatArray]:
    """Every quantity but the variability, which no single curve has; shape (k,) each.

    The curves may be those of single strides or means of many.

    Parameters
    ----------
    curves_deg
        Shape (k, 101), each stride's mean removed.
    toe_off_percent
        Shape (k,); where NaN, what depends on the toe-off is NaN.
    places
        Near which the peaks are looked for, the same for all curves.
    """
    toe_off = np.clip(toe_off_percent, 1.0, POINTS - 2.0)
    at_toe_off = _at(curves_deg, toe_off)
    high, low = _extremes(curves_deg, toe_off)
    # Stance and swing meet at toe-off, between two points of the curve.
    ranges = np.maximum(high, at_toe_off[:, None]) - np.minimum(low, at_toe_off[:, None])
    return {
        GaitQuantity.CYCLE_EXCURSION: high.max(axis=1) - low.min(axis=1),
        GaitQuantity.STANCE_EXCURSION: ranges[:, 0],
        GaitQuantity.SWING_EXCURSION: ranges[:, 1],
        GaitQuantity.AT_FOOT_STRIKE: curves_deg[:, 0].copy(),
        GaitQuantity.AT_MID_STANCE: _at(curves_deg, 0.5 * toe_off),
        GaitQuantity.AT_TOE_OFF: at_toe_off,
        GaitQuantity.AT_MID_SWING: _at(curves_deg, 0.5 * (toe_off + 100.0)),
        GaitQuantity.PEAK_INTERNAL_AT: _peak_at(curves_deg, places.internal),
        GaitQuantity.PEAK_EXTERNAL_AT: _peak_at(-curves_deg, places.external),
    }


def less(quantity: GaitQuantity, values: FloatArray, reference: FloatArray) -> FloatArray:
    """Values minus a reference; times the short way round, -50 to 50 % of the stride."""
    difference: FloatArray = values - reference
    return (difference + 50.0) % 100.0 - 50.0 if quantity.timing else difference


def _at(curves_deg: FloatArray, percent: FloatArray) -> FloatArray:
    known = np.isfinite(percent)
    place = np.where(known, percent, 0.0)
    before = place.astype(np.intp)
    row = np.arange(len(curves_deg))
    fraction = place - before
    value = (1.0 - fraction) * curves_deg[row, before] + fraction * curves_deg[row, before + 1]
    return np.where(known, value, np.nan)


def _extremes(curves_deg: FloatArray, toe_off_percent: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Highest and lowest point of stance and swing, shape (k, 2) each."""
    toe_off = np.where(np.isfinite(toe_off_percent), toe_off_percent, 50.0).astype(np.intp)
    first = POINTS * np.arange(len(curves_deg))
    edges: IntArray = np.stack((first, first + toe_off + 1), axis=1).ravel()
    flat = np.ascontiguousarray(curves_deg).ravel()
    high: FloatArray = np.maximum.reduceat(flat, edges).reshape(-1, 2)
    low: FloatArray = np.minimum.reduceat(flat, edges).reshape(-1, 2)
    return high, low


def _peak_at(curves_deg: FloatArray, place: int) -> FloatArray:
    """Time of the highest point near a place, 0 to 100 %, between the points by a parabola."""
    window = np.arange(place - PEAK_WITHIN_PERCENT - 1, place + PEAK_WITHIN_PERCENT + 2)
    # Point 100 is the foot strike again and stands for point 0 of the next stride.
    near = curves_deg[:, window % (POINTS - 1)]
    top = np.argmax(near[:, 1:-1], axis=1) + 1
    row = np.arange(len(near))
    before, at, after = near[row, top - 1], near[row, top], near[row, top + 1]
    bend = 2.0 * at - before - after
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend > 0.0, 0.5 * (after - before) / bend, 0.0)
    peak: FloatArray = (window[top] + np.clip(shift, -0.5, 0.5)) % 100.0
    return peak
