"""Strides of walking and running from the shin's swing."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.heading import ComplexArray
from imu_hip.kinematics.quaternion import BoolArray, FloatArray, IntArray
from imu_hip.kinematics.windows import low_pass

SHORTEST_STRIDE_S = 0.4
LONGEST_STRIDE_S = 2.0
USUAL_FROM = 200


@dataclass(frozen=True, slots=True, eq=False)
class Strides:
    """Strides of one leg as fractional sample positions, shape (m,), and why some are left out.

    Parameters
    ----------
    strike, end
        The foot strike that begins a stride and the next one of the same leg, which ends it.
    toe_off
        In between; NaN where it was not found.
    reason
        Empty where a stride counts.
    """

    strike: FloatArray
    toe_off: FloatArray
    end: FloatArray
    reason: tuple[str, ...]

    @property
    def counted(self) -> BoolArray:
        """Which strides count, shape (m,)."""
        return np.array([not reason for reason in self.reason], dtype=np.bool_)


def find_foot_strikes(shin_pitch_rate_dps: FloatArray, sampling_rate_hz: float) -> IntArray:
    """Sample indices of the foot strikes of one leg.

    The swinging shin turns forward fast; it strikes soon after, where that turn has ended. This
    is the usual rule for shin sensors (A. Salarian et al., IEEE Trans. Biomed. Eng. 51 (2004)
    1434-1443): the first zero crossing after each mid-swing peak.

    Parameters
    ----------
    shin_pitch_rate_dps
        Angular velocity about the shin's z axis, shape (n,); + swings the foot forward.
    """
    rate = np.nan_to_num(low_pass(shin_pitch_rate_dps, sampling_rate_hz, 0.08))
    fast = float(np.percentile(rate, 97))
    if fast <= 0:
        return np.empty(0, dtype=np.intp)
    inner = rate[1:-1]
    peak = (inner >= rate[:-2]) & (inner > rate[2:]) & (inner > 0.4 * fast)
    peaks = np.flatnonzero(peak) + 1
    peaks = _keep_highest(peaks, rate[peaks], round(SHORTEST_STRIDE_S * sampling_rate_hz))
    crossings = np.flatnonzero((rate[:-1] > 0) & (rate[1:] <= 0)) + 1
    following = np.searchsorted(crossings, peaks)
    return np.unique(crossings[following[following < len(crossings)]])


def _keep_highest(peaks: IntArray, height: FloatArray, apart: int) -> IntArray:
    kept: list[int] = []
    heights: list[float] = []
    for peak, value in zip(peaks.tolist(), height.tolist(), strict=True):
        if kept and peak - kept[-1] < apart:
            if value > heights[-1]:
                kept[-1], heights[-1] = peak, value
            continue
        kept.append(peak)
        heights.append(value)
    return np.array(kept, dtype=np.intp)


def find_strides(
    shin_pitch_rate_dps: FloatArray,
    rotation_deg: FloatArray,
    heading: ComplexArray,
    sampling_rate_hz: float,
    largest_turn_deg: float = 25.0,
) -> Strides:
    """Strides from foot strike to foot strike, each with the reason if it does not count.

    Parameters
    ----------
    shin_pitch_rate_dps, rotation_deg
        Shin swing and femoral rotation, shape (n,), NaN where not measured.
    heading
        Heading of the leg as complex numbers, shape (n,); where its mean over a stride changes
        by more than `largest_turn_deg` from stride to stride, the person turns.
    """
    strikes = find_foot_strikes(shin_pitch_rate_dps, sampling_rate_hz)
    if len(strikes) < 2:
        empty = np.empty(0)
        return Strides(empty, empty, empty, ())
    start, end = strikes[:-1], strikes[1:]
    duration_s = (end - start) / sampling_rate_hz
    usual_s = float(np.median(duration_s[duration_s < LONGEST_STRIDE_S])) if len(start) else 0.0
    missing = np.concatenate(([0], np.cumsum(~np.isfinite(rotation_deg))))
    lost = missing[end] > missing[start]
    turned = _turn_deg(heading, start, end) > largest_turn_deg
    stopped = duration_s > min(1.6 * usual_s, LONGEST_STRIDE_S)
    uneven = np.abs(duration_s - usual_s) > 0.25 * usual_s
    reason = np.select(
        [lost, stopped, turned, uneven],
        ["samples were lost", "a stop", "a turn", "an uneven step"],
        default="",
    )
    reason = _without_outliers(rotation_deg, start, end, reason)
    return Strides(
        start.astype(np.float64),
        np.full(len(start), np.nan),
        end.astype(np.float64),
        tuple(reason.tolist()),
    )


def _turn_deg(heading: ComplexArray, start: IntArray, end: IntArray) -> FloatArray:
    """Change of the mean heading per stride, from the stride before to the one after."""
    total = np.concatenate(([0.0], np.cumsum(heading)))
    if not np.isfinite(total[-1]):
        total = np.concatenate(([0.0], np.cumsum(np.nan_to_num(heading))))
    mean = total[end] - total[start]
    neighbours = np.arange(len(mean))
    before = np.maximum(neighbours - 1, 0)
    after = np.minimum(neighbours + 1, len(mean) - 1)
    change = np.abs(np.angle(mean[after] * np.conj(mean[before])))
    turn: FloatArray = np.rad2deg(change) / np.maximum(after - before, 1)
    return turn


def _without_outliers(
    rotation_deg: FloatArray, start: IntArray, end: IntArray, reason: np.ndarray
) -> np.ndarray:
    use = np.flatnonzero(reason == "")
    if len(use) < 3:
        return reason
    curves = normalised_curves(rotation_deg, start[use], end[use])
    # A few hundred strides tell the usual curve as well as thousands do.
    usual = np.median(curves[:: max(len(curves) // USUAL_FROM, 1)], axis=0)
    away = np.sqrt(np.mean((curves - usual) ** 2, axis=1))
    reason = reason.astype(object)
    reason[use[away > 3.0 * np.median(away)]] = "unlike the other strides"
    return reason


def raw_curves(
    angle_deg: FloatArray, strike: FloatArray | IntArray, end: FloatArray | IntArray
) -> FloatArray:
    """Each stride at 0 to 100 %, shape (m, 101)."""
    percent = np.linspace(0.0, 1.0, 101)
    position = strike[:, None] + (end - strike)[:, None] * percent
    before = np.minimum(position.astype(np.intp), len(angle_deg) - 2)
    fraction = position - before
    curves: FloatArray = (1.0 - fraction) * angle_deg[before] + fraction * angle_deg[before + 1]
    return curves


def normalised_curves(
    angle_deg: FloatArray, strike: FloatArray | IntArray, end: FloatArray | IntArray
) -> FloatArray:
    """Each stride at 0 to 100 % with its own mean removed, shape (m, 101)."""
    curves = raw_curves(angle_deg, strike, end)
    centred: FloatArray = curves - curves.mean(axis=1, keepdims=True)
    return centred
