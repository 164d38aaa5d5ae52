"""Recorded runs as they should not be: measured as far as they can be, or refused in words."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.analysis.movement import find_movement, speeds_dps
from imu_hip.analysis.slips import find_slips, without_slips
from imu_hip.analysis.stride_views import view_strides
from imu_hip.cli.main import run as run_command
from imu_hip.errors import RecordingError
from imu_hip.kinematics.gravity import up_in_sensor
from imu_hip.kinematics.quaternion import (
    conjugate,
    from_axis_angle,
    multiply,
    normalise,
    rotate,
)
from imu_hip.measures.gait_comparison import Verdict
from imu_hip.measures.running import GaitTest
from imu_hip.names import SHIN, THIGH, Segment, Side
from imu_hip.recording.formats import open_recording, write_recording
from imu_hip.recording.timeline import build_timeline
from imu_hip.simulation import (
    HARSH,
    GaitPlan,
    SensorSlip,
    StandingBreak,
    simulate_run,
    simulate_walk,
)

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


def glue(first, second, pause_s):
    """The second recording behind the first, as if someone had joined their files."""
    later_s = first.end_s + pause_s - second.start_s
    streams = {}
    for segment, early in first.streams.items():
        late = second.streams[segment]
        streams[segment] = replace(
            early,
            time_s=np.concatenate((early.time_s, late.time_s + later_s)),
            acc_mps2=np.concatenate((early.acc_mps2, late.acc_mps2)),
            gyr_dps=np.concatenate((early.gyr_dps, late.gyr_dps)),
        )
    return replace(first, streams=streams, markers=())


def refastened(recording, angle_deg):
    """Every sensor strapped on again by habit, turned by an angle about an axis of its own."""
    rng = np.random.default_rng(2)
    streams = {}
    for segment, stream in recording.streams.items():
        turn = from_axis_angle(normalise(rng.normal(size=3)), np.deg2rad(angle_deg))
        streams[segment] = replace(
            stream, acc_mps2=rotate(turn, stream.acc_mps2), gyr_dps=rotate(turn, stream.gyr_dps)
        )
    return replace(recording, streams=streams)


def test_two_sessions_in_one_file_are_told_apart():
    first, second = run(seed=3), run(GaitPlan(duration_s=90.0), seed=9)
    glued = glue(first, second, pause_s=0.01)
    analysis = analyze(glued)
    assert analysis.warnings[0].startswith(
        f"All sensors sit differently after {first.end_s:.1f} s, as if two sessions were in one "
        f"file. Only the second one, from {first.end_s:.1f} to {glued.end_s:.1f} s, is measured"
    )
    # It begins with its own standing, so it is calibrated as well as alone.
    assert {leg.source for leg in analysis.calibration} == {"standing and movement"}
    alone = strides_of(analyze(replace(second, markers=())))
    for side, test in strides_of(analysis).items():
        # Ninety seconds of strides, some given up at the seam.
        assert 100 < test.strides <= 125
        assert np.std(test.curve_deg - alone[side].curve_deg) < 1.0


@pytest.mark.parametrize(("angle_deg", "told"), [(0.0, False), (18.0, True)])
def test_after_a_pause_sensors_may_have_been_fastened_anew(angle_deg, told):
    first = run(GaitPlan(duration_s=40.0))
    warnings = analyze(glue(first, refastened(first, angle_deg), pause_s=20.0)).warnings
    assert any("two sessions" in warning for warning in warnings) is told
    assert not [warning for warning in warnings if "slipped" in warning]


def test_a_walk_that_becomes_a_run_is_one_session_without_a_slip():
    walk = simulate_walk(GaitPlan(duration_s=40.0), STEADY, 100.0, 3).recording
    for sensors in (tuple(Segment)[1:], (Segment.LEFT_THIGH, Segment.LEFT_SHIN)):
        both = glue(walk, run(GaitPlan(duration_s=40.0)), pause_s=0.01)
        streams = {segment: both.streams[segment] for segment in sensors}
        warnings = analyze(replace(both, streams=streams)).warnings
        assert not [w for w in warnings if "slipped" in w or "two sessions" in w]


@pytest.mark.parametrize(
    "slips",
    [
        (SensorSlip(Segment.LEFT_THIGH, 30.0, 25.0), SensorSlip(Segment.LEFT_THIGH, 50.0, -40.0)),
        (SensorSlip(Segment.LEFT_THIGH, 35.0, 30.0, duration_s=8.0),),
        (SensorSlip(Segment.LEFT_SHIN, 35.0, 15.0, axis=(1.0, 0.0, 0.0)),),
    ],
    ids=["twice", "creeping", "tilting"],
)
@pytest.mark.parametrize("raw", [True, False])
def test_slips_of_many_kinds_leave_the_curve_as_it_was(slips, raw):
    # A perfect sensor's own orientation has one heading; these have one each.
    errors = replace(STEADY, raw=raw, orientation=not raw, slips=slips)
    one_leg = {Segment.LEFT_THIGH, Segment.LEFT_SHIN}
    tests = []
    for recording in (run(errors=errors), run(errors=replace(errors, slips=()))):
        streams = {segment: recording.streams[segment] for segment in one_leg}
        analysis = analyze(replace(recording, streams=streams))
        told = [warning for warning in analysis.warnings if "slipped" in warning]
        assert len(told) in {0, len(slips)}
        tests.append((len(told), strides_of(analysis)[Side.LEFT]))
    (said, slipped), (silent, held) = tests
    assert (said, silent) == (len(slips), 0)
    # The strides of the eight seconds in which a strap creeps are left out.
    assert held.strides - 16 <= slipped.strides < held.strides
    assert np.std(slipped.curve_deg - held.curve_deg) < 0.5


def test_standing_leg_moves_are_no_gait(reference_data):
    recording = open_recording(reference_data / "isen" / "iSen_sensors.csv")
    streams = {}
    for segment, stream in recording.streams.items():
        kept = stream.time_s < 26.0
        channels = {
            name: values[kept]
            for name in ("time_s", "q_earth_sensor", "acc_mps2", "gyr_dps", "mag_au")
            if (values := getattr(stream, name)) is not None
        }
        streams[segment] = replace(stream, **channels)
    analysis = analyze(replace(recording, streams=streams))
    assert strides_of(analysis) == {}


@pytest.mark.parametrize(("pause_s", "words"), [(-70.0, "runs backward"), (0.0, "repeats")])
def test_times_that_jump_back_are_told_in_one_sentence(tmp_path, pause_s, words):
    first = run(GaitPlan(duration_s=20.0))
    rows = ["segment,time_s,acc_x_mps2,acc_y_mps2,acc_z_mps2,gyr_x_dps,gyr_y_dps,gyr_z_dps"]
    for offset_s in (0.0, first.end_s + pause_s):
        for segment, stream in first.streams.items():
            values = np.column_stack((stream.time_s + offset_s, stream.acc_mps2, stream.gyr_dps))
            rows += [f"{segment.value}," + ",".join(map(str, row)) for row in values.tolist()]
    path = tmp_path / "glued.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(RecordingError, match=words) as refusal:
        open_recording(path)
    assert "\n" not in str(refusal.value)


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


def one_shin(recording):
    return replace(recording, streams={Segment.LEFT_SHIN: recording.streams[Segment.LEFT_SHIN]})


@pytest.mark.parametrize("made", [shaken, resting, one_shin])
def test_what_cannot_be_measured_ends_with_status_2_and_a_sentence(
    tmp_path, monkeypatch, capsys, made
):
    monkeypatch.chdir(tmp_path)
    write_recording(made(run(GaitPlan(duration_s=30.0))), tmp_path / "no_gait.parquet")
    monkeypatch.setattr(sys, "argv", ["imu-hip", "analyze", "no_gait.parquet", "--json", "r.json"])
    with pytest.raises(SystemExit) as stop:
        run_command()
    assert stop.value.code == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert said.err.strip().endswith(".")


WALKERS = ("walk_marker_ik", "walk_force_plates/Sub03", "walk_force_plates/Sub05")


@pytest.mark.parametrize("folder", [*WALKERS, "running_virtual"])
def test_people_whose_sensors_held_are_not_said_to_slip(reference_data, folder):
    warnings = analyze(open_recording(reference_data / folder / "sensors.csv")).warnings
    assert not [w for w in warnings if "slipped" in w or "two sessions" in w]


@pytest.mark.parametrize("segment", [Segment.LEFT_THIGH, Segment.RIGHT_SHIN])
@pytest.mark.parametrize("folder", WALKERS)
def test_a_real_sensor_turned_halfway_is_found(reference_data, folder, segment):
    recording = open_recording(reference_data / folder / "sensors.csv")
    timeline = build_timeline(recording)
    middle = len(timeline.time_s) // 2
    # Between the first and the second half the sensor turns by 25° about its mean "up".
    up = up_in_sensor(timeline.q_earth_sensor[segment]).mean(axis=0)
    turn = from_axis_angle(normalise(up), np.deg2rad(25.0))
    q, gyr_dps = (values[segment].copy() for values in (timeline.q_earth_sensor, timeline.gyr_dps))
    q[middle:] = multiply(q[middle:], conjugate(turn))
    gyr_dps[middle:] = rotate(turn, gyr_dps[middle:])
    turned = replace(
        timeline,
        q_earth_sensor={**timeline.q_earth_sensor, segment: q},
        gyr_dps={**timeline.gyr_dps, segment: gyr_dps},
    )
    gait = find_movement(turned, speeds_dps(turned)).gait
    (slip,) = find_slips(turned, view_strides(turned, gait))
    assert slip.segment is segment
    # The means of twenty strides of a person differ by 1 to 3°, at most 6°.
    assert slip.angle_deg == pytest.approx(25.0, abs=5.0)
    assert slip.time_s - 1.0 < timeline.time_s[middle] < slip.settled_s + 1.0
    back = without_slips(turned, (slip,))
    after = timeline.time_s > slip.settled_s + 0.1
    error = multiply(conjugate(timeline.q_earth_sensor[segment]), back.q_earth_sensor[segment])
    assert np.rad2deg(2.0 * np.arccos(np.abs(error[after, 0]).clip(max=1.0))).max() < 5.0
