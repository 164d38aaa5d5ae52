"""From virtual sensors to a recording on disk, whatever happens on the way."""

import asyncio
import json
import resource
import signal
import sys
import time

import numpy as np
import pytest
from blockbuster import BlockBuster

from imu_hip.bluetooth.capture import Capture
from imu_hip.bluetooth.journal_entries import journal_header
from imu_hip.bluetooth.recorder import UnfinishedError, record
from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording
from imu_hip.recording.recover import finish, journal_path

pytestmark = pytest.mark.slow

THIGH, SHIN = Segment.LEFT_THIGH, Segment.LEFT_SHIN


@pytest.fixture
def nothing_blocks_the_event_loop():
    """A blocking call in the event loop raises."""
    blockbuster = BlockBuster()
    blockbuster.activate()
    yield
    blockbuster.deactivate()


async def recorded(room, target, duration_s, show=lambda _: None, *, segments=(THIGH, SHIN)):
    placed = await room.place(*segments)
    header = journal_header(placed, target.name, simulated=True)
    async with Capture(room.central, placed) as capture:
        room.world.begin()
        return await record(
            capture, header, target, duration_s=duration_s, stop=asyncio.Event(), show=show
        )


@pytest.mark.usefixtures("nothing_blocks_the_event_loop")
async def test_a_recording_holds_what_the_sensors_felt(room, session, tmp_path):
    target = tmp_path / "a.parquet"
    async with room("dot", THIGH, SHIN) as opened:
        await recorded(opened, target, 4.0)
    assert await asyncio.to_thread(lambda: [f.name for f in tmp_path.iterdir()]) == ["a.parquet"]
    recording = await asyncio.to_thread(open_recording, target)
    assert recording.simulated
    assert recording.warnings == ()
    for segment in (THIGH, SHIN):
        stream = recording.streams[segment]
        assert stream.lost_samples() == 0
        assert stream.sensor.model == "Movella DOT"
        # The person stands still for the first 4 s, within a tremor of 0.2° a joint.
        felt = session.recording.streams[segment].q_earth_sensor[0]
        turned_deg = 2.0 * np.rad2deg(
            np.arccos(np.clip(np.abs(stream.q_earth_sensor @ felt), 0, 1))
        )
        assert turned_deg.max() < 3.0
    assert recording.log[0].details["sensors"]["left_shin"]["clock"] == "its own"


@pytest.mark.parametrize("kind", ["capture2go", "witmotion", "open"])
@pytest.mark.usefixtures("nothing_blocks_the_event_loop")
async def test_every_kind_of_sensor_is_recorded(room, tmp_path, kind):
    target = tmp_path / "a.parquet"
    async with room(kind, THIGH, SHIN) as opened:
        recording = await recorded(opened, target, 4.0)
    for stream in recording.streams.values():
        assert stream.duration_s > 3.5
        steps_s = np.diff(stream.time_s)
        # No rate of a virtual sensor is further from its nominal one than its clock's 20 ppm.
        assert np.median(steps_s) == pytest.approx(1.0 / stream.sampling_rate_hz, rel=0.01)
        assert stream.lost_samples() == 0
    told = " ".join(recording.warnings)
    assert ("has no clock" in told) == (kind == "witmotion")


@pytest.mark.usefixtures("nothing_blocks_the_event_loop")
async def test_a_lost_link_and_a_reboot_are_told_and_cost_only_their_time(room, tmp_path):
    target = tmp_path / "a.parquet"
    async with room("dot,away=left_shin@2+2,reboot=left_thigh@3+1", THIGH, SHIN) as opened:
        recording = await recorded(opened, target, 12.0)
    shin, thigh = recording.streams[SHIN], recording.streams[THIGH]
    (away,) = [gap for gap in shin.gaps() if gap.duration_s > 0.1]
    (off,) = [gap for gap in thigh.gaps() if gap.duration_s > 0.1]
    # 2 s and 1 s out of reach, and at most 3 s to come back.
    assert 2.0 <= away.duration_s < 5.0
    assert 1.0 <= off.duration_s < 4.0
    told = " ".join(recording.warnings)
    assert "left shin" in told
    assert "lost" in told
    assert "restarted" in told


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for a file's size")
async def test_a_full_disk_is_told_and_nothing_is_lost_once_there_is_space(room, tmp_path):
    target = tmp_path / "a.parquet"
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    troubles = []

    def show(view):
        journal = journal_path(target)
        if view.trouble:
            troubles.append(view)
        if 1.0 < view.elapsed_s < 3.0 and not troubles and journal.exists():
            limit = journal.stat().st_size + 1
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, usual[1]))
        elif view.elapsed_s > 3.5:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)

    try:
        async with room("dot", THIGH, SHIN) as opened:
            recording = await recorded(opened, target, 6.0, show)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert "Free space" in troubles[-1].trouble
    assert troubles[-1].held_rows > 100
    assert all(stream.lost_samples() == 0 for stream in recording.streams.values())


async def test_a_recording_that_cannot_be_written_keeps_its_journal(room, tmp_path):
    target = tmp_path / "a.parquet"

    def show(view):
        if view.elapsed_s > 1.0 and not target.exists():
            target.mkdir()

    async with room("dot", THIGH, SHIN) as opened:
        with pytest.raises(UnfinishedError, match="imu-hip recover"):
            await recorded(opened, target, 3.0, show)
    recording = finish(journal_path(target), tmp_path / "b.parquet")
    assert recording.duration_s > 2.5


def wait_for_journal(path, process, minimum_bytes):
    """Wait until the recorder has written so much."""
    for _ in range(600):
        if path.exists() and path.stat().st_size >= minimum_bytes:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    pytest.fail("the recorder wrote nothing")


def test_ctrl_c_ends_a_recording_cleanly(start_command, tmp_path):
    process = start_command("record", "run.parquet", "--virtual", "dot,play=walk")
    wait_for_journal(tmp_path / "run.parquet.journal", process, 60_000)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "Wrote run.parquet" in out
    assert open_recording(tmp_path / "run.parquet").duration_s > 1.0


def test_the_angles_of_the_simulated_leg_come_back_end_to_end(
    run_command, session, movement_file, tmp_path
):
    plan = f"dot,play={movement_file},interval_ms=15,missed=0.02,drift_ppm=40"
    status, _, err = run_command("record", "test.parquet", "--virtual", plan)
    assert status == 0, err
    status, _, err = run_command("analyze", "test.parquet", "--json", "test.json")
    assert status == 0, err
    tests = json.loads((tmp_path / "test.json").read_text())
    measured = peaks_by_side_and_direction(tests)
    true = {}
    for repetition in session.truth.repetitions:
        key = (repetition.side.value, repetition.direction.value)
        true.setdefault(key, []).append(repetition.peak_deg)
    assert measured.keys() == true.keys()
    for key, peaks_deg in true.items():
        assert measured[key] == pytest.approx(np.mean(peaks_deg), abs=2.0), key


def peaks_by_side_and_direction(document):
    """Mean of the peaks of each side and direction in the JSON of an analysis."""
    return {
        (test["side"], direction): test[f"{direction}_deg"]
        for test in document["results"]
        for direction in ("internal", "external")
    }
