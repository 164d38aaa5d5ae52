"""`imu-hip sensor`: recordings that run on the sensors themselves."""

from pathlib import Path
from typing import Annotated

import typer

from imu_hip.cli.record import SegmentsOption, VirtualOption

app = typer.Typer(
    no_args_is_help=True,
    help="Record on the sensors themselves, for runs beyond Bluetooth's range.\n\nA lost link "
    "never stops such a recording, and nothing is erased\nunless you say so.",
)

SessionOption = Annotated[
    str | None, typer.Option(help="Name of the recording; else the newest one.")
]


@app.command()
def status(*, segments: SegmentsOption = None, virtual: VirtualOption = None) -> None:
    """Say what each sensor does, how full its memory is and its battery.

    Example: imu-hip sensor status
    """
    from imu_hip.cli import on_sensors  # noqa: PLC0415

    on_sensors.show_status(segments, virtual)


@app.command()
def start(
    *,
    segments: SegmentsOption = None,
    rate: Annotated[
        float | None,
        typer.Option(metavar="HZ", help="Samples a second, the same on all; else 120 or the next."),
    ] = None,
    duration: Annotated[
        float | None,
        typer.Option(min=1.0, metavar="SECONDS", help="Stop by themselves after this time."),
    ] = None,
    sync: Annotated[
        bool,
        typer.Option(help="Give the sensors one clock first; without it times are less sure."),
    ] = True,
    virtual: VirtualOption = None,
) -> None:
    """Start a recording on all sensors, or on none of them.

    Examples: imu-hip sensor start

    imu-hip sensor start --rate 60 --duration 1800
    """
    from imu_hip.cli import on_sensors  # noqa: PLC0415

    on_sensors.start(segments, rate, duration, sync=sync, virtual=virtual)


@app.command()
def stop(*, segments: SegmentsOption = None, virtual: VirtualOption = None) -> None:
    """Stop the recording on all sensors; those that stopped before are fine.

    Example: imu-hip sensor stop
    """
    from imu_hip.cli import on_sensors  # noqa: PLC0415

    on_sensors.stop(segments, virtual)


@app.command("list")
def list_files(*, segments: SegmentsOption = None, virtual: VirtualOption = None) -> None:
    """List the recordings in the memory of each sensor.

    Example: imu-hip sensor list
    """
    from imu_hip.cli import on_sensors  # noqa: PLC0415

    on_sensors.show_files(segments, virtual)


@app.command()
def download(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The .parquet file to write.")],
    *,
    session: SessionOption = None,
    virtual: VirtualOption = None,
) -> None:
    """Fetch a recording from all its sensors and join it on one timeline.

    What the sensors sent is kept as it was in OUT.raw. A download that broke off
    goes on where it was. The sensors keep their files.

    Example: imu-hip sensor download run.parquet
    """
    from imu_hip.cli import on_sensor_download  # noqa: PLC0415

    on_sensor_download.download(target, session, virtual)


@app.command()
def erase(
    *,
    segments: SegmentsOption = None,
    file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="One file of `imu-hip sensor list`; else everything."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    virtual: VirtualOption = None,
) -> None:
    """Erase recordings from the sensors' memories, after asking. This cannot be undone.

    Example: imu-hip sensor erase --file run_1
    """
    from imu_hip.cli import on_sensors  # noqa: PLC0415

    on_sensors.erase(segments, file, yes=yes, virtual=virtual)
