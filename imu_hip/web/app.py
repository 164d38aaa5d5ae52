"""The application that serves the live page."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from imu_hip.errors import ImuHipError
from imu_hip.web.api import Api
from imu_hip.web.entry import Entry
from imu_hip.web.host import SessionHost
from imu_hip.web.live_socket import LiveSocket
from imu_hip.web.pages import Pages
from imu_hip.web.reports import Reports
from imu_hip.web.security import Guard, HeadersOnEveryAnswer
from imu_hip.web.service import Service
from imu_hip.web.static_table import static_files
from imu_hip.web.tabs import Tabs


def live_page(service: Service, entry: Entry | None = None) -> ASGIApp:
    """The application; when it is shut down, a running session is saved and ended.

    Parameters
    ----------
    service
        What the page serves.
    entry
        The codes of other devices; None where only this computer is served.
    """
    tabs = Tabs()
    host = SessionHost(service, tabs, secrets.token_urlsafe(32))
    pages = Pages(static_files(), entry)
    api = Api(service, host)
    reports = Reports(service.history)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await host.leave()

    routes = [
        Route("/", pages.page),
        Route("/static/{path:path}", pages.static),
        Route("/code", pages.ask_code, methods=["GET"]),
        Route("/code", pages.take_code, methods=["POST"]),
        WebSocketRoute("/live", LiveSocket(host, tabs).serve),
        Route("/reports/{session:int}", reports.page),
        Route("/reports/{session:int}.pdf", reports.pdf),
        Route("/api/history", api.history),
        Route("/api/compare", api.compare),
        Route("/api/trend", api.trend),
        Route("/api/export", api.export, methods=["POST"]),
        Route("/api/delete", api.delete, methods=["POST"]),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={ImuHipError: _refused})
    app.router.redirect_slashes = False
    return HeadersOnEveryAnswer(Guard(app, entry))


async def _refused(_: Request, error: Exception) -> Response:
    return JSONResponse({"problem": str(error)}, 400)
