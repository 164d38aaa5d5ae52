"""STT iSen sensor exports: blocks of columns, each led by its own time column `Tiempo`.

The first block holds Euler angles X, Y, Z in degrees, applied in the order Y, Z, X about moving
axes, in an earth whose y axis is up and whose axes are left-handed. Nothing in the file says so,
but read as right-handed a person who stands on one leg would have that leg abducted, and every
adduction and rotation would be the opposite of the vendor's own. The acceleration and angular
velocity of later blocks are not given in the same sensor frame and are not read. Sensor names are
a laboratory's own: those of the names below are known, others come from `NAME.segments.csv` with
the columns `sensor,segment`.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray, from_axis_angle, multiply
from imu_hip.names import Segment
from imu_hip.recording.formats.files import (
    decode,
    head_lines,
    head_of,
    naming,
    read_bytes,
    read_entry,
)
from imu_hip.recording.formats.sampling import sampling_rate_hz
from imu_hip.recording.formats.segment_names import segment_from_name
from imu_hip.recording.formats.sidecars import read_segment_map
from imu_hip.recording.formats.table import Numbers, TextTable
from imu_hip.recording.recording import Recording, SensorInfo, SensorStream

KNOWN_SENSORS: Final = {
    "BOLTWOODITE": Segment.PELVIS,
    "GASPEITE": Segment.RIGHT_THIGH,
    "LEO": Segment.LEFT_THIGH,
    "KARENAI": Segment.RIGHT_SHIN,
    "MIARGYRITE": Segment.LEFT_SHIN,
}
"""Sensors of the laboratory whose recording comes with this project's tests."""

_TIME: Final = ("tiempo", "time")
_ANGLE: Final = re.compile(r"(.+) ([XYZ])::Y")
_X, _Y, _Z = np.eye(3)


def is_isen(path: Path) -> bool:
    """Whether the first line of a file leads with a time and Euler angles of sensors."""
    lines = head_lines(path)
    return bool(lines) and bool(_sensors(_header(lines[0])))


def read_isen(path: Path) -> Recording:
    """Read the orientations of an iSen sensor export.

    Raises
    ------
    RecordingError
        Where the segment of a sensor is not known, or naming the first wrong cell.
    """
    data = read_bytes(path)
    header = _header(decode(head_of(data)).splitlines()[0])
    sensors = _sensors(header)
    segments = _segments(path, list(sensors))
    table = TextTable(path.name, data, tuple(header), 1)
    positions = [0, *(i for columns in sensors.values() for i in columns)]
    with naming(path.name):
        numbers = table.read(positions)
        streams = {
            segments[name]: _stream(segments[name], name, numbers, columns)
            for name, columns in sensors.items()
        }
        entry = read_entry("iSen", path.name, sensors={v: k for k, v in segments.items()})
        return Recording(streams, source=path.name, log=(entry,))


def earth_from_euler_deg(x_deg: FloatArray, y_deg: FloatArray, z_deg: FloatArray) -> FloatArray:
    """`q_earth_sensor`, earth z up, shape (n, 4), from iSen's Euler angles, shapes (n,)."""
    left_handed = multiply(
        multiply(from_axis_angle(_Y, np.radians(y_deg)), from_axis_angle(_Z, np.radians(z_deg))),
        from_axis_angle(_X, np.radians(x_deg)),
    )
    # A mirror through the y-z plane makes the axes right-handed and turns about y and z around.
    y_up = left_handed * np.array([1.0, 1.0, -1.0, -1.0])
    return multiply(from_axis_angle(_X, np.asarray(np.pi / 2)), y_up)


def _header(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line]), [])]


def _sensors(header: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """Columns X, Y, Z of each sensor of the first block, none where the block is another one."""
    if not header or header[0].lower() not in _TIME:
        return {}
    sensors: dict[str, dict[str, int]] = {}
    for i, cell in enumerate(header[1:], start=1):
        if cell.lower() in _TIME:
            break
        match = _ANGLE.fullmatch(cell)
        if not match:
            return {}
        sensors.setdefault(match[1], {})[match[2]] = i
    if any(set(axes) != set("XYZ") for axes in sensors.values()):
        return {}
    return {name: (axes["X"], axes["Y"], axes["Z"]) for name, axes in sensors.items()}


def _segments(path: Path, sensors: Sequence[str]) -> Mapping[str, Segment]:
    sidecar = path.with_name(f"{path.stem}.segments.csv")
    given = read_segment_map(sidecar) if sidecar.is_file() else KNOWN_SENSORS
    found = {name: given.get(name) or segment_from_name(name) for name in sensors}
    unknown = [name for name, segment in found.items() if segment is None]
    if unknown:
        raise RecordingError(
            f"{path.name}: it is not known on which segment these sensors sat: "
            f"{', '.join(unknown)}.",
            f"Write {sidecar.name} beside it, with the first line sensor,segment and a line such "
            f"as {unknown[0]},left_thigh for each sensor.",
        )
    segments = {name: segment for name, segment in found.items() if segment is not None}
    for segment in set(segments.values()):
        doubles = [name for name in segments if segments[name] is segment]
        if len(doubles) > 1:
            raise RecordingError(
                f"{path.name}: the sensors {' and '.join(doubles)} are both on the "
                f"{segment.words}.",
                f"Correct {sidecar.name}.",
            )
    return segments


def _stream(
    segment: Segment, name: str, numbers: Numbers, columns: tuple[int, int, int]
) -> SensorStream:
    # The blocks are of different length, so the shorter ones end in empty rows.
    block = numbers.values[:, [numbers.index[i] for i in columns]]
    measured = np.flatnonzero(~np.isnan(block).all(axis=1))
    if not len(measured):
        raise RecordingError(f"The sensor {name} has no samples.", "Export the recording again.")
    rows = numbers.take(measured)
    time_s, angles_deg = rows.column(0), rows.group(columns)
    q = None if angles_deg is None else earth_from_euler_deg(*angles_deg.T)
    info = SensorInfo(model="STT iSen", serial=name)
    return SensorStream(segment, time_s, sampling_rate_hz(time_s), q, sensor=info)
