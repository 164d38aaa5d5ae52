"""Journals of recordings that were not finished, read as recordings."""

from pathlib import Path

from imu_hip.errors import RecordingError
from imu_hip.recording.formats.files import read_head
from imu_hip.recording.journal import JOURNAL_KEY
from imu_hip.recording.recording import Recording


def is_journal(path: Path) -> bool:
    """Whether a file begins as journals do."""
    return path.is_file() and JOURNAL_KEY in read_head(path)


def read_journal_file(path: Path) -> Recording:
    """Read what was saved of a recording.

    Raises
    ------
    RecordingError
        Where nothing was saved, or the file is no journal.
    """
    # Only who opens a journal pays for these; they in turn read files as all formats do.
    from imu_hip.recording.assembly import assemble  # noqa: PLC0415
    from imu_hip.recording.journal_reading import read_journal  # noqa: PLC0415

    try:
        return assemble(read_journal(path))
    except ValueError as error:
        raise RecordingError(
            f"{path.name} is damaged: {error}.", "Copy it again from where it was recorded."
        ) from error
