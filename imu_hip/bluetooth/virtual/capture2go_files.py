"""The file commands of a virtual Capture2Go."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from imu_hip.bluetooth.drivers.capture2go_frames import Frame
from imu_hip.bluetooth.drivers.capture2go_packages import (
    ErrorCode,
    Header,
    decode_text,
    encode_name,
)
from imu_hip.bluetooth.drivers.capture2go_replies import (
    CHUNK_BYTES,
    Chunk,
    FileEntry,
    FileSize,
    GetBytes,
)
from imu_hip.bluetooth.virtual.capture2go_memory import Capture2GoMemory


class CommandError(Exception):
    """A command that the sensor refuses with an error code."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(slots=True)
class _Transfer:
    name: str
    at: int
    end: int


class FileServer:
    """Lists, sends and deletes files; it sends one at a time."""

    def __init__(self, memory: Capture2GoMemory) -> None:
        self._memory = memory
        self._transfer: _Transfer | None = None
        self.commands: dict[int, Callable[[bytes], list[Frame]]] = {
            Header.LIST_FILES: self._list,
            Header.GET_BYTES: self._get,
            Header.STOP_GET_BYTES: self._stop,
            Header.GET_SIZE: self._size,
            Header.DELETE_FILE: self._delete,
            Header.FORMAT: self._format,
        }

    @property
    def is_sending(self) -> bool:
        """Whether a file is on its way."""
        return self._transfer is not None

    def stop(self) -> None:
        """Send nothing more."""
        self._transfer = None

    def next_chunk(self) -> bytes:
        """The frame of the next piece, empty where nothing is left to send."""
        transfer = self._transfer
        if transfer is None:
            return b""
        data = self._memory.files[transfer.name]
        end = min(transfer.at + CHUNK_BYTES, transfer.end)
        chunk = Chunk(transfer.at, bytes(data[transfer.at : end]))
        transfer.at = end
        if end >= transfer.end:
            self.stop()
        return Frame(Header.BYTES, chunk.encode()).encode()

    def _list(self, _: bytes) -> list[Frame]:
        files = self._memory.files
        entries = [FileEntry(i, name, len(files[name])) for i, name in enumerate(files)]
        count = Frame(Header.FILE_COUNT, struct.pack("<H", len(entries)))
        return [count, *(Frame(Header.FILE, entry.encode()) for entry in entries)]

    def _get(self, payload: bytes) -> list[Frame]:
        wanted = GetBytes.decode(payload)
        size = len(self._named(wanted.name))
        end = wanted.end or size
        if wanted.start > end or end > size:
            raise CommandError(ErrorCode.TOO_SHORT)
        # Nothing at all comes of an empty part, not even a piece without bytes.
        self._transfer = _Transfer(wanted.name, wanted.start, end) if wanted.start < end else None
        return []

    def _stop(self, _: bytes) -> list[Frame]:
        self.stop()
        return [Frame(Header.STOPPED_GET_BYTES)]

    def _size(self, payload: bytes) -> list[Frame]:
        name = decode_text(payload)
        return [Frame(Header.SIZE, FileSize(name, len(self._named(name))).encode())]

    def _delete(self, payload: bytes) -> list[Frame]:
        name = decode_text(payload)
        self._named(name)
        if self._memory.running is not None and self._memory.running.name == name:
            raise CommandError(ErrorCode.BUSY)
        self.stop()
        del self._memory.files[name]
        return [Frame(Header.DELETED_FILE, encode_name(name))]

    def _format(self, _: bytes) -> list[Frame]:
        if self._memory.running is not None:
            raise CommandError(ErrorCode.WRONG_STATE)
        self.stop()
        self._memory.files.clear()
        return [Frame(Header.FORMATTED)]

    def _named(self, name: str) -> bytearray:
        try:
            return self._memory.files[name]
        except KeyError:
            raise CommandError(ErrorCode.NOT_FOUND) from None
