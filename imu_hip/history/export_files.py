"""Copies of a person's recordings and reports, with what lies beside them, for an export."""

import shutil
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Final

from imu_hip.history.deletion import with_companions
from imu_hip.history.tables import FileKind
from imu_hip.recording.recover import JOURNAL_SUFFIX

Listed = tuple[int, FileKind, str]
"""A file as the history lists it: session, what it is, path."""

SUFFIXES: Final = frozenset({".parquet", ".html", ".csv", ".toml", JOURNAL_SUFFIX})
"""Of recordings, reports, and what lies beside a recording."""


def copy_files(folder: Path, listed: Iterable[Listed]) -> tuple[dict[Listed, str], list[str]]:
    """Copy files into an export.

    Returns
    -------
    copied, left_out
        Names within the export, and listed paths that are not in it.
    """
    copied: dict[Listed, str] = {}
    left_out: list[str] = []
    for session, kind, name in listed:
        there = [path for path in with_companions(Path(name), kind) if _is_ours(path)]
        # It may have been moved or deleted since; the rest is worth having.
        if Path(name) not in there:
            left_out.append(name)
        for path in there:
            copy = _copy(path, folder / f"{kind}s", session)
            copied[session, kind, str(path)] = f"{kind}s/{copy}"
    return copied, left_out


def _is_ours(path: Path) -> bool:
    """Whether a file is there and of a kind that sessions write.

    A history that somebody else made could list any file of this computer, to have it sent out.
    """
    return path.suffix in SUFFIXES and path.is_file()


def _copy(path: Path, folder: Path, session: int) -> str:
    folder.mkdir(exist_ok=True)
    # Recordings of two sessions may have the same name in different folders.
    name = _free_name(folder, f"session_{session}_{path.name}")
    shutil.copyfile(path, folder / name)
    return name


def _free_name(folder: Path, name: str) -> str:
    stem, suffix = Path(name).stem, Path(name).suffix
    names = (name if n == 1 else f"{stem}_{n}{suffix}" for n in count(1))
    return next(each for each in names if not (folder / each).exists())
