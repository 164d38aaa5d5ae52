"""OpenSense `.sto` files: orientations of sensors, one column a sensor, cells `w,x,y,z`.

The files are in the convention of Xsens, earth z up, as OpenSense's own readers write them.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import OPENSIM_NAME, Segment
from imu_hip.recording.formats.files import (
    decode,
    head_lines,
    head_of,
    naming,
    read_bytes,
    read_entry,
    replacing,
)
from imu_hip.recording.formats.regular_grid import orientations_on_one_grid
from imu_hip.recording.formats.sampling import sampling_rate_hz
from imu_hip.recording.formats.segment_names import is_other_body_part, segment_from_name
from imu_hip.recording.formats.table import Numbers, TextTable
from imu_hip.recording.recording import Recording, SensorStream

HEADER_LINES = 60


def is_sto(path: Path) -> bool:
    """Whether a file begins with an OpenSim storage header."""
    return _end_of_header(head_lines(path)) is not None


def read_sto(path: Path) -> Recording:
    """Read orientations of OpenSense.

    Raises
    ------
    RecordingError
        Where the file holds something other than orientations of known segments.
    """
    data = read_bytes(path)
    lines = decode(head_of(data)).splitlines()
    end = _end_of_header(lines)
    if end is None or end + 1 >= len(lines):
        raise RecordingError(
            f"{path.name} has no table after an endheader line.", "Export it from OpenSense again."
        )
    _check_type(path.name, lines[:end])
    header = [cell.strip() for cell in lines[end + 1].split("\t")]
    table = _table(path.name, data, header, end + 2)
    columns, warnings = _columns(path.name, header)
    with naming(path.name):
        numbers = table.read(range(table.width))
        streams = {
            segment: _stream(segment, numbers, 1 + 4 * (column - 1))
            for segment, column in columns.items()
        }
        entry = read_entry("OpenSense", path.name, left_out=warnings)
        return Recording(streams, source=path.name, warnings=tuple(warnings), log=(entry,))


def write_sto(recording: Recording, path: Path) -> None:
    """Write orientations for OpenSense, all sensors on one regular time grid.

    Streams without an orientation of their own get that of a filter run over acceleration and
    angular velocity.

    Raises
    ------
    OutputError
        Where it cannot be written, or where a gap is too long to be interpolated.
    """
    write_quaternions(path, *orientations_on_one_grid(recording))


def write_quaternions(
    path: Path,
    time_s: FloatArray,
    rate_hz: float,
    orientations: Mapping[Segment, FloatArray],
    notes: Sequence[str] = (),
) -> None:
    """Write orientations, shape (n, 4), at common times, with lines of text for people.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    import pyarrow as pa  # noqa: PLC0415 - only a command that writes pays for the import
    from pyarrow import compute  # noqa: PLC0415

    header = (
        f"DataRate={rate_hz:.6f}",
        "DataType=Quaternion",
        "version=3",
        *notes,
        "endheader",
        "\t".join(("time", *(OPENSIM_NAME[segment] for segment in orientations))),
    )
    cells = [pa.array(time_s).cast(pa.string())]
    for q in orientations.values():
        parts = [pa.array(q[:, i]).cast(pa.string()) for i in range(4)]
        cells.append(compute.binary_join_element_wise(*parts, ","))
    rows = compute.binary_join_element_wise(*cells, "\t").to_pylist()
    with replacing(path) as unfinished:
        unfinished.write_text("\n".join((*header, *rows, "")), encoding="utf-8", newline="\n")


def _end_of_header(lines: Sequence[str]) -> int | None:
    start = [line.strip().lower() for line in lines[:HEADER_LINES]]
    return start.index("endheader") if "endheader" in start else None


def _check_type(name: str, header: Sequence[str]) -> None:
    text = "\n".join(header)
    found = re.search(r"^\s*DataType\s*=\s*(\w+)", text, re.MULTILINE | re.IGNORECASE)
    kind = found[1] if found else "unknown"
    if kind.lower() != "quaternion":
        raise RecordingError(
            f"{name} is an OpenSim file of type {kind}, not of sensor orientations "
            "(DataType=Quaternion).",
            "Open the .sto file that goes into OpenSense, not its result.",
        )


def _table(name: str, data: bytes, header: Sequence[str], first_line: int) -> TextTable:
    """The table with each cell `w,x,y,z` as four columns."""
    wide = [header[0], *(f"{column}.{part}" for column in header[1:] for part in "wxyz")]
    return TextTable(name, data.replace(b",", b"\t"), tuple(wide), first_line, "\t")


def _columns(name: str, header: Sequence[str]) -> tuple[dict[Segment, int], list[str]]:
    by_name = {opensim: segment for segment, opensim in OPENSIM_NAME.items()}
    columns: dict[Segment, int] = {}
    left_out = []
    for i, column in enumerate(header[1:], start=1):
        segment = by_name.get(column) or segment_from_name(column)
        if segment is None:
            left_out.append(column)
        elif segment in columns:
            raise RecordingError(
                f"{name}: the columns {header[columns[segment]]} and {column} both mean the "
                f"{segment.words}.",
                "Remove one of them.",
            )
        else:
            columns[segment] = i
    if not columns:
        raise RecordingError(
            f"{name} has no sensor of the pelvis, a thigh or a shin, only {', '.join(left_out)}.",
            f"Name the columns {', '.join(OPENSIM_NAME.values())}.",
        )
    return columns, _left_out(left_out)


def _left_out(columns: Sequence[str]) -> list[str]:
    other = [column for column in columns if is_other_body_part(column)]
    unknown = [column for column in columns if column not in other]
    warnings = [f"Sensors on other body parts were left out: {', '.join(other)}."] if other else []
    if unknown:
        warnings.append(f"Sensors of unknown place were left out: {', '.join(unknown)}.")
    return warnings


def _stream(segment: Segment, numbers: Numbers, first: int) -> SensorStream:
    positions = range(first, first + 4)
    # A lost sample is written as nan in all four places.
    lost = np.isnan(numbers.values[:, first : first + 4]).all(axis=1)
    rows = numbers.take(np.flatnonzero(~lost)) if lost.any() else numbers
    time_s = rows.column(0)
    rate_hz = sampling_rate_hz(time_s)
    q: FloatArray | None = rows.group(positions) if len(time_s) else None
    return SensorStream(segment, time_s, rate_hz, q)
