"""Pages as PDF, and what is said where WeasyPrint is missing."""

import os
import sys

import pytest

from imu_hip.report.pdf import PdfError, pdf_of, write_pdf
from imu_hip.report.session_page import render_session
from tests.unit.report.sessions import material


def require_weasyprint():
    try:
        import weasyprint  # noqa: F401, PLC0415
    except (ImportError, OSError) as error:
        if "CI" in os.environ:
            raise
        pytest.skip(f"WeasyPrint is not to be had here: {error}")


def test_a_report_becomes_a_pdf(tmp_path):
    require_weasyprint()
    path = tmp_path / "report.pdf"
    write_pdf(render_session(material()), path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    # A picture or a table that runs away makes dozens of pages.
    assert (
        2 <= data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") <= 6 or len(data) > 20_000
    )
    assert [file.name for file in tmp_path.iterdir()] == ["report.pdf"]


def test_nothing_is_fetched_for_a_pdf():
    require_weasyprint()
    outside = '<img src="file:///etc/hostname"><link rel="stylesheet" href="http://127.0.0.1:9/x">'
    assert pdf_of(f"<html><body>{outside}text</body></html>").startswith(b"%PDF-")


def test_without_weasyprint_there_is_advice(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(PdfError, match=r"pip install 'imu-hip\[pdf\]'"):
        pdf_of("<html></html>")
