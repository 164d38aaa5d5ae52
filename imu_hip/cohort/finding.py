"""Every recording that paths, folders, globs and URLs name."""

import glob
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final

from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.fetching import (
    PLAIN,
    FileSystem,
    belongings,
    file_system,
    is_url,
    paths_beside,
    plain_name,
    require_sound_archive,
)
from imu_hip.cohort.folders import CERTAIN, UNLIKELY, parts_below, recordings_in
from imu_hip.recording.formats.files import HEAD_BYTES

_STATE: Final = (
    "size", "mtime", "LastModified", "last_modified", "ETag", "etag", "md5", "md5Hash",
    "content-md5", "CRC", "date_time", "created", "updated",
)  # fmt: skip
"""What file systems say of a file that differs after it was changed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A recording; `fingerprint` differs after it, or what lies beside it, was changed.

    It is made of sizes and times of change (of checksums where a file system keeps them), as make
    and rsync do: reading ten thousand recordings to see that none changed would take as long as
    measuring them.
    """

    recording: str
    fingerprint: str


def find_recordings(names: Iterable[str], ours: Iterable[Path]) -> Iterator[Found]:
    """All recordings, folder by folder; one that two names mean comes twice.

    Parameters
    ----------
    names
        Files and folders, globs, URLs.
    ours
        Files that the cohort writes, which may lie among the recordings.

    Raises
    ------
    CohortError
        Where a file system is unknown or cannot be reached.
    """
    # A recording keeps the name of a link that leads to it, so that both names are passed over.
    passed = {name for path in ours for name in (str(path.resolve()), os.path.abspath(path))}  # noqa: PTH100
    for name in names:
        found = _remote(name) if _is_remote(name) else _local(_plain(name))
        yield from (one for one in found if one.recording not in passed)


def _is_remote(name: str) -> bool:
    return is_url(name) and ("::" in name or name.split("://", maxsplit=1)[0] not in PLAIN)


def _plain(name: str) -> str:
    return file_system(name)[1] if is_url(name) else name


def _local(name: str) -> Iterator[Found]:
    if not Path(name).exists() and glob.has_magic(name):
        # A pattern that nothing matches is told like a file that is not there.
        matching = sorted(glob.glob(name, recursive=True)) or [name]  # noqa: PTH207
    else:
        matching = [name]
    for path in matching:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - a link keeps its name
        if not absolute.is_dir():
            yield Found(str(absolute), _local_state(absolute))
            continue
        for name_of_folder, below, _ in os.walk(absolute):
            folder = Path(name_of_folder)
            # What belongs to this folder's recording is none of its own.
            parts = parts_below(folder)
            below[:] = sorted(n for n in below if not n.startswith(".") and folder / n not in parts)
            for one in recordings_in(folder):
                yield Found(str(one), _local_state(one))


def _local_state(path: Path) -> str:
    """Sizes and times of a recording's files and of what lies beside it."""
    folder, around = path.parent, [path, *(path.with_name(n) for n in belongings(path.name))]
    if path.is_dir():
        folder, inside = path, (path, *parts_below(path))
        around = sorted(file for one in inside for file in one.iterdir() if file.is_file())
    states = []
    for file in around:
        try:
            state = file.stat()
        except OSError:
            continue
        states.append((file.relative_to(folder).as_posix(), state.st_size, state.st_mtime_ns))
    return _digest(states)


def _digest(states: object) -> str:
    return hashlib.sha256(repr(states).encode(errors="replace")).hexdigest()[:32]


def _remote(name: str) -> Iterator[Found]:
    system, path = file_system(name)
    require_sound_archive(system, name)
    first, chain, outer = name.partition("::")

    def url(inner: str) -> str:
        protocol = first.split("://")[0]
        if chain:
            return f"{protocol}://{inner.lstrip('/')}{chain}{outer}"
        return str(system.unstrip_protocol(inner))

    try:
        matching = sorted(system.glob(path)) if glob.has_magic(path) else [path]
        for one in matching or [path]:
            for inner, state in _inside(system, one, is_folder=_is_folder(system, one, first)):
                yield Found(url(inner), state)
    except CohortError:
        raise
    except Exception as error:  # Each file system has errors of its own.
        raise CohortError(
            f"{name} cannot be listed: {type(error).__name__}: {error}.",
            "Check the address, the connection and your permission to read there.",
        ) from error


def _is_folder(system: FileSystem, path: str, first: str) -> bool:
    if first.startswith(("http://", "https://")):
        # To ask a web server whether a file is a folder would fetch all of it.
        return path.endswith("/")
    return bool(system.isdir(path))


def _inside(system: FileSystem, path: str, *, is_folder: bool) -> Iterator[tuple[str, str]]:
    if not is_folder:
        around = (path, *paths_beside(path))
        infos = {name: system.info(name) for name in around if system.exists(name)}
        yield path, _remote_state(infos)
        return
    for _, _, files in system.walk(path, detail=True):
        yield from _in_remote_folder(system, {info["name"]: info for info in files.values()})


def _in_remote_folder(
    system: FileSystem, infos: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Recordings directly in a folder, recognised by the beginnings of their files."""
    by_name = {plain_name(path): path for path in infos}
    with TemporaryDirectory(prefix="imu_hip_") as mirror:
        for name, path in by_name.items():
            ending = PurePosixPath(name).suffix.lower()
            head = b""
            if (ending not in CERTAIN and ending not in UNLIKELY) or ending == ".toml":
                head = system.cat_file(path, start=0, end=HEAD_BYTES)
            (Path(mirror) / name).write_bytes(head)
        for found in recordings_in(Path(mirror)):
            if found == Path(mirror):
                folder = next(iter(infos)).rpartition("/")[0]
                yield f"{folder}/", _remote_state(infos)
                continue
            names = (found.name, *belongings(found.name))
            own = {by_name[n]: infos[by_name[n]] for n in names if n in by_name}
            yield by_name[found.name], _remote_state(own)


def _remote_state(infos: Mapping[str, Mapping[str, Any]]) -> str:
    # The same file has another path where it is reached another way, and the same name.
    named = {PurePosixPath(path).name: info for path, info in infos.items()}
    return _digest(
        [
            (name, [_state_words(info[key]) for key in _STATE if key in info])
            for name, info in sorted(named.items())
        ]
    )


def _state_words(value: object) -> str:
    """A size, time or checksum; one time is told as a number or as a date, by who is asked."""
    return str(value.timestamp() if isinstance(value, datetime) else value)
