"""Writing the journal of a recording that is being made: readable up to its last whole second."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from imu_hip.errors import OutputError
from imu_hip.recording.journal import (
    JournalEvent,
    JournalHeader,
    JournalRow,
    batch_of,
    schema_of,
)
from imu_hip.recording.locks import lock_file
from imu_hip.recording.private_files import new_file


class JournalWriter:
    """Appends samples and events to a journal, whole batches only.

    While it is open the file is locked: nobody may recover a recording that goes on.

    Parameters
    ----------
    path
        A file that must not exist yet: a journal is never written over.

    Raises
    ------
    OutputError
        Where the file exists or cannot be written.
    """

    def __init__(self, path: Path, header: JournalHeader) -> None:
        self.path = path
        self._schema = schema_of(header)
        self._whole_bytes = 0
        # The first array imports pandas: over a second in which no sample would be safe.
        batch_of(self._schema, (), ())
        try:
            # It holds what a person did, and nobody but this program reads it.
            self._file = os.fdopen(new_file(path), "wb", buffering=0)
        except FileExistsError:
            raise OutputError(
                f"There is already a journal {path}.",
                f"Turn it into a recording with: imu-hip recover {path}",
            ) from None
        except OSError as error:
            raise OutputError(
                f"{path} cannot be written: {error.strerror or error}.",
                "Choose a folder that you may write to and that has space left.",
            ) from error
        # Where a folder knows no locks, a recording is still worth more than none.
        with suppress(OSError):
            lock_file(self._file.fileno())
        try:
            self._append(self._schema.serialize().to_pybytes())
        except OutputError:
            # An empty journal would stand in the way of the next try.
            self.close()
            with suppress(OSError):
                path.unlink()
            raise

    def write(self, rows: Sequence[JournalRow], events: Sequence[JournalEvent] = ()) -> None:
        """Write samples and events and wait until the disk has them.

        Raises
        ------
        OutputError
            Where that is not possible now; the journal then ends before them and they may be
            written again later.
        """
        if rows or events:
            self._append(batch_of(self._schema, rows, events).serialize().to_pybytes())

    def close(self) -> None:
        """End the journal."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _append(self, message: bytes) -> None:
        try:
            written = 0
            while written < len(message):
                written += self._file.write(message[written:]) or 0
            os.fsync(self._file.fileno())
        except OSError as error:
            self._cut()
            raise OutputError(
                f"{self.path} cannot be written: {error.strerror or error}.",
                "Free space on this disk, or check that it is still connected.",
            ) from error
        self._whole_bytes += len(message)

    def _cut(self) -> None:
        # A torn batch in the middle would hide every batch after it.
        # Where the disk is gone, there is nothing to keep tidy.
        with suppress(OSError):
            self._file.seek(self._whole_bytes)
            self._file.truncate()
