"""The samples of one Movella (Xsens) DOT sensor, in any of its payload modes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray, conjugate, rotate
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.formats.counters import unwrapped
from imu_hip.recording.formats.euler import earth_from_roll_pitch_yaw_deg
from imu_hip.recording.formats.movella_dot_header import TIME_COLUMN, DotFile, folded
from imu_hip.recording.formats.sampling import sampling_rate_hz
from imu_hip.recording.formats.table import Numbers
from imu_hip.recording.recording import SensorInfo, SensorStream
from imu_hip.recording.stream_faults import UNIT_NORM_TOLERANCE

TICKS_PER_S: Final = 1_000_000
TICK_MODULUS: Final = 2**32

_QUANTITIES: Final = {
    "quaternion": ("quatw quatx quaty quatz", "quatq0 quatq1 quatq2 quatq3"),
    "euler": ("eulerx eulery eulerz", "roll pitch yaw"),
    "free_acc": ("freeaccx freeaccy freeaccz", "freeacce freeaccn freeaccu"),
    "dq": ("dqw dqx dqy dqz", "dq0 dq1 dq2 dq3", "dq1 dq2 dq3 dq4"),
    "dv": ("dv1 dv2 dv3", "dvx dvy dvz", "dv0 dv1 dv2"),
    "acc": ("accx accy accz",),
    "gyr": ("gyrx gyry gyrz",),
    "mag": ("magx magy magz",),
}
"""Spellings of the columns of each quantity, folded as `folded` does."""


@dataclass(frozen=True, slots=True)
class DotSamples:
    """The stream of a file, starting at 0, with the sensor's own count at its start."""

    stream: SensorStream
    acceleration: str
    first_tick: float
    notes: tuple[str, ...]


def read_dot_file(file: DotFile, segment: Segment) -> DotSamples:
    """Read the samples of a file.

    Raises
    ------
    RecordingError
        Where the payload mode tells no orientation, or naming the first wrong cell.
    """
    columns = _columns(file)
    time_column = [folded(name) for name in file.table.header].index(TIME_COLUMN)
    numbers = file.table.read([time_column, *(i for group in columns.values() for i in group)])
    numbers, notes = _without_copies(numbers, file.name)
    if len(numbers.rows) < 2:
        raise RecordingError(f"{file.name} has fewer than 2 samples.", "Export it again.")
    ticks = numbers.column(time_column)
    time_s = unwrapped(ticks, TICK_MODULUS) / TICKS_PER_S
    if np.any(np.diff(time_s) < 0):
        line = file.table.line_of(int(numbers.rows[np.argmax(np.diff(time_s) < 0) + 1]))
        raise file.table.fault(f"time runs backward at line {line}")
    rate_hz, doubt = _rate_hz(file, time_s)
    measured = {name: numbers.group(group) for name, group in columns.items()}
    stream, acceleration = _stream(file, segment, time_s, rate_hz, measured)
    return DotSamples(stream, acceleration, float(ticks[0]), (*notes, *doubt))


def _columns(file: DotFile) -> dict[str, list[int]]:
    """Positions of the columns of each quantity in the file."""
    header = [folded(name) for name in file.table.header]
    found: dict[str, list[int]] = {}
    for quantity, spellings in _QUANTITIES.items():
        for names in (spelling.split() for spelling in spellings):
            present = [name for name in names if name in header]
            if len(present) == len(names):
                found[quantity] = [header.index(name) for name in names]
                break
    if not found.keys() & {"quaternion", "euler"} and not _has_raw(found):
        raise RecordingError(
            f"{file.name} tells neither an orientation nor acceleration with angular velocity; its "
            f"columns are {', '.join(file.table.header)}.",
            "Record in a mode such as Extended (Quaternion), Rate quantities or Custom mode 1; "
            "free acceleration alone is not enough.",
        )
    return found


def _has_raw(found: Mapping[str, object]) -> bool:
    return bool(found.keys() & {"acc", "dv"}) and bool(found.keys() & {"gyr", "dq"})


def _without_copies(numbers: Numbers, name: str) -> tuple[Numbers, Sequence[str]]:
    values = numbers.values
    copies = np.concatenate(([False], np.all(values[1:] == values[:-1], axis=1)))[: len(values)]
    if not copies.any():
        return numbers, ()
    count = int(np.count_nonzero(copies))
    note = f"{name}: rows that repeat the row before them were dropped ({count} in all)."
    return numbers.take(np.flatnonzero(~copies)), (note,)


def _rate_hz(file: DotFile, time_s: FloatArray) -> tuple[float, Sequence[str]]:
    observed_hz = sampling_rate_hz(time_s)
    if file.rate_hz is None or not np.isfinite(observed_hz):
        return file.rate_hz or observed_hz, ()
    parts = file.rate_hz / observed_hz
    # Where samples are lost the observed rate may be a whole part of the stated one.
    if abs(parts - max(1, round(parts))) < 0.05:
        return file.rate_hz, ()
    doubt = (
        f"{file.name} states {file.rate_hz:g} Hz but its time stamps are those of "
        f"{observed_hz:.4g} Hz, which was believed."
    )
    return observed_hz, (doubt,)


def _stream(
    file: DotFile,
    segment: Segment,
    time_s: FloatArray,
    rate_hz: float,
    measured: Mapping[str, FloatArray | None],
) -> tuple[SensorStream, str]:
    q, euler, dq = (measured.get(name) for name in ("quaternion", "euler", "dq"))
    if q is None and euler is not None:
        q = earth_from_roll_pitch_yaw_deg(euler)
    gyr = measured.get("gyr")
    if gyr is None and dq is not None:
        gyr = _angular_velocity_dps(file, dq, rate_hz)
    acc, origin = _acceleration(measured, q, rate_hz)
    info = SensorInfo(model="Movella DOT", serial=file.tag, firmware=file.firmware)
    mag = measured.get("mag")
    return SensorStream(segment, time_s, rate_hz, q, acc, gyr, mag, info), origin


def _acceleration(
    measured: Mapping[str, FloatArray | None], q: FloatArray | None, rate_hz: float
) -> tuple[FloatArray | None, str]:
    """Specific force in the sensor frame, shape (n, 3), and how it was found."""
    acc, dv, free_acc = (measured.get(name) for name in ("acc", "dv", "free_acc"))
    if acc is not None:
        return acc, "measured"
    if dv is not None:
        return dv * rate_hz, "velocity increments over the sample period"
    if free_acc is not None and q is not None:
        earth = free_acc + np.array([0.0, 0.0, GRAVITY_MPS2])
        return rotate(conjugate(q), earth), "free acceleration plus gravity, in the sensor frame"
    return None, "none"


def _angular_velocity_dps(file: DotFile, dq: FloatArray, rate_hz: float) -> FloatArray:
    """Mean angular velocity over a sample period from its rotation, shape (n, 3)."""
    norms = np.linalg.norm(dq, axis=1)
    bad = np.flatnonzero(np.abs(norms - 1.0) > UNIT_NORM_TOLERANCE)
    if len(bad):
        raise RecordingError(
            f"{file.name}: the rotation dq of sample {bad[0] + 1} has length {norms[bad[0]]:.3f} "
            f"instead of 1 ({len(bad)} such samples).",
            "Remove these rows or export the recording again.",
        )
    shorter = np.where(dq[:, :1] < 0.0, -dq, dq)
    sine = np.linalg.norm(shorter[:, 1:], axis=1)
    angle = 2.0 * np.arctan2(sine, shorter[:, 0])
    factor = np.divide(angle, sine, out=np.full(len(dq), 2.0), where=sine > 0.0)
    gyr_dps: FloatArray = np.degrees(factor[:, None] * shorter[:, 1:]) * rate_hz
    return gyr_dps
