"""Orientations of all sensors on one regular time grid, for formats that need one."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from imu_hip.errors import OutputError
from imu_hip.kinematics.quaternion import FloatArray, interpolate_at
from imu_hip.names import Segment
from imu_hip.recording.recording import GAP_PERIODS, Recording, SensorStream

LONGEST_GAP_S: Final = 0.1
"""Interpolating over more than this would invent movement."""


def orientations_on_one_grid(
    recording: Recording,
) -> tuple[FloatArray, float, Mapping[Segment, FloatArray]]:
    """Orientation of every sensor at the same, equally spaced times.

    Streams that share gap-free time stamps are left as they are. Others are interpolated, on the
    time that all of them cover, at the highest of their rates.

    Returns
    -------
    time_s, rate_hz, orientations
        Times, shape (n,), their rate, and `q_earth_sensor`, shape (n, 4), of each segment.

    Raises
    ------
    OutputError
        Where a gap is longer than 0.1 s, or where the streams have no time in common.
    """
    streams = recording.streams
    for stream in streams.values():
        _refuse_long_gap(stream)
    rate_hz = max(stream.sampling_rate_hz for stream in streams.values())
    first = next(iter(streams.values()))
    same = all(
        not stream.gaps() and np.array_equal(stream.time_s, first.time_s)
        for stream in streams.values()
    )
    if same:
        return first.time_s, rate_hz, {s: _orientation(x)[1] for s, x in streams.items()}
    time_s = _common_grid(recording, rate_hz)
    return (
        time_s,
        rate_hz,
        {s: interpolate_at(*_orientation(x), time_s) for s, x in streams.items()},
    )


def _refuse_long_gap(stream: SensorStream) -> None:
    for gap in stream.gaps():
        if gap.duration_s > max(LONGEST_GAP_S, GAP_PERIODS / stream.sampling_rate_hz):
            raise OutputError(
                f"The {stream.segment.words} has a gap of {gap.duration_s:.2f} s at "
                f"{gap.start_s:.2f} s, which this format cannot represent.",
                "Write Parquet or CSV instead, or cut the recording there.",
            )


def _common_grid(recording: Recording, rate_hz: float) -> FloatArray:
    start_s = max(float(stream.time_s[0]) for stream in recording.streams.values())
    end_s = min(float(stream.time_s[-1]) for stream in recording.streams.values())
    if not end_s > start_s:
        raise OutputError(
            "The sensors have no time in common.", "Write Parquet or CSV instead of this format."
        )
    # The last sample may be missed by no more than rounding.
    count = int(np.floor((end_s - start_s) * rate_hz + 1e-6)) + 1
    return np.minimum(start_s + np.arange(count) / rate_hz, end_s)


def _orientation(stream: SensorStream) -> tuple[FloatArray, FloatArray]:
    """Times and orientation of a stream, from the filter where the sensor gave none."""
    if stream.q_earth_sensor is not None:
        return stream.time_s, stream.q_earth_sensor
    if stream.acc_mps2 is None or stream.gyr_dps is None:
        raise OutputError(
            f"The {stream.segment.words} has no orientation.", "Write Parquet or CSV instead."
        )
    # The filter comes with a compiled library that readers do not need.
    from imu_hip.kinematics.orientation import orient_offline  # noqa: PLC0415

    time_s, acc, gyr = stream.time_s, stream.acc_mps2, stream.gyr_dps
    if stream.gaps():
        count = round(stream.duration_s * stream.sampling_rate_hz) + 1
        time_s = np.linspace(stream.time_s[0], stream.time_s[-1], count)
        acc, gyr = (_interpolated(values, stream.time_s, time_s) for values in (acc, gyr))
    return time_s, orient_offline(acc, gyr, stream.sampling_rate_hz)


def _interpolated(values: FloatArray, time_s: FloatArray, wanted_s: FloatArray) -> FloatArray:
    return np.column_stack([np.interp(wanted_s, time_s, column) for column in values.T])
