"""Locks on files that the operating system lets go of, however a program ends."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _FAR = 2**31 - 2
    """Windows keeps others from reading what is locked, so a byte is locked that no file has."""

    def _lock(file: int) -> None:
        position = os.lseek(file, 0, os.SEEK_CUR)
        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(file, position, os.SEEK_SET)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_file(file: int) -> None:
    """Lock an open file for this program, until it is closed or the program ends.

    Raises
    ------
    OSError
        Where another program holds the lock (`BlockingIOError` or `PermissionError`), or the file
        lies where there are no locks.
    """
    _lock(file)


def is_locked(path: Path) -> bool:
    """Whether a program holds the lock of a file, also one that is paused."""
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        lock_file(file)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        # Some network folders know no locks.
        return False
    finally:
        os.close(file)
    return False
