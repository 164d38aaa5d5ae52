"""`imu-hip reliability`: how well own measurements repeat, and the own error in their place."""

from pathlib import Path
from typing import Annotated

import typer

from imu_hip.cli.history import DbOption
from imu_hip.cli.page_options import CsvOption, JsonOption, OutOption, PdfOption
from imu_hip.history.records import Mode
from imu_hip.names import Task

PersonOption = Annotated[
    str | None, typer.Option(help="One person's sessions; everybody's if not given.")
]
TableOption = Annotated[
    Path | None,
    typer.Option(help="A table of `imu-hip cohort` (.parquet or .csv) and not the history."),
]
TaskOption = Annotated[
    Task | None,
    typer.Option(
        metavar="TASK", help=f"One of {', '.join(Task)}; every one that has results if not given."
    ),
]
ModeOption = Annotated[
    Mode | None,
    typer.Option(
        metavar="MODE",
        help=f"Who moves the leg, in the history: {', '.join(Mode)}.",
        show_default="active",
    ),
]
WithinOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="DAYS",
        help="Sessions of one person in this many days are repeats; later ones begin anew.",
        show_default="28",
    ),
]
UseOption = Annotated[
    bool | None,
    typer.Option(
        "--use/--use-published",
        help="Take the own error between days for all comparisons, or go back to the published "
        "one: of the person, or without --person of everybody.",
    ),
]


def reliability(
    *,
    person: PersonOption = None,
    table: TableOption = None,
    task: TaskOption = None,
    mode: ModeOption = None,
    sessions_within: WithinOption = None,
    use: UseOption = None,
    out: OutOption = None,
    csv: CsvOption = None,
    json: JsonOption = None,
    pdf: PdfOption = None,
    db: DbOption = None,
) -> None:
    """Tell how well measurements repeat: ICC, standard error, smallest measurable change.

    From sessions that were repeated on different days. With --use the own error
    stands in place of the published one in comparisons, trends and reports, which
    say so; a person's own goes before that of everybody.

    Examples: imu-hip reliability

    imu-hip reliability --person anna --task seated --use

    imu-hip reliability --person anna --use-published

    imu-hip reliability --table imu_hip_cohort/cohort.parquet --csv errors.csv
    """
    from imu_hip.cli.reliability_outputs import (  # noqa: PLC0415
        Asked,
        forget,
        tell_of_history,
        tell_of_table,
    )
    from imu_hip.cli.targets import targets_of  # noqa: PLC0415

    asked = Asked(person, task, mode or Mode.ACTIVE, sessions_within, db)
    if use is False:
        forget(asked, table)
        return
    targets = targets_of(out, csv, json, pdf)
    if table is None:
        tell_of_history(asked, targets, keep=bool(use))
    else:
        tell_of_table(asked, table, targets, keep=bool(use), mode_given=mode is not None)
