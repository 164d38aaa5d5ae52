"""Sessions as a person would record them, and the command line as a person would use it."""

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from imu_hip.cli.main import run
from imu_hip.names import Segment, Side, Task
from imu_hip.recording.formats import write_recording
from imu_hip.recording.recording import SensorStream
from imu_hip.recording.timeline import build_timeline
from imu_hip.simulation import (
    TYPICAL,
    GaitPlan,
    LegPlan,
    StaticSession,
    simulate_run,
    simulate_static_session,
    simulate_walk,
)

RATE_HZ = 50.0
COMMAND = Path(sys.executable).with_name("imu-hip")

INTERNAL_DEG = {"left": 37.0, "right": 30.5}
EXTERNAL_DEG = {"left": 42.0, "right": 45.5}
SLOPE_DEG = {"left": 22.0, "right": 30.0}
LEGS = {
    Side.LEFT: LegPlan((36.0, 38.0), (41.0, 43.0), (22.0,)),
    Side.RIGHT: LegPlan((30.0, 31.0), (45.0, 46.0), (30.0,)),
}


@dataclass(frozen=True)
class Outcome:
    """What a command did, with wrapped lines joined."""

    status: int
    out: str
    err: str

    @property
    def said(self):
        return " ".join(self.out.split())

    @property
    def complaint(self):
        return " ".join(self.err.split())


def called(monkeypatch, capsys, arguments):
    """Call the command in this process."""
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["imu-hip", *map(str, arguments)])
    status = 0
    try:
        run()
    except SystemExit as stop:
        status = stop.code or 0
    return Outcome(status, *capsys.readouterr())


def static_session(task, **plan):
    usual = {"stand_s": 4.0, "sit_s": 4.0, "plateau_s": 1.3, "ramp_s": 1.2}
    session = StaticSession(task=task, legs=LEGS, **(usual | plan))
    return simulate_static_session(session, TYPICAL, RATE_HZ, seed=1).recording


@pytest.fixture(scope="session")
def seated():
    return static_session(Task.SEATED)


@pytest.fixture(scope="session")
def prone():
    return static_session(Task.PRONE)


@pytest.fixture(scope="session")
def cross_legged():
    return static_session(Task.CROSS_LEGGED)


@pytest.fixture(scope="session")
def walk():
    return simulate_walk(GaitPlan(duration_s=20.0, standing_s=4.0), TYPICAL, RATE_HZ, 2).recording


@pytest.fixture(scope="session")
def jog():
    return simulate_run(GaitPlan(duration_s=15.0, standing_s=4.0), TYPICAL, RATE_HZ, 2).recording


@pytest.fixture(scope="session")
def oriented(seated):
    """The seated session as sensors report it that compute their own orientation."""
    timeline = build_timeline(seated)
    streams = {
        segment: SensorStream(segment, timeline.time_s, RATE_HZ, timeline.q_earth_sensor[segment])
        for segment in seated.streams
    }
    return replace(seated, streams=streams)


@pytest.fixture
def cli(monkeypatch, capsys, tmp_path):
    """Run a command in an empty folder; what no command ever does is checked here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def cli(*arguments):
        outcome = called(monkeypatch, capsys, arguments)
        status, err = outcome.status, outcome.err
        assert "Traceback" not in outcome.out + err
        assert status in {0, 2}
        assert (status == 0) == (err == "" or err.startswith("Note: ")), err
        assert not list(tmp_path.rglob("*.part")), "an unfinished file was left behind"
        return outcome

    return cli


@pytest.fixture
def refused(cli):
    """Run a command that must fail with one line that holds all these words."""

    def refused(*arguments, words, nothing_written=True):
        before = set(Path().rglob("*"))
        outcome = cli(*arguments)
        assert outcome.status == 2
        lines = outcome.err.splitlines()
        assert len(lines) == 1, "an error is one message"
        assert lines[0].startswith("imu-hip: ")
        for word in words:
            assert word in outcome.err
        if nothing_written:
            assert set(Path().rglob("*")) == before
        return outcome

    return refused


@pytest.fixture
def saved(tmp_path):
    """Write a recording where the command runs and name it."""

    def saved(recording, name="session.parquet"):
        path = tmp_path / name
        write_recording(recording, path)
        return path

    return saved


@pytest.fixture
def analysed(cli, saved):
    """Analyse a recording: what was said and the JSON document."""

    def analysed(recording, *arguments, name="session.parquet"):
        outcome = cli("analyze", saved(recording, name), "--json", "r.json", *arguments)
        return outcome, json.loads(Path("r.json").read_text(encoding="utf-8"))

    return analysed


def columns_of(path):
    """The angles file as arrays, NaN where a cell is empty."""
    lines = path.read_text(encoding="utf-8").splitlines()
    names = lines[0].split(",")
    cells = [[float(cell) if cell else np.nan for cell in line.split(",")] for line in lines[1:]]
    return dict(zip(names, np.array(cells).T, strict=True))


@pytest.fixture(scope="session")
def angles_of():
    return columns_of


@pytest.fixture(scope="session")
def by_side():
    """Results of one task by side."""

    def by_side(document, task):
        return {r["side"]: r for r in document["results"] if r["task"] == task}

    return by_side


@pytest.fixture(scope="session")
def assert_seated_is_right(by_side):
    """The seated results of these sides are those that were simulated."""

    def check(document, *sides, within_deg=1.5):
        results = by_side(document, "seated")
        assert set(results) == set(sides)
        for side, result in results.items():
            assert result["internal_deg"] == pytest.approx(INTERNAL_DEG[side], abs=within_deg)
            assert result["external_deg"] == pytest.approx(EXTERNAL_DEG[side], abs=within_deg)

    return check


def _without(stream, lost):
    channels = {
        name: None if (values := getattr(stream, name)) is None else values[~lost]
        for name in ("q_earth_sensor", "acc_mps2", "gyr_dps", "mag_au")
    }
    return replace(stream, time_s=stream.time_s[~lost], **channels)


@pytest.fixture(scope="session")
def without():
    """A recording without the samples of some sensors in a part of it."""

    def without(recording, start_s, end_s, segments=tuple(Segment)):
        streams = {
            segment: _without(stream, (stream.time_s > start_s) & (stream.time_s < end_s))
            if segment in segments
            else stream
            for segment, stream in recording.streams.items()
        }
        return replace(recording, streams=streams)

    return without


@pytest.fixture(scope="session")
def process():
    """Run the installed command in a process of its own."""

    def process(*arguments, cwd, **environment):
        done = subprocess.run(
            [str(COMMAND), *map(str, arguments)],
            cwd=cwd,
            env=environment or None,
            capture_output=True,
            text=True,
            encoding=environment.get("PYTHONIOENCODING", "utf-8").split(":")[0],
            check=False,
            timeout=120,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return process
