"""Text exports of Xsens MT software: one tab-separated file a sensor, in a folder or alone.

File names end with serial numbers, so the folder must say which sensor sat where: in OpenSense's
`myIMUMappings.xml`, or in `segments.csv` with the columns `sensor,segment`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray, from_matrix
from imu_hip.names import Segment
from imu_hip.recording.formats.counters import common_start, unwrapped
from imu_hip.recording.formats.euler import earth_from_roll_pitch_yaw_deg
from imu_hip.recording.formats.files import (
    decode,
    head_lines,
    head_of,
    naming,
    read_bytes,
    read_entry,
)
from imu_hip.recording.formats.sensor_places import segments_of_files
from imu_hip.recording.formats.table import TextTable
from imu_hip.recording.recording import Recording, SensorInfo, SensorStream

HEADER_LINES: Final = 40
COUNTER_MODULUS: Final = 2**16
COUNTER: Final = "PacketCounter"
QUANTITIES: Final = {
    "matrix": tuple(f"Mat[{i}][{j}]" for i in (1, 2, 3) for j in (1, 2, 3)),
    "quaternion": ("Quat_q0", "Quat_q1", "Quat_q2", "Quat_q3"),
    "euler": ("Roll", "Pitch", "Yaw"),
    "acc": ("Acc_X", "Acc_Y", "Acc_Z"),
    "gyr": ("Gyr_X", "Gyr_Y", "Gyr_Z"),
    "mag": ("Mag_X", "Mag_Y", "Mag_Z"),
}


@dataclass(frozen=True, slots=True)
class _File:
    table: TextTable
    rate_hz: float
    firmware: str


def is_xsens_text(path: Path) -> bool:
    """Whether a file, or at least one file in a folder, is a text export of Xsens."""
    if path.is_dir():
        return any(is_xsens_text(file) for file in _text_files(path) if file.stat().st_size)
    return _header_line(head_lines(path)) is not None


def read_xsens_text(path: Path) -> Recording:
    """Read the sensors of one session.

    Raises
    ------
    RecordingError
        Where it is not known which sensor sat where, or naming the first wrong cell.
    """
    files = [file for file in _text_files(path) if is_xsens_text(file)] if path.is_dir() else [path]
    folder = path if path.is_dir() else path.parent
    placed, warnings = segments_of_files(folder, files)
    streams: dict[Segment, SensorStream] = {}
    firsts: dict[Segment, float] = {}
    for segment, file in placed.items():
        with naming(file.name):
            streams[segment], firsts[segment] = _read_sensor(file, segment)
    starts = common_start(firsts, COUNTER_MODULUS)
    streams = {
        segment: replace(stream, time_s=stream.time_s + starts[segment] / stream.sampling_rate_hz)
        for segment, stream in streams.items()
    }
    names = {segment: file.name for segment, file in placed.items()}
    entry = read_entry("Xsens text", path.name, files=names)
    return Recording(streams, source=path.name, warnings=tuple(warnings), log=(entry,))


def _text_files(folder: Path) -> list[Path]:
    return sorted(
        file for file in folder.iterdir() if file.suffix.lower() == ".txt" and file.is_file()
    )


def _header_line(lines: Sequence[str]) -> int | None:
    return next(
        (i for i, line in enumerate(lines[:HEADER_LINES]) if line.startswith(f"{COUNTER}\t")), None
    )


def _read_sensor(path: Path, segment: Segment) -> tuple[SensorStream, float]:
    file = _parsed(path)
    header = file.table.header
    columns = {
        quantity: [header.index(name) for name in names]
        for quantity, names in QUANTITIES.items()
        if set(names) <= set(header)
    }
    numbers = file.table.read(
        [header.index(COUNTER), *(i for group in columns.values() for i in group)]
    )
    counts = numbers.column(header.index(COUNTER))
    if len(counts) < 2:
        raise RecordingError(f"{path.name} has fewer than 2 samples.", "Export it again.")
    measured = {quantity: numbers.group(group) for quantity, group in columns.items()}
    gyr = measured.get("gyr")
    stream = SensorStream(
        segment,
        unwrapped(counts, COUNTER_MODULUS) / file.rate_hz,
        file.rate_hz,
        _orientation(measured),
        measured.get("acc"),
        None if gyr is None else np.degrees(gyr),
        measured.get("mag"),
        SensorInfo("Xsens MT", path.stem.rsplit("_", 1)[-1], file.firmware),
    )
    return stream, float(counts[0])


def _parsed(path: Path) -> _File:
    data = read_bytes(path)
    lines = decode(head_of(data)).splitlines()
    place = _header_line(lines)
    if place is None:
        raise RecordingError(f"{path.name} has no line of column names.", "Export it again.")
    head = "\n".join(lines[:place])
    rate = re.search(r"Update Rate:\s*([\d.]+)", head)
    if not rate or float(rate[1]) <= 0:
        raise RecordingError(
            f"{path.name} does not state its update rate.",
            "Add a first line such as // Update Rate: 100.0Hz.",
        )
    firmware = re.search(r"Firmware Version:\s*(\S+)", head)
    header = tuple(cell.strip() for cell in lines[place].split("\t"))
    table = TextTable(path.name, data, header, place + 1, "\t")
    return _File(table, float(rate[1]), firmware[1] if firmware else "")


def _orientation(measured: Mapping[str, FloatArray | None]) -> FloatArray | None:
    q, r, euler = (measured.get(name) for name in ("quaternion", "matrix", "euler"))
    if q is not None:
        return q
    if r is not None:
        return from_matrix(_checked(r.reshape(-1, 3, 3)))
    return None if euler is None else earth_from_roll_pitch_yaw_deg(euler)


def _checked(r_earth_sensor: FloatArray) -> FloatArray:
    product = r_earth_sensor @ np.swapaxes(r_earth_sensor, 1, 2)
    bad = np.flatnonzero(np.abs(product - np.eye(3)).max(axis=(1, 2)) > 0.05)
    if len(bad):
        raise RecordingError(
            f"The matrix of sample {bad[0] + 1} is not a rotation ({len(bad)} such samples).",
            "Remove these rows or export the recording again.",
        )
    return r_earth_sensor
