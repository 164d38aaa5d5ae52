"""HTML pages: each one file that needs nothing else."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from imu_hip.analysis.results import Analysis
from imu_hip.recording.formats.files import replacing
from imu_hip.report.page import page_of


def write_report(analysis: Analysis, path: Path) -> None:
    """Write the report; an older one is replaced only by a whole new one.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    write_html(render_report(analysis), path)


def write_html(text: str, path: Path) -> None:
    """Write a page; an older one is replaced only by a whole new one.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def render_report(analysis: Analysis) -> str:
    """The report as HTML; the same analysis gives the same text."""
    return render("report.html.j2", page_of(analysis))


def render(template: str, page: object) -> str:
    """One of the templates, filled with what its page shows."""
    return _environment().get_template(template).render(page=page)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str) -> str:
    return files("imu_hip.report").joinpath("templates", name).read_text(encoding="utf-8")
