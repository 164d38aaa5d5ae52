"""`imu-hip history`: people, their sessions and results, and what may be done with them."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Look at people, their sessions and results, export or delete a person, back up all of "
    "it.\n\nIt is kept on this computer, or in the database that IMU_HIP_DB names.",
)

DbOption = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="A file, or the URL of a PostgreSQL database; else IMU_HIP_DB, or the file in your "
        "data folder.",
    ),
]
PersonArgument = Annotated[str, typer.Argument(help="The person's alias.")]


@app.command()
def people(*, db: DbOption = None) -> None:
    """List everybody with the number of their sessions.

    Example: imu-hip history people
    """
    from imu_hip.cli import history_screen  # noqa: PLC0415

    history_screen.show_people(db)


@app.command("list")
def list_sessions(
    person: Annotated[
        str | None, typer.Argument(metavar="PERSON", help="An alias; else everybody.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 20,
    db: DbOption = None,
) -> None:
    """List sessions, the newest first.

    Example: imu-hip history list anna --limit 5
    """
    from imu_hip.cli import history_screen  # noqa: PLC0415

    history_screen.show_sessions(db, person, limit)


@app.command()
def show(
    session: Annotated[int, typer.Argument(help="A number of `imu-hip history list`.")],
    *,
    db: DbOption = None,
) -> None:
    """Show one session: results with their uncertainty, repetitions, stretches and files.

    Example: imu-hip history show 12
    """
    from imu_hip.cli import history_screen  # noqa: PLC0415

    history_screen.show_session(db, session)


@app.command()
def report(
    session: Annotated[int, typer.Argument(help="A number of `imu-hip history list`.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The .html or .pdf file to write.")],
    *,
    clinician: Annotated[
        bool,
        typer.Option("--clinician", help="With published norms and literature, for professionals."),
    ] = False,
    db: DbOption = None,
) -> None:
    """Write the report of one session anew, as a page or as PDF.

    Example: imu-hip history report 12 anna.pdf
    """
    from imu_hip.cli import history_keeping  # noqa: PLC0415

    history_keeping.report(db, session, target, clinician=clinician)


@app.command()
def export(
    person: PersonArgument,
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="A new or empty folder, or a .zip file.")
    ],
    *,
    db: DbOption = None,
) -> None:
    """Write everything of one person: JSON, tables as CSV, copies of recordings and reports.

    Example: imu-hip history export anna anna.zip
    """
    from imu_hip.cli import history_keeping  # noqa: PLC0415

    history_keeping.export(db, person, target)


@app.command()
def delete(
    person: PersonArgument,
    *,
    recordings: Annotated[
        bool, typer.Option("--recordings", help="Also remove the recordings and reports.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    db: DbOption = None,
) -> None:
    """Delete one person with all sessions and results, after asking. This cannot be undone.

    Files elsewhere than in the folders of imu_hip, exports and backups are left
    alone.

    Example: imu-hip history delete anna --recordings
    """
    from imu_hip.cli import history_keeping  # noqa: PLC0415

    history_keeping.delete(db, person, recordings=recordings, yes=yes)


@app.command()
def rename(
    person: PersonArgument,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new alias.")],
    *,
    db: DbOption = None,
) -> None:
    """Give a person another alias.

    Example: imu-hip history rename anna "runner 7"
    """
    from imu_hip.cli import history_keeping  # noqa: PLC0415

    history_keeping.rename(db, person, new)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    *,
    db: DbOption = None,
) -> None:
    """Write the whole history into one file, from PostgreSQL as well; recordings are not in it.

    Example: imu-hip history backup history_backup.sqlite
    """
    from imu_hip.cli import history_keeping  # noqa: PLC0415

    history_keeping.backup(db, target)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A file of `history backup`.")],
    *,
    db: DbOption = None,
) -> None:
    """Read a backup into an empty history, on this computer or in PostgreSQL.

    Example: imu-hip history restore history_backup.sqlite
    """
    from imu_hip.cli import history_keeping  # noqa: PLC0415

    history_keeping.restore(db, source)


@app.command()
def privacy(*, db: DbOption = None) -> None:
    """Name every place where something about people is kept, and what export and delete do there.

    Example: imu-hip history privacy
    """
    from imu_hip.cli import history_privacy  # noqa: PLC0415

    history_privacy.show(db)
