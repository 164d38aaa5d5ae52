"""Recorded runs as they should not be: measured as far as they can be, or refused in words."""

from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from imu_hip.analysis.analyze import analyze
from imu_hip.cli.main import app
from imu_hip.measures.gait_comparison import Verdict
from imu_hip.measures.running import GaitTest
from imu_hip.names import SHIN, THIGH, Segment, Side
from imu_hip.recording.formats import write_recording
from imu_hip.simulation import HARSH, GaitPlan, SensorSlip, StandingBreak, simulate_run

STEADY = replace(HARSH, lost_fraction=0.0, clock_drift_ppm={})
ONE_MINUTE = GaitPlan(duration_s=60.0)


def run(plan=ONE_MINUTE, errors=STEADY, seed=3):
    return simulate_run(plan, errors, 100.0, seed).recording


def strides_of(analysis):
    return {r.side: r for r in analysis.results if isinstance(r, GaitTest)}


@pytest.fixture(scope="module")
def sound():
    return strides_of(analyze(run()))


def test_one_leg_is_measured_without_a_comparison():
    recording = run()
    streams = {s: recording.streams[s] for s in (Segment.LEFT_THIGH, Segment.LEFT_SHIN)}
    analysis = analyze(replace(recording, streams=streams))
    assert set(strides_of(analysis)) == {Side.LEFT}
    assert analysis.gait_comparisons == ()


def test_thirty_percent_of_lost_samples_leave_strides_with_the_same_curve(sound):
    plan = GaitPlan(duration_s=180.0)
    analysis = analyze(run(plan, replace(STEADY, lost_fraction=0.3)))
    for side, test in strides_of(analysis).items():
        assert dict(test.left_out)["samples were lost"] > 0
        assert test.strides >= 16
        assert np.std(test.curve_deg - sound[side].curve_deg) < 1.0


def test_twelve_strides_are_shown_but_not_judged():
    analysis = analyze(run(GaitPlan(duration_s=12 * 0.72 + 3.0)))
    (comparison,) = analysis.gait_comparisons
    assert comparison.verdict is Verdict.TOO_FEW
    assert all(8 <= test.strides < 16 for test in strides_of(analysis).values())


@pytest.mark.parametrize("marked", [True, False])
def test_two_minutes_of_standing_in_between_do_not_count(marked):
    plan = GaitPlan(duration_s=240.0, breaks=(StandingBreak(60.0, 120.0),))
    recording = run(plan)
    analysis = analyze(recording if marked else replace(recording, markers=()))
    for test in strides_of(analysis).values():
        # Two minutes of strides of 0.72 s, less two starts and two ends.
        assert 150 < test.strides < 168
        assert test.stride_time_s == pytest.approx(0.72, abs=0.01)


def test_a_treadmill_and_the_road_give_the_same(sound):
    road = strides_of(analyze(run(replace(ONE_MINUTE, speed_mps=3.0))))
    for side, test in road.items():
        assert abs(test.strides - sound[side].strides) <= 1
        assert np.std(test.curve_deg - sound[side].curve_deg) < 0.5


@pytest.mark.parametrize("segment", [THIGH[Side.LEFT], SHIN[Side.RIGHT]])
@pytest.mark.parametrize("angle_deg", [12.0, 30.0, 60.0])
def test_a_sensor_that_slips_is_named_and_turned_back(sound, segment, angle_deg):
    errors = replace(STEADY, slips=(SensorSlip(segment, 40.0, angle_deg),))
    analysis = analyze(run(errors=errors))
    (told,) = [warning for warning in analysis.warnings if "slipped" in warning]
    assert told.startswith(f"The {segment.words} sensor slipped: it turned by {angle_deg:.0f}°")
    for side, test in strides_of(analysis).items():
        assert test.strides > 0.85 * sound[side].strides
        assert np.std(test.curve_deg - sound[side].curve_deg) < 0.5


@pytest.mark.parametrize("seed", range(4))
def test_sensors_that_hold_are_not_said_to_slip(seed):
    warnings = analyze(run(seed=20 + seed)).warnings
    assert not [w for w in warnings if "slipped" in w or "two sessions" in w]


def test_two_sessions_in_one_file_are_told_apart():
    first, second = run(seed=3), run(GaitPlan(duration_s=90.0), seed=9)
    streams = {}
    for segment, early in first.streams.items():
        late = second.streams[segment]
        streams[segment] = replace(
            early,
            time_s=np.concatenate((early.time_s, late.time_s + early.time_s[-1] + 0.01)),
            acc_mps2=np.concatenate((early.acc_mps2, late.acc_mps2)),
            gyr_dps=np.concatenate((early.gyr_dps, late.gyr_dps)),
        )
    analysis = analyze(replace(first, streams=streams, markers=()))
    assert analysis.warnings[0].startswith("All sensors sit differently after 6")
    alone = strides_of(analyze(replace(second, markers=())))
    for side, test in strides_of(analysis).items():
        # Ninety seconds of strides, some given up at the seam.
        assert 100 < test.strides <= 125
        assert np.std(test.curve_deg - alone[side].curve_deg) < 1.0


def shaken(recording):
    """Every sensor shaken by hand."""
    rng = np.random.default_rng(1)
    streams = {}
    for segment, stream in recording.streams.items():
        noise = np.cumsum(rng.normal(size=(len(stream.time_s), 3)), axis=0)
        noise -= noise.mean(axis=0)
        gyr_dps = 200.0 * noise / noise.std()
        streams[segment] = replace(stream, gyr_dps=gyr_dps)
    return replace(recording, streams=streams, markers=())


def resting(recording):
    """Standing, and nothing else."""
    streams = {}
    for segment, stream in recording.streams.items():
        kept = stream.time_s < 6.0
        streams[segment] = replace(
            stream,
            time_s=stream.time_s[kept],
            acc_mps2=stream.acc_mps2[kept],
            gyr_dps=stream.gyr_dps[kept],
        )
    return replace(recording, streams=streams, markers=())


@pytest.mark.parametrize("made", [shaken, resting])
def test_what_is_no_gait_ends_in_one_sentence(tmp_path, made):
    path = tmp_path / "no_gait.parquet"
    write_recording(made(run(GaitPlan(duration_s=30.0))), path)
    outcome = CliRunner().invoke(app, ["analyze", str(path), "--out", str(tmp_path / "report")])
    assert outcome.exception is not None
    assert not isinstance(outcome.exception, SystemExit) or outcome.exit_code == 2
    message = str(outcome.exception)
    assert message.endswith(".")
    assert "Traceback" not in message
