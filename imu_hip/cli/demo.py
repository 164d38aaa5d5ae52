"""`imu-hip demo`: analyse the recordings that come with imu_hip."""

from pathlib import Path
from typing import Annotated

import typer

from imu_hip.errors import RecordingError

DEFAULT_FOLDER = Path("imu_hip_demo")


def demo(
    *,
    out: Annotated[Path, typer.Option(help="Folder for the HTML reports.")] = DEFAULT_FOLDER,
    open_report: Annotated[
        bool, typer.Option("--open", help="Open the first report in the browser.")
    ] = False,
) -> None:
    """Analyse the recordings that come with imu_hip and write their reports.

    Example: imu-hip demo --open
    """
    from imu_hip.analysis.analyze import analyze  # noqa: PLC0415
    from imu_hip.cli.outputs import show, write_page  # noqa: PLC0415
    from imu_hip.recording.formats import open_recording  # noqa: PLC0415

    reports = []
    for path in shipped_recordings():
        analysis = analyze(open_recording(path))
        report = write_page(analysis, out, path)
        show(analysis, path, report)
        reports.append(report)
    if open_report:
        typer.launch(reports[0].resolve().as_uri())


def shipped_recordings() -> tuple[Path, ...]:
    """Recordings inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "recordings", package.parent / "recordings"):
        found = sorted(folder.glob("*.parquet"))
        if found:
            return tuple(found)
    raise RecordingError(
        "The recordings that come with imu_hip are not installed.",
        "Install it again from its folder with pip install .",
    )
