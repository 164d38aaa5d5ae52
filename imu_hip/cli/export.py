"""`imu-hip export`: angles and samples in the formats of other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from imu_hip.names import Sex, Side


class ExportFormat(StrEnum):
    """What a recording can be exported to."""

    MOTION_BIDS = "motion-bids"
    MOT = "mot"
    STO = "sto"
    C3D = "c3d"
    CSV = "csv"


FormatOption = Annotated[
    ExportFormat | None,
    typer.Option(
        metavar="FORMAT",
        help=f"One of {', '.join(ExportFormat)}; without it, the ending of OUT says which.",
    ),
]
SideOption = Annotated[Side | None, typer.Option(help="Only the angles of one leg.")]
BetweenOption = Annotated[
    tuple[float, float] | None,
    typer.Option(metavar="START_S END_S", help="Only the angles in this part, in seconds."),
]
SegmentsOption = Annotated[
    bool,
    typer.Option(
        "--segments",
        help="For .sto: orientations of the calibrated pelvis, femurs and shins instead of "
        "the sensors (needs a pelvis sensor).",
    ),
]
SubjectOption = Annotated[
    str | None, typer.Option(help="For motion-bids: label of the person, such as 01.")
]
SessionOption = Annotated[str | None, typer.Option(help="For motion-bids: label of the session.")]
RunOption = Annotated[int | None, typer.Option(help="For motion-bids: number of the run, from 1.")]
TaskOption = Annotated[
    str | None,
    typer.Option(help="For motion-bids: label of the task; what was measured if not given."),
]
SexOption = Annotated[Sex | None, typer.Option(help="For motion-bids: kept with a new subject.")]


def export(
    recording: Annotated[Path, typer.Argument(help="A recording: a file, a folder or a zip.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="The file to write, or the folder of a dataset.")
    ],
    *,
    to: FormatOption = None,
    side: SideOption = None,
    between: BetweenOption = None,
    segments: SegmentsOption = False,
    subject: SubjectOption = None,
    session: SessionOption = None,
    run: RunOption = None,
    task: TaskOption = None,
    sex: SexOption = None,
) -> None:
    """Export a recording for other programs.

    motion-bids adds it to a dataset: samples, angles and markers. mot and sto are
    for OpenSim, c3d for motion laboratories, csv for tables (time_s, side, angle,
    value_deg).

    Examples: imu-hip export run.parquet dataset --to motion-bids --subject 01

    imu-hip export run.parquet run.mot --side right --between 30 90
    """
    from imu_hip.cli.export_outputs import (  # noqa: PLC0415
        Labels,
        Part,
        chosen_format,
        require_fitting,
        write_angles_as,
        write_dataset,
        write_orientations,
    )
    from imu_hip.cli.outputs import require_free  # noqa: PLC0415
    from imu_hip.recording.formats import open_recording  # noqa: PLC0415

    chosen = chosen_format(to, target)
    labels = Labels(subject, session, run, task, sex)
    part = Part(side, between)
    require_fitting(chosen, labels, part, segments=segments)
    require_free(recording, target)
    opened = open_recording(recording)
    if chosen is ExportFormat.MOTION_BIDS:
        notes = write_dataset(opened, target, labels)
    elif chosen is ExportFormat.STO:
        notes = write_orientations(opened, target, segments=segments)
    else:
        notes = write_angles_as(chosen, opened, target, part)
    for note in notes:
        typer.echo(f"Note: {note}", err=True)
    typer.echo(f"Wrote {target}")
