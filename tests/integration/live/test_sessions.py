"""Whole guided sessions in real time on virtual sensors that a virtual person wears."""

import asyncio
import itertools
import time

import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.guidance.view import Stage
from imu_hip.history.records import SessionState
from imu_hip.live.session_lock import SessionRunsError
from imu_hip.names import Direction, Doing, MarkerLabel, Segment, Side
from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.sidecars import markers_path
from imu_hip.recording.recover import journal_path

pytestmark = pytest.mark.slow

PLAN = "dot,play=guided,pace=2.5,left=36/41,right=30/44"


async def test_a_whole_seated_test(guided, folders):
    run = guided("both", PLAN)
    shown_and_kept = []

    def compare(view):
        # What is shown as finished is already safe, so that no crash can take it back.
        if view.session is not None:
            kept = run.history.repetitions(view.session)
            counts = (sum(one.counted for one in each) for each in (view.repetitions, kept))
            shown_and_kept.append(tuple(counts))

    run.on_view = compare
    began_s = time.process_time()
    await run.run()
    assert max(shown for shown, _ in shown_and_kept) == 4
    assert all(shown <= kept for shown, kept in shown_and_kept)
    cpu_s = time.process_time() - began_s
    view = run.session.view
    assert view.stage is Stage.RESULT
    found = {(one.side, one.measure): one for one in view.results}
    for side in Side:
        for direction in Direction:
            (truth_deg,) = run.person.true_peaks_deg(side, direction)
            assert found[side, direction.value].value_deg == pytest.approx(truth_deg, abs=2.0)
            assert found[side, direction.value].sem_deg > 0.0
    assert any("Your left hip turns inward" in sentence for sentence in view.sentences)

    history, session = run.history, view.session
    record = await asyncio.to_thread(history.session, session)
    assert record.state is SessionState.FINISHED
    assert record.simulated
    assert record.recordings == (str(run.session.recording),)
    assert len(await asyncio.to_thread(history.results, session)) == 6
    assert await asyncio.to_thread(history.reports, session) == (str(run.session.report),)
    report = await asyncio.to_thread(run.session.report.read_text, "utf-8")
    assert "Quick test" in report

    # The recording stands for itself: analysed alone it says the same, and nothing is left over.
    recording = await asyncio.to_thread(open_recording, run.session.recording)
    assert {marker.label for marker in recording.markers} == {
        MarkerLabel.STAND,
        MarkerLabel.SIT,
        MarkerLabel.KNEE_EXTENSION,
        MarkerLabel.SEATED,
    }
    assert not markers_path(run.session.recording).exists()
    assert not journal_path(run.session.recording).exists()
    tests = {test.side: test for test in analyze(recording).results}
    for side in Side:
        for direction in Direction:
            alone_deg = tests[side].range(direction).mean_deg
            assert found[side, direction.value].value_deg == pytest.approx(alone_deg, abs=0.01)

    sampled_s = [frame.sampled_unix_s for frame in run.frames]
    # The two clocks are read one after the other, on a computer that may be busy.
    assert all(b >= a - 0.02 for a, b in itertools.pairwise(sampled_s))
    rate_hz = len(run.frames) / (run.frames[-1].time_s - run.frames[0].time_s)
    assert 25.0 < rate_hz < 61.0
    assert {len(sensors) for sensors in run.sensors} <= {4, 5}
    print(f"CPU {cpu_s:.1f} s for {recording.duration_s:.0f} s, frames {rate_hz:.0f} Hz")


async def test_a_sensor_that_goes_away_in_a_repetition_costs_only_that_one(guided):
    run = guided("left", PLAN)
    away = []

    def lose_the_shin(view):
        turning = view.asked is not None and view.asked.doing is Doing.TURN
        if turning and view.asked.direction is Direction.EXTERNAL and not away:
            world = run.worlds[0]
            address = world.sensors[Segment.LEFT_SHIN].address
            away.append(len(view.repetitions))
            loop = asyncio.get_running_loop()
            # In the middle of the movement, for long enough to lose the link.
            loop.call_later(0.8, world.radio.out_of_range, address, True)
            loop.call_later(3.8, world.radio.out_of_range, address, False)

    run.on_view = lose_the_shin
    await run.run()
    view = run.session.view
    assert away == [1]
    assert view.stage is Stage.RESULT
    assert any("left shin" in seen.warning for seen in run.views)
    refused = [one for one in view.repetitions if not one.counted]
    assert refused
    assert all(one.direction is Direction.EXTERNAL and one.reason for one in refused)
    kept = await asyncio.to_thread(run.history.repetitions, view.session)
    assert [one.reason for one in kept if not one.counted] == [one.reason for one in refused]
    report = await asyncio.to_thread(run.session.report.read_text, "utf-8")
    assert refused[0].reason in report
    counted = {one.direction for one in view.repetitions if one.counted}
    assert counted == set(Direction)
    found = {one.measure: one.value_deg for one in view.results}
    assert found["internal"] == pytest.approx(36.0, abs=4.0)
    assert found["external"] == pytest.approx(41.0, abs=4.0)
    recording = await asyncio.to_thread(open_recording, run.session.recording)
    gaps = recording.streams[Segment.LEFT_SHIN].gaps()
    assert max(gap.duration_s for gap in gaps) > 2.5


async def test_a_second_session_is_refused_and_a_cancelled_one_keeps_what_was_finished(guided):
    first, second = guided("left", PLAN), guided("left", PLAN)
    running = asyncio.ensure_future(first.run())
    while not any(view.repetitions for view in first.views):
        await asyncio.sleep(0.1)
    with pytest.raises(SessionRunsError, match="Another session is running"):
        await second.run()
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()
    (left_over,) = await asyncio.to_thread(first.history.unfinished)
    kept = await asyncio.to_thread(first.history.repetitions, left_over.id)
    assert [one.direction for one in kept] == [Direction.INTERNAL]
    assert left_over.progress
    recording = await asyncio.to_thread(open_recording, first.session.recording)
    assert recording.duration_s > kept[0].end_s - 0.5
    assert MarkerLabel.SEATED in {marker.label for marker in recording.markers}
