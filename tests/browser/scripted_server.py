"""A server that plays what a session would send, so that the page can be looked at alone.

Its messages are made from the real dataclasses by the real encoder, its files and headers are
those of the real server.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from imu_hip.web.security import PAGE_POLICY, HeadersOnEveryAnswer
from imu_hip.web.static_table import static_files
from tests.browser.in_a_thread import served_in_a_thread


class ScriptedServer:
    """Greets each tab with the same messages and sends what a test tells it to.

    Parameters
    ----------
    greeting
        Messages for a tab that connects.
    answers
        What is answered to requests of the page, by path.
    """

    def __init__(self) -> None:
        self.greeting: list[str] = []
        self.answers: dict[str, Any] = {}
        self.received: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self.address = ""
        self.accepts = True
        self._tabs: set[WebSocket] = set()
        self._files = static_files()
        self._loop: asyncio.AbstractEventLoop | None = None

    def send(self, *messages: str) -> None:
        """Send messages to every tab, in order, and wait until they are sent."""
        self._wait(self._send(messages))

    def drop(self) -> None:
        """Cut every tab off."""
        self._wait(self._drop())

    def app(self) -> HeadersOnEveryAnswer:
        """The application with the real headers."""
        routes = [
            Route("/", self._page),
            Route("/static/{path:path}", self._file),
            Route("/api/{path:path}", self._answer, methods=["GET", "POST"]),
            WebSocketRoute("/live", self._live),
        ]
        return HeadersOnEveryAnswer(Starlette(routes=routes))

    @contextmanager
    def running(self) -> Iterator["ScriptedServer"]:
        """Serve in a thread of its own while the context lasts."""
        with served_in_a_thread(self.app(), self._drop) as (address, self._loop):
            self.address = f"{address}/"
            yield self

    async def _page(self, _: Request) -> Response:
        headers = {"Content-Security-Policy": PAGE_POLICY}
        return HTMLResponse(self._files["index.html"].body, headers=headers)

    async def _file(self, request: Request) -> Response:
        found = self._files.get(request.path_params["path"])
        if found is None:
            return Response(status_code=404)
        return Response(found.body, media_type=found.content_type)

    async def _answer(self, request: Request) -> Response:
        self.requests.append((request.url.path, (await request.body()).decode()))
        answer = self.answers.get(request.url.path)
        if answer is None:
            return JSONResponse({"problem": "There is nothing here."}, 400)
        return JSONResponse(answer)

    async def _live(self, websocket: WebSocket) -> None:
        if not self.accepts:
            await websocket.close(1013)
            return
        await websocket.accept()
        for message in self.greeting:
            await websocket.send_text(message)
        self._tabs.add(websocket)
        try:
            while True:
                self.received.append(json.loads(await websocket.receive_text()))
        except WebSocketDisconnect:
            pass
        finally:
            self._tabs.discard(websocket)

    async def _send(self, messages: tuple[str, ...]) -> None:
        for tab in tuple(self._tabs):
            with suppress(WebSocketDisconnect):
                for message in messages:
                    await tab.send_text(message)

    async def _drop(self) -> None:
        for tab in tuple(self._tabs):
            with suppress(WebSocketDisconnect, RuntimeError):
                await tab.close(1001)

    def _wait(self, work: Any) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
