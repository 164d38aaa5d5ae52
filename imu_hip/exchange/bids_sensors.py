"""Sensors of a recording as a tracking system of Motion-BIDS: what they measured, unchanged."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from imu_hip import __version__
from imu_hip.exchange.bids_tracking import NOT_AVAILABLE, Channel, TrackingSystem
from imu_hip.kinematics.quaternion import FloatArray, IntArray
from imu_hip.names import Segment
from imu_hip.recording.recording import Recording, SensorStream
from imu_hip.recording.timeline import is_regular

LABEL: Final = "imu"
EARTH: Final = "earth"
SENSOR: Final = "sensor"

FRAMES: Final = {
    EARTH: {
        "RotationOrder": NOT_AVAILABLE,
        "RotationRule": "right-hand",
        "Description": "Earth with z up; the heading of x is arbitrary and may differ from sensor "
        "to sensor, so the horizontal axes have no anatomical direction. Quaternions, scalar "
        "first, turn vectors of the sensor into this frame.",
    },
    SENSOR: {
        "RotationOrder": NOT_AVAILABLE,
        "RotationRule": "right-hand",
        "Description": "Axes of each sensor's own case as its maker defines them, before any "
        "calibration to the body. Acceleration is specific force: +9.81 m/s^2 upward at rest.",
    },
}

CLOCK_ERROR: Final = 0.01

QUATERNION: Final = ("quat_w", "quat_x", "quat_y", "quat_z")
AXES: Final = ("x", "y", "z")


def sensors_of(recording: Recording) -> TrackingSystem:
    """Every sample of every sensor, with the time at which it was measured.

    Each row of the motion file holds at most one sample of each sensor, that of the nearest time.
    Nothing is interpolated and no sample is left out; `LATENCY` channels tell when each sensor
    measured, from the start of the recording, and lost samples are empty.
    """
    rows, count, effective_hz = _rows(recording)
    # One column of times for all where they share it: five equal ones say nothing more.
    together = _on_one_clock(recording)
    channels: list[Channel] = []
    if together:
        first = next(iter(recording.streams.values()))
        channels.append(_latency("latency", NOT_AVAILABLE, first, first.time_s - recording.start_s))
    for segment, stream in recording.streams.items():
        if not together:
            spread = _spread(stream.time_s - recording.start_s, rows[segment], count)
            channels.append(_latency(f"{segment}_latency", segment.value, stream, spread))
        channels.extend(_channels(segment, stream, rows[segment], count))
    used = {channel.reference_frame for channel in channels}
    return TrackingSystem(
        LABEL,
        tuple(channels),
        {name: words for name, words in FRAMES.items() if name in used},
        _details(recording, count, effective_hz),
    )


def _on_one_clock(recording: Recording) -> bool:
    streams = list(recording.streams.values())
    return all(
        np.array_equal(stream.time_s, streams[0].time_s) and is_regular(stream)
        for stream in streams
    )


def _rows(recording: Recording) -> tuple[dict[Segment, IntArray], int, float]:
    """The row of every sample, the number of rows and their rate."""
    rate_hz = max(_effective_hz(stream) for stream in recording.streams.values())
    rows = {}
    for segment, stream in recording.streams.items():
        nearest = np.rint((stream.time_s - recording.start_s) * rate_hz).astype(np.intp)
        # Jitter can bring two samples to one row; the later one then takes the next.
        counted = np.arange(len(nearest))
        rows[segment] = np.maximum.accumulate(nearest - counted) + counted
    return rows, 1 + max(int(own[-1]) for own in rows.values()), rate_hz


def _effective_hz(stream: SensorStream) -> float:
    counted_hz = (len(stream.time_s) - 1 + stream.lost_samples()) / stream.duration_s
    # No crystal is so far off: late samples were then taken for lost ones.
    doubtful = abs(counted_hz / stream.sampling_rate_hz - 1.0) > CLOCK_ERROR
    return float(stream.sampling_rate_hz if doubtful else counted_hz)


def _spread(values: FloatArray, rows: IntArray, count: int) -> FloatArray:
    spread = np.full(count, np.nan)
    spread[rows] = values
    return spread


def _latency(name: str, point: str, stream: SensorStream, values: FloatArray) -> Channel:
    words = "time of measurement from the start of the recording"
    rate_hz = float(stream.sampling_rate_hz)
    return Channel(name, NOT_AVAILABLE, "LATENCY", point, "s", values, rate_hz, description=words)


def _channels(
    segment: Segment, stream: SensorStream, rows: IntArray, count: int
) -> Iterator[Channel]:
    for kind, word, components, units, frame, values in (
        ("ORNT", "orientation", QUATERNION, NOT_AVAILABLE, EARTH, stream.q_earth_sensor),
        ("ACCEL", "acc", AXES, "m/s^2", SENSOR, stream.acc_mps2),
        ("GYRO", "gyr", AXES, "deg/s", SENSOR, stream.gyr_dps),
        ("MAGN", "mag", AXES, NOT_AVAILABLE, SENSOR, stream.mag_au),
    ):
        if values is None:
            continue
        for place, component in enumerate(components):
            yield Channel(
                f"{segment}_{word}_{component.removeprefix('quat_')}",
                component,
                kind,
                segment.value,
                units,
                _spread(values[:, place], rows, count),
                float(stream.sampling_rate_hz),
                placement=segment.words,
                reference_frame=frame,
            )


def _details(recording: Recording, count: int, effective_hz: float) -> dict[str, Any]:
    sensors = [stream.sensor for stream in recording.streams.values()]
    models = ", ".join(sorted({one.model for one in sensors} - {""}))
    firmware = ", ".join(sorted({one.firmware for one in sensors} - {""}))
    nominal = max(stream.sampling_rate_hz for stream in recording.streams.values())
    return {
        "SamplingFrequency": float(nominal),
        "SamplingFrequencyEffective": round(effective_hz, 6),
        "RecordingDuration": round(count / effective_hz, 6),
        "RecordingType": "continuous",
        "TrackingSystemName": "inertial sensors on thighs, shins and pelvis",
        "ManufacturersModelName": models or NOT_AVAILABLE,
        # What sensors are called can be chosen, and is then often the name of their wearer.
        "DeviceSerialNumber": NOT_AVAILABLE,
        "Manufacturer": NOT_AVAILABLE,
        "SoftwareVersions": f"imu_hip {__version__}" + (firmware and f"; firmware {firmware}"),
        "SubjectArtefactDescription": _lost(recording),
    }


def _lost(recording: Recording) -> str:
    # Not the recording's own warnings, which can name files and so people.
    lost = {stream.segment: stream.lost_samples() for stream in recording.streams.values()}
    words = [f"{segment.words} {count}" for segment, count in lost.items() if count]
    return f"Samples lost on the way: {', '.join(words)}." if words else "No sample was lost."
