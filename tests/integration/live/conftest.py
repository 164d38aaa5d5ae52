"""Guided sessions on virtual sensors, in this process and in others."""

import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from imu_hip.bluetooth.virtual import world as world_module
from imu_hip.guidance.protocol_file import read_protocol
from imu_hip.guidance.view import Command, SessionView
from imu_hip.history.personal_data import place_of
from imu_hip.history.records import Mode
from imu_hip.history.store import open_history
from imu_hip.live.messages import LiveFrame
from imu_hip.live.session_runner import LiveSession, SessionWish

COMMAND = Path(sys.executable).with_name("imu-hip")


def cue(text):
    return f'{{ text = "{text}, {{side}}", speech = "{text}." }}'


def quick_test(sides):
    """One repetition of each movement, with as few words as possible."""
    movements = [
        f'[[parts.movements]]\ndirection = "{direction}"\nmove = {cue("Turn " + direction)}\n'
        f"hold = {cue('Hold')}\nback = {cue('Back')}\n"
        for direction in ("internal", "external")
    ]
    return (
        f'title = "Quick test"\nabout = "One turn each way."\nkind = "test"\nsides = {sides}\n'
        '[[parts]]\ntask = "seated"\npicture = "seated"\nfamiliarisation = 0\nrepetitions = 1\n'
        f"hold_s = 1.0\nposition = {cue('Sit')}\n{''.join(movements)}"
    )


STRETCH_PROTOCOL = (
    'title = "Quick stretch"\nabout = "Two bouts."\nkind = "stretch"\n[stretch]\n'
    'picture = "stretch"\nbout_s = 15\nrest_s = 3\ntotal_s = 30\n'
    + "".join(
        f"{name} = {cue(name)}\n" for name in ("position", "begin", "deepen", "ease_off", "change")
    )
)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Folders of their own for what is remembered, and two protocols in them."""
    monkeypatch.setenv("IMU_HIP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IMU_HIP_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("IMU_HIP_DB", raising=False)
    (tmp_path / "both.toml").write_text(quick_test('["left", "right"]'))
    (tmp_path / "left.toml").write_text(quick_test('["left"]'))
    (tmp_path / "bouts.toml").write_text(STRETCH_PROTOCOL)
    yield tmp_path
    # Whatever a session leaves about a person is named where people can read of it.
    data = tmp_path / "data"
    left = [path for path in data.rglob("*") if path.is_file()] if data.is_dir() else []
    assert [path for path in left if place_of(path, data) is None] == []
    if os.name == "posix":
        assert [path for path in left if path.stat().st_mode & 0o077] == []


class Guided:
    """A session with everything that was heard of it."""

    def __init__(self, session, history):
        self.session = session
        self.history = history
        self.views = []
        self.frames = []
        self.sensors = []
        self.worlds = []
        self.on_view = lambda _: None

    def hear(self, told):
        if isinstance(told, LiveFrame):
            self.frames.append(told)
        elif isinstance(told, SessionView):
            self.views.append(told)
            self.on_view(told)
        else:
            self.sensors.append(told)

    @property
    def person(self):
        return self.worlds[0].person

    async def run(self):
        async def leave():
            await self.session.concluded.wait()
            self.session.tell(Command.STOP)

        leaving = asyncio.ensure_future(leave())
        try:
            await self.session.run()
        finally:
            leaving.cancel()


@pytest.fixture
def guided(folders, monkeypatch):
    """Make a session of a protocol and a plan of virtual sensors."""
    usual = world_module.open_world
    histories = []

    def make(protocol, plan, resume=None):
        history = open_history()
        histories.append(history)
        made = Guided(None, history)

        @asynccontextmanager
        async def watched(text, folder=None):
            async with usual(text, folder) as world:
                made.worlds.append(world)
                yield world

        monkeypatch.setattr(world_module, "open_world", watched)
        wish = SessionWish(
            "anna",
            None,
            read_protocol(str(folders / f"{protocol}.toml")),
            Mode.ACTIVE,
            plan,
            folders / "data" / "recordings",
            resume,
        )
        made.session = LiveSession(wish, history, made.hear)
        return made

    yield make
    for history in histories:
        history.close()


@pytest.fixture
def start_command(folders):
    """Start `imu-hip` in a process of its own, without a keyboard."""
    running = []

    def start(*arguments):
        process = subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            cwd=folders,
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ended(process):
    """Status, output and errors, each in one line."""
    out, err = process.communicate(timeout=240)
    return process.returncode, " ".join(out.split()), " ".join(err.split())
