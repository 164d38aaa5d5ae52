"""Parts of streams and recordings."""

from dataclasses import replace

from imu_hip.kinematics.quaternion import BoolArray
from imu_hip.recording.recording import Recording, SensorStream

CHANNELS = ("time_s", "q_earth_sensor", "acc_mps2", "gyr_dps", "mag_au")


def samples_of(stream: SensorStream, kept: BoolArray) -> SensorStream:
    """The same stream with the kept samples alone, from a mask of shape (n,)."""
    channels = {
        name: values[kept] for name in CHANNELS if (values := getattr(stream, name)) is not None
    }
    return replace(stream, **channels)


def part_of(recording: Recording, start_s: float, end_s: float) -> Recording:
    """The recording from one time to another, both included; markers are clipped.

    Raises
    ------
    RecordingError
        Where a stream holds too few samples in that time.
    """
    streams = {
        segment: samples_of(stream, (stream.time_s >= start_s) & (stream.time_s <= end_s))
        for segment, stream in recording.streams.items()
    }
    markers = tuple(
        replace(marker, start_s=max(marker.start_s, start_s), end_s=min(marker.end_s, end_s))
        for marker in recording.markers
        if marker.end_s > start_s and marker.start_s < end_s
    )
    return replace(recording, streams=streams, markers=markers)
