"""Two sessions in one file: every sensor sits differently from one moment on."""

from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.slips import ROUGHLY
from imu_hip.analysis.stride_views import BLOCK_STRIDES, BlockViews, StrideViews
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.slip import turns_between
from imu_hip.kinematics.windows import moving_mean, runs
from imu_hip.recording.cutting import part_of
from imu_hip.recording.recording import Recording, SensorStream
from imu_hip.recording.timeline import Timeline

REMOUNTED_DEG = 20.0
REMOUNTED_PART = 0.7
"""Strapped on anew by chance, nearly all sensors sit some 100° otherwise. A person who comes to
step with the toes out by 20° turns the thighs' sensors, over soft tissue, by half of that."""

AFTER_PAUSE_DEG = 10.0
AFTER_PAUSE_PART = 0.51
"""People who strap sensors on by habit hit the same place within some 20°. Where all sensors were
silent before, this much in most of them is enough; views of sensors that hold turn by 6°."""

EXPLAINED = 0.6
"""Part of the change that the turn explains. From walking to running it stays below."""

PAUSE_S = 1.0
"""Radio that fails for a moment is no pause."""

SHARPNESS_S = 0.3
JUMP_BIN_S = 0.05
"""A seam is a jump in all sensors within this time, sharp against what is around it."""


@dataclass(frozen=True, slots=True)
class Seam:
    """Where one session ends and the next begins."""

    end_s: float
    start_s: float


def find_seam(timeline: Timeline, strides: StrideViews) -> Seam | None:
    """The strides between which most sensors come to sit differently, None where there are none.

    The result reaches from the last stride that is surely of the first session to the first one
    of the second; `longer_part` looks for the moment in between.
    """
    if not strides.seen:
        return None
    turned_deg = np.array([_turned_deg(own) for own in strides.seen.values()])
    anew = np.mean(turned_deg > REMOUNTED_DEG, axis=0)
    shifted = np.mean(turned_deg > AFTER_PAUSE_DEG, axis=0)
    seams = [_between_strides(timeline, strides, block) for block in range(strides.blocks)]
    is_seam = np.array(
        [
            anew[block] >= REMOUNTED_PART
            or (shifted[block] >= AFTER_PAUSE_PART and _all_silent(timeline, seams[block]))
            for block in range(strides.blocks)
        ]
    )
    if not is_seam.any():
        return None
    surest = np.where(is_seam, turned_deg.sum(axis=0), 0.0)
    return seams[int(np.argmax(surest))]


def _turned_deg(own: BlockViews) -> FloatArray:
    """How far a sensor's view turns about each block, 0 where that explains too little."""
    turned_deg = np.zeros(len(own.blocks))
    likely = np.flatnonzero(own.roughly_deg > ROUGHLY * AFTER_PAUSE_DEG)
    turns = turns_between(own.before[likely], own.after[likely])
    turned_deg[likely] = np.where(turns.explained > EXPLAINED, turns.angle_deg, 0.0)
    return turned_deg


def _between_strides(timeline: Timeline, strides: StrideViews, block: int) -> Seam:
    # The seam may lie in the block or just beside it.
    first = max(block * BLOCK_STRIDES - 1, 0)
    last = min((block + 1) * BLOCK_STRIDES, len(strides.end) - 1)
    at = np.rint([strides.strike[first], strides.end[last]]).astype(np.intp)
    at = np.minimum(at, len(timeline.time_s) - 1)
    return Seam(float(timeline.time_s[at[0]]), float(timeline.time_s[at[1]]))


def _all_silent(timeline: Timeline, seam: Seam) -> bool:
    inside = timeline.span(seam.end_s, seam.start_s)
    silent = np.ones(inside.stop - inside.start, dtype=np.bool_)
    for q in timeline.q_earth_sensor.values():
        silent &= np.isnan(q[inside, 0])
    longest = max((end - start for start, end in runs(silent)), default=0)
    return longest >= PAUSE_S * timeline.sampling_rate_hz


def longer_part(recording: Recording, seam: Seam) -> tuple[Recording, str]:
    """The longer of the two sessions, and what to say of it."""
    cut = _common_pause(recording, seam) or _common_jump(recording, seam)
    start_s, end_s = recording.start_s, recording.end_s
    first_is_longer = cut.end_s - start_s >= end_s - cut.start_s
    words = "first" if first_is_longer else "second"
    begin_s, stop_s = (start_s, cut.end_s) if first_is_longer else (cut.start_s, end_s)
    told = (
        f"All sensors sit differently after {cut.end_s:.1f} s, as if two sessions were in one "
        f"file. Only the {words} one, from {begin_s:.1f} to {stop_s:.1f} s, is measured; to "
        "measure the other, remove this one from a copy of the file."
    )
    return part_of(recording, begin_s, stop_s), told


def _common_pause(recording: Recording, seam: Seam) -> Seam | None:
    """The longest time within which no sensor measured anything."""
    pauses = [(seam.end_s, seam.start_s)]
    for stream in recording.streams.values():
        pauses = [
            (max(start_s, gap.start_s), min(end_s, gap.end_s))
            for start_s, end_s in pauses
            for gap in stream.gaps()
            if min(end_s, gap.end_s) - max(start_s, gap.start_s) > JUMP_BIN_S
        ]
    return Seam(*max(pauses, key=lambda pause: pause[1] - pause[0])) if pauses else None


def _common_jump(recording: Recording, seam: Seam) -> Seam:
    """The moment at which all sensors jump at once from one sample to the next."""
    bins = max(int((seam.start_s - seam.end_s) / JUMP_BIN_S), 1)
    edges_s = np.linspace(seam.end_s, seam.start_s, bins + 1)
    jump = np.zeros(bins)
    for stream in recording.streams.values():
        inside = (stream.time_s >= seam.end_s) & (stream.time_s <= seam.start_s)
        sharp = _sharpness(stream, inside)
        where = np.searchsorted(edges_s, stream.time_s[inside][1:], side="right") - 1
        highest = np.zeros(bins)
        np.maximum.at(highest, np.clip(where, 0, bins - 1), sharp)
        jump += np.log(np.maximum(highest, 1.0))
    cut_s = float(edges_s[np.argmax(jump)])
    first = next(iter(recording.streams.values())).time_s
    near_s = first[(first > cut_s) & (first <= cut_s + JUMP_BIN_S)]
    return Seam(cut_s, float(near_s[-1]) if len(near_s) else cut_s)


def _sharpness(stream: SensorStream, inside: BoolArray) -> FloatArray:
    """Step from each sample to the next, as a multiple of the steps around it."""
    values = stream.q_earth_sensor if stream.acc_mps2 is None else stream.acc_mps2
    if values is None or inside.sum() < 2:
        return np.zeros(max(int(inside.sum()) - 1, 0))
    step = np.sqrt(np.sum(np.diff(values[inside], axis=0) ** 2, axis=1))
    around = round(SHARPNESS_S * stream.sampling_rate_hz)
    usual = moving_mean(step, around, around) - step / (2 * around + 1)
    sharp: FloatArray = step / np.maximum(usual, 1e-9)
    return sharp
