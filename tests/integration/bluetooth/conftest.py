"""A person with virtual sensors on, and commands in processes of their own."""

import os
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from imu_hip.bluetooth.virtual.plan import parse_plan
from imu_hip.bluetooth.virtual.world import VirtualWorld
from imu_hip.names import Segment, Side
from imu_hip.recording.formats import write_recording
from imu_hip.simulation import TYPICAL, LegPlan, StaticSession, simulate_static_session
from tests.rooms import Room

COMMAND = Path(sys.executable).with_name("imu-hip")


@pytest.fixture(scope="session")
def session():
    """A seated test of about a minute, felt at 240 Hz, with the truth about it."""
    legs = {
        Side.LEFT: LegPlan((36.0, 38.0), (41.0, 43.0)),
        Side.RIGHT: LegPlan((30.0, 31.0), (45.0, 46.0)),
    }
    plan = StaticSession(
        legs=legs, stand_s=4.0, sit_s=4.0, knee_extensions=3, ramp_s=1.0, plateau_s=1.2, rest_s=0.8
    )
    return simulate_static_session(plan, replace(TYPICAL, orientation=True), 240.0, seed=4)


@pytest.fixture(scope="session")
def movement_file(session, tmp_path_factory):
    path = tmp_path_factory.mktemp("movement") / "movement.parquet"
    write_recording(session.recording, path)
    return path


@pytest.fixture(scope="session")
def pair_file(session, tmp_path_factory):
    """The movement of the left leg alone: two sensors are met sooner than four."""
    streams = {
        segment: session.recording.streams[segment]
        for segment in (Segment.LEFT_THIGH, Segment.LEFT_SHIN)
    }
    path = tmp_path_factory.mktemp("pair") / "pair.parquet"
    write_recording(replace(session.recording, streams=streams), path)
    return path


def environment_in(folder):
    """Folders of their own for what commands remember."""
    own = {"IMU_HIP_DATA": str(folder / "data"), "IMU_HIP_CONFIG": str(folder / "config")}
    return {**os.environ, **own}


def started(arguments, folder):
    return subprocess.Popen(
        [COMMAND, *map(str, arguments)],
        cwd=folder,
        env=environment_in(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process, answers=""):
    """Status, output and errors, each in one line."""
    out, err = process.communicate(answers, timeout=240)
    return process.returncode, " ".join(out.split()), " ".join(err.split())


@pytest.fixture
def environment(tmp_path):
    return environment_in(tmp_path)


@pytest.fixture
def start_command(tmp_path):
    """Start `imu-hip` in a process of its own; what still runs at the end is killed."""
    running = []

    def start(*arguments):
        running.append(started(arguments, tmp_path))
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def run_command(start_command):
    """Run `imu-hip` to its end; status, output and errors."""

    def run(*arguments, answers=""):
        return ended(start_command(*arguments), answers)

    return run


@pytest.fixture(scope="module")
def run_together(tmp_path_factory):
    """Run several commands with their answers at one time, each in a folder of its own."""

    def run(commands):
        processes = {}
        for name, (arguments, answers) in commands.items():
            process = started(arguments, tmp_path_factory.mktemp("command"))
            process.stdin.write(answers)
            process.stdin.close()
            process.stdin = None
            processes[name] = process
        return {name: ended(process, None) for name, process in processes.items()}

    return run


@pytest.fixture
def room(session):
    """Open a room with virtual sensors of a plan on the given segments only."""

    @asynccontextmanager
    async def opened(text, *segments, settings=None):
        streams = {
            segment: session.recording.streams[segment]
            for segment in Segment
            if segment in (segments or session.recording.streams)
        }
        recording = replace(session.recording, streams=streams)
        plan = parse_plan(text)
        if "queue=" not in text:
            # What a busy machine fetches late is no loss of the radio.
            plan = replace(plan, queue=120)
        async with VirtualWorld(plan, recording, settings) as world:
            yield Room(world)

    return opened
