"""Frames of a Capture2Go: encoding, and cutting them out of notifications and files.

Source: Capture2Go Communication Protocol, sections "Data Package Format" and "BLE Communication".
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final, TypeAlias

from imu_hip.bluetooth.drivers.samples import Skipped

SERVICE: Final = "80030001-e629-4c98-9324-aa7fc0c66de7"
RX: Final = "80030002-e629-4c98-9324-aa7fc0c66de7"
"""The host writes one frame at a time here."""
TX: Final = "80030003-e629-4c98-9324-aa7fc0c66de7"
"""The sensor notifies everything here."""

MAX_PAYLOAD_BYTES: Final = 236
HEAD_BYTES: Final = 8

_START: Final = b"\x02"
_HEAD: Final = struct.Struct("<cIBH")
_SIZE_AT = 5
_CHECKED_FROM = 6
_NO_REAL_TIME_FRAME = 0xFF


@dataclass(frozen=True, slots=True)
class Frame:
    """A command, a reply or a data package.

    Parameters
    ----------
    header
        What it is.
    payload
        At most 236 bytes.
    """

    header: int
    payload: bytes = b""

    @property
    def size(self) -> int:
        """Bytes of the whole frame."""
        return HEAD_BYTES + len(self.payload)

    def encode(self) -> bytes:
        """Bytes as they are sent and stored."""
        checked = struct.pack("<H", self.header) + self.payload
        return struct.pack("<cIB", _START, zlib.crc32(checked), len(self.payload)) + checked


Cut: TypeAlias = list[Frame | Skipped]


def frame_at(data: bytes | bytearray, at: int) -> Frame | None:
    """The frame that begins at a place of some bytes, None where there is no whole valid one."""
    if len(data) < at + HEAD_BYTES:
        return None
    start, crc, size, header = _HEAD.unpack_from(data, at)
    end = at + HEAD_BYTES + size
    # The CRC is computed last, as every start byte inside damage comes here.
    if start != _START or size > MAX_PAYLOAD_BYTES or len(data) < end:
        return None
    checked = bytes(data[at + _CHECKED_FROM : end])
    return Frame(header, checked[2:]) if zlib.crc32(checked) == crc else None


class FrameSplitter:
    """Cuts a stream of bytes into frames; after damage it searches the next valid one.

    It never raises. A start byte inside damaged bytes can pretend a frame that is still to be
    completed; it holds back at most one frame's bytes for that, until they came or `finish`.
    """

    def __init__(self) -> None:
        self._pending = bytearray()

    def hear(self, value: bytes) -> Cut:
        """Frames that are complete with a notification: real-time ones first, then the stream's.

        The first byte of a notification counts down from 0xFF the real-time frames that follow
        it, each of them whole; the rest belongs to the stream.
        """
        found: Cut = []
        at = 1
        for _ in range(_NO_REAL_TIME_FRAME - value[0] if value else 0):
            frame = frame_at(value, at)
            if frame is None:
                # Where the stream goes on in this notification cannot be known.
                found.append(Skipped("a real-time frame is damaged", len(value) - at))
                return found
            found.append(frame)
            at += frame.size
        return found + self.feed(value[at:])

    def feed(self, data: bytes) -> Cut:
        """Frames that are complete with more bytes of the stream."""
        self._pending += data
        return self._cut(no_more_comes=False)

    def finish(self) -> Cut:
        """Frames behind one that will never be complete; the splitter is empty after it."""
        return self._cut(no_more_comes=True)

    def _cut(self, *, no_more_comes: bool) -> Cut:
        found: Cut = []
        data = self._pending
        at = good_until = 0
        while (start := data.find(_START, at)) >= 0:
            at = start
            if not no_more_comes and _may_become_whole(data, at):
                break
            frame = frame_at(data, at)
            if frame is None:
                at += 1
                continue
            found.extend(_damage(at - good_until))
            found.append(frame)
            at = good_until = at + frame.size
        else:
            at = len(data)
        found.extend(_damage(at - good_until))
        del data[:at]
        return found


def _may_become_whole(data: bytearray, at: int) -> bool:
    if len(data) <= at + _SIZE_AT:
        return True
    size = data[at + _SIZE_AT]
    return size <= MAX_PAYLOAD_BYTES and len(data) < at + HEAD_BYTES + size


def _damage(size: int) -> list[Skipped]:
    return [Skipped("bytes that belong to no whole frame", size)] if size else []


def split_file(data: bytes) -> Cut:
    """Cut a stored file into frames; a last frame that is cut off is damage."""
    splitter = FrameSplitter()
    return splitter.feed(data) + splitter.finish()
