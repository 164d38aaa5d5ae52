"""`imu-hip compare`: two results side by side, only like with like."""

from typing import Annotated

import typer

from imu_hip.cli.history import DbOption
from imu_hip.cli.page_options import CsvOption, JsonOption, OutOption, PdfOption


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
    out: OutOption = None,
    csv: CsvOption = None,
    json: JsonOption = None,
    pdf: PdfOption = None,
    db: DbOption = None,
) -> None:
    """Compare two sessions, two legs, or before and after a stretch, with the error said.

    Examples: imu-hip compare 9 12

    imu-hip compare 12:left 12:right --csv sides.csv

    imu-hip compare 12:test 12:retest --out report
    """
    from imu_hip.cli.compared_outputs import compare_named, write_comparison  # noqa: PLC0415
    from imu_hip.cli.targets import targets_of  # noqa: PLC0415

    targets = targets_of(out, csv, json, pdf)
    write_comparison(compare_named(first, second, db, targets), targets)
