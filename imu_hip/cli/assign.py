"""`imu-hip assign`: which sensor sits on which segment."""

from enum import StrEnum
from typing import Annotated

import typer

from imu_hip.cli.record import SegmentsOption, VirtualOption


class Way(StrEnum):
    """How the segment of a sensor is found out."""

    LIGHT = "light"
    TAG = "tag"
    MOVING = "moving"


def assign(
    placed: Annotated[
        list[str] | None,
        typer.Argument(metavar="SERIAL=SEGMENT", help="Place sensors whose serial you know."),
    ] = None,
    *,
    by: Annotated[
        Way,
        typer.Option(
            help="How: light, each sensor blinks and you say where it is; tag, by names such as "
            "left_thigh; moving, you move one leg at a time."
        ),
    ] = Way.LIGHT,
    show: Annotated[bool, typer.Option("--list", help="Show what is remembered.")] = False,
    forget: Annotated[
        str | None, typer.Option(metavar="SERIAL", help="Forget one sensor, or all of them.")
    ] = None,
    segments: SegmentsOption = None,
    virtual: VirtualOption = None,
) -> None:
    """Find out which sensor sits on which segment, and remember it by the sensor's serial.

    Examples: imu-hip assign --by moving

    imu-hip assign D422CD000001=left_thigh

    imu-hip assign --list
    """
    from rich.console import Console  # noqa: PLC0415

    from imu_hip.cli import assigning  # noqa: PLC0415
    from imu_hip.cli.running import run_async  # noqa: PLC0415
    from imu_hip.live.air import assignments_file  # noqa: PLC0415

    console = Console()
    file = assignments_file(virtual)
    if forget is not None:
        assigning.forget(forget, file)
    elif placed:
        assigning.place(placed, file)
    elif not show:
        run_async(assigning.ask(by.value, segments, virtual, console))
    console.print(assigning.remembered_table(file))
