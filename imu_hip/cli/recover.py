"""`imu-hip recover`: the recording of a journal that was left by a crash."""

from pathlib import Path
from typing import Annotated

import typer


def recover(
    journal: Annotated[
        Path, typer.Argument(help="A .journal file, or the recording that it was made for.")
    ],
    target: Annotated[
        Path | None,
        typer.Argument(metavar="OUT", help="The .parquet file to write; else beside it."),
    ] = None,
) -> None:
    """Turn what was saved of a recording that broke off into a recording.

    At most the last second before the crash is missing. The journal is removed
    once the recording has been written and read back.

    Example: imu-hip recover run.parquet.journal
    """
    from imu_hip.recording.recover import (  # noqa: PLC0415
        finish,
        journal_for,
        require_at_rest,
        target_of,
    )

    journal = journal_for(journal)
    require_at_rest(journal)
    target = target_of(journal) if target is None else target
    recording = finish(journal, target)
    for warning in recording.warnings:
        typer.echo(f"Note: {warning}", err=True)
    typer.echo(f"Recovered {recording.duration_s:.1f} s of {len(recording.streams)} sensors.")
    typer.echo(f"Wrote {target}")
