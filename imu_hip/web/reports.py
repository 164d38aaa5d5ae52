"""Reports of sessions, found by the session's number in the history alone."""

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from imu_hip.history.errors import HistoryError
from imu_hip.history.store import History
from imu_hip.report.pdf import PdfError, pdf_of
from imu_hip.web.incoming import LARGEST_ID
from imu_hip.web.security import REPORT_POLICY


class Reports:
    """Serves the reports that sessions have written."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def page(self, request: Request) -> Response:
        """A report as it was written."""
        text = await asyncio.to_thread(self._text, request.path_params["session"])
        if text is None:
            return PlainTextResponse("This session has no report.", 404)
        return HTMLResponse(text, headers={"Content-Security-Policy": REPORT_POLICY})

    async def pdf(self, request: Request) -> Response:
        """A report for paper."""
        number = request.path_params["session"]
        text = await asyncio.to_thread(self._text, number)
        if text is None:
            return PlainTextResponse("This session has no report.", 404)
        try:
            body = await asyncio.to_thread(pdf_of, text.decode("utf-8"))
        except PdfError as error:
            return PlainTextResponse(str(error), 501)
        headers = {"Content-Disposition": f'attachment; filename="session-{number}.pdf"'}
        return Response(body, media_type="application/pdf", headers=headers)

    def _text(self, session: int) -> bytes | None:
        """The newest report of a session, None where there is none."""
        if session > LARGEST_ID:
            return None
        try:
            paths = [Path(name) for name in self._history.reports(session)]
        except HistoryError:
            return None
        there = [path for path in paths if path.suffix == ".html" and path.is_file()]
        return there[-1].read_bytes() if there else None
