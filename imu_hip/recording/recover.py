"""From the journal of a recording to the recording."""

import time
from pathlib import Path
from typing import Final

from imu_hip.errors import OutputError, RecordingError
from imu_hip.recording.formats.files import naming
from imu_hip.recording.formats.journal_file import read_journal_file
from imu_hip.recording.formats.parquet import read_parquet, write_parquet
from imu_hip.recording.formats.sidecars import with_markers_beside
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
    """Make sure that nobody is recording to a journal, by whether it grows.

    Only a journal that was written to a moment ago has to be watched.

    Raises
    ------
    RecordingError
        Where it grows.
    """
    if not journal.is_file() or time.time() - journal.stat().st_mtime > 2.0 * watch_s:
        return
    size = journal.stat().st_size
    time.sleep(watch_s)
    if journal.exists() and journal.stat().st_size != size:
        raise RecordingError(
            f"{journal} is being recorded at this moment.",
            "End the recording with Ctrl-C; it then becomes one by itself.",
        )


def target_of(journal: Path) -> Path:
    """The recording that a journal was made for."""
    name = journal.name.removesuffix(JOURNAL_SUFFIX)
    return journal.with_name(name if name.endswith(".parquet") else f"{name}.parquet")


def finish(journal: Path, target: Path) -> Recording:
    """Write the recording of a journal, read it back, and only then remove the journal.

    Markers that lie beside the recording's place are written into it.

    Raises
    ------
    RecordingError
        Where the journal holds nothing.
    OutputError
        Where the recording exists already or cannot be written; the journal is then kept.
    """
    if target.suffix.lower() != ".parquet":
        raise OutputError(
            f"{target} does not end with .parquet.",
            "Name a .parquet file; `imu-hip convert` makes other formats of it.",
        )
    if target.exists():
        raise OutputError(f"{target} exists already.", "Choose another name; nothing was lost.")
    with naming(journal.name):
        recording = with_markers_beside(read_journal_file(journal), target)
    write_parquet(recording, target)
    # A disk that lies is noticed here, while there is still the journal.
    read_parquet(target)
    journal.unlink()
    return recording
