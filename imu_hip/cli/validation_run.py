"""Where a comparison with a reference comes from and goes: recording, page, files, terminal."""

from pathlib import Path

from rich.console import Console

from imu_hip.cli.analyze import DEFAULT_FOLDER
from imu_hip.cli.outputs import (
    report_path,
    require_free,
    say,
    tell_report,
    write_document,
)
from imu_hip.errors import ImuHipError
from imu_hip.exchange.estimates import Estimate, estimate_of_file, estimate_of_recording
from imu_hip.exchange.validating import Validation
from imu_hip.recording.formats.files import made_folder
from imu_hip.report.csv_rows import write_rows
from imu_hip.report.html import write_html
from imu_hip.report.validation_grids import validation_table
from imu_hip.report.validation_numbers import validation_document, validation_rows
from imu_hip.report.validation_page import render_validation
from imu_hip.report.validation_sentences import overview_sentences

PAGE_ENDINGS = (".html", ".htm")


def page_path(out: Path | None, estimate: Path, *, wanted: bool) -> Path | None:
    """Where the page goes: a file, or its usual name in a folder; None where none is wanted."""
    if out is not None and out.suffix.lower() in PAGE_ENDINGS:
        return out
    if out is None and not wanted:
        return None
    usual = report_path(out or DEFAULT_FOLDER, estimate)
    return usual.with_name(f"validation_{usual.name}")


def estimate_named(estimate: Path, reference: Path, *targets: Path | None) -> Estimate:
    """The angles of a file, or of a recording that is analysed now.

    Raises
    ------
    ImuHipError
        Where it cannot be read, both are one file, or a result would be written over one of them.
    """
    from imu_hip.exchange.angle_reading import is_angle_file, read_angle_file  # noqa: PLC0415

    for source in (estimate, reference):
        require_free(source, *targets)
    if estimate.exists() and reference.exists() and estimate.samefile(reference):
        raise ImuHipError(
            f"{estimate} is named twice, and a file always agrees with itself.",
            "Name the file of another measurement as the reference.",
        )
    # Told by what is in it: a CSV may hold angles or the samples of sensors.
    if is_angle_file(estimate):
        return estimate_of_file(read_angle_file(estimate))
    from imu_hip.analysis.analyze import analyze  # noqa: PLC0415
    from imu_hip.analysis.memory import keep_freed_memory  # noqa: PLC0415
    from imu_hip.recording.formats import open_recording  # noqa: PLC0415

    keep_freed_memory()
    return estimate_of_recording(analyze(open_recording(estimate)))


def write(validation: Validation, page: Path | None, json: Path | None, csv: Path | None) -> None:
    """Write what is asked for."""
    if json is not None:
        write_document(validation_document(validation), json)
    if csv is not None:
        write_rows(validation_rows(validation), csv)
    if page is not None:
        made_folder(page.parent)
        write_html(render_validation(validation), page)


def show(validation: Validation, page: Path | None) -> None:
    """Print the table, the sentences, the notes and where the page is."""
    console = Console()
    console.print(validation_table(validation))
    say(console, overview_sentences(validation))
    say(console, [f"Note: {note}" for note in validation.notes])
    tell_report(console, page)
