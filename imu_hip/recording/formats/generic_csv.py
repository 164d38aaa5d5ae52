"""Any CSV file, explained by a small TOML map beside it.

The map of `NAME.csv` is `NAME.toml`, or `map.toml` for all files of the folder. Each row holds all
sensors, side by side::

    separator = ","                       # optional, as are the next three
    decimal_point = "."
    skip_lines = 0                        # lines before the line of column names
    sampling_rate_hz = 100                # instead of time, or where its stamps are irregular
    time = {column = "t", unit = "s"}     # s, ms, us, ns

    [segments.left_thigh]
    acc = {columns = ["ax1", "ay1", "az1"], unit = "m/s2"}    # m/s2 or g
    gyr = {columns = ["gx1", "gy1", "gz1"], unit = "deg/s"}   # deg/s or rad/s
    quaternion = {columns = ["w1", "x1", "y1", "z1"]}         # order w, x, y, z; earth z up
    mag = {columns = ["mx1", "my1", "mz1"]}

or the rows of the sensors alternate, and one column tells them apart::

    segment_column = "sensor"
    time = {column = "t", unit = "us"}

    [columns]
    acc = {columns = ["ax", "ay", "az"], unit = "g"}
    gyr = {columns = ["gx", "gy", "gz"], unit = "rad/s"}

    [segments.left_thigh]
    name = "IMU_3"

The segments are pelvis, left_thigh, left_shin, right_thigh and right_shin.
"""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.formats.files import decode, naming, read_bytes, read_entry
from imu_hip.recording.formats.long_csv import is_long_csv
from imu_hip.recording.formats.sampling import sampling_rate_hz
from imu_hip.recording.formats.sidecars import is_sidecar
from imu_hip.recording.formats.table import Numbers, TextTable
from imu_hip.recording.formats.units import acceleration_in_mps2
from imu_hip.recording.recording import Recording, SensorStream

if TYPE_CHECKING:
    from imu_hip.recording.formats.generic_map import Columns, GenericMap

SHARED_MAP: Final = "map.toml"
LATEST_RELATIVE_S: Final = 1e6
"""Times beyond twelve days are dates; they are counted from the first sample."""

_SUFFIXES: Final = (".csv", ".txt", ".tsv", ".dat")
_SECONDS: Final = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


def is_generic_csv(path: Path) -> bool:
    """Whether a text file has a map beside it."""
    if path.suffix.lower() not in _SUFFIXES or not path.is_file() or is_sidecar(path):
        return False
    if path.with_suffix(".toml").is_file():
        return True
    return (path.parent / SHARED_MAP).is_file() and not is_long_csv(path)


def read_generic_csv(path: Path) -> Recording:
    """Read a CSV file by its map.

    Raises
    ------
    RecordingError
        Listing every fault of the map, the columns that are missing, or the first wrong cell.
    """
    # pydantic takes 0.1 s to import, which only this format needs.
    from imu_hip.recording.formats.generic_map import read_map  # noqa: PLC0415

    own = path.with_suffix(".toml")
    map_path = own if own.is_file() else path.parent / SHARED_MAP
    described = read_map(map_path)
    table = _table(path, described, map_path.name)
    with naming(path.name):
        rows = _rows(table, described)
        start_s = _start_s(rows, described)
        streams: dict[Segment, SensorStream] = {}
        warnings: list[str] = []
        for segment, numbers in rows.items():
            time_s = _time_s(numbers, described) - start_s
            columns = described.columns_of(segment)
            streams[segment], warning = _stream(segment, numbers, columns, described, time_s)
            warnings.extend([warning] if warning else [])
        entry = read_entry(
            "generic CSV", path.name, map=map_path.name, start_s=start_s, warnings=list(warnings)
        )
        return Recording(streams, source=path.name, warnings=tuple(warnings), log=(entry,))


def _table(path: Path, described: "GenericMap", map_name: str) -> TextTable:
    data = read_bytes(path)
    lines = decode(data).splitlines()[described.skip_lines :][:1]
    try:
        cells = next(csv.reader(lines, delimiter=described.separator), [])
    except (csv.Error, ValueError, TypeError) as error:
        raise RecordingError(
            f"The line of column names of {path.name} cannot be cut into cells: {error}.",
            f"Correct it, or separator and skip_lines in {map_name}.",
        ) from error
    header = tuple(cell.strip() for cell in cells)
    named = [
        name for segment in described.segments for name in described.columns_of(segment).names()
    ]
    named += [described.time.column] if described.time else []
    named += [described.segment_column] if described.segment_column else []
    missing = sorted({name for name in named if name not in header})
    if missing:
        raise RecordingError(
            f"{path.name} has no column {', '.join(missing)}, which {map_name} names; its columns "
            f"are {', '.join(header)}.",
            "Correct the map, its separator or its skip_lines.",
        )
    return TextTable(
        path.name,
        data,
        header,
        described.skip_lines + 1,
        described.separator,
        described.decimal_point,
    )


def _rows(table: TextTable, described: "GenericMap") -> dict[Segment, Numbers]:
    names = dict.fromkeys([described.time.column] if described.time else [])
    for segment in described.segments:
        names.update(dict.fromkeys(described.columns_of(segment).names()))
    positions = [table.header.index(name) for name in names]
    if described.segment_column is None:
        numbers = table.read(positions)
        return dict.fromkeys(described.segments, numbers)
    numbers = table.read(positions, words=table.header.index(described.segment_column))
    rows: dict[Segment, Numbers] = {}
    for segment, given in described.segments.items():
        if given.name not in numbers.words or numbers.codes is None:
            raise RecordingError(
                f"No row has {given.name} in the column {described.segment_column}; it holds "
                f"{', '.join(map(str, numbers.words))}.",
                f"Correct segments.{segment} in the map.",
            )
        code = numbers.words.index(given.name)
        rows[segment] = numbers.take(np.flatnonzero(numbers.codes == code))
    return rows


def _time_s(numbers: Numbers, described: "GenericMap") -> FloatArray:
    if described.time is None:
        return np.arange(len(numbers.rows)) / (described.sampling_rate_hz or 1.0)
    position = numbers.table.header.index(described.time.column)
    return numbers.column(position) * _SECONDS[described.time.unit]


def _start_s(rows: dict[Segment, Numbers], described: "GenericMap") -> float:
    if any(len(numbers.rows) < 2 for numbers in rows.values()):
        raise RecordingError("There are fewer than 2 samples.", "Export the recording again.")
    first_s = min(float(_time_s(numbers, described)[0]) for numbers in rows.values())
    return first_s if abs(first_s) > LATEST_RELATIVE_S else 0.0


def _stream(
    segment: Segment,
    numbers: Numbers,
    columns: "Columns",
    described: "GenericMap",
    time_s: FloatArray,
) -> tuple[SensorStream, str | None]:
    def group(names: tuple[str, ...] | None) -> FloatArray | None:
        header = numbers.table.header
        return numbers.group([header.index(name) for name in names]) if names else None

    rate_hz = described.sampling_rate_hz or sampling_rate_hz(time_s)
    q = group(columns.quaternion.columns if columns.quaternion else None)
    acc = group(columns.acc.columns if columns.acc else None)
    gyr = group(columns.gyr.columns if columns.gyr else None)
    mag = group(columns.mag.columns if columns.mag else None)
    warning = None
    if acc is not None and columns.acc is not None and columns.acc.unit == "g":
        acc = acc * GRAVITY_MPS2
    if acc is not None and np.isfinite(rate_hz):
        acc, warning = acceleration_in_mps2(acc, rate_hz, segment)
    if gyr is not None and columns.gyr is not None and columns.gyr.unit == "rad/s":
        gyr = np.degrees(gyr)
    return SensorStream(segment, time_s, rate_hz, q, acc, gyr, mag), warning
