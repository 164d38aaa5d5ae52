"""`imu-hip cohort`: any number of recordings to one tidy table and a page by group."""

from pathlib import Path
from typing import Annotated

import typer

from imu_hip.cli.analyze import TASK_HELP, TaskChoice

DEFAULT_TABLE = Path("imu_hip_cohort") / "cohort.parquet"


def cohort(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Recordings: files, folders with all that is in them, globs, or URLs that fsspec "
            "knows (s3://, https://, zip://...).",
        ),
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(
            help="The tidy table, .parquet or .csv. Beside it: NAME.problems.csv and NAME.journal, "
            "from which the same command goes on."
        ),
    ] = DEFAULT_TABLE,
    people: Annotated[
        Path | None,
        typer.Option(
            help="A CSV with the column recording (path, glob or name) or person, and any others: "
            "session, sex, group, age..."
        ),
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Column of --people by which the page compares.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="The HTML page; NAME.html beside the table if not given.")
    ] = None,
    task: Annotated[TaskChoice, typer.Option(metavar="TASK", help=TASK_HELP)] = TaskChoice.AUTO,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask scheduler, such as tcp://host:8786, whose workers have imu_hip "
            "and see the same paths. Without it, processes are started here."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes to start here; one for each processor if not given."),
    ] = None,
) -> None:
    """Measure any number of recordings: one tidy table, and a page that compares groups.

    What an earlier run has measured is kept; a recording that was changed is
    measured again. A recording that cannot be measured is listed with its reason
    and stops nothing.

    A Motion-BIDS path (sub-01/ses-02) tells person and session, otherwise the
    folder tells the person and the file the session; where all lie in one folder,
    each file is a person.

    Examples: imu-hip cohort clinic/ --people people.csv --group sex

    imu-hip cohort "s3://bucket/**/*.parquet" --scheduler tcp://host:8786
    """
    from imu_hip.cli.cohort_run import run_cohort  # noqa: PLC0415
    from imu_hip.cohort.plan import CohortPlan  # noqa: PLC0415

    plan = CohortPlan(tuple(paths), out, people, task.task, scheduler, workers)
    run_cohort(plan, group, report)
