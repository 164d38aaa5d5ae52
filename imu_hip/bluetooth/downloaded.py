"""From files that sensors stored to one recording on one timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip import __version__
from imu_hip.bluetooth.drivers.driver import Driver
from imu_hip.bluetooth.drivers.stored_columns import StoredColumns
from imu_hip.bluetooth.on_sensor_session import OnSensorSession, SessionSensor
from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Segment
from imu_hip.recording.assembly import sensor_stream
from imu_hip.recording.formats.counters import common_start, unwrapped
from imu_hip.recording.journal import JournalSensor
from imu_hip.recording.journal_reading import SensorRows
from imu_hip.recording.recording import LogEntry, Recording, SensorInfo, SensorStream

LONGEST_STEP_S: Final = 60.0
"""A sensor that records loses no minute; a longer step means that its clock was set."""

UNSYNCHRONISED_ERROR_S: Final = 0.05
"""How well the moment is known at which a sensor obeyed the order to start."""

LARGEST_DRIFT: Final = 80e-6
"""Two crystals of ±40 ppm at opposite ends."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredSamples:
    """The samples of one sensor's file by the sensor's own clock.

    Parameters
    ----------
    sensor_s
        Shape (n,), rising, from an arbitrary zero.
    first_tick
        Reading of the clock at the first sample.
    skipped
        Pieces of the file that hold no sample.
    """

    sensor: SessionSensor
    rows: SensorRows
    sensor_s: FloatArray
    first_tick: int
    skipped: int
    cut: bool


def read_stored(sensor: SessionSensor, driver: Driver, data: bytes) -> StoredSamples:
    """Read a sensor's file.

    Raises
    ------
    RecordingError
        Where it holds fewer than two samples.
    """
    if driver.recorder is None:
        msg = f"{driver.model} sensors store nothing"
        raise ValueError(msg)
    columns = driver.recorder.columns(data)
    ticks = columns.tick
    if len(ticks) < 2:
        raise RecordingError(
            f"The file of the {sensor.segment.words} sensor holds fewer than two samples.",
            "Look with `imu-hip sensor list` whether another file is meant.",
        )
    tick_s = driver.clock.tick_s
    if tick_s is None:
        msg = f"{driver.model} sensors have no clock"
        raise ValueError(msg)
    # Nanoseconds since 1970 need whole numbers: as floating point they lose 0.1 µs.
    since_first = (ticks - ticks[0]).astype(np.float64)
    modulus = driver.clock.tick_modulus
    sensor_s = tick_s * (since_first if modulus is None else unwrapped(since_first, modulus))
    steps = np.diff(sensor_s)
    jumps = np.flatnonzero((steps > LONGEST_STEP_S) | (steps <= 0.0))
    end = int(jumps[0]) + 1 if len(jumps) else len(ticks)
    return StoredSamples(
        sensor,
        _rows(columns, end),
        sensor_s[:end],
        int(ticks[0]),
        columns.skipped,
        cut=end < len(ticks),
    )


def _rows(columns: StoredColumns, end: int) -> SensorRows:
    vectors = {name: values[:end] for name, values in columns.vectors.items()}
    none = np.zeros(end, dtype=np.int64)
    return SensorRows(none, None, none, columns.clipping[:end], vectors, columns.partial)


def one_recording(
    session: OnSensorSession,
    stored: Sequence[StoredSamples],
    drivers: Mapping[str, Driver],
    *,
    simulated: bool = False,
) -> Recording:
    """Bring the files of a session to one timeline.

    Clocks that were synchronised by radio are taken as one. Else each sensor is taken to have
    begun when it confirmed the start, and the recording says how uncertain that is.

    Raises
    ------
    RecordingError
        Where a stream cannot be used.
    """
    starts_s = _starts_s(session, stored, drivers)
    streams: dict[Segment, SensorStream] = {}
    for part in stored:
        segment = part.sensor.segment
        info = SensorInfo(part.sensor.model, part.sensor.serial, part.sensor.firmware)
        sensor = JournalSensor(segment, session.sampling_rate_hz, info, None)
        time_s = part.sensor_s - part.sensor_s[0] + starts_s[segment]
        streams[segment] = sensor_stream(sensor, part.rows, time_s)
    longest_s = max(stream.duration_s for stream in streams.values())
    error_s = time_error_s(session, drivers, longest_s)
    entry = LogEntry(
        "downloaded",
        __version__,
        {
            "session": session.name,
            "started_utc_s": session.started_utc_s,
            "clock": session.sync_group or "each its own, from when it confirmed the start",
            "time_error_ms": None if error_s is None else 1e3 * error_s,
        },
    )
    return Recording(
        streams,
        source=f"on-sensor recording {session.name}",
        simulated=simulated,
        warnings=tuple(_warnings(session, stored, error_s)),
        log=(entry,),
    )


def time_error_s(
    session: OnSensorSession, drivers: Mapping[str, Driver], duration_s: float
) -> float | None:
    """How far the times of two sensors may be apart from the truth at the end of a recording.

    None where their maker does not state how well their clocks follow each other.
    """
    if not session.sync_group:
        return UNSYNCHRONISED_ERROR_S + LARGEST_DRIFT * duration_s
    sync = drivers[session.sensors[0].driver].sync
    return None if sync is None else sync.time_error_s(duration_s)


def _starts_s(
    session: OnSensorSession, stored: Sequence[StoredSamples], drivers: Mapping[str, Driver]
) -> dict[Segment, float]:
    if not session.sync_group:
        return {part.sensor.segment: part.sensor.started_s for part in stored}
    clock = drivers[stored[0].sensor.driver].clock
    ticks = {part.sensor.segment: float(part.first_tick) for part in stored}
    if clock.tick_modulus is not None:
        ticks = common_start(ticks, clock.tick_modulus)
    else:
        first = min(part.first_tick for part in stored)
        ticks = {part.sensor.segment: float(part.first_tick - first) for part in stored}
    return {segment: tick * (clock.tick_s or 0.0) for segment, tick in ticks.items()}


def _warnings(
    session: OnSensorSession, stored: Sequence[StoredSamples], error_s: float | None
) -> list[str]:
    found = [_clock_words(session, error_s)]
    longest_s = max(float(np.ptp(part.sensor_s)) for part in stored)
    for part in stored:
        words = part.sensor.segment.words
        if part.skipped:
            pieces = "1 piece" if part.skipped == 1 else f"{part.skipped} pieces"
            found.append(f"The {words} sensor's file holds {pieces} without a sample.")
        if part.cut:
            found.append(
                f"The {words} sensor's clock was set or restarted; what came after was left out."
            )
        shorter_s = longest_s - float(np.ptp(part.sensor_s))
        if shorter_s > 2.0:
            found.append(f"The {words} sensor recorded {shorter_s:.0f} s less than the longest.")
    return found


def _clock_words(session: OnSensorSession, error_s: float | None) -> str:
    if error_s is None:
        return (
            "The sensors' clocks were synchronised, but their maker does not state how well; "
            "times of two sensors may differ by a few milliseconds."
        )
    if session.sync_group:
        return (
            "The sensors' clocks were synchronised: by their maker's figures, times of two "
            f"sensors differ by no more than {1e3 * error_s:.2g} ms."
        )
    return (
        "The sensors' clocks were not synchronised: times of two sensors may differ by "
        f"{1e3 * error_s:.0f} ms, which is {0.3 * 1e3 * error_s:.0f}° at 300 °/s."
    )
