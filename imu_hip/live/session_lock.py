"""One session at a time: a lock that the operating system lets go of, however a program ends."""

import os
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from imu_hip.errors import ImuHipError, OutputError
from imu_hip.recording.locks import lock_file
from imu_hip.recording.private_files import PRIVATE_FILE, private_folder

LOCK_NAME: Final = "session.lock"


class SessionRunsError(ImuHipError):
    """Another session is running, and there is only one set of sensors."""


class SessionLock:
    """Held while a session runs; a context.

    A program that crashes or is killed holds nothing any more, so its lock never stays.

    Parameters
    ----------
    folder
        Where the recordings of sessions lie; it is created.

    Raises
    ------
    SessionRunsError
        Where another session runs, here or in another program.
    OutputError
        Where nothing can be written to the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._file: int | None = None

    def __enter__(self) -> Self:
        try:
            private_folder(self._path.parent)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        except OSError as error:
            raise OutputError(
                f"{self._path} cannot be written: {error.strerror or error}.",
                "Choose a folder for the recordings that you may write to.",
            ) from error
        try:
            lock_file(file)
        except OSError as error:
            os.close(file)
            raise SessionRunsError(
                f"Another session is running; its recordings go to {self._path.parent}.",
                "End it first, or wait until it has ended.",
            ) from error
        self._file = file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            # The file stays: removing it could take the lock of whoever opened it just now.
            os.close(self._file)
            self._file = None
