"""What `imu-hip history` does with a person or with the whole history."""

from pathlib import Path

import typer

from imu_hip.errors import ImuHipError, OutputError
from imu_hip.history.errors import HistoryError
from imu_hip.history.store import History, open_history


def opened(db: str | None) -> History:
    """The history that is meant; a file that is named must be there.

    Raises
    ------
    HistoryError
        Where it is not, or cannot be opened.
    """
    if db is not None and "://" not in db and not Path(db).expanduser().exists():
        raise HistoryError(f"There is no history {db}.", "Check the name and the folder.")
    return open_history(db)


def report(db: str | None, session: int, target: Path, *, clinician: bool) -> None:
    """Write the report of a session as HTML or PDF.

    Raises
    ------
    OutputError
        Where the name is that of neither, or is taken.
    """
    from imu_hip.report.html import write_html  # noqa: PLC0415
    from imu_hip.report.pdf import write_pdf  # noqa: PLC0415
    from imu_hip.report.session_material import read_session  # noqa: PLC0415
    from imu_hip.report.session_page import (  # noqa: PLC0415
        render_session,
        render_session_for_clinician,
    )

    write = {".html": write_html, ".pdf": write_pdf}.get(target.suffix.lower())
    if write is None:
        raise OutputError(f"{target} ends with neither .html nor .pdf.", "Name such a file.")
    if target.exists():
        raise OutputError(f"{target} exists already.", "Choose another name; nothing is lost.")
    with opened(db) as history:
        material = read_session(history, session)
    render = render_session_for_clinician if clinician else render_session
    write(render(material), target)
    typer.echo(f"Wrote {target}")


def export(db: str | None, alias: str, target: Path) -> None:
    """Write everything of a person into a folder or a zip."""
    with opened(db) as history:
        exported = history.export(history.person(alias), target)
    typer.echo(
        f"Wrote {_count(exported.sessions, 'session')} and {_count(exported.files, 'file')} "
        f"to {target}"
    )
    for path in exported.missing:
        told = "is not in the export: it is not there, or nothing that a session writes"
        typer.echo(f"Note: {path} {told}.", err=True)


def delete(db: str | None, alias: str, *, recordings: bool, yes: bool) -> None:
    """Delete a person, after asking.

    Raises
    ------
    ImuHipError
        Where nobody says yes.
    """
    with opened(db) as history:
        person = history.person(alias)
        sessions = _count(len(history.sessions(person)), "session")
        files = "with their recordings and reports" if recordings else "but no files"
        question = f"Delete {person.alias} and {sessions}, {files}? It cannot be undone."
        if not yes and not _confirmed(question):
            raise ImuHipError("Nothing was deleted.", "Answer y, or give --yes, to delete.")
        deleted = history.delete(person, recordings=recordings)
    typer.echo(
        f"Deleted {person.alias}, {_count(deleted.sessions, 'session')} and "
        f"{_count(len(deleted.files), 'file')}."
    )
    for path, reason in deleted.left:
        typer.echo(f"Note: {path} was left: {reason}.", err=True)
    for path in deleted.copies:
        typer.echo(
            f"Note: {path} is an older copy of the whole history and may still hold them.", err=True
        )


def rename(db: str | None, alias: str, new: str) -> None:
    """Give a person another alias."""
    with opened(db) as history:
        person = history.person(alias)
        renamed = history.rename(person, new)
    typer.echo(f"{person.alias} is called {renamed.alias} now.")


def backup(db: str | None, target: Path) -> None:
    """Write the whole history into one file."""
    with opened(db) as history:
        history.backup(target)
        typer.echo(f"Wrote {_count(len(history.people()), 'person', 'people')} to {target}")


def restore(db: str | None, source: Path) -> None:
    """Read a backup into an empty history."""
    with open_history(db) as history:
        history.restore(source)
        _tell_restored(history)


def _tell_restored(history: History) -> None:
    people = _count(len(history.people()), "person", "people")
    sessions = _count(len(history.sessions()), "session")
    typer.echo(f"Read {people} and {sessions} into {history.words}")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _confirmed(question: str) -> bool:
    try:
        return typer.confirm(question)
    except typer.Abort:
        # Nobody is there to answer, or the person pressed Ctrl-C at the question.
        return False
