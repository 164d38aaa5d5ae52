"""What a zip may ask of the program that opens it, decided before anything is unpacked."""

import zipfile
from collections.abc import Sequence
from typing import Final

from imu_hip.errors import RecordingError

MOST_FILES: Final = 100_000
LARGEST_ZIP_BYTES: Final = 1_000_000_000
"""More than any session: five sensors in CSV make some 40 MB an hour each."""

USUAL_ZIP_BYTES: Final = 50_000_000
DENSEST: Final = 100
"""Tables of numbers become a tenth as large; a file made to fill a memory, a thousandth."""

_HEADER_BYTES: Final = 30
_ENCRYPTED: Final = 0x1
"""Size of what stands before each packed file, and its flag for a password (APPNOTE 4.3.7,
4.4.4)."""

_UNPACK: Final = "Unpack it yourself and open the folder."
_CHOOSE: Final = "Unpack it and open only the session that you want."


def require_small(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Refuse members that are too large to be read whole into memory.

    Raises
    ------
    RecordingError
        Saying how large they are.
    """
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST_ZIP_BYTES:
        raise _too_large(name, unpacked)


def require_sound(
    archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], name: str, size_bytes: int
) -> None:
    """Refuse a zip that is made to cost more than it holds, or whose members cannot be read.

    The sizes that it states are enough to go by where a reader stops at them, as `unpacked` does.

    Parameters
    ----------
    members
        Those that are to be read.
    name
        Of the zip, for messages.
    size_bytes
        Of the zip itself.

    Raises
    ------
    RecordingError
        Saying what is wrong with it.
    """
    count = len(archive.infolist())
    if count > MOST_FILES:
        raise RecordingError(f"{name} holds {count:,} files.", _CHOOSE)
    unpacked = sum(member.file_size for member in members)
    if unpacked > USUAL_ZIP_BYTES and unpacked > DENSEST * size_bytes:
        raise _too_large(name, unpacked)
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise RecordingError(f"{name} is protected by a password.", _UNPACK)
        # The others may ask for a memory of gigabytes before the first byte comes out.
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise RecordingError(f"{name} is packed in a way that is not read here.", _UNPACK)
    if _overlap(archive.infolist(), size_bytes):
        raise RecordingError(f"{name} is damaged: its files lie over each other.", _UNPACK)


def _too_large(name: str, unpacked: int) -> RecordingError:
    return RecordingError(f"{name} would unpack to {unpacked / 1e9:.1f} GB.", _CHOOSE)


def _overlap(members: Sequence[zipfile.ZipInfo], size_bytes: int) -> bool:
    """Whether the same bytes are to be unpacked several times, which makes a bomb of few bytes."""
    placed = sorted(members, key=lambda member: member.header_offset)
    borders = [*(member.header_offset for member in placed), size_bytes]
    return any(
        member.header_offset + _HEADER_BYTES + member.compress_size > border
        for member, border in zip(placed, borders[1:], strict=True)
    )
