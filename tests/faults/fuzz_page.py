"""What a browser may send: messages of the live page, and requests with queries and bodies."""

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote

from imu_hip.guidance.protocol_file import protocols
from imu_hip.guidance.view import Command
from imu_hip.history.records import Mode
from imu_hip.history.store import open_history
from imu_hip.names import Side
from imu_hip.web.app import live_page
from imu_hip.web.incoming import understood
from imu_hip.web.service import Service
from tests.faults.fuzz_target import Target, WrongNumberError, runner
from tests.histories import repetition, result, session
from tests.web_sessions import LedByHand

TOKEN = "TOKEN"
MOST_SECONDS = 10.0
_TOLD_TOKEN = re.compile(r'"token":\s*"([^"]{20,})"')
_SAFE = "/?&=%+:;,.-_~!$'()*@"


def _message(kind: str, **fields: object) -> bytes:
    return json.dumps({"type": kind, "token": TOKEN, **fields}).encode()


def _message_seeds() -> Sequence[bytes]:
    start = {"person": "Ada", "protocol": "seated", "sex": "female", "mode": "passive"}
    return [
        _message("start", **start),
        _message("resume", session=1),
        *(_message("command", command=command) for command in list(Command)[:4]),
        _message("drive"),
        _message("leave"),
    ]


def _understand(data: bytes) -> None:
    # Frames of text are UTF-8, or the library that reads them closes the connection.
    understood(data.decode("utf-8", "replace"))


def _request_seeds() -> Sequence[bytes]:
    change = json.dumps({"person": "Ada", "token": TOKEN}).encode()
    delete = json.dumps({"person": "Nobody", "token": TOKEN, "recordings": False}).encode()
    return [
        b"GET /\n\n",
        b"GET /static/style.css\n\n",
        b"GET /code\n\n",
        b"POST /code\n\ncode=123456",
        b"GET /reports/1\n\n",
        b"GET /api/history?person=Ada\n\n",
        b"GET /api/compare?a=1&b=2\n\n",
        b"GET /api/trend?person=Ada&task=seated&mode=active\n\n",
        b"POST /api/export\n\n" + change,
        b"POST /api/delete\n\n" + delete,
    ]


class Asked:
    """The application with a small history, asked without a network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.history = open_history(str(folder / "history.sqlite"), folders=(folder,))
        person = self.history.add_person("Ada")
        for _ in range(2):
            number = session(self.history, person, result(), result(side=Side.RIGHT))
            self.history.add_repetition(number, repetition())
        service = Service(self.history, protocols(), folder, "plan", LedByHand)
        self.app = live_page(service)
        self.runner = asyncio.Runner()
        self.token = self._token()

    def _token(self) -> str:
        told = self.runner.run(self._told_by_socket(()))
        found = _TOLD_TOKEN.search("".join(told))
        assert found is not None
        return found[1]

    def request(self, data: bytes) -> None:
        """Send one request; what the application may not do is to fail."""
        head, _, body = data.replace(TOKEN.encode(), self.token.encode()).partition(b"\n\n")
        method, _, target = head.partition(b"\n")[0].partition(b" ")
        # What is no address never comes as far as the application.
        address = quote_from_bytes(target, safe=_SAFE)
        path, _, query = address.partition("?")
        scope = self._scope("http", "/" + unquote(path).lstrip("/"))
        scope |= {
            "method": method.decode("latin-1").upper() if method.isalpha() else "POST",
            "query_string": query.encode(),
            "raw_path": path.encode(),
        }
        status = self.runner.run(asyncio.wait_for(self._answered(scope, body), MOST_SECONDS))
        if not 200 <= status < 500:
            raise WrongNumberError(f"status {status}")

    def say(self, data: bytes) -> None:
        """Say something on a new WebSocket, line by line."""
        text = data.replace(TOKEN.encode(), self.token.encode()).decode("utf-8", "replace")
        said = self._told_by_socket(text.split("\n")[:40])
        self.runner.run(asyncio.wait_for(said, MOST_SECONDS))

    def _scope(self, kind: str, path: str) -> dict:
        host = b"127.0.0.1:8000"
        return {
            "type": kind,
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http" if kind == "http" else "ws",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", host), (b"origin", b"http://" + host)],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8000),
            "subprotocols": [],
        }

    async def _answered(self, scope: dict, body: bytes) -> int:
        statuses: list[int] = []
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict:
            if parts:
                return parts.pop()
            return {"type": "http.disconnect"}

        async def send(message: dict) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await self.app(scope, receive, send)
        return statuses[0] if statuses else 0

    async def _told_by_socket(self, lines: Sequence[str]) -> list[str]:
        told: list[str] = []
        waiting = [
            {"type": "websocket.connect"},
            *({"type": "websocket.receive", "text": line} for line in lines),
        ]
        heard = asyncio.Event()

        async def receive() -> dict:
            if waiting:
                return waiting.pop(0)
            await heard.wait()
            # The page takes its turn, and then goes.
            await asyncio.sleep(0)
            return {"type": "websocket.disconnect", "code": 1000}

        async def send(message: dict) -> None:
            told.append(message.get("text") or "")
            heard.set()

        await self.app(self._scope("websocket", "/live"), receive, send)
        return told


def _asked_by(way: Callable[[Asked, bytes], None]) -> Callable[[Path], Callable[[bytes], None]]:
    def prepare(folder: Path) -> Callable[[bytes], None]:
        asked = Asked(folder)
        return lambda data: way(asked, data)

    return prepare


def _talk_seeds() -> Sequence[bytes]:
    trials = [
        _message("drive"),
        _message("start", person="Ada", protocol="seated", mode=Mode.ACTIVE),
        _message("command", command="stop"),
        _message("leave"),
    ]
    return [b"\n".join(trials), *_message_seeds()]


PAGE = (
    Target("page messages", _message_seeds, runner(_understand)),
    Target("page requests", _request_seeds, _asked_by(Asked.request), (), weight=0.5),
    Target("page socket", _talk_seeds, _asked_by(Asked.say), (), weight=0.5),
)
