"""How every sensor sees the strides of a recording, before any calibration."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import BoolArray, FloatArray, IntArray
from imu_hip.kinematics.slip import change, phase_samples, rough_angle_deg, scaled, stride_views
from imu_hip.measures.gait_events import find_foot_strikes
from imu_hip.names import SHIN, Segment, Side
from imu_hip.recording.timeline import Timeline

BLOCK_STRIDES = 5
"""Strides are looked at by blocks of so many, so that a stumble does not stand for a change."""

WINDOW_BLOCKS = 4
"""Twenty strides before are compared with twenty after; one stride differs from the next more than
twenty differ from the next twenty."""

AXIS_S = 10.0
"""The shin's swing is read about an axis that is found anew this often."""

ENOUGH_HZ = 50.0
"""Of sensors that are faster, every second or third sample shows a swing as well."""

ROUGH_UP_TO = 0.25
"""Views that differ by more than this part of themselves may be more than 60° apart."""

STEADY = (0.75, 1.33)
"""Strides this long, against the usual, are looked at; longer ones are stops and missed strikes."""

NEARLY_ALL = 0.9
"""Part of the gait that a shin's strides must cover so that the other shin is not asked."""


@dataclass(frozen=True, slots=True, eq=False)
class BlockViews:
    """How one sensor sees b blocks of strides, scaled views of shape (b, 2 * PHASES, 3).

    Parameters
    ----------
    blocks, measured
        Mean view of each block, and which blocks were measured, shape (b,).
    before, after
        Mean over the blocks before each one and over those after it; NaN where there is none.
    roughly_deg
        About how far the view turns from before to after, shape (b,): infinite where it changes
        too much to tell, 0 where there is nothing to compare.
    usual_deg
        How far it usually turns from one block to the next.
    """

    blocks: FloatArray
    measured: BoolArray
    before: FloatArray
    after: FloatArray
    roughly_deg: FloatArray
    usual_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class StrideViews:
    """Strides of one leg, and how every sensor sees them.

    Parameters
    ----------
    strike, end
        Where strides begin and end, in samples, shape (m,).
    seen
        Views of every sensor by blocks; empty where there are less than three blocks.
    """

    strike: FloatArray
    end: FloatArray
    seen: Mapping[Segment, BlockViews]

    @property
    def blocks(self) -> int:
        """Number of whole blocks."""
        return len(self.strike) // BLOCK_STRIDES


def view_strides(timeline: Timeline, gait: tuple[tuple[int, int], ...]) -> StrideViews:
    """Views of all strides in the half-open sample intervals that are gait.

    The strides are those of the shin that shows them better. They need no calibration, and a slip
    of that shin's sensor does not move them, because its axis is found anew all along.
    """
    strike, end, covered = np.empty(0), np.empty(0), 0.0
    whole = sum(last - first for first, last in gait)
    for side in Side:
        if SHIN[side] not in timeline.gyr_dps or covered >= NEARLY_ALL * whole:
            continue
        own = _strides(timeline.gyr_dps[SHIN[side]], gait, timeline.sampling_rate_hz)
        length = float(np.sum(own[1] - own[0]))
        if length > covered:
            strike, end, covered = *own, length
    if len(strike) < 3 * BLOCK_STRIDES:
        return StrideViews(strike, end, {})
    at = phase_samples(strike, end)
    seen = {
        segment: _by_blocks(stride_views(q, timeline.gyr_dps[segment], at))
        for segment, q in timeline.q_earth_sensor.items()
    }
    return StrideViews(strike, end, seen)


def _by_blocks(views: FloatArray) -> BlockViews:
    b = len(views) // BLOCK_STRIDES
    by_block = views[: b * BLOCK_STRIDES].reshape(b, BLOCK_STRIDES, *views.shape[1:])
    known = np.isfinite(by_block[:, :, 0, 0])
    number = known.sum(axis=1)
    measured = number >= BLOCK_STRIDES // 2
    if not known.all():
        by_block = np.where(known[:, :, None, None], by_block, 0.0)
    blocks = by_block.sum(axis=1) / np.maximum(number, 1)[:, None, None]
    blocks[~measured] = 1.0
    blocks = scaled(blocks)
    blocks[~measured] = 0.0
    total = np.zeros((b + 1, *blocks.shape[1:]))
    np.cumsum(blocks, axis=0, out=total[1:])
    held = np.concatenate(([0], np.cumsum(measured)))
    at = np.arange(b)
    before = _mean(total, held, np.maximum(at - WINDOW_BLOCKS, 0), at)
    after = _mean(total, held, at + 1, np.minimum(at + 1 + WINDOW_BLOCKS, b))
    neighbours = measured[1:] & measured[:-1]
    steps_deg = rough_angle_deg(blocks[:-1][neighbours], blocks[1:][neighbours])
    return BlockViews(
        blocks,
        measured,
        before,
        after,
        roughly_deg=_roughly_deg(before, after),
        usual_deg=float(np.median(steps_deg)) if len(steps_deg) else np.inf,
    )


def _roughly_deg(before: FloatArray, after: FloatArray) -> FloatArray:
    roughly_deg = np.zeros(len(before))
    known = np.isfinite(before[:, 0, 0] + after[:, 0, 0])
    angle_deg = rough_angle_deg(before[known], after[known])
    much = change(before[known], after[known]) > ROUGH_UP_TO * np.sum(before[known] ** 2, (1, 2))
    roughly_deg[known] = np.where(much, np.inf, angle_deg)
    return roughly_deg


def _mean(total: FloatArray, held: IntArray, first: IntArray, last: IntArray) -> FloatArray:
    """Means over blocks `[first, last)` from cumulated views and numbers of measured blocks."""
    count = (held[last] - held[first])[:, None, None]
    mean: FloatArray = (total[last] - total[first]) / np.where(count > 0, count, np.nan)
    return mean


def _strides(
    gyr_dps: FloatArray, gait: tuple[tuple[int, int], ...], sampling_rate_hz: float
) -> tuple[FloatArray, FloatArray]:
    step = max(round(sampling_rate_hz / ENOUGH_HZ), 1)
    starts, ends = [np.empty(0)], [np.empty(0)]
    for first, last in gait:
        swing_dps = _swing_dps(gyr_dps[first:last:step], sampling_rate_hz / step)
        strike = first + step * find_foot_strikes(swing_dps, sampling_rate_hz / step)[0]
        length = np.diff(strike)
        usual = np.median(length) if len(length) else 0.0
        steady = (length > STEADY[0] * usual) & (length < STEADY[1] * usual)
        starts.append(strike[:-1][steady])
        ends.append(strike[1:][steady])
    return np.concatenate(starts), np.concatenate(ends)


def _swing_dps(gyr_dps: FloatArray, sampling_rate_hz: float) -> FloatArray:
    """Speed of a shin about the axis that it turns about most, shape (n,); + swings forward."""
    n = len(gyr_dps)
    parts = max(int(n / (AXIS_S * sampling_rate_hz)), 1)
    each = n // parts
    missing = np.isnan(gyr_dps[:, 0])
    known = np.nan_to_num(gyr_dps) if missing.any() else gyr_dps
    by_part = known[: parts * each].reshape(parts, each, 3)
    _, directions = np.linalg.eigh(np.swapaxes(by_part, 1, 2) @ by_part)
    axes = directions[:, :, 2]
    away = (by_part @ axes[:, :, None])[..., 0]
    away -= away.mean(axis=1, keepdims=True)
    # A shin swings forward faster, and for a shorter time, than it swings back.
    axes = np.where(np.sum(away * away * away, axis=1)[:, None] < 0.0, -axes, axes)
    swing_dps = np.empty(n)
    swing_dps[: parts * each] = (by_part @ axes[:, :, None])[..., 0].ravel()
    swing_dps[parts * each :] = known[parts * each :] @ axes[-1]
    swing_dps[missing] = np.nan
    return swing_dps
