"""`imu-hip record`: from sensors on the air to a recording."""

from pathlib import Path
from typing import Annotated

import typer

INTERRUPTED = 130
"""Exit status of a command that Ctrl-C ended before it did anything."""

VirtualOption = Annotated[
    str | None,
    typer.Option(
        metavar="PLAN",
        help="Use virtual sensors, no hardware: dot, capture2go, witmotion or open, and settings "
        "after it, such as dot,play=walk,missed=0.02 or dot,away=left_shin@10+5. Guided commands "
        "take a person who does what is asked: dot,play=guided.",
    ),
]
SegmentsOption = Annotated[
    str | None,
    typer.Option(
        help="Which sensors, such as left_thigh,left_shin; else those that are remembered, or "
        "both legs."
    ),
]


def record(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The .parquet file to write.")],
    *,
    segments: SegmentsOption = None,
    duration: Annotated[
        float | None,
        typer.Option(
            min=0.5, max=86_400.0, metavar="SECONDS", help="Stop by itself; else Ctrl-C stops."
        ),
    ] = None,
    rate: Annotated[
        float | None, typer.Option(metavar="HZ", help="Samples a second; else 60 or the next.")
    ] = None,
    mode: Annotated[str | None, typer.Option(help="What the sensors send; else the best.")] = None,
    virtual: VirtualOption = None,
) -> None:
    """Record from all sensors at once, onto one timeline.

    Lost links come back by themselves and lost samples are counted. Whatever
    happens, the last second before it is the most that is lost: see imu-hip
    recover.

    Examples: imu-hip record run.parquet --duration 600

    imu-hip record walk.parquet --virtual dot,play=walk --duration 20
    """
    from rich.console import Console  # noqa: PLC0415

    from imu_hip.cli.live_table import summary  # noqa: PLC0415
    from imu_hip.cli.recording_run import RecordWish, run_recording  # noqa: PLC0415
    from imu_hip.cli.running import run_async  # noqa: PLC0415

    console = Console()
    wish = RecordWish(target, segments, duration, rate, mode, virtual)
    recording = run_async(run_recording(wish, console))
    if recording is None:
        typer.echo("Stopped before the recording began; nothing was written.", err=True)
        raise typer.Exit(INTERRUPTED)
    console.print(summary(recording))
    for warning in recording.warnings:
        # In a file or another program a sentence stays on its line.
        whole = not console.is_terminal
        console.print(f"Note: {warning}", highlight=False, markup=False, soft_wrap=whole)
    console.print(f"Wrote {target}", highlight=False, markup=False, soft_wrap=True)
