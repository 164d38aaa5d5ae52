"""`imu-hip doctor`: whether this computer can record from sensors."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imu_hip.errors import ImuHipError

if TYPE_CHECKING:
    from imu_hip.bluetooth.finding import Finding


def doctor(
    folder: Annotated[
        Path, typer.Option(help="Folder in which you want to record; the current one if absent.")
    ] = Path(),
) -> None:
    """Check Bluetooth, permissions and disk, and say what to do about each finding.

    Example: imu-hip doctor
    """
    import asyncio  # noqa: PLC0415

    from imu_hip.bluetooth.doctor import examine, problems  # noqa: PLC0415
    from imu_hip.bluetooth.scan_attempt import scan_apart  # noqa: PLC0415
    from imu_hip.bluetooth.surroundings import gather  # noqa: PLC0415

    scan = asyncio.run(scan_apart())
    findings = examine(gather(folder.absolute(), scan))
    _print(findings)
    grave = problems(findings)
    if grave:
        titles = ", ".join(dict.fromkeys(finding.title.lower() for finding in grave))
        raise ImuHipError(
            f"This computer cannot record yet ({titles}).",
            "Follow the advice in the table and run imu-hip doctor again.",
        )


def _print(findings: "tuple[Finding, ...]") -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    for heading in ("", "what", "found, and what to do"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        told = "\n".join(filter(None, (finding.what, finding.advice)))
        table.add_row(finding.state.value, escape(finding.title), escape(told))
    Console().print(table)
