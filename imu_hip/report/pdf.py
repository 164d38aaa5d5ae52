"""Pages as PDF, by WeasyPrint, which is an extra."""

from pathlib import Path
from typing import Any

from imu_hip.errors import ImuHipError
from imu_hip.recording.formats.files import replacing


class PdfError(ImuHipError):
    """A PDF cannot be made on this computer."""


def write_pdf(html: str, path: Path) -> None:
    """Write one of our pages as PDF; nothing is fetched from anywhere.

    Raises
    ------
    PdfError
        Where WeasyPrint or one of its system libraries is missing.
    OutputError
        Where the file cannot be written.
    """
    data = pdf_of(html)
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)


def pdf_of(html: str) -> bytes:
    """One of our pages as PDF.

    Raises
    ------
    PdfError
        Where WeasyPrint or one of its system libraries is missing.
    """
    try:
        from weasyprint import HTML  # type: ignore[import-untyped]  # noqa: PLC0415
        from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError:
        raise PdfError(
            "WeasyPrint is not installed, so there is no PDF.",
            "Install it with pip install 'imu-hip[pdf]', or print the HTML page from a browser.",
        ) from None
    except OSError as error:
        raise PdfError(
            f"WeasyPrint misses a library of the system: {str(error).splitlines()[0]}.",
            "Install Pango (see WeasyPrint's first steps), or print the HTML page from a browser.",
        ) from error
    nothing = URLFetcher(allowed_protocols=())
    data: Any = HTML(string=html, url_fetcher=nothing).write_pdf()
    return bytes(data)
