"""Everything of one person, in a folder or a zip that other programs can read."""

import csv
import json
import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Connection

from imu_hip import __version__
from imu_hip.errors import OutputError
from imu_hip.history import reading
from imu_hip.history.errors import HistoryError
from imu_hip.history.export_files import Listed, copy_files
from imu_hip.history.personal_data import export_notice
from imu_hip.history.records import (
    BoutRecord,
    Exported,
    MeasurementErrorRecord,
    Person,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
)
from imu_hip.history.tables import FileKind, sessions
from imu_hip.recording.formats.csv_cells import shown_cell
from imu_hip.recording.private_files import PRIVATE_FILE, PRIVATE_FOLDER

FORMAT_VERSION: Final = 1
_SESSION_COLUMNS: Final = (
    "session",
    "person",
    "protocol",
    "mode",
    "started_utc",
    "ended_utc",
    "state",
    "version",
    "simulated",
    "comment",
)
_TABLES: Final = {
    "repetitions": RepetitionRecord,
    "results": ResultRecord,
    "bouts": BoutRecord,
}


@dataclass(frozen=True, slots=True)
class SessionContent:
    """A session with all that hangs on it."""

    session: SessionRecord
    reports: tuple[str, ...]
    repetitions: tuple[RepetitionRecord, ...]
    results: tuple[ResultRecord, ...]
    bouts: tuple[BoutRecord, ...]


def contents(connection: Connection, person: Person) -> tuple[SessionContent, ...]:
    """All sessions of a person, oldest first."""
    theirs = reading.sessions_of(connection, sessions.c.person_id == person.id, None)
    return tuple(
        SessionContent(
            session,
            reading.reports_of(connection, session.id),
            reading.repetitions_of(connection, session.id),
            reading.results_of(connection, session.id),
            reading.bouts_in(connection, session.id),
        )
        for session in reversed(theirs)
    )


def write_export(
    person: Person,
    content: Sequence[SessionContent],
    errors: Sequence[MeasurementErrorRecord],
    target: Path,
) -> Exported:
    """Write a person's data; a `target` that ends in .zip becomes one file, else a folder.

    Raises
    ------
    HistoryError
        Where the target is there and not an empty folder.
    OutputError
        Where it cannot be written.
    """
    _require_free(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as made:
            folder = Path(made) / "export"
            folder.mkdir(PRIVATE_FOLDER)
            exported = _fill(folder, person, content, errors)
            if target.suffix.lower() == ".zip":
                archive = Path(made) / "export.zip"
                _zip(folder, archive)
                archive.chmod(PRIVATE_FILE)
                archive.replace(target)
            else:
                if target.is_dir():
                    target.rmdir()
                folder.replace(target)
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error.strerror or error}.",
            "Choose a folder that you may write to and that has space left.",
        ) from error
    return exported


def _require_free(target: Path) -> None:
    if target.is_dir() and target.suffix.lower() != ".zip":
        if any(target.iterdir()):
            raise HistoryError(f"The folder {target} is not empty.", "Name a new or empty one.")
    elif target.exists() or target.is_symlink():
        raise HistoryError(f"{target} is there already.", "Choose another name.")


def _fill(
    folder: Path,
    person: Person,
    content: Sequence[SessionContent],
    errors: Sequence[MeasurementErrorRecord],
) -> Exported:
    copied, missing = copy_files(folder, _listed(content))
    document = {
        "format": "imu_hip person",
        "format_version": FORMAT_VERSION,
        "imu_hip": __version__,
        "person": asdict(person),
        "sessions": [_session_document(each, copied) for each in content],
        "measurement_errors": [asdict(error) for error in errors],
        "missing_files": missing,
    }
    text = json.dumps(_plain(document), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "person.json").write_text(text + "\n", encoding="utf-8")
    (folder / "README.txt").write_text(export_notice(person.alias), encoding="utf-8")
    rows = ([_cell_of(each.session, name) for name in _SESSION_COLUMNS] for each in content)
    _write_csv(folder / "sessions.csv", _SESSION_COLUMNS, rows)
    for name, kind in _TABLES.items():
        columns = [field.name for field in fields(kind)]
        records = (
            [each.session.id, *(getattr(record, column) for column in columns)]
            for each in content
            for record in getattr(each, name)
        )
        _write_csv(folder / f"{name}.csv", ["session", *columns], records)
    columns = [field.name for field in fields(MeasurementErrorRecord)]
    kept = ([getattr(error, column) for column in columns] for error in errors)
    _write_csv(folder / "measurement_errors.csv", columns, kept)
    return Exported(len(content), len(copied), tuple(missing))


def _listed(content: Sequence[SessionContent]) -> Iterator[Listed]:
    for each in content:
        yield from ((each.session.id, FileKind.RECORDING, p) for p in each.session.recordings)
        yield from ((each.session.id, FileKind.REPORT, path) for path in each.reports)


def _session_document(content: SessionContent, copied: Mapping[Listed, str]) -> dict[str, Any]:
    session = content.session

    def listed(kind: FileKind, paths: Iterable[str]) -> list[dict[str, Any]]:
        return [{"path": p, "copy": copied.get((session.id, kind, p))} for p in paths]

    return {
        **{name: _cell_of(session, name) for name in _SESSION_COLUMNS if name != "person"},
        "progress": session.progress,
        "recordings": listed(FileKind.RECORDING, session.recordings),
        "reports": listed(FileKind.REPORT, content.reports),
        **{name: [asdict(record) for record in getattr(content, name)] for name in _TABLES},
    }


def _cell_of(session: SessionRecord, column: str) -> object:
    if column == "session":
        return session.id
    return session.person.alias if column == "person" else getattr(session, column)


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        # With line ends of both characters, either of them is quoted within a cell (RFC 4180).
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([shown_cell(_plain(cell)) for cell in row] for row in rows)


def _plain(value: object) -> object:
    """A value as JSON and CSV know it: moments as ISO 8601, what is unknown as nothing."""
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value


def _zip(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
