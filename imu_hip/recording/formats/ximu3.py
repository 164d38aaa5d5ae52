"""Recordings of x-IMU3 sensors: a folder a sensor with Inertial.csv, Quaternion.csv and others.

The folders lie in one folder or zip and are named after their segments; the folder of one sensor
alone can be opened too. x-io's software writes them while it logs, and when it converts the files
of a memory card.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

from imu_hip.errors import RecordingError
from imu_hip.names import Segment
from imu_hip.recording.formats.counters import common_start
from imu_hip.recording.formats.files import naming, read_bytes, read_entry, read_head
from imu_hip.recording.formats.segment_names import segment_from_name
from imu_hip.recording.formats.sensor_places import SEGMENT_MAP, segments_by_name
from imu_hip.recording.formats.sidecars import read_segment_map
from imu_hip.recording.formats.ximu3_orientation import ORIENTATIONS
from imu_hip.recording.formats.ximu3_samples import (
    INERTIAL,
    KINDS,
    TICK_MODULUS,
    TICKS_PER_S,
    Ximu3Samples,
    has_ximu3_header,
    read_ximu3_sensor,
)
from imu_hip.recording.formats.zipped import csv_files_in_zip, csv_names_in_zip, is_zip
from imu_hip.recording.recording import Recording

Files = Mapping[str, bytes]
"""The CSV files of one sensor by their names."""

_TOLD_BY: Final = (INERTIAL, *ORIENTATIONS)


def is_ximu3(path: Path) -> bool:
    """Whether a folder or zip holds the files of at least one x-IMU3."""
    # By names alone: contents of a zip are unpacked only where it is read.
    if is_zip(path):
        return any(PurePosixPath(name).name in _TOLD_BY for name in csv_names_in_zip(path))
    if not path.is_dir():
        return False
    return any(_is_sensor(folder) for folder in (path, *_folders(path)))


def read_ximu3(path: Path) -> Recording:
    """Read the sensors of one session.

    Raises
    ------
    RecordingError
        Where the segment of a sensor cannot be told, two sensors are of one segment, the samples
        of one are wrong, or the clocks of the sensors have nothing in common.
    """
    sensors = _sensors(path)
    placed, warnings = _placed(path, sensors)
    samples: dict[Segment, Ximu3Samples] = {}
    for segment, name in placed.items():
        with naming(name):
            samples[segment] = read_ximu3_sensor(name, sensors[name], segment)
        warnings.extend(samples[segment].notes)
    # Time stamps are of synchronised clocks, so their first ones tell who began when.
    firsts = {segment: found.first_tick for segment, found in samples.items()}
    starts_s = {s: tick / TICKS_PER_S for s, tick in common_start(firsts, TICK_MODULUS).items()}
    streams = {
        segment: replace(found.stream, time_s=found.stream.time_s + starts_s[segment])
        for segment, found in samples.items()
    }
    recording = Recording(
        streams,
        source=path.name,
        warnings=tuple(warnings),
        log=(read_entry("x-IMU3", path.name, sensors=placed, starts_s=starts_s),),
    )
    _require_common_time(recording)
    return recording


def _folders(path: Path) -> list[Path]:
    return sorted(
        inner for inner in path.iterdir() if inner.is_dir() and not inner.name.startswith(".")
    )


def _is_sensor(folder: Path) -> bool:
    files = [folder / name for name in _TOLD_BY if (folder / name).is_file()]
    return any(has_ximu3_header(f.name, read_head(f)) for f in files if f.stat().st_size)


def _sensors(path: Path) -> dict[str, Files]:
    """The CSV files of each sensor, by the name of its folder."""
    sensors: dict[str, dict[str, bytes]] = {}
    if not path.is_dir():
        for member, data in csv_files_in_zip(path):
            place = PurePosixPath(member)
            folder = place.parent.name or path.stem
            own = sensors.setdefault(folder, {})
            if place.name in own:
                raise RecordingError(
                    f"{path.name} holds several folders called {folder}.",
                    "Keep one session in the zip.",
                )
            own[place.name] = data
    else:
        for inner in (path, *_folders(path)):
            sensors[inner.resolve().name] = {
                name: read_bytes(inner / name) for name in KINDS if (inner / name).is_file()
            }
    return {name: files for name, files in sensors.items() if files.keys() & set(_TOLD_BY)}


def _placed(path: Path, sensors: Mapping[str, Files]) -> tuple[dict[Segment, str], list[str]]:
    """The folder of each segment, by the map beside the folders or by their names."""
    places: dict[str, Segment] = {}
    if path.is_dir() and (path / SEGMENT_MAP).is_file():
        places = read_segment_map(path / SEGMENT_MAP)
    called: dict[str, tuple[str, ...]] = {}
    for name in sensors:
        # The map names serial numbers, which stand within the names of folders.
        mapped = next((s for serial, s in places.items() if serial and serial in name), None)
        called[name] = (mapped.value,) if mapped else (name,)
    # One sensor may lie in a folder called "run 3": then the folder around it may tell.
    if len(called) == 1 and path.is_dir():
        (name,) = called
        around = path.resolve().parent.name
        if segment_from_name(called[name][0]) is None and segment_from_name(around):
            called[name] = (around,)
    return segments_by_name(path.name, called)


def _require_common_time(recording: Recording) -> None:
    streams = recording.streams
    latest = max(streams.values(), key=lambda stream: float(stream.time_s[0]))
    for stream in streams.values():
        if stream.time_s[-1] <= latest.time_s[0]:
            raise RecordingError(
                f"{recording.source}: the {latest.segment.words} sensor starts after the "
                f"{stream.segment.words} sensor has ended, so their clocks were not synchronised.",
                "Record again with the sensors synchronised by x-io's software, or open each "
                "sensor's folder by itself.",
            )
