"""`imu-hip scan`: which sensors are on the air."""

from typing import TYPE_CHECKING, Annotated

import typer

from imu_hip.cli.record import VirtualOption

if TYPE_CHECKING:
    from rich.table import Table

    from imu_hip.bluetooth.assignment import Assignments
    from imu_hip.bluetooth.wanted import Roster


def scan(
    *,
    duration: Annotated[
        float, typer.Option(min=1.0, max=60.0, metavar="SECONDS", help="How long to listen.")
    ] = 5.0,
    virtual: VirtualOption = None,
) -> None:
    """List the sensors nearby: what they are, who they are, where they sit, and their battery.

    Example: imu-hip scan
    """
    from rich.console import Console  # noqa: PLC0415

    from imu_hip.bluetooth.roster import meet_all  # noqa: PLC0415
    from imu_hip.cli.running import run_async  # noqa: PLC0415
    from imu_hip.errors import ImuHipError  # noqa: PLC0415
    from imu_hip.live.air import on_air  # noqa: PLC0415

    async def work() -> "tuple[Roster, Assignments]":
        async with on_air(virtual) as air:
            roster = await meet_all(air.central, air.drivers, scan_s=duration)
            return roster, air.assignments

    console = Console()
    roster, assignments = run_async(work())
    others = f"{roster.strangers} other Bluetooth devices were seen."
    if not roster.known and not roster.silent:
        raise ImuHipError(
            f"No sensor was found in {duration:g} s; {others}",
            "Switch the sensors on, move or press them awake, and run `imu-hip doctor` if they "
            "stay invisible.",
        )
    if roster.known:
        console.print(_table(roster, assignments))
    for found, why in roster.silent:
        name = f"{found.driver.model} '{found.name}' ({found.rssi_dbm} dBm)"
        console.print(f"{name} did not tell who it is: {why}.", highlight=False, markup=False)
    console.print(others, highlight=False)


def _table(roster: "Roster", assignments: "Assignments") -> "Table":
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from imu_hip.bluetooth.assignment import segment_of_tag  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("sensor", "tag", "serial", "firm-\nware", "segment"):
        # Tags and serials are copied to where sensors are assigned.
        table.add_column(heading, overflow="fold", no_wrap=heading in {"tag", "serial"})
    for heading in ("cell\n%", "signal\ndBm"):
        table.add_column(heading, justify="right", overflow="fold")
    for sensor in roster.known:
        segment = assignments.segment_of(sensor.serial) or segment_of_tag(sensor.label)
        table.add_row(
            escape(sensor.identity.model),
            escape(sensor.label),
            escape(sensor.serial),
            escape(sensor.identity.firmware) or "-",
            segment.words if segment else "-",
            str(sensor.battery.level_percent) if sensor.battery else "-",
            str(sensor.found.rssi_dbm),
        )
    return table
