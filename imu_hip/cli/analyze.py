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


TASK_HELP = f"What to measure: {', '.join(TaskChoice)}."


def analyze(
    path: Annotated[Path, typer.Argument(help="A recording: a file, a folder or a zip.")],
    *,
    task: Annotated[TaskChoice, typer.Option(metavar="TASK", help=TASK_HELP)] = TaskChoice.AUTO,
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
    strides: Annotated[
        Path | None, typer.Option(help="Write every stride of a walk or run to this CSV file.")
    ] = None,
    passive: Annotated[
        Path | None,
        typer.Option(
            help="A recording of a seated or prone test of the same person: how much of that range "
            "does the run use?"
        ),
    ] = None,
    sex: Annotated[Sex | None, typer.Option(help="For the norms; both if not given.")] = None,
) -> None:
    """Measure femoral rotation in a recording, per side, and report it.

    Examples: imu-hip analyze session.parquet --task seated --out report

    imu-hip analyze run.parquet --passive prone.parquet --strides strides.csv
    """
    from imu_hip.analysis.memory import keep_freed_memory  # noqa: PLC0415

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
        write_strides,
    )
    from imu_hip.recording.formats import open_recording  # noqa: PLC0415

    if out is None and angles is None and json is None and strides is None:
        out = DEFAULT_FOLDER
    sources = (path,) if passive is None else (path, passive)
    for source in sources:
        require_free(source, angles, json, strides, None if out is None else report_path(out, path))
    analysis = analyze_recording(open_recording(path), task.task, sex)
    if passive is not None:
        from imu_hip.analysis.reserve import with_passive  # noqa: PLC0415

        analysis = with_passive(analysis, analyze_recording(open_recording(passive)))
    if strides is not None:
        write_strides(analysis, strides)
    if angles is not None:
        write_angles(analysis, angles)
    if json is not None:
        write_json(analysis, json)
    report = None if out is None else write_page(analysis, out, path)
    show(analysis, path, report)
    require_results(analysis)
