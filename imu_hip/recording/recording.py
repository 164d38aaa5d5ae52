"""Recordings: what the sensors measured, validated on construction, with a log of its making."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray, continuous, normalise
from imu_hip.names import MarkerLabel, Segment, Side, printable
from imu_hip.recording.stream_faults import stream_faults

GAP_PERIODS = 1.5
"""A step longer than this many sample periods is a gap."""


@dataclass(frozen=True, slots=True)
class SensorInfo:
    """Which device a stream came from, as far as the file says."""

    model: str = ""
    serial: str = ""
    firmware: str = ""

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, printable(getattr(self, each.name)))


@dataclass(frozen=True, slots=True)
class Marker:
    """A labelled interval `[start_s, end_s)`; `side` is None where both sides are meant."""

    label: MarkerLabel
    start_s: float
    end_s: float
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One step of a recording's history: what was done, by which version, with which values."""

    step: str
    version: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples missing between two neighbours, at `start_s` and `end_s`, of a stream."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Time between the neighbours in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, eq=False)
class SensorStream:
    """The samples of one sensor. What the sensor did not measure is None, never zero.

    Parameters
    ----------
    segment
        The body segment that carries the sensor.
    time_s
        Sample times, shape (n,), strictly increasing. Lost samples are absent rows.
    sampling_rate_hz
        Nominal sampling rate.
    q_earth_sensor
        Orientation reported by the sensor, scalar first, shape (n, 4); earth z is up and its
        heading arbitrary. Signs are made continuous and norms unit on construction.
    acc_mps2, gyr_dps, mag_au
        Specific force (+g upwards at rest), angular velocity and magnetic field in the sensor
        frame, shape (n, 3).

    Raises
    ------
    RecordingError
        Listing every fault of the stream at once.
    """

    segment: Segment
    time_s: FloatArray
    sampling_rate_hz: float
    q_earth_sensor: FloatArray | None = None
    acc_mps2: FloatArray | None = None
    gyr_dps: FloatArray | None = None
    mag_au: FloatArray | None = None
    sensor: SensorInfo = SensorInfo()

    def __post_init__(self) -> None:
        faults = stream_faults(self)
        if faults:
            raise RecordingError(
                f"The {self.segment.words} sensor cannot be used: {'; '.join(faults)}.",
                "Correct or remove these rows (a missing row is fine, it becomes a gap) "
                "and try again.",
            )
        if self.q_earth_sensor is not None:
            object.__setattr__(self, "q_earth_sensor", _unit_and_continuous(self.q_earth_sensor))

    @property
    def has_raw(self) -> bool:
        """Whether both acceleration and angular velocity were measured."""
        return self.acc_mps2 is not None and self.gyr_dps is not None

    @property
    def duration_s(self) -> float:
        """Time from the first to the last sample."""
        return float(self.time_s[-1] - self.time_s[0])

    def gaps(self) -> tuple[Gap, ...]:
        """Every place where at least one sample is missing."""
        steps = np.diff(self.time_s)
        after = np.flatnonzero(steps > GAP_PERIODS / self.sampling_rate_hz)
        return tuple(Gap(float(self.time_s[i]), float(self.time_s[i + 1])) for i in after)

    def lost_samples(self) -> int:
        """Number of samples missing in all gaps, from the nominal rate."""
        return sum(round(gap.duration_s * self.sampling_rate_hz) - 1 for gap in self.gaps())


def _unit_and_continuous(q: FloatArray) -> FloatArray:
    # Quaternions that need nothing stay the same to the last bit, so that files round-trip.
    if np.abs(np.einsum("ij,ij->i", q, q) - 1.0).max() > 1e-12:
        q = normalise(q)
    same_side = np.einsum("ij,ij->i", q[1:], q[:-1]) >= 0.0
    return q if same_side.all() else continuous(q)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Streams of one session on one clock, with markers and a log.

    Parameters
    ----------
    streams
        One stream a segment; read-only after construction.
    markers
        Labelled intervals in order of their start.
    source
        Where the recording came from, for people (a file name or a description).
    simulated
        True where the data come from a simulation; every report says so.
    warnings
        What a reader had to say about the data.
    log
        Provenance: the steps that made the recording.

    Raises
    ------
    RecordingError
        Without streams, or where a stream sits under another segment's name.
    """

    streams: Mapping[Segment, SensorStream]
    markers: tuple[Marker, ...] = ()
    source: str = ""
    simulated: bool = False
    warnings: tuple[str, ...] = ()
    log: tuple[LogEntry, ...] = ()

    def __post_init__(self) -> None:
        if not self.streams:
            raise RecordingError(
                f"{self.source or 'The recording'} holds no sensor.", "Record at least one leg."
            )
        for segment, stream in self.streams.items():
            if stream.segment is not segment:
                raise RecordingError(
                    f"A stream of the {stream.segment.words} is filed as {segment.words}.",
                    "Rename one of them.",
                )
        for marker in self.markers:
            if not -np.inf < marker.start_s < marker.end_s < np.inf:
                raise RecordingError(
                    f"The marker {marker.label} at {marker.start_s:g} s does not end after its "
                    "start.",
                    "Correct the markers file.",
                )
        ordered = {segment: self.streams[segment] for segment in Segment if segment in self.streams}
        object.__setattr__(self, "streams", MappingProxyType(ordered))
        # Both may repeat what stands in a file, and are shown in a terminal.
        object.__setattr__(self, "source", printable(self.source))
        object.__setattr__(self, "warnings", tuple(map(printable, self.warnings)))
        object.__setattr__(
            self, "markers", tuple(sorted(self.markers, key=lambda m: (m.start_s, m.end_s)))
        )

    @property
    def start_s(self) -> float:
        """Time of the first sample of any stream."""
        return min(float(stream.time_s[0]) for stream in self.streams.values())

    @property
    def end_s(self) -> float:
        """Time of the last sample of any stream."""
        return max(float(stream.time_s[-1]) for stream in self.streams.values())

    @property
    def duration_s(self) -> float:
        """Time from the first to the last sample of all streams."""
        return self.end_s - self.start_s

    def with_log(self, entry: LogEntry) -> "Recording":
        """The same recording with one more entry in its log."""
        return replace(self, log=(*self.log, entry))
