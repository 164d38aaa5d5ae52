"""From streams on their own clocks and rates to orientations on one time grid."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.orientation import (
    FILTERED_GAP_S,
    SHORTEST_PIECE_S,
    angular_velocity_dps,
    orient_offline,
)
from imu_hip.kinematics.quaternion import BoolArray, FloatArray, interpolate_at
from imu_hip.names import Segment
from imu_hip.recording.recording import GAP_PERIODS, Gap, Recording, SensorStream

SHORT_GRID = 200_000
EMPTIEST_GRID = 50
"""Times as many samples as any sensor has; a sensor that is away for hours leaves fewer empty."""

BRIDGED_GAP_S = 0.1
"""Shorter gaps are bridged, longer ones stay empty: a leg moves too far in more than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Orientation and angular velocity of every sensor at common times.

    `q_earth_sensor` has shape (n, 4) and `gyr_dps`, in the sensor frame, shape (n, 3); both are
    NaN where a sensor measured nothing. `bridged`, shape (n,), is True where a sensor measured
    nothing for so short a time that its orientation was interpolated. Headings differ from sensor
    to sensor and from piece to piece of a sensor.
    """

    time_s: FloatArray
    sampling_rate_hz: float
    q_earth_sensor: Mapping[Segment, FloatArray]
    gyr_dps: Mapping[Segment, FloatArray]
    bridged: Mapping[Segment, BoolArray]

    def index(self, time_s: float) -> int:
        """Index of the first sample at or after a time."""
        return int(np.searchsorted(self.time_s, time_s - 1e-9))

    def span(self, start_s: float, end_s: float) -> slice:
        """The samples of `[start_s, end_s)`."""
        return slice(self.index(start_s), self.index(end_s))


def build_timeline(recording: Recording) -> Timeline:
    """Orient every stream and bring all to one regular grid.

    Raw streams are oriented by VQF piece by piece between long gaps; streams without raw samples
    keep the orientation that their sensor computed. Streams that already share one regular grid
    are not interpolated.

    Raises
    ------
    RecordingError
        Where next to nothing of the time was measured, as after a damaged time stamp.
    """
    streams = recording.streams
    rate_hz = max(stream.sampling_rate_hz for stream in streams.values())
    first = next(iter(streams.values())).time_s
    shared = all(
        np.array_equal(stream.time_s, first) and is_regular(stream) for stream in streams.values()
    )
    if shared:
        time_s = first
        rate_hz = (len(first) - 1) / float(first[-1] - first[0])
    else:
        count = int(np.floor(recording.duration_s * rate_hz + 1e-6)) + 1
        _require_mostly_measured(recording, count)
        time_s = recording.start_s + np.arange(count) / rate_hz
    q: dict[Segment, FloatArray] = {}
    gyr_dps: dict[Segment, FloatArray] = {}
    for segment, stream in streams.items():
        if shared:
            q[segment] = np.asfortranarray(_orientation(stream))
            own = stream.gyr_dps
            gyr_dps[segment] = angular_velocity_dps(q[segment], rate_hz) if own is None else own
        else:
            q[segment] = _on_grid(stream, time_s)
            gyr_dps[segment] = angular_velocity_dps(q[segment], rate_hz)
    return Timeline(time_s, rate_hz, q, gyr_dps, _bridged(streams, time_s, q))


def _require_mostly_measured(recording: Recording, count: int) -> None:
    """Refuse a grid that is nearly empty: one wrong time stamp would ask for all memory."""
    streams = recording.streams.values()
    measured = max(len(stream.time_s) for stream in streams)
    if count <= max(SHORT_GRID, EMPTIEST_GRID * measured):
        return
    gaps = [gap for stream in streams for gap in stream.gaps()]
    longest = max(gaps, key=lambda gap: gap.duration_s, default=None)
    starts_s = [float(stream.time_s[0]) for stream in streams]
    after_s = min(starts_s) if longest is None else longest.start_s
    hours = recording.duration_s / 3600.0
    raise RecordingError(
        f"The times reach over {hours:.3g} hours, of which the sensors measured nearly nothing; "
        f"after {after_s:.3f} s nothing comes for a long time.",
        "Correct the time stamps there, or keep only the part before or after.",
    )


def is_regular(stream: SensorStream) -> bool:
    """Whether a stream has no gap and steps that stay near its period."""
    steps = np.diff(stream.time_s)
    return bool(steps.max() * stream.sampling_rate_hz < GAP_PERIODS)


def _orientation(stream: SensorStream) -> FloatArray:
    if stream.acc_mps2 is not None and stream.gyr_dps is not None:
        rate_hz = (len(stream.time_s) - 1) / stream.duration_s
        return orient_offline(stream.acc_mps2, stream.gyr_dps, rate_hz)
    if stream.q_earth_sensor is None:
        msg = f"the stream of the {stream.segment.words} was not validated"
        raise ValueError(msg)
    return stream.q_earth_sensor


def _on_grid(stream: SensorStream, time_s: FloatArray) -> FloatArray:
    q = np.full((len(time_s), 4), np.nan)
    cuts = np.flatnonzero(np.diff(stream.time_s) > FILTERED_GAP_S) + 1
    bounds = np.concatenate(([0], cuts, [len(stream.time_s)]))
    for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        piece_s = stream.time_s[start:end]
        needed_s = SHORTEST_PIECE_S if stream.has_raw else 0.0
        if end - start < 2 or piece_s[-1] - piece_s[0] < needed_s:
            continue
        inside = _inside(time_s, piece_s[0], piece_s[-1])
        q[inside] = _piece(stream, slice(start, end), time_s[inside])
    for gap in stream.gaps():
        if not _is_bridged(gap, stream.sampling_rate_hz):
            lost = _inside(time_s, gap.start_s, gap.end_s)
            q[lost.start + 1 : max(lost.stop - 1, lost.start + 1)] = np.nan
    return q


def _is_bridged(gap: Gap, sampling_rate_hz: float) -> bool:
    return gap.duration_s <= max(BRIDGED_GAP_S, GAP_PERIODS / sampling_rate_hz)


def _bridged(
    streams: Mapping[Segment, SensorStream], time_s: FloatArray, q: Mapping[Segment, FloatArray]
) -> dict[Segment, BoolArray]:
    # Streams without gaps share one array.
    nowhere = np.zeros(len(time_s), dtype=np.bool_)
    nowhere.flags.writeable = False
    marked: dict[Segment, BoolArray] = {}
    for segment, stream in streams.items():
        gaps = [gap for gap in stream.gaps() if _is_bridged(gap, stream.sampling_rate_hz)]
        marked[segment] = nowhere.copy() if gaps else nowhere
        for gap in gaps:
            between = _between(time_s, gap)
            marked[segment][between] = np.isfinite(q[segment][between, 0])
    return marked


def _between(time_s: FloatArray, gap: Gap) -> slice:
    """The times strictly between the neighbours of a gap."""
    return slice(
        int(np.searchsorted(time_s, gap.start_s + 1e-9)),
        int(np.searchsorted(time_s, gap.end_s - 1e-9)),
    )


def _inside(time_s: FloatArray, start_s: float, end_s: float) -> slice:
    return slice(
        int(np.searchsorted(time_s, start_s - 1e-9)),
        int(np.searchsorted(time_s, end_s + 1e-9)),
    )


def _piece(stream: SensorStream, samples: slice, wanted_s: FloatArray) -> FloatArray:
    time_s = stream.time_s[samples]
    if stream.acc_mps2 is not None and stream.gyr_dps is not None:
        count = round(float(time_s[-1] - time_s[0]) * stream.sampling_rate_hz) + 1
        even_s = np.linspace(time_s[0], time_s[-1], count)
        acc, gyr = (
            np.column_stack([np.interp(even_s, time_s, column) for column in values[samples].T])
            for values in (stream.acc_mps2, stream.gyr_dps)
        )
        rate_hz = (count - 1) / float(time_s[-1] - time_s[0])
        return interpolate_at(even_s, orient_offline(acc, gyr, rate_hz), wanted_s)
    if stream.q_earth_sensor is None:
        msg = f"the stream of the {stream.segment.words} was not validated"
        raise ValueError(msg)
    return interpolate_at(time_s, stream.q_earth_sensor[samples], wanted_s)
