"""Where the recordings of sessions lie, and what lies beside them."""

from datetime import datetime
from pathlib import Path
from typing import Final

from imu_hip.bluetooth.recorder import require_target
from imu_hip.errors import OutputError, RecordingError
from imu_hip.recording.formats.sidecars import markers_path
from imu_hip.recording.private_files import private_folder
from imu_hip.recording.recover import finish, journal_path, remove_if_empty

LONGEST_NAME: Final = 40


def new_recording(folder: Path, protocol: str, now: datetime) -> Path:
    """A name for a recording that no file has yet; its folder is created.

    Nobody's name is in it: file names are seen by more people than a history is.

    Raises
    ------
    OutputError
        Where the folder cannot be created or written to.
    """
    try:
        private_folder(folder)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be created: {error.strerror or error}.",
            "Choose a folder that you may write to.",
        ) from error
    words = "".join(c if c.isascii() and c.isalnum() else "_" for c in protocol)[:LONGEST_NAME]
    stem = f"{now:%Y-%m-%d_%H%M%S}_{words}"
    numbered = (f"{stem}.parquet" if n == 1 else f"{stem}_{n}.parquet" for n in range(1, 1000))
    target = next(path for path in (folder / name for name in numbered) if not _is_taken(path))
    require_target(target)
    return target


def _is_taken(target: Path) -> bool:
    beside = (target, journal_path(target), markers_path(target), report_path(target))
    return any(path.exists() for path in beside)


def report_path(recording: Path) -> Path:
    """Where the report of the session of a recording lies."""
    return recording.with_suffix(".html")


def tidy(target: Path) -> None:
    """Remove markers that lie beside a recording that holds them itself."""
    if target.exists() and not journal_path(target).exists():
        markers_path(target).unlink(missing_ok=True)


def finish_interrupted(recordings: tuple[str, ...]) -> tuple[str, ...]:
    """Turn what is left of interrupted recordings into recordings.

    Returns
    -------
    What could not be recovered and why, in sentences.
    """
    told: list[str] = []
    for name in recordings:
        target = Path(name)
        journal = journal_path(target)
        remove_if_empty(journal)
        if not journal.exists():
            continue
        try:
            finish(journal, target)
            tidy(target)
        except (RecordingError, OutputError) as error:
            told.append(f"{journal.name} could not be recovered: {error.what}")
    return tuple(told)
