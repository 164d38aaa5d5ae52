"""Angles in OpenSim's `.mot` and `.sto` files: a header, `endheader`, and a table by tabs."""

import re
from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.exchange.angle_file import (
    AngleFile,
    AngleFileError,
    columns_of,
    require_finite,
    require_rising,
)
from imu_hip.exchange.angle_names import meaning_of
from imu_hip.exchange.opensim_femur import femoral_rotation, pelvis_columns
from imu_hip.recording.formats.files import decode, head_lines, head_of, read_bytes
from imu_hip.recording.formats.table import TextTable

HEADER_LINES: Final = 200
_LARGEST_RAD: Final = 2.0 * np.pi
"""No joint turns further than once around."""


def is_opensim_angles(path: Path) -> bool:
    """Whether a file begins with an OpenSim header, and not with that of sensor orientations."""
    lines = head_lines(path)
    # Sensor orientations have the same ending .sto and are no angles.
    end = _end_of_header(lines)
    return end is not None and not _says(lines[:end], "DataType", "quaternion")


def read_opensim(path: Path) -> AngleFile:
    """Read the joint angles of a motion, in degrees whatever the file has them in.

    Raises
    ------
    AngleFileError
        Where it has no joint angles, or naming the first wrong cell.
    """
    data = read_bytes(path)
    lines = decode(head_of(data)).splitlines()
    end = _end_of_header(lines)
    if end is None or end + 1 >= len(lines):
        raise AngleFileError(
            f"{path.name} has no table after an endheader line.", "Export it from OpenSim again."
        )
    table_data = _by_tabs(b"\n".join(data.splitlines()[end + 1 :]))
    header = tuple(decode(table_data.split(b"\n", 1)[0]).strip().split("\t"))
    if header[0].lower() != "time":
        raise AngleFileError(
            f"{path.name}: the first column is {header[0]!r}, not time.",
            "Export it from OpenSim again.",
        )
    columns, others = columns_of(path.name, header[1:], meaning_of)
    pelvis = pelvis_columns(header)
    table = TextTable(path.name, table_data, header, 1, "\t")
    numbers = table.read([0, *(place + 1 for place in columns), *pelvis])
    time_s = numbers.values[:, 0]
    require_rising(path.name, time_s, lambda row: end + 1 + table.line_of(row))
    require_finite(numbers)
    measured = numbers.values[:, 1:]
    in_degrees, notes = _in_degrees(path.name, lines[:end], measured)
    scale = 1.0 if in_degrees else float(np.degrees(1.0))
    angles = measured * scale
    values = {meaning.key: angles[:, i] for i, meaning in enumerate(columns.values())}
    # What the file says itself goes before what is computed.
    femora, told = femoral_rotation(path.name, angles[:, len(columns) :], values)
    return AngleFile(path.name, time_s, {**femora, **values}, others, (*notes, *told))


def _by_tabs(body: bytes) -> bytes:
    """Rows with their columns set apart by tabs alone; old files have blanks, at the ends too."""
    # One pattern for all of this would look at thousands of blanks in a row again from each.
    rows = b"\n".join(line.lstrip(b" ").rstrip(b" \t") for line in body.split(b"\n"))
    if b"\t" not in rows.split(b"\n", 1)[0]:
        return re.sub(rb"[ \t]+", b"\t", rows)
    return re.sub(rb" ?\t ?", b"\t", re.sub(rb"  +", b" ", rows))


def _end_of_header(lines: list[str]) -> int | None:
    start = [line.strip().lower() for line in lines[:HEADER_LINES]]
    return start.index("endheader") if "endheader" in start else None


def _says(header: list[str], key: str, value: str) -> bool:
    pattern = rf"\s*{key}\s*=\s*{value}\s*"
    return any(re.fullmatch(pattern, line, re.IGNORECASE) for line in header)


def _in_degrees(name: str, header: list[str], values: np.ndarray) -> tuple[bool, tuple[str, ...]]:
    if _says(header, "inDegrees", "yes"):
        return True, ()
    if _says(header, "inDegrees", "no"):
        return False, (f"{name} was in radians.",)
    # Some writers leave the unit out, although OpenSim needs it.
    known = np.abs(values[np.isfinite(values)])
    in_degrees = bool(len(known) and known.max() > _LARGEST_RAD)
    unit = "degrees" if in_degrees else "radians"
    note = (
        f"{name} does not say whether it is in degrees (inDegrees); by the size of its angles it "
        f"was read in {unit}."
    )
    return in_degrees, (note,)
