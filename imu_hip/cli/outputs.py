"""Where the results of a command go: the terminal, the report, CSV and JSON files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from imu_hip.analysis.results import Analysis
from imu_hip.errors import NothingMeasuredError, OutputError
from imu_hip.names import printable
from imu_hip.recording.formats.files import made_folder, replacing
from imu_hip.recording.formats.sidecars import markers_path


def require_free(source: Path, *targets: Path | None) -> None:
    """Refuse to write over the recording, what lies beside it, or one result over another.

    Raises
    ------
    OutputError
        Naming the file that would be lost.
    """
    source = source.resolve()
    read = [source, markers_path(source), source.with_name(f"{source.stem}.toml")]
    for target in require_apart(*targets):
        # Any CSV in a folder of sensor files may be one of them.
        inside = source.is_dir() and target.parent == source and target.suffix.lower() == ".csv"
        same = any(path.exists() and target.samefile(path) for path in read if target.is_file())
        if same or (inside and target.is_file()):
            raise OutputError(
                f"{target} is read, or belongs to what is read, and would be overwritten.",
                "Choose another name for the result.",
            )


def require_apart(*targets: Path | None) -> list[Path]:
    """Refuse to write one result over another; returns the targets, resolved.

    Raises
    ------
    OutputError
        Naming the file that would be lost.
    """
    resolved = [target.resolve() for target in targets if target is not None]
    for target in resolved:
        if resolved.count(target) > 1:
            raise OutputError(
                f"{target} is named for two results.", "Give each result a file of its own."
            )
    return resolved


def report_path(folder: Path, source: Path) -> Path:
    """Where the HTML report of a recording goes."""
    # Resolved, because "." has no name.
    source = source.resolve()
    return folder / f"{source.name if source.is_dir() else source.stem}.html"


def write_page(analysis: Analysis, folder: Path, source: Path) -> Path:
    """Write the HTML report of a recording into a folder, made where it is missing."""
    from imu_hip.report.html import write_report  # noqa: PLC0415

    report = report_path(made_folder(folder), source)
    write_report(analysis, report)
    return report


def write_angles(analysis: Analysis, path: Path) -> None:
    """Write all angles over time as CSV."""
    from imu_hip.report.angles_csv import write_angles_csv  # noqa: PLC0415

    write_angles_csv(analysis.angles, path)


def write_strides(analysis: Analysis, path: Path) -> None:
    """Write every stride as CSV."""
    from imu_hip.report.strides_csv import write_strides_csv  # noqa: PLC0415

    write_strides_csv(analysis, path)


def write_json(analysis: Analysis, path: Path) -> None:
    """Write the results as JSON."""
    from imu_hip.report.json_document import to_document  # noqa: PLC0415

    write_document(to_document(analysis), path)


def write_document(document: Mapping[str, Any], path: Path) -> None:
    """Write JSON values, readable for people."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    with replacing(path) as unfinished:
        unfinished.write_text(text + "\n", encoding="utf-8")


def show(analysis: Analysis, source: Path, report: Path | None) -> None:
    """Print the recording's name, the table of results, the warnings and where the report is."""
    from imu_hip.report.gait_sentences import gait_sentences  # noqa: PLC0415
    from imu_hip.report.table import results_table  # noqa: PLC0415

    console = Console()
    name = printable(source.resolve().name)
    console.print(name, style="bold", highlight=False, markup=False, soft_wrap=True)
    if analysis.results:
        console.print(results_table(analysis))
    say(console, gait_sentences(analysis))
    say(console, [f"Note: {warning}" for warning in analysis.warnings])
    tell_report(console, report)


def say(console: Console, sentences: Sequence[str]) -> None:
    """Print sentences, each on a line of its own."""
    for sentence in sentences:
        # They repeat names of files and people, which may hold what a terminal would obey.
        console.print(printable(sentence), highlight=False, markup=False)


def say_whole(console: Console, sentence: str) -> None:
    """Print a sentence that is not wrapped, so that a path in it can be copied."""
    console.print(printable(sentence), highlight=False, markup=False, soft_wrap=True)


def tell_report(console: Console, path: Path | None) -> None:
    """Print where a page went, if there is one."""
    if path is not None:
        say_whole(console, f"Report: {path.resolve()}")


def require_results(analysis: Analysis) -> None:
    """Fail where nothing was measured, after everything that is known was written."""
    if not analysis.results:
        raise NothingMeasuredError(
            f"No test, walk or run was found in {analysis.recording.source}.",
            "Mark what was done in NAME.markers.csv, or name it with --task.",
        )
