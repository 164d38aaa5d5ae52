"""Where a command that shows results as a page is told to write: page, PDF, CSV and JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from imu_hip.cli.analyze import DEFAULT_FOLDER
from imu_hip.cli.outputs import require_apart, tell_report
from imu_hip.recording.formats.files import made_folder
from imu_hip.report.html import write_html
from imu_hip.report.pdf import write_pdf


@dataclass(frozen=True, slots=True)
class Targets:
    """Where results are to be written; None where nowhere.

    Parameters
    ----------
    out
        The folder of the page.
    """

    out: Path | None
    csv: Path | None
    json: Path | None
    pdf: Path | None

    @property
    def files(self) -> tuple[Path | None, ...]:
        """The files that were named."""
        return self.csv, self.json, self.pdf


def targets_of(out: Path | None, csv: Path | None, json: Path | None, pdf: Path | None) -> Targets:
    """What was asked for; a page in the usual folder where nothing was.

    Raises
    ------
    OutputError
        Where one file is named twice.
    """
    require_apart(csv, json, pdf)
    nothing = out is None and csv is None and json is None and pdf is None
    return Targets(DEFAULT_FOLDER if nothing else out, csv, json, pdf)


def write_pages(render: Callable[[], str], name: str, targets: Targets) -> Path | None:
    """Write the PDF and the page that are asked for; the path of the page."""
    if targets.out is None and targets.pdf is None:
        return None
    html = render()
    if targets.pdf is not None:
        write_pdf(html, targets.pdf)
    if targets.out is None:
        return None
    page = made_folder(targets.out) / name
    write_html(html, page)
    return page


def tell_where(console: Console, page: Path | None, targets: Targets) -> None:
    """Print where pages went."""
    for path in (page, targets.pdf):
        tell_report(console, path)
