"""Recordings behind URLs: which file system, which files belong together, bringing them here."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from imu_hip.cohort.errors import CohortError
from imu_hip.recording.formats.zip_limits import require_sound

FileSystem: TypeAlias = Any
"""`fsspec.AbstractFileSystem`, which has no types."""

LARGEST_BYTES: Final = 1_000_000_000
"""Of one recording with what lies beside it: it is read whole."""

PLAIN: Final = ("file", "local")
_SIDECARS: Final = (".markers.csv", ".segments.csv", ".toml")
_SHARED_SIDECARS: Final = ("segments.csv",)


def file_system(url: str) -> tuple[FileSystem, str]:
    """The fsspec file system of a URL and the path in it.

    Raises
    ------
    CohortError
        Where the protocol is unknown or its package is not installed.
    """
    from fsspec.core import url_to_fs  # noqa: PLC0415

    try:
        system, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise CohortError(
            f"{url} cannot be opened: {str(error).rstrip('.')}.",
            "Check the beginning of the address; a package for it is installed with pip.",
        ) from error
    return system, str(path)


def require_sound_archive(system: FileSystem, name: str) -> None:
    """Refuse a zip that is made to cost more than it holds, before anything of it is read.

    Raises
    ------
    RecordingError
        Saying what is wrong with it.
    """
    archive = getattr(system, "zip", None)
    if archive is not None:
        require_sound(archive, archive.infolist(), name, archive.fp.seek(0, os.SEEK_END))


def plain_name(path: str) -> str:
    """The last part of a path of whatever system, which leads nowhere else as a file's name."""
    name = PurePosixPath(path.replace("\\", "/")).name
    return "_" if name in {"", ".", ".."} else name


def is_url(name: str) -> bool:
    """Whether a name is a URL and not a path."""
    return "://" in name or "::" in name


def only_here(recording: str) -> bool:
    """Whether no other process can read a recording."""
    return "memory://" in recording


def is_missing(recording: str) -> bool:
    """Whether a path leads nowhere on this computer."""
    return not is_url(recording) and not Path(recording).exists()


def belongings(path: str) -> tuple[str, ...]:
    """Names of files that may lie beside a recording and are read along with it."""
    stem = PurePosixPath(path).stem
    return (*(f"{stem}{ending}" for ending in _SIDECARS), *_SHARED_SIDECARS)


def paths_beside(path: str) -> list[str]:
    """Paths in a file system that `belongings` of a recording may have, whether they are there."""
    parent = path.rpartition("/")[0]
    return [f"{parent}/{name}".lstrip("/") for name in belongings(path)]


def contents_of(recording: str) -> dict[str, bytes]:
    """The files of a recording behind a URL, with what lies beside it."""
    system, path = file_system(recording)
    folder = path if recording.split("::", maxsplit=1)[0].endswith("/") else ""
    if folder:
        inside = system.ls(folder.rstrip("/"), detail=True)
        paths = [info["name"] for info in inside if info["type"] == "file"]
    else:
        paths = [path, *(name for name in paths_beside(path) if system.exists(name))]
    # The limit is of all together, as many small files fill a memory, too.
    contents: dict[str, bytes] = {}
    left = LARGEST_BYTES
    for name in paths:
        contents[plain_name(name)] = data = _bytes_of(system, name, left)
        left -= len(data)
    return contents


def _bytes_of(system: FileSystem, path: str, left: int) -> bytes:
    """A file, read no further than it may be long: what an archive says of its size may be false.

    Raises
    ------
    CohortError
        Where it is longer.
    """
    stated: int | None = system.size(path)
    wanted = left if stated is None else min(stated, left)
    with system.open(path, "rb") as file:
        # A zip's reader unpacks as much as it is asked for, whatever size is stated.
        data: bytes = file.read(wanted + 1)
    if len(data) > left or (stated or 0) > left:
        raise CohortError(
            f"{path} and what lies beside it are larger than {LARGEST_BYTES / 1e9:g} GB.",
            "Copy the recording to this computer and give its path.",
        )
    return data


@contextmanager
def at_hand(recording: str, contents: Mapping[str, bytes] | None = None) -> Iterator[Path]:
    """The path of a recording on this computer, for as long as it is needed.

    A recording behind a URL is copied into a folder of its own, which is deleted in the end.
    """
    if contents is None and not is_url(recording):
        yield Path(recording)
        return
    with TemporaryDirectory(prefix="imu_hip_") as folder:
        for name, data in (contents or contents_of(recording)).items():
            # A name that leads elsewhere would be written elsewhere.
            (Path(folder) / plain_name(name)).write_bytes(data)
        first = recording.split("::", maxsplit=1)[0]
        name = "" if first.endswith("/") else plain_name(first)
        yield Path(folder) / name
