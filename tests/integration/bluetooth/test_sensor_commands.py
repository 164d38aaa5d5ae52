"""`imu-hip sensor` against virtual sensors, which keep their memories from command to command."""

import json
import signal
import time
from pathlib import Path

import pytest

from imu_hip.recording.formats import open_recording, write_recording
from tests.on_sensor_runs import TellingTurn

pytestmark = pytest.mark.slow

DOTS = "dot,play=turn.parquet,interval_ms=0,export_per_s=3000"
CAPTURES = DOTS.replace("dot", "capture2go")
TWO = ("--segments", "left_thigh,left_shin")
ONE = ("--segments", "left_thigh")


@pytest.fixture
def sensor(run_command, tmp_path):
    """Run `imu-hip sensor` on two virtual sensors, which feel something that is quickly read."""
    write_recording(TellingTurn(45.0).recording, tmp_path / "turn.parquet")

    def run(command, *arguments, virtual=DOTS, segments=TWO, answers=""):
        on = () if command == "download" else segments
        virtually = ("--virtual", virtual)
        return run_command("sensor", command, *arguments, *on, *virtually, answers=answers)

    return run


def done(outcome):
    status, out, err = outcome
    assert status == 0, err
    return out


def refused(outcome):
    """The message of a refusal: one line, and no traceback."""
    status, _, err = outcome
    assert status == 2, err
    assert err.count("imu-hip:") == 1
    assert "Traceback" not in err
    return err


@pytest.fixture
def memories(environment):
    """Where virtual sensors of a kind keep what they remember."""
    folder = Path(environment["IMU_HIP_DATA"]) / "virtual_sensors"
    return lambda kind="dot": folder / f"{kind}.json"


@pytest.fixture
def a_minute_passes(memories):
    """Let what runs on virtual sensors have begun a minute earlier."""

    def passes(kind="dot"):
        kept = json.loads(memories(kind).read_text())
        for each in kept["sensors"].values():
            memory = json.loads(each["memory"])
            if memory["running"] is not None:
                memory["running"]["began_s"] -= 60.0
            each["memory"] = json.dumps(memory)
        memories(kind).write_text(json.dumps(kept))

    return passes


def file_counts(path):
    sensors = json.loads(path.read_text())["sensors"]
    return [
        len(json.loads(sensors[name]["memory"])["files"]) for name in ("left_thigh", "left_shin")
    ]


def test_a_run_on_dots_from_start_to_erase(sensor, memories, tmp_path):
    assert "You may walk away" in done(sensor("start", "--no-sync"))
    assert done(sensor("status")).count("recording") == 2
    assert refused(sensor("download", "run.parquet")).count("it is recording") == 2
    assert done(sensor("stop")) == "left thigh: stopped left shin: stopped"
    told = done(sensor("download", "run.parquet"))
    assert "not synchronised" in told
    assert "Wrote run.parquet" in told
    recording = open_recording(tmp_path / "run.parquet")
    assert [segment.value for segment in recording.streams] == ["left_thigh", "left_shin"]
    assert all(stream.lost_samples() == 0 for stream in recording.streams.values())
    before = (tmp_path / "run.parquet").read_bytes()
    assert "exists already" in refused(sensor("download", "run.parquet"))
    assert (tmp_path / "run.parquet").read_bytes() == before
    # What was fetched once is not fetched again, and a download erases nothing.
    (tmp_path / "run.parquet").rename(tmp_path / "old.parquet")
    assert "Wrote run.parquet" in done(sensor("download", "run.parquet"))
    assert file_counts(memories()) == [1, 1]
    assert "only erases all" in refused(sensor("erase", "--file", "1", "--yes"))
    assert "Nothing was erased" in refused(sensor("erase", answers="n\n"))
    assert "Nothing was erased" in refused(sensor("erase", answers=""))
    assert file_counts(memories()) == [1, 1]
    assert done(sensor("erase", answers="y\n")).count("erased") == 2
    assert file_counts(memories()) == [0, 0]


def test_a_run_on_capture2go_with_one_clock(sensor, memories, tmp_path, a_minute_passes):
    kind = {"virtual": CAPTURES}
    assert "agree on one clock" in done(sensor("start", **kind))
    a_minute_passes("capture2go")
    assert done(sensor("stop", **kind)).count("stopped") == 2
    listed = done(sensor("list", **kind))
    assert "were synchronised" in done(sensor("download", "run.parquet", **kind))
    # The turn is over after 45 s; the sensors went on.
    assert open_recording(tmp_path / "run.parquet").duration_s > 60.0
    (session,) = (tmp_path / "data" / "on_sensor_sessions").iterdir()
    assert listed.count(session.stem) == 2
    wrong = sensor("erase", "--file", "other", "--yes", **kind)
    assert f"has no file other. It has {session.stem}" in refused(wrong)
    assert done(sensor("erase", "--file", session.stem, "--yes", **kind)).count("erased") == 2
    assert file_counts(memories("capture2go")) == [0, 0]


def test_a_killed_download_goes_on_where_it_was(sensor, start_command, tmp_path, a_minute_passes):
    done(sensor("start", "--no-sync", segments=ONE))
    a_minute_passes()
    done(sensor("stop", segments=ONE))
    slow = DOTS.replace("3000", "1000")
    process = start_command("sensor", "download", "run.parquet", "--virtual", slow)
    folder = tmp_path / "run.raw"
    for _ in range(300):
        notes = list(folder.glob("*.part.json")) if folder.exists() else []
        if notes and json.loads(notes[0].read_text())["held"][-1][1] >= 1000:
            break
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "run.parquet").exists()
    part = next(folder.glob("*.part"))
    held = part.read_bytes()[:48_000]
    done(sensor("download", "run.parquet"))
    # 1000 samples of 48 bytes were safe, and are the beginning of the whole file.
    assert part.with_suffix("").read_bytes().startswith(held)
    assert not list(folder.glob("*.part*"))
    recording = open_recording(tmp_path / "run.parquet")
    assert recording.duration_s > 60.0
    assert all(stream.lost_samples() == 0 for stream in recording.streams.values())


def test_bad_input_is_refused_in_a_sentence(sensor, tmp_path):
    assert "has started no recording" in refused(sensor("download", "run.parquet"))
    assert "no segment 'nose'" in refused(sensor("status", segments=("--segments", "nose")))
    assert "Hz, not 50" in refused(sensor("start", "--rate", "50"))
    assert "after at most 5280 s" in refused(sensor("start", "--duration", "9000"))
    assert "WitMotion" in refused(sensor("status", virtual=DOTS.replace("dot", "witmotion")))
    done(sensor("start", "--no-sync", segments=ONE, virtual=CAPTURES))
    known = refused(sensor("download", "run.parquet", "--session", "yesterday"))
    assert "There is no session yesterday. Known are 20" in known
    assert "does not end with .parquet" in refused(sensor("download", "run.csv"))
    assert "no folder" in refused(sensor("download", "absent/run.parquet"))
    # The newest session is one of other sensors than these.
    other = refused(sensor("download", "run.parquet"))
    assert "was recorded by 000002, but the left thigh now has 0000D422CD000002" in other
    assert not (tmp_path / "run.parquet").exists()
