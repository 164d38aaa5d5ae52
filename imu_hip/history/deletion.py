"""Removing a person: every row, and on demand the files that only they have."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, func, select

from imu_hip.history.errors import HistoryError
from imu_hip.history.people import gone
from imu_hip.history.records import Person
from imu_hip.history.tables import FileKind, files, people, sessions
from imu_hip.recording.formats.sidecars import markers_path
from imu_hip.recording.recover import journal_path

Listed = tuple[FileKind, str]
"""A file of a person: what it is, and its path as it was listed."""

OUTSIDE = "it is not in a folder of imu_hip"
SHARED = "another person has it, too"
ABSENT = "it is not there"


def delete_rows(connection: Connection, person: Person) -> int:
    """Remove a person and all that hangs on them; returns how many sessions those were.

    Raises
    ------
    HistoryError
        Where somebody deleted them before.
    """
    theirs = sessions.c.person_id == person.id
    count = connection.execute(select(func.count()).where(theirs)).scalar_one()
    # Everything else goes with the sessions, by its foreign keys.
    connection.execute(delete(sessions).where(theirs))
    if not connection.execute(delete(people).where(people.c.id == person.id)).rowcount:
        raise gone(person)
    return count


def files_of(connection: Connection, person: Person) -> tuple[tuple[Listed, bool], ...]:
    """All files of a person, each with whether somebody else has it, too."""
    listed = select(files.c.kind, files.c.path, sessions.c.person_id).join(
        sessions, sessions.c.id == files.c.session_id
    )
    mine = listed.where(sessions.c.person_id == person.id).order_by(files.c.id)
    paths = select(mine.subquery().c.path)
    others = listed.where(sessions.c.person_id != person.id, files.c.path.in_(paths))
    shared = {path for _, path, _ in connection.execute(others)}
    found = {(FileKind(kind), path): path in shared for kind, path, _ in connection.execute(mine)}
    return tuple(found.items())


def remove_files(
    listed: Sequence[tuple[Listed, bool]], folders: Sequence[Path]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Remove files that lie in the program's folders, with what belongs to them.

    Returns
    -------
    removed, left
        Paths, and paths with the reason why they were left.

    Raises
    ------
    HistoryError
        Where the system refuses to remove one; those before it are gone.
    """
    removed: list[str] = []
    left: list[tuple[str, str]] = []
    for (kind, name), shared in listed:
        path = inside(name, folders)
        if path is None or shared:
            left.append((name, SHARED if shared else OUTSIDE))
            continue
        there = [each for each in with_companions(path, kind) if each.is_file()]
        for each in there:
            _remove(each)
        removed.extend(map(str, there))
        if not there:
            left.append((name, ABSENT))
    return tuple(removed), tuple(left)


def inside(name: str, folders: Sequence[Path]) -> Path | None:
    """The file that is meant where it lies in one of the folders, whatever links lead there."""
    path = Path(name)
    if not path.is_absolute():
        return None
    real = path.resolve()
    allowed = any(real.is_relative_to(folder.resolve()) for folder in folders)
    return real if allowed else None


def with_companions(path: Path, kind: FileKind) -> Iterator[Path]:
    """A file and those that belong to it and lie beside it, whether they are there or not."""
    yield path
    if kind is FileKind.RECORDING:
        yield markers_path(path)
        yield path.with_name(f"{path.stem}.toml")
        yield journal_path(path)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise HistoryError(
            f"{path} cannot be removed: {error.strerror or error}.",
            "Ask for permission and delete the person again; the history still lists them.",
        ) from error
