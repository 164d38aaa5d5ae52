"""`imu-hip analyze`: one recording to a table, a report, angles and JSON."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from imu_hip.names import Sex, Task

DEFAULT_FOLDER = Path("imu_hip_report")


class TaskChoice(StrEnum):
    """A task, or `auto` to find out what was done."""

    AUTO = "auto"
    SEATED = "seated"
    PRONE = "prone"
    CROSS_LEGGED = "cross-legged"
    WALK = "walk"
    RUN = "run"

    @property
    def task(self) -> Task | None:
        """The task, None for `auto`."""
        return None if self is TaskChoice.AUTO else Task(self.value)


def analyze(
    path: Annotated[Path, typer.Argument(help="A recording: a file, a folder or a zip.")],
    *,
    task: Annotated[TaskChoice, typer.Option(help="What to measure.")] = TaskChoice.AUTO,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the HTML report. Without --out, --angles and --json it goes to "
            f"{DEFAULT_FOLDER}."
        ),
    ] = None,
    angles: Annotated[
        Path | None, typer.Option(help="Write all angles over time to this CSV file.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the results to this JSON file.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="For the norms; both if not given.")] = None,
) -> None:
    """Measure femoral rotation in a recording, per side, and report it.

    Example: imu-hip analyze session.parquet --task seated --sex female --out report
    """
    from imu_hip.cli.memory import keep_freed_memory  # noqa: PLC0415

    keep_freed_memory()
    from imu_hip.analysis.analyze import analyze as analyze_recording  # noqa: PLC0415
    from imu_hip.cli.outputs import (  # noqa: PLC0415
        report_path,
        require_free,
        require_results,
        show,
        write_angles,
        write_json,
        write_page,
    )
    from imu_hip.recording.formats import open_recording  # noqa: PLC0415

    if out is None and angles is None and json is None:
        out = DEFAULT_FOLDER
    require_free(path, angles, json, None if out is None else report_path(out, path))
    analysis = analyze_recording(open_recording(path), task.task, sex)
    if angles is not None:
        write_angles(analysis, angles)
    if json is not None:
        write_json(analysis, json)
    report = None if out is None else write_page(analysis, out, path)
    show(analysis, path, report)
    require_results(analysis)
