"""`imu-hip info`: what a file holds."""

from pathlib import Path
from typing import Annotated

import typer


def info(
    path: Annotated[Path, typer.Argument(help="A recording: a file, a folder or a zip.")],
) -> None:
    """Say what a recording is and what it holds, without analysing it.

    Example: imu-hip info export.zip
    """
    from rich.console import Console, JustifyMethod  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from imu_hip.recording.formats.registry import locate, open_recording  # noqa: PLC0415

    path, found = locate(path)
    recording = open_recording(path)
    console = Console()
    simulated = ", simulated" if recording.simulated else ""
    # A path is never wrapped, so that it can be copied.
    console.print(f"{path}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"{found.name}: {found.description}{simulated}", highlight=False, markup=False)
    console.print(f"{recording.duration_s:.1f} s, {len(recording.streams)} sensors")
    table = Table(box=None, pad_edge=False)
    for heading in ("segment", "sensor", "rate", "samples", "lost", "gaps", "measured"):
        justify: JustifyMethod = "right" if heading in {"rate", "samples"} else "left"
        table.add_column(heading, justify=justify, overflow="fold")
    for stream in recording.streams.values():
        channels = {
            "orientation": stream.q_earth_sensor,
            "acceleration": stream.acc_mps2,
            "angular velocity": stream.gyr_dps,
            "magnetic field": stream.mag_au,
        }
        table.add_row(
            stream.segment.words,
            escape(" ".join(filter(None, (stream.sensor.model, stream.sensor.serial)))) or "-",
            f"{stream.sampling_rate_hz:g} Hz",
            str(len(stream.time_s)),
            str(stream.lost_samples()),
            str(len(stream.gaps())),
            ", ".join(name for name, values in channels.items() if values is not None),
        )
    console.print(table)
    for marker in recording.markers:
        side = f" {marker.side}" if marker.side else ""
        console.print(
            f"marked {marker.label}{side}: {marker.start_s:.1f} to {marker.end_s:.1f} s",
            highlight=False,
        )
    for warning in recording.warnings:
        console.print(f"Note: {warning}", highlight=False, markup=False)
