"""From the journal of a recording to the recording."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.errors import OutputError, RecordingError
from imu_hip.recording.formats.files import naming
from imu_hip.recording.formats.journal_file import read_journal_file
from imu_hip.recording.formats.parquet import read_parquet, write_parquet
from imu_hip.recording.formats.sidecars import with_markers_beside
from imu_hip.recording.journal_reading import read_journal
from imu_hip.recording.locks import is_locked
from imu_hip.recording.recording import Recording

JOURNAL_SUFFIX: Final = ".journal"

WATCH_S: Final = 1.5
"""A recorder saves more often than that while samples come."""


def journal_path(target: Path) -> Path:
    """Where the journal of a recording lies while it is being made."""
    return target.with_name(f"{target.name}{JOURNAL_SUFFIX}")


def journal_for(given: Path) -> Path:
    """The journal that a person means, by its name or by that of its recording.

    Raises
    ------
    RecordingError
        Where it is a folder, an empty file, or a recording that has no journal.
    """
    if given.is_dir():
        raise RecordingError(f"{given} is a folder.", "Name the .journal file in it.")
    journal = given
    if given.suffix.lower() != JOURNAL_SUFFIX and journal_path(given).exists():
        journal = journal_path(given)
    if journal.exists() and journal.suffix.lower() == ".parquet":
        raise RecordingError(
            f"{given} has no journal beside it, so nothing of it is left to recover.",
            "Use it as it is, or name the .journal file.",
        )
    if journal.is_file() and not journal.stat().st_size:
        raise RecordingError(
            f"{journal} is empty: nothing of the recording was saved.",
            "Remove it and record again.",
        )
    return journal


def require_at_rest(journal: Path, watch_s: float = WATCH_S) -> None:
    """Make sure that nobody is recording to a journal, by its lock and by whether it grows.

    Only a journal that was written to a moment ago has to be watched, and only because there are
    folders without locks.

    Raises
    ------
    RecordingError
        Where it is locked, also by a program that is paused, or grows.
    """
    _require_unlocked(journal)
    if not journal.is_file() or time.time() - journal.stat().st_mtime > 2.0 * watch_s:
        return
    size = journal.stat().st_size
    time.sleep(watch_s)
    if journal.exists() and journal.stat().st_size != size:
        raise _is_recorded(journal)


def remove_if_empty(journal: Path) -> None:
    """Remove a journal in which nothing was saved, as a crash in the first second leaves it.

    Nothing is lost by that, and it would be in the way of the next recording. One that another
    program has begun just now stays. Nothing happens where there is no journal.
    """
    if not journal.exists() or is_locked(journal):
        return
    if journal.stat().st_size:
        try:
            if read_journal(journal).rows:
                return
        except RecordingError:
            # Damaged, or a file of something else: that is for people to decide.
            return
    with suppress(OSError):
        journal.unlink()


def target_of(journal: Path) -> Path:
    """The recording that a journal was made for."""
    name = journal.name.removesuffix(JOURNAL_SUFFIX)
    return journal.with_name(name if name.endswith(".parquet") else f"{name}.parquet")


def finish(journal: Path, target: Path) -> Recording:
    """Write the recording of a journal, read it back, and only then remove the journal.

    Markers that lie beside the recording's place are written into it. Where a program died after
    the recording was written, only the journal is left to be removed.

    Raises
    ------
    RecordingError
        Where the journal holds nothing, or is being recorded.
    OutputError
        Where another recording has this name or it cannot be written; the journal is then kept.
    """
    if target.suffix.lower() != ".parquet":
        raise OutputError(
            f"{target} does not end with .parquet.",
            "Name a .parquet file; `imu-hip convert` makes other formats of it.",
        )
    _require_unlocked(journal)
    with naming(journal.name):
        recording = with_markers_beside(read_journal_file(journal), target)
    if target.exists() and not _holds(target, recording):
        raise OutputError(f"{target} exists already.", "Choose another name; nothing was lost.")
    write_parquet(recording, target)
    # A disk that lies is noticed here, while there is still the journal.
    read_parquet(target)
    journal.unlink(missing_ok=True)
    return recording


def _holds(target: Path, recording: Recording) -> bool:
    """Whether a file holds the samples of a recording already."""
    try:
        there = read_parquet(target).streams
    except RecordingError:
        return False
    return there.keys() == recording.streams.keys() and all(
        np.array_equal(there[segment].time_s, stream.time_s)
        for segment, stream in recording.streams.items()
    )


def _require_unlocked(journal: Path) -> None:
    if is_locked(journal):
        raise _is_recorded(journal)


def _is_recorded(journal: Path) -> RecordingError:
    return RecordingError(
        f"{journal} is being recorded at this moment, or its program is paused.",
        "End the recording with Ctrl-C; it then becomes one by itself.",
    )
