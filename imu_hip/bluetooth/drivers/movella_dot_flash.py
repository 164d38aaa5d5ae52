"""What the Movella DOT tells of its memory: the blocks of flash and file information.

Source: Movella DOT BLE Services Specifications XD0506P rev F, section 5.4.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.bluetooth.drivers.movella_dot_messages import UNTIMED
from imu_hip.bluetooth.drivers.samples import Skipped

BLOCK_BYTES: Final = 128
MOST_FILES: Final = 254
FILE_HEADER_BYTES: Final = 4 * 1024
UNIT_BYTES: Final = 228 * 1024
MOST_INDICATORS: Final = 3968

_FLASH_MAGICS: Final = (0x466C6173, 0x73616C46)  # printed as a number; its byte order is not
_FILE_MAGIC: Final = 0x5265636F
_FLASH_HEADER: Final = struct.Struct("<IIHII")
_FILE_HEADER: Final = struct.Struct("<II2sIH")
_INDICATORS: Final = frozenset({0xEE, 0xCC})
_EMPTY: Final = b"\xff"


@dataclass(frozen=True, slots=True)
class FlashInfo:
    """How full the memory is; sizes are rough, in units of 228 kB.

    Parameters
    ----------
    erased_utc_s
        When it was last erased, as the host said then.
    file_units
        Units that each file takes besides its header.
    """

    erased_utc_s: int
    memory_bytes: int
    file_units: tuple[int, ...]

    @property
    def used_bytes(self) -> int:
        """Bytes that the files take, rounded up to units."""
        return len(self.file_units) * FILE_HEADER_BYTES + sum(self.file_units) * UNIT_BYTES

    @property
    def used_fraction(self) -> float:
        """Part of the memory that the files take, 0 to 1."""
        return min(1.0, self.used_bytes / self.memory_bytes)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What the sensor knows of a file; the duration is None where it says none."""

    started_utc_s: int
    duration_s: int | None


def encode_flash_info(info: FlashInfo, *, swapped_marks: bool = False) -> list[bytes]:
    """Blocks of flash information.

    Parameters
    ----------
    swapped_marks
        The table of the specification marks a file with EE and a unit with CC, its worked
        example the other way round.
    """
    mark, unit = (b"\xcc", b"\xee") if swapped_marks else (b"\xee", b"\xcc")
    header = _FLASH_HEADER.pack(
        _FLASH_MAGICS[0], BLOCK_BYTES, 1, info.erased_utc_s, info.memory_bytes
    )
    indicators = b"".join(mark + unit * units for units in info.file_units)[:MOST_INDICATORS]
    pieces = (indicators[i : i + BLOCK_BYTES] for i in range(0, len(indicators), BLOCK_BYTES))
    return [block.ljust(BLOCK_BYTES, _EMPTY) for block in (header, *pieces)]


def parse_flash_info(blocks: Sequence[bytes]) -> FlashInfo | Skipped:
    """Read the blocks of flash information.

    Which of the two indicator bytes marks a file is taken from the first, which must be a mark.
    """
    size = sum(map(len, blocks))
    if not blocks or len(blocks[0]) < _FLASH_HEADER.size:
        return Skipped("the memory says nothing of itself", size)
    magic, _, _, erased_utc_s, memory_bytes = _FLASH_HEADER.unpack_from(blocks[0])
    if magic not in _FLASH_MAGICS or memory_bytes == 0:
        return Skipped("the memory has no valid format", size)
    indicators = b"".join(blocks[1:]).rstrip(_EMPTY)
    if not _INDICATORS.issuperset(indicators):
        return Skipped("the list of files in the memory is damaged", size)
    if not indicators:
        return FlashInfo(erased_utc_s, memory_bytes, ())
    # The table and the example of the specification swap the two bytes; only the order is sure.
    files = indicators.split(indicators[:1])[1:]
    return FlashInfo(erased_utc_s, memory_bytes, tuple(map(len, files)))


def encode_file_info(info: FileInfo) -> bytes:
    """Block of file information."""
    duration_s = UNTIMED if info.duration_s is None else info.duration_s
    header = _FILE_HEADER.pack(
        _FILE_MAGIC, BLOCK_BYTES, b"\x00\x01", info.started_utc_s, duration_s
    )
    return header.ljust(BLOCK_BYTES, _EMPTY)


def parse_file_info(block: bytes) -> FileInfo | Skipped:
    """Read a block of file information."""
    if len(block) < _FILE_HEADER.size:
        return Skipped("the file says nothing of itself", len(block))
    magic, _, _, started_utc_s, duration_s = _FILE_HEADER.unpack_from(block)
    if magic != _FILE_MAGIC:
        return Skipped("the file has no valid header", len(block))
    return FileInfo(started_utc_s, None if duration_s == UNTIMED else duration_s)


def seconds_left(info: FlashInfo, bytes_per_s: float, fullest_fraction: float) -> float:
    """How long a new file may grow at some pace before memory is as full as it may be."""
    left = info.memory_bytes * fullest_fraction - info.used_bytes - FILE_HEADER_BYTES
    return max(0.0, left / bytes_per_s)
