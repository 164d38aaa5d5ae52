"""Recordings behind URLs: which file system, which files belong together, bringing them here."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from imu_hip.cohort.errors import CohortError

FileSystem: TypeAlias = Any
"""`fsspec.AbstractFileSystem`, which has no types."""

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


def contents_of(recording: str) -> dict[str, bytes]:
    """The files of a recording behind a URL, with what lies beside it."""
    system, path = file_system(recording)
    folder = path if recording.split("::", maxsplit=1)[0].endswith("/") else ""
    if folder:
        inside = system.ls(folder.rstrip("/"), detail=True)
        paths = [info["name"] for info in inside if info["type"] == "file"]
    else:
        parent = path.rpartition("/")[0]
        around = (f"{parent}/{name}".lstrip("/") for name in belongings(path))
        paths = [path, *(name for name in around if system.exists(name))]
    return {PurePosixPath(name).name: system.cat_file(name) for name in paths}


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
            (Path(folder) / PurePosixPath(name.replace("\\", "/")).name).write_bytes(data)
        first = recording.split("::", maxsplit=1)[0]
        name = "" if first.endswith("/") else PurePosixPath(first).name
        yield Path(folder) / name
