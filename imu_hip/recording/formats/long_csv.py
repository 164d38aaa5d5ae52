"""Our long CSV: one row a sample and sensor, named columns with units.

The columns are `segment`, `time_s` and, for what was measured, `acc_x_mps2 acc_y_mps2 acc_z_mps2`,
`gyr_x_dps gyr_y_dps gyr_z_dps`, `q_w q_x q_y q_z` and `mag_x_au mag_y_au mag_z_au`, in any order.
Rows of different segments may alternate. `NAME.markers.csv` beside `NAME.csv` holds the markers.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.errors import OutputError, RecordingError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Segment
from imu_hip.recording.formats.columns import (
    ACCELERATION,
    ANGULAR_VELOCITY,
    GROUPS,
    measured_columns,
    stream_columns,
)
from imu_hip.recording.formats.files import (
    decode,
    head_lines,
    head_of,
    naming,
    read_bytes,
    read_entry,
    replacing,
)
from imu_hip.recording.formats.sampling import sampling_rate_hz
from imu_hip.recording.formats.sidecars import (
    is_sidecar,
    markers_path,
    read_markers,
    write_markers,
)
from imu_hip.recording.formats.table import Numbers, TextTable
from imu_hip.recording.formats.units import acceleration_in_mps2
from imu_hip.recording.recording import Marker, Recording, SensorStream

_KNOWN: Final = {"segment", "time_s", *(name for group in GROUPS.values() for name in group)}


def is_long_csv(path: Path) -> bool:
    """Whether the first line of a file names our columns."""
    if is_sidecar(path):
        return False
    header = _header(head_lines(path)[:1])
    return {"segment", "time_s"} <= set(header) or len(_KNOWN & set(header)) >= 4


def read_long_csv(path: Path) -> Recording:
    """Read a long CSV.

    Raises
    ------
    RecordingError
        Naming the columns that are missing, or the line and column of the first wrong cell.
    """
    data = read_bytes(path)
    lines = decode(head_of(data)).splitlines()
    header = _header(lines[:1])
    separator = _separator(lines[0])
    decimal_point = "," if separator == ";" and len(lines) > 1 and "," in lines[1] else "."
    groups = _groups(path.name, header)
    table = TextTable(path.name, data, tuple(header), 1, separator, decimal_point)
    wanted = [header.index(name) for name in ("time_s", *(n for g in groups.values() for n in g))]
    numbers = table.read(wanted, words=header.index("segment"))
    warnings = _unused_columns(header, groups)
    streams: dict[Segment, SensorStream] = {}
    with naming(path.name):
        for segment, rows in _rows_by_segment(numbers).items():
            streams[segment], warning = _stream(segment, rows, groups)
            warnings.extend([warning] if warning else [])
        entry = read_entry("long CSV", path.name, warnings=list(warnings))
        return Recording(streams, source=path.name, warnings=tuple(warnings), log=(entry,))


def write_long_csv(recording: Recording, path: Path) -> None:
    """Write a long CSV and, where there are markers, the markers beside it.

    Raises
    ------
    OutputError
        Where it cannot be written, or where markers that are not this recording's lie beside it.
    """
    # Only a command that writes a table pays for this import.
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    sidecar = markers_path(path)
    kept = sidecar.exists() and _holds(sidecar, recording)
    # Markers beside a table of the same name are its own and are written anew along with it.
    if sidecar.exists() and not kept and not (recording.markers and path.exists()):
        raise OutputError(
            f"{sidecar.name} already lies beside {path} and would be taken for its markers.",
            "Remove it or choose another name.",
        )
    columns = measured_columns(recording)
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
    with replacing(path) as unfinished, unfinished.open("wb") as file:
        file.write((",".join(("segment", "time_s", *columns)) + "\n").encode())
        for segment, stream in recording.streams.items():
            arrays = [pa.array([str(segment)] * len(stream.time_s)), pa.array(stream.time_s)]
            arrays += [
                pa.nulls(len(stream.time_s)) if values is None else pa.array(values)
                for values in stream_columns(stream, columns)
            ]
            names = [str(i) for i in range(len(arrays))]
            arrow_csv.write_csv(pa.table(arrays, names=names), file, options)
    if recording.markers and not kept:
        write_markers(recording.markers, sidecar)


def _holds(sidecar: Path, recording: Recording) -> bool:
    try:
        markers = read_markers(sidecar)
    except RecordingError:
        return False
    return bool(markers) and sorted(markers, key=_place) == sorted(recording.markers, key=_place)


def _place(marker: Marker) -> tuple[float, float, str, str]:
    return marker.start_s, marker.end_s, marker.label, marker.side or ""


def _header(lines: Sequence[str]) -> list[str]:
    cells = lines[0].split(_separator(lines[0])) if lines else []
    return [cell.strip().strip('"').lower() for cell in cells]


def _separator(line: str) -> str:
    return max((",", ";", "\t"), key=line.count)


def _groups(name: str, header: Sequence[str]) -> dict[str, tuple[str, ...]]:
    groups = {field: names for field, names in GROUPS.items() if set(names) & set(header)}
    if "q_earth_sensor" not in groups:
        # Without an orientation both are needed, whichever of them has columns.
        groups = {"acc_mps2": ACCELERATION, "gyr_dps": ANGULAR_VELOCITY, **groups}
    needed = ("segment", "time_s", *(column for names in groups.values() for column in names))
    missing = [column for column in needed if column not in header]
    if missing:
        raise RecordingError(
            f"{name} has no column {', '.join(missing)}.",
            "Add the columns; acceleration with angular velocity, or a quaternion, is needed.",
        )
    repeated = sorted({column for column in needed if header.count(column) > 1})
    if repeated:
        raise RecordingError(
            f"{name} has the column {', '.join(repeated)} more than once.", "Remove one of them."
        )
    return groups


def _unused_columns(header: Sequence[str], groups: Mapping[str, Sequence[str]]) -> list[str]:
    used = {"segment", "time_s", *(name for names in groups.values() for name in names)}
    unused = [name for name in header if name not in used]
    return [f"These columns were not used: {', '.join(unused)}."] if unused else []


def _rows_by_segment(numbers: Numbers) -> dict[Segment, Numbers]:
    codes, table = numbers.codes, numbers.table
    if codes is None or not len(codes):
        raise RecordingError(f"{table.name} has no samples.", "Export the recording again.")
    segments = {word: _segment(word) for word in numbers.words}
    unknown = [word for word, segment in segments.items() if segment is None]
    if unknown:
        raise RecordingError(
            f"{table.name} has samples of unknown segments: {', '.join(map(repr, unknown))}.",
            f"The segments are {', '.join(Segment)}.",
        )
    empty = np.flatnonzero(codes < 0)
    if len(empty):
        raise table.fault(f"line {table.line_of(int(empty[0]))}, column segment is empty")
    rows: dict[Segment, Numbers] = {}
    for segment in Segment:
        places = [i for i, word in enumerate(numbers.words) if segments[word] is segment]
        found = np.flatnonzero(np.isin(codes, places))
        if len(found):
            rows[segment] = numbers.take(found)
    return rows


def _segment(word: str) -> Segment | None:
    name = word.strip().lower()
    return Segment(name) if name in set(Segment) else None


def _stream(
    segment: Segment, rows: Numbers, groups: Mapping[str, Sequence[str]]
) -> tuple[SensorStream, str | None]:
    header = rows.table.header
    time_s = rows.column(header.index("time_s"))
    _require_order(segment, rows, time_s)
    rate_hz = sampling_rate_hz(time_s)
    values = {
        field: rows.group([header.index(name) for name in names]) for field, names in groups.items()
    }
    warning = None
    acc = values.get("acc_mps2")
    if acc is not None and len(acc) >= 2 and np.isfinite(rate_hz):
        values["acc_mps2"], warning = acceleration_in_mps2(acc, rate_hz, segment)
    stream = SensorStream(
        segment,
        time_s,
        rate_hz,
        values.get("q_earth_sensor"),
        values.get("acc_mps2"),
        values.get("gyr_dps"),
        values.get("mag_au"),
    )
    return stream, warning


def _require_order(segment: Segment, rows: Numbers, time_s: FloatArray) -> None:
    steps = np.diff(time_s)
    wrong = np.flatnonzero(steps <= 0)
    if len(wrong):
        i = int(wrong[0]) + 1
        kind = "repeats" if steps[i - 1] == 0 else "runs backward"
        line = rows.table.line_of(int(rows.rows[i]))
        raise rows.table.fault(
            f"line {line}, column time_s: of the {segment.words} sensor, time {kind} at "
            f"{time_s[i]:.3f} s, sample {i + 1} ({len(wrong)} such in all)"
        )
