"""Every format, and the choice among them by what a file holds."""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from imu_hip.errors import OutputError, RecordingError, UnknownFormatError
from imu_hip.plug_ins import FORMATS as ADDED_FORMATS
from imu_hip.plug_ins import added, unusable
from imu_hip.recording.formats.files import naming, read_head
from imu_hip.recording.formats.generic_csv import is_generic_csv, read_generic_csv
from imu_hip.recording.formats.isen import is_isen, read_isen
from imu_hip.recording.formats.journal_file import is_journal, read_journal_file
from imu_hip.recording.formats.long_csv import is_long_csv, read_long_csv, write_long_csv
from imu_hip.recording.formats.movella_dot import is_dot, read_dot
from imu_hip.recording.formats.opensense_sto import is_sto, read_sto, write_sto
from imu_hip.recording.formats.parquet import is_parquet, read_parquet, write_parquet
from imu_hip.recording.formats.sidecars import is_sidecar, with_markers_beside
from imu_hip.recording.formats.ximu3 import is_ximu3, read_ximu3
from imu_hip.recording.formats.xsens_text import is_xsens_text, read_xsens_text
from imu_hip.recording.recording import Recording


@dataclass(frozen=True, slots=True)
class Format:
    """One format of recordings.

    Parameters
    ----------
    name, description
        For people.
    recognises
        Whether a file or folder is in this format, by its content; never raises for readable files.
    read
        Reads what `recognises` accepts.
    reaches_below
        Whether folders within a folder that it recognises may belong to the same recording.
    """

    name: str
    description: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path], Recording]
    reaches_below: bool = False


FORMATS: Final = (
    Format("Parquet", "imu_hip's own recordings (.parquet)", is_parquet, read_parquet),
    Format(
        "journal", "what was saved of a recording that broke off", is_journal, read_journal_file
    ),
    Format(
        "generic CSV",
        "any CSV with a TOML map of its columns beside it (NAME.toml)",
        is_generic_csv,
        read_generic_csv,
    ),
    Format("OpenSense", "sensor orientations of OpenSense (.sto)", is_sto, read_sto),
    Format(
        "x-IMU3",
        "a folder or zip with a folder of CSV files a sensor",
        is_ximu3,
        read_ximu3,
        reaches_below=True,
    ),
    Format("Movella DOT", "a folder or zip of the app's CSV files", is_dot, read_dot),
    Format("Xsens text", "a folder of MT text exports", is_xsens_text, read_xsens_text),
    Format("iSen", "sensor exports of STT iSen (.csv)", is_isen, read_isen),
    Format("long CSV", "one CSV with the columns segment, time_s, ...", is_long_csv, read_long_csv),
)
"""Our own, in the order in which they are asked; the first that recognises a file reads it."""

_WRITERS: Final[dict[str, Callable[[Recording, Path], None]]] = {
    ".parquet": write_parquet,
    ".csv": write_long_csv,
    ".sto": write_sto,
}


def known_formats() -> Iterator[Format]:
    """Our own formats and those that other installed packages add, looked up when none fits.

    Raises
    ------
    PlugInError
        Where one that was added is no `Format`.
    """
    yield from FORMATS
    for entry, thing in added(ADDED_FORMATS):
        if not isinstance(thing, Format):
            raise unusable(entry, "it is no Format")
        yield thing


def recognise(path: Path) -> Format:
    """Find the format of a file or folder.

    Raises
    ------
    RecordingError
        Where the file is absent, empty or not readable.
    UnknownFormatError
        Where no format recognises it.
    """
    if not path.is_dir():
        read_head(path)
    found = _recognised(path)
    if found:
        return found
    if is_sidecar(path):
        raise UnknownFormatError(
            f"{path.name} is not a recording but belongs to one.",
            "Open the recording; it is read along with it.",
        )
    utf16 = not path.is_dir() and _is_utf16(read_head(path))
    utf8 = "It seems to be text in UTF-16: save it in UTF-8 and try again. " if utf16 else ""
    known = "; ".join(f"{known.name}: {known.description}" for known in known_formats())
    raise UnknownFormatError(
        f"{path.name} is in no format that is known here.",
        f"{utf8}The formats are {known}. For another CSV, write a TOML map beside it.",
    )


def locate(path: Path) -> tuple[Path, Format]:
    """The recording that a path means, inside a folder that holds just one, and its format."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise RecordingError(
            f"The name {str(path)!r} has bytes that are no text.", "Rename the recording."
        ) from error
    if path.is_dir() and not _recognised(path):
        path = _only_recording(path)
    return path, recognise(path)


def open_recording(path: str | Path) -> Recording:
    """Read a recording in any format, with the markers that lie beside it.

    Parameters
    ----------
    path
        A file, a zip or folder of sensor files, or a folder with exactly one recording.

    Raises
    ------
    RecordingError
        Saying what is wrong with the file, where, and what to do.
    UnknownFormatError
        Where no format recognises it.
    """
    try:
        path, chosen = locate(Path(path))
        with naming(path.name):
            recording = chosen.read(path)
        if path.is_dir():
            recording = _with_others_named(recording, path, chosen)
        return with_markers_beside(recording, path)
    except PermissionError as error:
        raise RecordingError(
            f"{path} may not be read.", "Ask for permission to read it, or copy it to your folder."
        ) from error


def write_recording(
    recording: Recording, path: Path, *, opened_from: str | Path | None = None
) -> None:
    """Write a recording in the format that the suffix of a file names.

    Parameters
    ----------
    recording
        What to write.
    path
        A name that ends with .parquet, .csv or .sto.
    opened_from
        File that the recording was read from, which is not overwritten.

    Raises
    ------
    OutputError
        Where the suffix is unknown, the name is that of a sidecar, the file is `opened_from`, or it
        cannot be written.
    """
    path = Path(path)
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise OutputError(
            f"{path.name} does not end with a format that can be written.",
            f"End it with {', '.join(_WRITERS)}.",
        )
    if is_sidecar(path):
        raise OutputError(
            f"{path.name} is the name of a file that lies beside a recording, not of a recording.",
            "Choose another name.",
        )
    if opened_from is not None and _would_overwrite(path, Path(opened_from)):
        raise OutputError(
            f"{path} is the recording that was opened and would be overwritten.",
            "Choose another name.",
        )
    write(recording, path)


def _recognised(path: Path) -> Format | None:
    return next((known for known in known_formats() if known.recognises(path)), None)


def _is_utf16(head: bytes) -> bool:
    # Without a byte order mark the upper bytes of plain text are zero, on one side or the other.
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return marked or not any(head[1:200:2]) or not any(head[0:200:2])


def _would_overwrite(path: Path, opened_from: Path) -> bool:
    place = path.parent if opened_from.is_dir() else path
    return path.exists() and opened_from.exists() and place.samefile(opened_from)


def _recordings_in(folder: Path) -> dict[Path, Format]:
    """Recordings in a folder; .mot files are results, not recordings."""
    files = sorted(
        file
        for file in folder.iterdir()
        if file.is_file() and not file.name.startswith(".") and file.suffix.lower() != ".mot"
    )
    found = {file: _recognised(file) for file in files if file.stat().st_size}
    return {file: known for file, known in found.items() if known is not None}


def _only_recording(folder: Path) -> Path:
    found = list(_recordings_in(folder))
    if not found:
        raise RecordingError(
            f"The folder {folder} holds no recording.",
            "Name a file, or the folder that the sensor files lie in.",
        )
    if len(found) > 1:
        raise RecordingError(
            f"The folder {folder} holds several recordings: "
            f"{', '.join(file.name for file in found)}.",
            "Name one of them.",
        )
    return found[0]


def _with_others_named(recording: Recording, folder: Path, chosen: Format) -> Recording:
    others = [file.name for file, known in _recordings_in(folder).items() if known != chosen]
    if not others:
        return recording
    warning = f"The folder also holds {', '.join(others)}, which was not opened."
    return replace(recording, warnings=(*recording.warnings, warning))
