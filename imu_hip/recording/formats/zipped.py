"""CSV files in a zip, read in memory: nothing is written to where a zip says it should be."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from imu_hip.errors import RecordingError
from imu_hip.recording.formats.files import read_head
from imu_hip.recording.formats.zip_limits import require_small, require_sound

_ZIP_MAGIC: Final = b"PK"
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What a damaged zip makes its reader raise, by the way in which it is packed."""


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
    except _DAMAGE:
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
        require_small(members, path.name)
        require_sound(archive, members, path.name, path.stat().st_size)
        return [(member.filename, unpacked(archive, member)) for member in members]


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member's bytes, with no more memory than it states to need.

    `ZipFile.read` unpacks all that is there before it looks at the size.
    """
    with archive.open(member) as packed:
        return packed.read(member.file_size + 1)


@contextmanager
def _unpacking(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise RecordingError(
            f"{path.name} cannot be unpacked: {error}.", "Unpack it yourself and open the folder."
        ) from error


def _csv_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in archive.infolist() if _is_csv(info.filename)]


def _is_csv(member: str) -> bool:
    place = PurePosixPath(member)
    # macOS puts a second entry beside each file, which is named alike and holds no samples.
    hidden = place.name.startswith(".") or "__MACOSX" in place.parts
    return place.suffix.lower() == ".csv" and not hidden
