"""The samples of one x-IMU3: each kind of message has a file, with a time stamp in each row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.formats.counters import unwrapped
from imu_hip.recording.formats.files import decode, head_of
from imu_hip.recording.formats.sampling import sampling_rate_hz
from imu_hip.recording.formats.table import Numbers, TextTable
from imu_hip.recording.formats.units import acceleration_in_mps2
from imu_hip.recording.formats.ximu3_orientation import ORIENTATIONS, orientation_in, with_z_up
from imu_hip.recording.recording import SensorInfo, SensorStream

TICKS_PER_S: Final = 1_000_000
TICK_MODULUS: Final = 2**32
"""Time stamps have 64 bits; where software kept 32 of them, they start again after 71.6 min."""

INERTIAL: Final = "Inertial.csv"
MAGNETOMETER: Final = "Magnetometer.csv"
_COLUMNS: Final = {
    INERTIAL: (
        ["gyroscopex", "gyroscopey", "gyroscopez"],
        ["accelerometerx", "accelerometery", "accelerometerz"],
    ),
    MAGNETOMETER: (["x", "y", "z"],),
    "Quaternion.csv": (["w", "x", "y", "z"],),
    "RotationMatrix.csv": (["xx", "xy", "xz", "yx", "yy", "yz", "zx", "zy", "zz"],),
    "EulerAngles.csv": (["roll", "pitch", "yaw"],),
}
KINDS: Final = tuple(_COLUMNS)
"""File names of the kinds of messages that are read."""

_TIME: Final = "timestamp"
_OUT_OF_ORDER_TICKS: Final = TICKS_PER_S
"""Packets of a wireless network may overtake each other, but not by more than a second."""


@dataclass(frozen=True, slots=True)
class Ximu3Samples:
    """The stream of a sensor, starting at 0, with its own time stamp at its start."""

    stream: SensorStream
    first_tick: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Message:
    """Time stamps, shape (n,), and values of one kind of message, shape (n, k) each."""

    ticks: FloatArray
    values: tuple[FloatArray, ...]


def has_ximu3_header(file_name: str, head: bytes) -> bool:
    """Whether a file of this name begins with the column names of an x-IMU3."""
    return set(_needed(file_name)) <= set(_header(head))


def read_ximu3_sensor(name: str, files: Mapping[str, bytes], segment: Segment) -> Ximu3Samples:
    """Read the files of one sensor.

    Acceleration and angular velocity give the times. An orientation or a magnetic field is kept
    where each of these times has one.

    Raises
    ------
    RecordingError
        Where a file has no samples or lacks columns, naming the first wrong cell, or where the
        orientation does not fit gravity.
    """
    notes: list[str] = []
    messages = {
        file: _read(f"{name}/{file}", file, files[file], notes)
        for file in _COLUMNS
        if file in files
    }
    raw = messages.get(INERTIAL)
    kind = next((file for file in ORIENTATIONS if file in messages), None)
    first = raw or messages.get(kind or "")
    if first is None:
        raise RecordingError(
            f"{name} has neither {INERTIAL} nor an orientation.", "Export the sensor again."
        )
    q = None
    if kind is not None and _at(messages[kind], first, name, kind, notes):
        q = orientation_in(kind, messages[kind].values[0], name)
    mag = messages.get(MAGNETOMETER)
    if mag is not None and not _at(mag, first, name, MAGNETOMETER, notes):
        mag = None
    # From the first sample; how the sensors lie to each other is told beside it.
    time_s = (first.ticks - first.ticks[0]) / TICKS_PER_S
    rate_hz = sampling_rate_hz(time_s)
    gyr = acc = None
    if raw is not None:
        gyr, in_g = raw.values
        # A file that went through other software may be in m/s²: at rest that shows.
        acc, _ = acceleration_in_mps2(in_g * GRAVITY_MPS2, rate_hz, segment)
    if q is not None and acc is not None:
        q = with_z_up(q, acc, name, notes)
    elif q is not None:
        notes.append(
            f"{name} has no {INERTIAL}, so its orientation could not be checked against gravity."
        )
    stream = SensorStream(
        segment, time_s, rate_hz, q, acc, gyr,
        None if mag is None else mag.values[0], SensorInfo("x-IMU3", _serial(name)),
    )  # fmt: skip
    return Ximu3Samples(stream, float(first.ticks[0]), tuple(notes))


def _needed(file: str) -> list[str]:
    return [_TIME, *(name for group in _COLUMNS[file] for name in group)]


def _header(data: bytes) -> tuple[str, ...]:
    """Column names without units, case, signs and the words that only some versions write."""
    first = (decode(head_of(data)).splitlines() or [""])[0]
    cells = (re.sub(r"\(.*?\)|\belement\b|\baxis\b", "", c.lower()) for c in first.split(","))
    return tuple(re.sub(r"[^a-z]", "", cell) for cell in cells)


def _read(place: str, file: str, data: bytes, notes: list[str]) -> _Message:
    header = _header(data)
    missing = [name for name in _needed(file) if name not in header]
    if missing:
        raise RecordingError(
            f"{place} has no column {', '.join(missing)}.",
            "Export it again with x-io's software, and keep its first line.",
        )
    table = TextTable(place, data, tuple(decode(head_of(data)).splitlines()[0].split(",")), 1)
    groups = [[header.index(name) for name in group] for group in _COLUMNS[file]]
    at = header.index(_TIME)
    numbers = table.read([at, *(i for group in groups for i in group)])
    if len(numbers.rows) < 2:
        raise RecordingError(f"{place} has fewer than 2 samples.", "Export the sensor again.")
    ticks = numbers.column(at)
    # Before sorting, since the wrap would look like a step far back.
    ticks = ticks[0] + unwrapped(ticks, TICK_MODULUS)
    numbers, ticks = _in_order(numbers, ticks, place, notes)
    values = []
    for group in groups:
        found = numbers.group(group)
        if found is None:
            raise table.fault(f"column {table.header[group[0]]} is empty")
        values.append(found)
    return _Message(ticks, tuple(values))


def _in_order(
    numbers: Numbers, ticks: FloatArray, place: str, notes: list[str]
) -> tuple[Numbers, FloatArray]:
    """Rows by time, each time once."""
    steps = np.diff(ticks)
    if np.all(steps > 0):
        return numbers, ticks
    # How far a row lies behind the latest time before it.
    behind = np.maximum.accumulate(ticks) - ticks
    if behind.max() > _OUT_OF_ORDER_TICKS:
        line = numbers.table.line_of(int(numbers.rows[np.argmax(behind > _OUT_OF_ORDER_TICKS)]))
        raise numbers.table.fault(f"time runs backward at line {line}")
    order = np.argsort(ticks, kind="stable")
    kept = order[np.concatenate(([True], np.diff(ticks[order]) > 0))]
    late, twice = int(np.count_nonzero(steps < 0)), len(ticks) - len(kept)
    if late:
        notes.append(f"{place}: {late} rows came late and were put in order.")
    if twice:
        notes.append(f"{place}: rows with the time of another were dropped ({twice} in all).")
    rows = Numbers(numbers.table, numbers.index, numbers.values[kept], numbers.rows[kept])
    return rows, ticks[kept]


def _at(message: _Message, first: _Message, name: str, file: str, notes: list[str]) -> bool:
    """Whether a kind of message has the times of the sensor's samples."""
    # Messages have rates of their own; to interpolate an orientation would make one up.
    same = np.array_equal(message.ticks, first.ticks)
    if not same:
        notes.append(f"{name}: {file} was left out, since its times are not those of the samples.")
    return same


def _serial(name: str) -> str:
    """The serial number in a folder's name such as 'Left Thigh 655EEA01 (USB)'."""
    # The serial number is the last such group; the sensor may be called anything before.
    found: Sequence[str] = re.findall(r"\b[0-9A-F]{8}\b", name)
    return found[-1] if found else ""
