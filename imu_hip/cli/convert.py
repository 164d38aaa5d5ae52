"""`imu-hip convert`: from any readable format to ours, CSV or OpenSense."""

from pathlib import Path
from typing import Annotated

import typer


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A recording in any format.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="A .parquet, .csv or .sto file to write.")
    ],
) -> None:
    """Write a recording as Parquet, long CSV or OpenSense .sto.

    Example: imu-hip convert dot_export.zip session.parquet
    """
    from imu_hip.recording.formats import open_recording, write_recording  # noqa: PLC0415

    recording = open_recording(source)
    write_recording(recording, target, opened_from=source)
    for warning in recording.warnings:
        typer.echo(f"Note: {warning}", err=True)
    typer.echo(f"Wrote {target}")
