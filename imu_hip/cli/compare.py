"""`imu-hip compare`: two results side by side, only like with like."""

from pathlib import Path
from typing import Annotated

import typer

from imu_hip.cli.analyze import DEFAULT_FOLDER
from imu_hip.cli.history import DbOption


def compare(
    first: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="Number of a session (`imu-hip history list`), a person (their latest session), "
            "or a recording. :left, :right, :test and :retest choose a part.",
        ),
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="The other one, in the same way.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the HTML page. Without --out, --csv, --json and --pdf it goes to "
            f"{DEFAULT_FOLDER}."
        ),
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the numbers to this CSV file.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write all of it to this JSON file.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write the page to this PDF file.")] = None,
    db: DbOption = None,
) -> None:
    """Compare two sessions, two legs, or before and after a stretch, with the error said.

    Examples: imu-hip compare 9 12

    imu-hip compare 12:left 12:right --csv sides.csv

    imu-hip compare 12:test 12:retest --out report
    """
    from imu_hip.cli.compared_outputs import (  # noqa: PLC0415
        compare_named,
        targets_of,
        write_comparison,
    )

    targets = targets_of(out, csv, json, pdf)
    write_comparison(compare_named(first, second, db, targets), targets)
