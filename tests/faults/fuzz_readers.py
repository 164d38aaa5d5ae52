"""Readers of recordings: every format, with the small files that lie beside it."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.sidecars import read_markers, read_segment_map
from tests.faults import fuzz_seeds as seeds
from tests.faults.fuzz_own_formats import OWN_FORMATS, opened_as
from tests.faults.fuzz_target import (
    Target,
    WrongNumberError,
    file_named,
    packed,
    require_possible,
    unpacked,
    written,
)

Run = Callable[[bytes], None]


def _first_opened(folder: Path) -> Run:
    """Open the first of several files, which reads those beside it."""

    def run(data: bytes) -> None:
        paths = written(data, folder)
        if paths:
            require_possible(open_recording(paths[0]))

    return run


def _folder_opened(folder: Path) -> Run:
    """Open a folder of files."""

    def run(data: bytes) -> None:
        written(data, folder)
        require_possible(open_recording(folder))

    return run


def _zip_opened(folder: Path) -> Run:
    """Open a zip of the files, which must leave nothing beside it."""

    def run(data: bytes) -> None:
        inside = folder / "inside"
        inside.mkdir(exist_ok=True)
        (inside / "a.zip").write_bytes(_zipped(data))
        try:
            require_possible(open_recording(inside / "a.zip"))
        finally:
            if [p.name for p in folder.iterdir()] != ["inside"] or len(list(inside.iterdir())) > 1:
                raise WrongNumberError("a zip wrote something")

    return run


def _zipped(data: bytes, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in unpacked(data).items():
            archive.writestr(name.replace("|", "/") or "x", content)
    return buffer.getvalue()


def _zip_bomb(member_bytes: int, count: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for i in range(count):
            archive.writestr(f"left_{i}.csv", bytes(member_bytes))
    return buffer.getvalue()


def _zip_seeds() -> Sequence[bytes]:
    kinds = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    packings = (_zipped(seeds.dot_folder(), kind) for kind in kinds)
    return [*packings, _zip_bomb(150_000_000, 2), _zip_bomb(1000, 500)]


def _long_csv_seeds() -> Sequence[bytes]:
    plain = seeds.written_as("a.csv")
    german = plain.replace(b",", b";").replace(b".", b",")
    return [plain, seeds.written_as("a.csv", raw=False), german, plain.replace(b",", b"\t")]


def _mixed_folder() -> bytes:
    """A folder with recordings of two formats and what lies beside them."""
    return packed(
        {
            "a.csv": seeds.written_as("a.csv", raw=False),
            "a.markers.csv": seeds.MARKERS,
            "results.mot": b"nothing\n",
        }
    )


def _seeds_of(*made: Callable[[], bytes]) -> Callable[[], Sequence[bytes]]:
    return lambda: [make() for make in made]


READERS = (
    *OWN_FORMATS,
    Target(
        "generic CSV and map",
        _seeds_of(seeds.generic_side_by_side, seeds.generic_alternating),
        _first_opened,
        covers=("generic CSV",),
    ),
    Target("sto", lambda: [seeds.written_as("a.sto")], opened_as("a.sto"), covers=("OpenSense",)),
    Target(
        "DOT file",
        lambda: [
            seeds.dot_csv("left thigh"),
            seeds.dot_csv("left thigh", mode="increments"),
            b"sep=;\n" + seeds.dot_csv("left thigh", mode="euler").replace(b",", b";"),
        ],
        opened_as("a.csv"),
        covers=("Movella DOT",),
    ),
    Target(
        "DOT folder",
        lambda: [seeds.dot_folder(), seeds.dot_folder("increments")],
        _folder_opened,
        covers=("Movella DOT",),
    ),
    Target("DOT zip", lambda: [seeds.dot_folder()], _zip_opened, covers=("Movella DOT",)),
    Target("zip bytes", _zip_seeds, opened_as("a.zip"), covers=("Movella DOT",), weight=0.6),
    Target(
        "Xsens folder",
        lambda: [
            seeds.xsens_folder(),
            seeds.xsens_folder("Roll\tPitch\tYaw", "1.5\t2.5\t3.5"),
            seeds.xsens_with_xml(),
        ],
        _folder_opened,
        covers=("Xsens text",),
    ),
    Target("x-IMU3 folder", _seeds_of(seeds.ximu3_folder), _folder_opened, covers=("x-IMU3",)),
    Target("x-IMU3 zip", _seeds_of(seeds.ximu3_folder), _zip_opened, covers=("x-IMU3",)),
    Target("iSen", _seeds_of(seeds.isen), _first_opened, covers=("iSen",)),
    Target("long CSV", _long_csv_seeds, opened_as("a.csv"), covers=("long CSV",)),
    Target("folder of recordings", _seeds_of(_mixed_folder), _folder_opened),
    Target("markers", lambda: [seeds.MARKERS], file_named("a.markers.csv", read_markers)),
    Target(
        "map of sensors",
        lambda: [b"sensor,segment\nLEO,left_thigh\nother,left_shin\n"],
        file_named("a.segments.csv", read_segment_map),
    ),
)
