"""Files read whole and replaced whole, with errors that name them."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from imu_hip import __version__
from imu_hip.errors import OutputError, RecordingError
from imu_hip.recording.private_files import OTHERS, PRIVATE_FILE, new_file
from imu_hip.recording.recording import LogEntry

HEAD_BYTES = 65_536
USUAL_FILE: Final = 0o666
"""Rights of new files, before the user's umask takes some away."""


def read_bytes(path: Path) -> bytes:
    """Everything in a file.

    Raises
    ------
    RecordingError
        Where the file is absent, empty or cannot be read.
    """
    return _read(path, None)


def read_head(path: Path) -> bytes:
    """The first 64 KiB of a file, with the errors of `read_bytes`."""
    return head_of(_read(path, HEAD_BYTES))


def head_of(data: bytes) -> bytes:
    """The whole lines among the first 64 KiB."""
    if len(data) < HEAD_BYTES:
        return data
    end = data.rfind(b"\n", 0, HEAD_BYTES) + 1
    return data[: end or HEAD_BYTES]


def _read(path: Path, size: int | None) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(size)
    except FileNotFoundError:
        raise RecordingError(
            f"There is no file {path}.", "Check the name and the folder."
        ) from None
    except PermissionError:
        raise RecordingError(
            f"{path} may not be read.", "Ask for permission to read it, or copy it to your folder."
        ) from None
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be read: {error.strerror or error}.",
            "Check that the disk is connected and copy the file again.",
        ) from error
    if not data:
        raise RecordingError(f"{path} is empty.", "Export or copy the recording again.")
    return data


def decode(data: bytes) -> str:
    """Text in UTF-8, with or without a byte order mark, else in Latin-1."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def head_lines(path: Path) -> list[str]:
    """The first lines of a file, none where it is a folder or has no text."""
    if not path.is_file():
        return []
    head = read_head(path)
    return [] if b"\0" in head else decode(head).splitlines()


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Put the name of a file in front of each `RecordingError` raised inside."""
    try:
        yield
    except RecordingError as error:
        if name in error.what:
            raise
        raise type(error)(f"{name}: {error.what}", error.advice) from error


def made_folder(folder: Path) -> Path:
    """A folder, made where it is missing.

    Raises
    ------
    OutputError
        Where it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder {folder} cannot be made: {error.strerror or error}.", "Name another one."
        ) from error
    return folder


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name in the same folder; on success it takes the place of `path`.

    Raises
    ------
    OutputError
        Where the folder is absent or nothing can be written there.
    """
    if not path.parent.is_dir():
        raise OutputError(
            f"{path} cannot be written: there is no folder {path.parent}.",
            "Create the folder or choose another one.",
        )
    if path.is_dir():
        raise OutputError(f"{path} is a folder.", "Name a file in it.")
    # A link stays a link: the file that it leads to is replaced. A pipe or a device is written to.
    target = path.resolve()
    is_device = path.exists() and not path.is_file()
    unfinished = path if is_device else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if not is_device:
            _begin(unfinished, target)
        yield unfinished
        if not is_device:
            _synchronise(unfinished)
            unfinished.replace(target)
            _synchronise_folder(target.parent)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}.",
            "Choose a folder that you may write to and that has space left.",
        ) from error
    finally:
        if not is_device:
            # A disk that takes nothing does not even let go of a file that is not there.
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


def _begin(unfinished: Path, target: Path) -> None:
    """Make an empty file with the rights that the finished one is to have.

    It has those of the file that it replaces. A new one in a private folder is private, too; else
    the user's own setting decides.
    """
    # Left by a program that was killed, or put there by somebody else to be written through.
    unfinished.unlink(missing_ok=True)
    private = not stat.S_IMODE(target.parent.stat().st_mode) & OTHERS
    os.close(new_file(unfinished, PRIVATE_FILE if private else USUAL_FILE))
    if target.exists():
        unfinished.chmod(stat.S_IMODE(target.stat().st_mode))


def _synchronise(path: Path) -> None:
    """Wait until the disk has a file: after a power cut its new name could lead to nothing."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _synchronise_folder(folder: Path) -> None:
    # Windows opens no folders, and some network folders cannot do it: the name may then be late.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_entry(format_name: str, file_name: str, **details: object) -> LogEntry:
    """The log entry of a reader."""
    return LogEntry("read", __version__, {"format": format_name, "file": file_name, **details})
