"""Files and folders that nobody but the user may look into."""

import os
from pathlib import Path
from typing import Final

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
OTHERS: Final = 0o077
"""Rights of anybody but the user."""


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, that only this user may look into.

    A folder that is there stays as it is: whoever shares it has decided so.

    Raises
    ------
    OSError
        Where it cannot be made.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    folder.mkdir(exist_ok=True)


def new_file(path: Path, mode: int = PRIVATE_FILE) -> int:
    """Make a file that was not there and open it for writing; a link there is not followed.

    Raises
    ------
    OSError
        Where there is something already, or nothing can be written.
    """
    # Without O_BINARY, Windows would change the ends of lines.
    binary = getattr(os, "O_BINARY", 0)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, mode)
