"""CSV files in a zip, read in memory: nothing is written to where a zip says it should be."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from imu_hip.errors import RecordingError
from imu_hip.recording.formats.files import read_head

LARGEST_ZIP_BYTES: Final = 2_000_000_000
_ZIP_MAGIC: Final = b"PK"


def is_zip(path: Path) -> bool:
    """Whether a file begins as a zip does and is named like one."""
    return path.is_file() and path.suffix.lower() == ".zip" and begins_as_zip(path)


def begins_as_zip(path: Path) -> bool:
    """Whether a file begins as a zip does, whatever its name."""
    return read_head(path).startswith(_ZIP_MAGIC)


def csv_names_in_zip(path: Path) -> list[str]:
    """Names of the CSV files in a zip; none where it cannot be opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [info.filename for info in _csv_members(archive)]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
        return []


def csv_files_in_zip(path: Path) -> list[tuple[str, bytes]]:
    """Names and bytes of the CSV files in a zip.

    Raises
    ------
    RecordingError
        Where it cannot be unpacked or would be too large.
    """
    with _unpacking(path), zipfile.ZipFile(path) as archive:
        members = _csv_members(archive)
        names = [info.filename for info in members]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise RecordingError(
                f"{path.name} holds {twice} twice.", "Unpack it and open the folder."
            )
        size = sum(info.file_size for info in members)
        if size > LARGEST_ZIP_BYTES:
            raise RecordingError(
                f"{path.name} would unpack to {size / 1e9:.1f} GB.",
                "Unpack it and open only the session that you want.",
            )
        return [(m.filename, archive.read(m)) for m in members]


@contextmanager
def _unpacking(path: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise RecordingError(
            f"{path.name} cannot be unpacked: {error}.", "Unpack it yourself and open the folder."
        ) from error


def _csv_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in archive.infolist() if _is_csv(info.filename)]


def _is_csv(member: str) -> bool:
    place = PurePosixPath(member)
    hidden = place.name.startswith(".") or "__MACOSX" in place.parts
    return place.suffix.lower() == ".csv" and not hidden
