"""`imu-hip validate`: angles against the cameras of a laboratory, in one command."""

import math
from pathlib import Path
from typing import Annotated

import typer

from imu_hip.cli.analyze import DEFAULT_FOLDER
from imu_hip.cli.page_options import CsvOption, JsonOption

USUAL_SEARCH_S = 10.0
"""The same as in `measures.delay`, which is not imported to show this help."""


AngleOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Only this angle, such as knee_flexion or left_hip_rotation; may be repeated. All "
        "that both have if not given.",
    ),
]
MaxDelayOption = Annotated[
    float,
    typer.Option(
        min=0.0,
        metavar="S",
        help="Look for a delay of the clocks up to this many seconds, either way; 0 takes the "
        "clocks as they stand.",
    ),
]
PageOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PAGE",
        help="The HTML page, or a folder for it. Without --out, --json and --csv it goes to "
        f"{DEFAULT_FOLDER}.",
    ),
]


def validate(
    estimate: Annotated[
        Path, typer.Argument(help="A recording, which is analysed, or a file of angles.")
    ],
    reference: Annotated[
        Path,
        typer.Argument(
            help="A file of angles: .mot or .sto of OpenSim, .c3d, or a CSV with "
            "time_s and columns such as left_knee_flexion_deg."
        ),
    ],
    *,
    angle: AngleOption = None,
    max_delay: MaxDelayOption = USUAL_SEARCH_S,
    out: PageOption = None,
    json: JsonOption = None,
    csv: CsvOption = None,
) -> None:
    """Check angles against a reference: delay, RMS, excursion, limits of agreement.

    Plus must be flexion, adduction and internal rotation on both sides; angles of
    OpenSim are.

    Examples: imu-hip validate walk.parquet ik.mot

    imu-hip validate walk.parquet ik.mot --angle knee_flexion --max-delay 60

    imu-hip validate angles.csv cameras.csv --max-delay 0 --json agreement.json
    """
    from imu_hip.cli.validation_run import (  # noqa: PLC0415
        estimate_named,
        page_path,
        show,
        write,
    )
    from imu_hip.exchange.angle_reading import read_angle_file  # noqa: PLC0415
    from imu_hip.exchange.validating import validate as compare  # noqa: PLC0415

    # A NaN passes every lower limit.
    if math.isnan(max_delay):
        raise typer.BadParameter("--max-delay must be a number of seconds.")
    page = page_path(out, estimate, wanted=json is None and csv is None)
    found = estimate_named(estimate, reference, page, json, csv)
    validation = compare(found, read_angle_file(reference), angle or (), max_delay)
    write(validation, page, json, csv)
    show(validation, page)
