"""Recordings of Movella (Xsens) DOT sensors: one CSV a sensor, in a folder, a zip or alone."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

from imu_hip.errors import RecordingError
from imu_hip.names import Segment
from imu_hip.recording.formats.counters import common_start
from imu_hip.recording.formats.files import naming, read_bytes, read_entry, read_head
from imu_hip.recording.formats.movella_dot_header import DotFile, parse_dot_file
from imu_hip.recording.formats.movella_dot_samples import (
    TICK_MODULUS,
    TICKS_PER_S,
    DotSamples,
    read_dot_file,
)
from imu_hip.recording.formats.sensor_places import segments_by_name
from imu_hip.recording.formats.sidecars import is_sidecar
from imu_hip.recording.formats.zipped import begins_as_zip, csv_files_in_zip, is_zip
from imu_hip.recording.recording import Recording

_START_TIME_USED: Final = (
    "The clocks of the sensors were not synchronised; their StartTime was used, which may be wrong "
    "by some hundredths of a second."
)
_NO_COMMON_TIME: Final = (
    "The clocks of the sensors were not synchronised and no StartTime is given; every sensor was "
    "taken to start at the same moment."
)


def is_dot(path: Path) -> bool:
    """Whether a file, or at least one file in a folder or zip, is the CSV of a DOT."""
    if path.is_dir():
        return any(is_dot(file) for file in _csv_files(path) if file.stat().st_size)
    if not path.is_file() or is_sidecar(path):
        return False
    head = read_head(path)
    if begins_as_zip(path):
        return is_zip(path)
    return parse_dot_file(path.name, head) is not None


def read_dot(path: Path) -> Recording:
    """Read the DOT files of one session.

    Raises
    ------
    RecordingError
        Where the segment of a file cannot be told, where two files are of one segment, or where
        the samples of one are wrong.
    """
    files = [
        found for name, data in _contents(path) if (found := parse_dot_file(name, data)) is not None
    ]
    if not files:
        raise RecordingError(
            f"{path.name} holds no CSV file of a Movella DOT.",
            "Unpack it and open the recording that it holds.",
        )
    names = {file.name: (PurePosixPath(file.name).stem, file.tag) for file in files}
    placed, warnings = segments_by_name(path.name, names)
    by_name = {file.name: file for file in files}
    by_segment = {segment: by_name[name] for segment, name in placed.items()}
    samples: dict[Segment, DotSamples] = {}
    for segment, file in by_segment.items():
        with naming(file.name):
            samples[segment] = read_dot_file(file, segment)
        warnings.extend(samples[segment].notes)
    starts_s, clock = _starts_s(by_segment, samples)
    warnings.extend(clock)
    streams = {
        segment: replace(found.stream, time_s=found.stream.time_s + starts_s[segment])
        for segment, found in samples.items()
    }
    entry = read_entry(
        "Movella DOT",
        path.name,
        files={segment: file.name for segment, file in by_segment.items()},
        acceleration={segment: found.acceleration for segment, found in samples.items()},
        starts_s=starts_s,
    )
    return Recording(streams, source=path.name, warnings=tuple(warnings), log=(entry,))


def _csv_files(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() == ".csv" and file.is_file() and not file.name.startswith(".")
    )


def _contents(path: Path) -> list[tuple[str, bytes]]:
    if path.is_dir():
        files = [file for file in _csv_files(path) if not is_sidecar(file)]
        return [(file.name, read_bytes(file)) for file in files]
    if begins_as_zip(path):
        return csv_files_in_zip(path)
    return [(path.name, read_bytes(path))]


def _starts_s(
    files: Mapping[Segment, DotFile], samples: Mapping[Segment, DotSamples]
) -> tuple[dict[Segment, float], list[str]]:
    """Start of each sensor after the first, and what to know about how it was found."""
    if all(file.synced for file in files.values()) or len(files) == 1:
        ticks = {segment: found.first_tick for segment, found in samples.items()}
        starts = common_start(ticks, TICK_MODULUS)
        return {segment: tick / TICKS_PER_S for segment, tick in starts.items()}, []
    started = {s: file.started for s, file in files.items() if file.started is not None}
    if len(started) == len(files):
        first = min(started.values())
        return {s: (at - first).total_seconds() for s, at in started.items()}, [_START_TIME_USED]
    return dict.fromkeys(files, 0.0), [_NO_COMMON_TIME]
