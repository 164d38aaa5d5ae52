"""Foot strikes and toe-offs of one leg, from how its shin and thigh turn.

Only angular velocity about the knee's axis is used, so sensors that report orientation alone are
enough. Every event is a zero crossing or an extremum, found between samples, plus a constant that
is one for all people: for walkers on force plates and for the mean of 46 runners alike.
"""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import BoolArray, FloatArray, IntArray
from imu_hip.kinematics.windows import bridged, low_pass, moving_mean, peaks
from imu_hip.measures.gait_shape import integral, running_strides, stride_angles_deg

SHORTEST_STRIDE_S = 0.4
LONGEST_STRIDE_S = 2.5
"""From a sprint to walking at 0.3 m/s."""

SMOOTHING_S = 0.08
"""Triangle over the angular velocities: passes the 6 Hz of a stride, stops most of the impact."""

SLOWEST_SWING_DPS = 60.0
"""A shin that swings forward more slowly makes no step; very slow walking reaches 120 °/s."""

SWING_OVER_RMS = 0.7
AROUND_S = 1.5
"""A swing is fast against the RMS of the shin's speed this long before and after: about twice as
fast, once at a weak first step, while the rebound after a foot strike makes a third."""

STRIKE_AFTER = 0.033
"""Part of the stride from the end of the shin's forward swing to the foot strike: 0.02 to 0.036 in
six legs that walked on force plates, 0.033 in the mean curves of 46 runners."""

WALKERS_TOE_OFF_AFTER_S = 0.033
"""From the fastest knee flexion to toe-off in walking: 0.02 to 0.045 s in the same six legs."""

RUNNERS_TOE_OFF_BEFORE = 0.016
"""Part of the stride from toe-off to the straightest knee in running, in the 46 runners' mean."""

WALKERS_TOE_OFF_BETWEEN = (0.45, 0.78)
RUNNERS_TOE_OFF_BETWEEN = (0.2, 0.55)
"""Where the extremum is sought, as parts of the stride; wider than any stance in life."""

SEEN_S = 0.04
"""An extremum is not seen where samples are missing as near as the smoothing reaches."""


@dataclass(frozen=True, slots=True, eq=False)
class GaitEvents:
    """Events of one leg as fractional sample positions, increasing.

    Parameters
    ----------
    foot_strike
        Shape (k,).
    toe_off
        After each foot strike but the last, shape (k - 1,); NaN where it was not seen.
    runs
        Whether the stride after each foot strike but the last is running, shape (k - 1,).
    swing_dps
        How fast the shin swung forward before each foot strike, shape (k,).
    """

    foot_strike: FloatArray
    toe_off: FloatArray
    runs: BoolArray
    swing_dps: FloatArray


def find_gait_events(
    shin_pitch_rate_dps: FloatArray, thigh_pitch_rate_dps: FloatArray, sampling_rate_hz: float
) -> GaitEvents:
    """Foot strikes and toe-offs of one leg.

    The shin swings forward fast and strikes just after that has ended (A. Salarian et al., IEEE
    Trans. Biomed. Eng. 51 (2004) 1434-1443). A walker's toe leaves the ground while the knee
    bends fastest; a runner's as the knee is straightest (J. B. Dingwell et al., J. Biomech. Eng.
    123 (2001) 27-32; R. E. Fellin et al., J. Sci. Med. Sport 13 (2010) 646-650).

    Parameters
    ----------
    shin_pitch_rate_dps, thigh_pitch_rate_dps
        Angular velocity about the segment's z axis, shape (n,); + swings the foot or the knee
        forward; NaN where not measured. An event that falls into a hole is not found.
    """
    strike, swing_dps = find_foot_strikes(shin_pitch_rate_dps, sampling_rate_hz)
    if len(strike) < 2:
        return GaitEvents(strike, np.empty(0), np.empty(0, dtype=np.bool_), swing_dps)
    knee_dps = thigh_pitch_rate_dps - shin_pitch_rate_dps
    filled = _filled(knee_dps)
    start, end = strike[:-1], strike[1:]
    knee_deg = stride_angles_deg(filled, start, end, sampling_rate_hz)
    runs = running_strides(knee_deg, end - start)
    toe_off = _toe_off(filled, start, end, runs, sampling_rate_hz)
    toe_off[~_seen(knee_dps, toe_off, SEEN_S * sampling_rate_hz)] = np.nan
    return GaitEvents(strike, toe_off, runs, swing_dps)


def find_foot_strikes(
    shin_pitch_rate_dps: FloatArray, sampling_rate_hz: float
) -> tuple[FloatArray, FloatArray]:
    """Foot strikes as fractional positions, and how fast the shin swung before, shapes (k,)."""
    if len(shin_pitch_rate_dps) < 3:
        return np.empty(0), np.empty(0)
    rate = low_pass(_filled(shin_pitch_rate_dps), sampling_rate_hz, SMOOTHING_S)
    around = round(AROUND_S * sampling_rate_hz)
    usual = np.sqrt(moving_mean(rate * rate, around, around))
    swings = peaks(rate)
    fast = np.maximum(SLOWEST_SWING_DPS, SWING_OVER_RMS * usual[swings])
    swings = swings[rate[swings] > fast]
    swings = _keep_highest(swings, rate[swings], SHORTEST_STRIDE_S * sampling_rate_hz)
    before = np.flatnonzero((rate[:-1] > 0) & (rate[1:] <= 0))
    crossing = before + rate[before] / (rate[before] - rate[before + 1])
    following = np.searchsorted(crossing, swings)
    ended = following < len(crossing)
    following, first = np.unique(following[ended], return_index=True)
    crossing, swing_dps = crossing[following], rate[swings[ended][first]]
    seen = _seen(shin_pitch_rate_dps, crossing, 0.0)
    crossing, swing_dps = crossing[seen], swing_dps[seen]
    strike = crossing + STRIKE_AFTER * _stride_around(crossing, sampling_rate_hz)
    inside = strike <= len(rate) - 1
    return strike[inside], swing_dps[inside]


def _stride_around(crossing: FloatArray, sampling_rate_hz: float) -> FloatArray:
    """Length of the shorter of the strides before and after each position, in samples."""
    shortest, longest = SHORTEST_STRIDE_S * sampling_rate_hz, LONGEST_STRIDE_S * sampling_rate_hz
    between = np.concatenate(([longest], np.diff(crossing), [longest]))
    around: FloatArray = np.clip(np.minimum(between[:-1], between[1:]), shortest, longest)
    return around


def _keep_highest(places: IntArray, height: FloatArray, apart: float) -> IntArray:
    kept: list[int] = []
    heights: list[float] = []
    for place, value in zip(places.tolist(), height.tolist(), strict=True):
        if kept and place - kept[-1] < apart:
            if value > heights[-1]:
                kept[-1], heights[-1] = place, value
            continue
        kept.append(place)
        heights.append(value)
    return np.array(kept, dtype=np.intp)


def _toe_off(
    knee_dps: FloatArray,
    start: FloatArray,
    end: FloatArray,
    runs: BoolArray,
    sampling_rate_hz: float,
) -> FloatArray:
    knee_dps = low_pass(knee_dps, sampling_rate_hz, SMOOTHING_S)
    toe_off = np.full(len(start), np.nan)
    stride = end - start
    walks = ~runs
    knee_deg = integral(knee_dps)
    straightest = _highest_at(-knee_deg, start[runs], stride[runs], RUNNERS_TOE_OFF_BETWEEN)
    fastest = _highest_at(knee_dps, start[walks], stride[walks], WALKERS_TOE_OFF_BETWEEN)
    toe_off[runs] = straightest - RUNNERS_TOE_OFF_BEFORE * stride[runs]
    toe_off[walks] = fastest + WALKERS_TOE_OFF_AFTER_S * sampling_rate_hz
    return toe_off


def _highest_at(
    values: FloatArray, start: FloatArray, stride: FloatArray, between: tuple[float, float]
) -> FloatArray:
    """Position of the maximum in a part of each stride; NaN where it lies at the part's edge."""
    if not len(start):
        return np.empty(0)
    part = np.arange(between[0], between[1], 0.01)
    position = start[:, None] + stride[:, None] * part
    seen = np.interp(position, np.arange(len(values), dtype=np.float64), values)
    at = seen.argmax(axis=1)
    inner = np.clip(at, 1, len(part) - 2)
    rows = np.arange(len(start))
    low, top, high = (seen[rows, inner + step] for step in (-1, 0, 1))
    # The vertex of the parabola through the three highest points lies between samples.
    curvature = np.minimum(low - 2.0 * top + high, -1e-12)
    vertex = np.clip(0.5 * (low - high) / curvature, -0.5, 0.5)
    highest: FloatArray = start + stride * (part[inner] + 0.01 * vertex)
    highest[at != inner] = np.nan
    return highest


def _filled(rate_dps: FloatArray) -> FloatArray:
    """Holes bridged, so that windows and sums go on; zero if all is missing."""
    return np.nan_to_num(bridged(rate_dps), copy=False)


def _seen(rate_dps: FloatArray, position: FloatArray, reach: float) -> BoolArray:
    """Whether all samples about each position, as far as `reach`, were measured, shape (k,)."""
    known = np.isfinite(position)
    if np.isfinite(np.sum(rate_dps)):
        return known
    missing = np.concatenate(([0], np.cumsum(~np.isfinite(rate_dps))))
    at = np.where(known, position, 0.0)
    first = np.clip(np.floor(at - reach).astype(np.intp), 0, len(rate_dps))
    last = np.clip(np.ceil(at + reach).astype(np.intp) + 1, 0, len(rate_dps))
    seen: BoolArray = known & (missing[last] == missing[first])
    return seen
