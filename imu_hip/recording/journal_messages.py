"""What the messages of a journal ask for, looked at before any of them is unpacked.

A journal is never packed, so that a batch needs no more memory than it has bytes. The reader of
Arrow unpacks whatever it finds, also a few bytes that become gigabytes.
"""

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

_HEADER: Final = 2
_COMPRESSION: Final = 3
"""Places of fields in Arrow's tables Message and RecordBatch (Message.fbs, format version 5)."""

_BATCH: Final = "record batch"
_SCHEMA: Final = "schema"


def is_plain(data: bytes) -> bool:
    """Whether a stream holds its schema and unpacked batches, and nothing else.

    What comes after the first message that cannot be read is not looked at, as it is not read.
    """
    import pyarrow as pa  # noqa: PLC0415

    stream = pa.BufferReader(data)
    while True:
        try:
            message = pa.ipc.read_message(stream)
        except (EOFError, OSError, ValueError, pa.ArrowException):
            return True
        if not _is_plain(message):
            return False


def _is_plain(message: "pa.ipc.Message") -> bool:
    if message.type == _SCHEMA:
        return True
    metadata = message.metadata.to_pybytes()
    try:
        batch = _table_at(metadata, _root(metadata), _HEADER)
        packed = batch is None or _field(metadata, batch, _COMPRESSION) is not None
    except struct.error:
        # Damaged, which its reader tells.
        return True
    return message.type == _BATCH and not packed


def _root(metadata: bytes) -> int:
    return int(struct.unpack_from("<I", metadata)[0])


def _table_at(metadata: bytes, table: int, field: int) -> int | None:
    place = _field(metadata, table, field)
    return None if place is None else place + int(struct.unpack_from("<I", metadata, place)[0])


def _field(metadata: bytes, table: int, field: int) -> int | None:
    """Where a field of a FlatBuffers table stands, None where it is left out."""
    directory = table - int(struct.unpack_from("<i", metadata, table)[0])
    if directory < 0:
        raise struct.error("a directory before the beginning")
    size = struct.unpack_from("<H", metadata, directory)[0]
    entry = 4 + 2 * field
    if entry + 2 > size:
        return None
    offset = struct.unpack_from("<H", metadata, directory + entry)[0]
    return table + int(offset) if offset else None
