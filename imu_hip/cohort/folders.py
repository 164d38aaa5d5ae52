"""What in a folder is a recording: the folder itself, folders within it together, or files."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from imu_hip.cohort.plan import BESIDE, ENDINGS
from imu_hip.errors import RecordingError, UnknownFormatError
from imu_hip.recording.formats.registry import Format, recognise
from imu_hip.recording.formats.sidecars import is_sidecar

CERTAIN: Final = (".parquet", ".sto", ".zip")
"""Endings of files that are listed whatever they hold, so that a damaged one is told."""

UNLIKELY: Final = (".mot", ".html", ".pdf", ".json", ".toml", ".md", ".png", ".svg", ".py", ".trc")
"""Endings of files in a folder that are never opened to see whether they are recordings."""


def recordings_in(folder: Path) -> list[Path]:
    """Recordings directly in a folder: the folder itself, where its files are one, and files."""
    try:
        files = sorted(f for f in folder.iterdir() if f.is_file() and not f.name.startswith("."))
    except OSError:
        return [folder]
    present = {file.name for file in files}
    likely = [
        file
        for file in files
        if file.suffix.lower() not in UNLIKELY
        and not is_sidecar(file)
        and not _is_table(file, present)
    ]
    loose = [file for file in likely if file.suffix.lower() not in CERTAIN]
    whole = _format_of(folder) if loose or parts_below(folder) else None
    single = [
        file
        for file in likely
        if file.suffix.lower() in CERTAIN
        or not ((whole and whole.recognises(file)) or _format_of(file) is None)
    ]
    return [folder, *single] if whole else single


def parts_below(folder: Path) -> list[Path]:
    """Folders in a folder that are parts of one recording, such as one for each sensor."""
    try:
        inside = sorted(one for one in folder.iterdir() if one.is_dir())
    except OSError:
        return []
    whole = _format_of(folder) if inside else None
    if whole is None or not whole.reaches_below:
        return []
    return [one for one in inside if whole.recognises(one)]


def _is_table(file: Path, present: Collection[str]) -> bool:
    """Whether a file is the table of some cohort, told by what a cohort writes beside it."""
    # To look into each of ten thousand recordings for this would take longer than to list them.
    return file.suffix.lower() in ENDINGS and all(
        f"{file.stem}.{ending}" in present for ending in BESIDE
    )


def _format_of(path: Path) -> Format | None:
    try:
        return recognise(path)
    except (UnknownFormatError, RecordingError, OSError):
        return None
