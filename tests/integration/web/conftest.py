"""A real server on a free port, with a session that the test leads by hand."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from imu_hip.guidance.protocol import Protocol, ProtocolKind
from imu_hip.history.store import open_history
from imu_hip.names import Side
from imu_hip.web.app import live_page
from imu_hip.web.server import THIS_COMPUTER, listening, serving
from imu_hip.web.service import Service
from tests.web_sessions import LedByHand

PROTOCOL = Protocol(
    name="seated_rotation",
    title="Seated rotation",
    about="Both hips, sitting.",
    kind=ProtocolKind.TEST,
    sides=(Side.LEFT, Side.RIGHT),
    cues={},
)


class TabOfTest:
    """One tab: what it is told is kept in order."""

    def __init__(self, socket):
        self.socket = socket
        self.token = ""

    async def next(self, kind=None):
        """The next message, or the next one of a kind."""
        while True:
            message = json.loads(await self.socket.recv())
            if message["type"] == "hello":
                self.token = message["token"]
            if kind in {None, message["type"]}:
                return message

    async def say(self, kind, **fields):
        await self.socket.send(json.dumps({"type": kind, "token": self.token} | fields))

    async def start(self, person="Ada"):
        await self.say("start", person=person, protocol=PROTOCOL.name)
        return await self.next("view")


@dataclass
class Served:
    """The address of a server, its history, and the sessions that it began."""

    port: int
    history: object
    folder: Path
    sessions: list = field(default_factory=list)

    @property
    def host(self):
        return f"{THIS_COMPUTER}:{self.port}"

    @property
    def origin(self):
        return f"http://{self.host}"

    @property
    def session(self):
        return self.sessions[-1]

    def connect(self, **options):
        usual = {"origin": self.origin, "compression": None, "proxy": None}
        return connect(f"ws://{self.host}/live", **usual | options)

    @asynccontextmanager
    async def tab(self, **options):
        """A tab that has been greeted."""
        async with self.connect(**options) as socket:
            tab = TabOfTest(socket)
            tab.hello = await tab.next("hello")
            yield tab

    def client(self):
        return httpx.AsyncClient(base_url=self.origin, trust_env=False)

    def begin(self, *given):
        self.sessions.append(LedByHand(*given))
        return self.sessions[-1]


@pytest.fixture
def history(tmp_path):
    with open_history(f"sqlite:///{tmp_path / 'history.db'}", folders=[tmp_path]) as opened:
        yield opened


@pytest.fixture
def serve(tmp_path, history):
    """Serve the page while a context lasts."""

    @asynccontextmanager
    async def serve(entry=None):
        with listening(THIS_COMPUTER, None) as listener:
            served = Served(listener.getsockname()[1], history, tmp_path)
            service = Service(history, (PROTOCOL,), tmp_path, "dot,play=guided", served.begin)
            async with serving(live_page(service, entry), listener):
                yield served

    return serve


def handshake(served, host=None):
    """What opens a WebSocket, as it goes over the wire."""
    lines = (
        "GET /live HTTP/1.1",
        f"Host: {served.host if host is None else host}",
        f"Origin: {served.origin if host is None else f'http://{host}'}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


async def by_hand(served, request, only=65_536):
    """Send bytes and read no more than the first of what comes; the writer and that."""
    reader, writer = await asyncio.open_connection(THIS_COMPUTER, served.port, limit=only)
    writer.write(request)
    return writer, await reader.read(only)
