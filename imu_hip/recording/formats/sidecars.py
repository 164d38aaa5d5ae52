"""Small CSV files beside a recording: markers, and which sensor sat on which segment."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Final

from imu_hip.errors import RecordingError
from imu_hip.names import MarkerLabel, Segment, Side
from imu_hip.recording.formats.files import decode, read_bytes, replacing
from imu_hip.recording.recording import Marker, Recording

MARKER_COLUMNS: Final = ("label", "side", "start_s", "end_s")
SEGMENT_COLUMNS: Final = ("sensor", "segment")
_SUFFIXES: Final = (".markers.csv", ".segments.csv")
LARGEST_SIDECAR: Final = 100_000
"""Characters, less than `csv` takes for one cell; a thousand markers need half as many."""
_NAMES: Final = ("markers.csv", "segments.csv")


def is_sidecar(path: Path) -> bool:
    """Whether a file name is that of a sidecar, not of a recording."""
    name = path.name.lower()
    return name.endswith(_SUFFIXES) or name in _NAMES


def markers_path(recording: Path) -> Path:
    """Where the markers of a recording are looked for and written."""
    if recording.is_dir():
        return recording / "markers.csv"
    return recording.with_name(f"{recording.stem}.markers.csv")


def read_markers(path: Path) -> tuple[Marker, ...]:
    """Read markers: columns `label,side,start_s,end_s`, an empty side or `both` for both sides.

    Raises
    ------
    RecordingError
        Listing every line that is wrong.
    """
    markers: list[Marker] = []
    faults: list[str] = []
    for line, row in _rows(path, MARKER_COLUMNS):
        try:
            markers.append(_marker(row))
        except ValueError as error:
            faults.append(f"line {line}: {error}")
    if faults:
        raise RecordingError(f"{path.name}: {'; '.join(faults)}.", "Correct these lines.")
    return tuple(markers)


def write_markers(markers: Sequence[Marker], path: Path) -> None:
    """Write markers as `read_markers` reads them.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    with replacing(path) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(MARKER_COLUMNS)
        for marker in markers:
            side = marker.side or "both"
            writer.writerow((marker.label, side, repr(marker.start_s), repr(marker.end_s)))


def with_markers_beside(recording: Recording, path: Path) -> Recording:
    """The recording with the markers that lie beside its file, if there are any.

    Raises
    ------
    RecordingError
        Where they are damaged.
    """
    sidecar = markers_path(path)
    if not sidecar.is_file():
        return recording
    markers = read_markers(sidecar)
    if recording.markers == markers:
        return recording
    replaced = [f"The markers were taken from {sidecar.name}, not from the recording itself."]
    outside = [m for m in markers if m.end_s <= recording.start_s or m.start_s >= recording.end_s]
    warnings = replaced if recording.markers else []
    warnings += [
        f"The marker {m.label} from {m.start_s:g} to {m.end_s:g} s lies outside the recording."
        for m in outside
    ]
    return replace(recording, markers=markers, warnings=(*recording.warnings, *warnings))


def read_segment_map(path: Path) -> dict[str, Segment]:
    """Read which sensor sat on which segment: columns `sensor,segment`.

    Raises
    ------
    RecordingError
        Listing every line that is wrong.
    """
    found: dict[str, Segment] = {}
    faults: list[str] = []
    for line, row in _rows(path, SEGMENT_COLUMNS):
        try:
            found[row["sensor"]] = Segment(row["segment"].lower())
        except ValueError:
            faults.append(f"line {line}: '{row['segment']}' is not a segment")
    if faults:
        raise RecordingError(
            f"{path.name}: {'; '.join(faults)}.", f"The segments are {', '.join(Segment)}."
        )
    return found


def _rows(path: Path, columns: Sequence[str]) -> list[tuple[int, Mapping[str, str]]]:
    text = decode(read_bytes(path))
    if len(text) > LARGEST_SIDECAR:
        raise RecordingError(
            f"{path.name} is too long for a list of {columns[0]}s ({len(text)} characters).",
            "Check that it is the right file.",
        )
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [cell.strip().lower() for cell in next(reader, [])]
    missing = [column for column in columns if column not in header]
    if missing:
        raise RecordingError(
            f"{path.name} has no column {', '.join(missing)}.",
            f"Its first line must be {','.join(columns)}.",
        )
    rows: list[tuple[int, Mapping[str, str]]] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise RecordingError(
                f"{path.name}: line {reader.line_num} has {len(cells)} columns, the first line "
                f"has {len(header)}.",
                "Correct this line.",
            )
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        rows.append((reader.line_num, row))
    return rows


def _marker(row: Mapping[str, str]) -> Marker:
    label = row["label"].lower().replace("-", "_").replace(" ", "_")
    if label not in set(MarkerLabel):
        raise ValueError(f"'{row['label']}' is not one of {', '.join(MarkerLabel)}")
    side = row["side"].lower()
    if side not in {*Side, "both", ""}:
        raise ValueError(f"side '{row['side']}' is not left, right, both or empty")
    start_s, end_s = (_seconds(row, column) for column in ("start_s", "end_s"))
    if not end_s > start_s:
        raise ValueError(f"the marker ends at {end_s:g} s, not after its start at {start_s:g} s")
    return Marker(MarkerLabel(label), start_s, end_s, Side(side) if side in set(Side) else None)


def _seconds(row: Mapping[str, str], column: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise ValueError(f"{column} '{row[column]}' is not a number")
    return value
