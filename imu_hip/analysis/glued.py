"""Two sessions in one file: every sensor sits differently from one moment on."""

from dataclasses import dataclass, replace

import numpy as np

from imu_hip.analysis.slips import seen_by
from imu_hip.analysis.stride_views import BLOCK_STRIDES, StrideViews
from imu_hip.kinematics.slip import turns_between
from imu_hip.recording.recording import Recording
from imu_hip.recording.timeline import Timeline

REMOUNTED_DEG = 30.0
REMOUNTED_EXPLAINED = 0.6
REMOUNTED_PART = 0.7
"""Strapped on anew, sensors sit some 100° otherwise, and the turn explains most of what changed.
Walking that becomes running changes all views, too, but no turn explains more than half of that."""

LONG_PAUSE_S = 3.0


@dataclass(frozen=True, slots=True)
class Seam:
    """Where one session ends and the next begins."""

    end_s: float
    start_s: float


def find_seam(timeline: Timeline, strides: StrideViews) -> Seam | None:
    """The moment at which nearly all sensors sit differently, None where there is none."""
    if strides.blocks < 3:
        return None
    seen = [seen_by(strides, segment) for segment in strides.views]
    votes = np.zeros(strides.blocks)
    for own in seen:
        known = np.flatnonzero(np.isfinite(own.before[:, 0, 0] + own.after[:, 0, 0]))
        turns = turns_between(own.before[known], own.after[known])
        remounted = (turns.angle_deg > REMOUNTED_DEG) & (turns.explained > REMOUNTED_EXPLAINED)
        votes[known] += remounted
    if votes.max() < REMOUNTED_PART * len(seen):
        return None
    most = np.flatnonzero(votes == votes.max())
    block = int(most[len(most) // 2])
    first = max((block - 1) * BLOCK_STRIDES, 0)
    last = min((block + 2) * BLOCK_STRIDES, len(strides.strike) - 1)
    pauses = strides.strike[first + 1 : last + 1] - strides.end[first:last]
    longest = first + int(np.argmax(pauses))
    pause = float(strides.strike[longest + 1] - strides.end[longest])
    if pause > LONG_PAUSE_S * timeline.sampling_rate_hz:
        # The pause also holds the standing that calibrates the second session.
        at = strides.end[longest] + pause / 3.0
        ends = np.array((at, at))
    else:
        ends = np.array((strides.strike[first], strides.end[last]))
    index = np.minimum(np.rint(ends).astype(np.intp), len(timeline.time_s) - 1)
    return Seam(float(timeline.time_s[index[0]]), float(timeline.time_s[index[1]]))


def longer_part(recording: Recording, seam: Seam) -> tuple[Recording, str]:
    """The longer of the two sessions, and what to say of it."""
    start_s, end_s = recording.start_s, recording.start_s + recording.duration_s
    first_is_longer = seam.end_s - start_s >= end_s - seam.start_s
    span = (start_s, seam.end_s) if first_is_longer else (seam.start_s, end_s + 1.0)
    words = "first" if first_is_longer else "second"
    told = (
        f"All sensors sit differently after {seam.end_s:.0f} s, as if two sessions were in one "
        f"file. Only the {words} one is measured; cut the file there to measure the other."
    )
    return _between(recording, *span), told


def _between(recording: Recording, start_s: float, end_s: float) -> Recording:
    streams = {}
    for segment, stream in recording.streams.items():
        kept = (stream.time_s >= start_s) & (stream.time_s < end_s)
        channels = {
            name: values[kept]
            for name in ("time_s", "q_earth_sensor", "acc_mps2", "gyr_dps", "mag_au")
            if (values := getattr(stream, name)) is not None
        }
        streams[segment] = replace(stream, **channels)
    markers = tuple(m for m in recording.markers if m.end_s > start_s and m.start_s < end_s)
    return replace(recording, streams=streams, markers=markers)
