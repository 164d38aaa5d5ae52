"""Recordings of Movella (Xsens) DOT sensors: one CSV a sensor, in a folder, a zip or alone."""

import zipfile
from collections.abc import Mapping, Sequence
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
from imu_hip.recording.formats.segment_names import ADVICE, is_other_body_part, segment_from_name
from imu_hip.recording.formats.sidecars import is_sidecar
from imu_hip.recording.recording import Recording

LARGEST_ZIP_BYTES: Final = 2_000_000_000
_ZIP_MAGIC: Final = b"PK"
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
    if head.startswith(_ZIP_MAGIC):
        return path.suffix.lower() == ".zip"
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
    by_segment, warnings = _by_segment(path.name, files)
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
    if read_head(path).startswith(_ZIP_MAGIC):
        return _zip_contents(path)
    return [(path.name, read_bytes(path))]


def _zip_contents(path: Path) -> list[tuple[str, bytes]]:
    """CSV files of a zip, read in memory: nothing is written to where a zip says it should be."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if _is_csv(info.filename)]
            size = sum(info.file_size for info in members)
            if size > LARGEST_ZIP_BYTES:
                raise RecordingError(
                    f"{path.name} would unpack to {size / 1e9:.1f} GB.",
                    "Unpack it and open only the session that you want.",
                )
            return [(m.filename, archive.read(m)) for m in members]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise RecordingError(
            f"{path.name} cannot be unpacked: {error}.", "Unpack it yourself and open the folder."
        ) from error


def _is_csv(member: str) -> bool:
    place = PurePosixPath(member)
    hidden = place.name.startswith(".") or "__MACOSX" in place.parts
    return place.suffix.lower() == ".csv" and not hidden


def _by_segment(name: str, files: Sequence[DotFile]) -> tuple[dict[Segment, DotFile], list[str]]:
    found: dict[Segment, DotFile] = {}
    unknown: list[str] = []
    left_out: list[str] = []
    for file in files:
        stem = PurePosixPath(file.name).stem
        segment = segment_from_name(stem) or segment_from_name(file.tag)
        if segment in found:
            raise RecordingError(
                f"{name}: {found[segment].name} and {file.name} are both of the {segment.words}.",
                "Keep one of them, or rename the one that is of another segment.",
            )
        if segment is not None:
            found[segment] = file
        elif is_other_body_part(stem) or is_other_body_part(file.tag):
            left_out.append(file.name)
        else:
            unknown.append(file.name)
    if unknown:
        raise RecordingError(
            f"{name}: the segment cannot be told for {', '.join(unknown)}.", ADVICE
        )
    if not found:
        raise RecordingError(
            f"{name}: no file is of the pelvis, a thigh or a shin, only {', '.join(left_out)}.",
            ADVICE,
        )
    text = f"Sensors on other body parts were left out: {', '.join(left_out)}."
    return found, [text] if left_out else []


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
