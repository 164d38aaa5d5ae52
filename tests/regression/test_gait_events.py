"""Foot strikes and toe-offs against force plates and the simulation, and what is not gait."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.errors import ImuHipError
from imu_hip.names import SHIN, THIGH, Side, Task
from imu_hip.recording.formats import open_recording
from imu_hip.simulation import (
    HARSH,
    PERFECT,
    TYPICAL,
    GaitPlan,
    StandingBreak,
    simulate_run,
    simulate_walk,
)
from tests.benchmark import gait_events as against
from tests.benchmark.accuracy import mirrored
from tests.rhythms import kicking, pedalling, rhythm, swinging

MEDIAN_S = 0.025
PERCENTILE_95_S = 0.060

GAITS = {Task.RUN: simulate_run, Task.WALK: simulate_walk}
PLAN = GaitPlan(duration_s=30.0)


def assert_close(error_s):
    assert np.median(np.abs(error_s)) <= MEDIAN_S
    assert np.percentile(np.abs(error_s), 95) <= PERCENTILE_95_S


@pytest.mark.parametrize("walker", against.WALKERS)
def test_events_against_force_plates(reference_data, walker):
    # One plate of Sub05 lags the other and the pelvis' own acceleration by some 80 ms.
    late_s = against.late_s(reference_data / against.WALKERS[walker])
    found = against.errors_of(reference_data, walker)
    assert {side for side, _ in found} == set(Side)
    for (side, _), (error_s, missed, invented) in found.items():
        assert (missed, invented) == (0, 0)
        assert_close(error_s + (late_s[side] if abs(late_s[side]) > 0.015 else 0.0))


def test_a_jog_out_and_back_has_its_strides_and_its_turns(reference_data):
    analysis = analyze(open_recording(reference_data / "isen" / "iSen_sensors.csv"))
    for test in against.gait_of(analysis).values():
        assert test.task is Task.RUN
        assert test.strides + len(test.rejected) == pytest.approx(10, abs=1)
        assert test.stride_time_s == pytest.approx(0.81, abs=0.03)
        # About 31 s it turns round, and again at the end; the first step is weak.
        assert {stride.reason for stride in test.rejected} <= {"a turn", "an uneven step"}
        left_out_s = np.array([0.5 * (s.start_s + s.end_s) for s in test.rejected])
        straight = (left_out_s > 27.0) & (np.abs(left_out_s - 31.0) > 1.5) & (left_out_s < 34.0)
        assert not straight.any()
        assert dict(test.left_out)["a turn"] >= 4
        assert test.strides >= 6


def test_stance_and_alternation_are_plausible(reference_data):
    for name, measured, bar in against.plausible(reference_data):
        stances, steps = measured.split(", ")
        low, high = (float(limit) for limit in bar.split(" to "))
        assert all(low <= float(stance) <= high for stance in stances.split(" and ")), name
        assert steps == "100 %"


SENSORS = [
    (PERFECT, 50.0, True),
    (TYPICAL, 60.0, False),
    (HARSH, 100.0, True),
    (TYPICAL, 120.0, True),
    (HARSH, 200.0, False),
    (PERFECT, 240.0, False),
]


@pytest.mark.parametrize(("errors", "rate_hz", "raw"), SENSORS)
@pytest.mark.parametrize("task", GAITS)
def test_simulated_events(task, errors, rate_hz, raw):
    # The last channel of a sensor that reports orientation alone is the hardest one.
    sensors = errors if raw else replace(errors, orientation=True, raw=False)
    session = GAITS[task](PLAN, sensors, rate_hz, seed=31)
    tests = against.gait_of(analyze(replace(session.recording, markers=())))
    for side in Side:
        test = tests[side]
        assert test.task is task
        true = {
            name: session.truth.events[f"{side}_{name}_s"] for name in ("foot_strike", "toe_off")
        }
        error_s, missed, invented = against.matched(against.strikes_s(test), true["foot_strike"])
        assert missed <= 1 + dict(test.left_out).get("samples were lost", 0)
        assert invented == 0
        assert_close(error_s)
        error_s, _, invented = against.matched(*against.toe_offs_s(test, true["toe_off"]))
        assert invented == 0
        assert_close(error_s)


@pytest.mark.parametrize(
    ("task", "stride_s"),
    [(Task.RUN, 0.65), (Task.RUN, 0.81), (Task.RUN, 0.95), (Task.WALK, 0.9), (Task.WALK, 1.8)],
)
def test_walking_and_running_overlap_in_stride_time(task, stride_s):
    session = GAITS[task](replace(PLAN, stride_s=stride_s), TYPICAL, 50.0, seed=32)
    tests = against.gait_of(analyze(replace(session.recording, markers=())))
    assert {test.task for test in tests.values()} == {task}
    for test in tests.values():
        assert test.stride_time_s == pytest.approx(stride_s, abs=0.02)
        truth = 0.36 if task is Task.RUN else 0.62
        assert test.stance_fraction == pytest.approx(truth, abs=0.02)


@pytest.mark.parametrize("task", GAITS)
def test_a_third_of_all_samples_lost_leaves_strides_and_invents_none(task):
    sensors = replace(TYPICAL, lost_fraction=0.3)
    session = GAITS[task](replace(PLAN, duration_s=60.0), sensors, 100.0, seed=33)
    for side, test in against.gait_of(analyze(session.recording)).items():
        true_s = session.truth.events[f"{side}_foot_strike_s"]
        error_s, _, invented = against.matched(against.strikes_s(test), true_s)
        assert invented == 0
        assert_close(error_s)
        assert test.strides > 0.25 * len(true_s)
        assert dict(test.left_out)["samples were lost"] > 0


def test_the_mirrored_walk_has_the_same_strides():
    recording = simulate_walk(PLAN, PERFECT, seed=34).recording
    plain, other = (against.gait_of(analyze(r)) for r in (recording, mirrored(recording)))
    for side in Side:
        strike_s = other[side.other].table.strike_s
        assert strike_s == pytest.approx(plain[side].table.strike_s, abs=0.005)


def test_two_minutes_of_standing_belong_to_no_stride():
    plan = GaitPlan(duration_s=200.0, breaks=(StandingBreak(40.0, 120.0),))
    session = simulate_run(plan, TYPICAL, 60.0, seed=35)
    analysis = analyze(replace(session.recording, markers=()))
    runs = [phase for phase in analysis.phases if phase.label == "run"]
    assert len(runs) == 2
    for side, test in against.gait_of(analysis).items():
        assert test.strides >= 0.95 * (len(session.truth.events[f"{side}_foot_strike_s"]) - 4)
        assert np.max(test.table.end_s - test.table.strike_s) < 1.0


def test_the_walk_before_a_run_is_left_out():
    # The same seed mounts the sensors the same way; the walker stops for a moment and runs.
    walk = simulate_walk(replace(PLAN, duration_s=20.0), TYPICAL, seed=37).recording
    run = simulate_run(replace(PLAN, standing_s=0.0), TYPICAL, seed=37).recording
    streams = {}
    for segment, first in walk.streams.items():
        then = run.streams[segment]
        streams[segment] = replace(
            first,
            time_s=np.arange(len(first.time_s) + len(then.time_s)) / 100.0,
            acc_mps2=np.concatenate([first.acc_mps2, then.acc_mps2]),
            gyr_dps=np.concatenate([first.gyr_dps, then.gyr_dps]),
        )
    tests = against.gait_of(analyze(replace(walk, streams=streams, markers=())))
    for test in tests.values():
        assert test.task is Task.RUN
        assert test.strides > 35
        assert dict(test.left_out)["walking"] >= 12
        assert np.all(test.table.strike_s > walk.duration_s - 1.0)


@pytest.mark.parametrize("side", Side)
def test_one_leg_alone_runs(side):
    recording = simulate_run(PLAN, TYPICAL, seed=36).recording
    own = {s: v for s, v in recording.streams.items() if s in (THIGH[side], SHIN[side])}
    tests = against.gait_of(analyze(replace(recording, streams=own, markers=())))
    assert set(tests) == {side}
    assert tests[side].task is Task.RUN
    assert tests[side].strides > 35


@pytest.mark.parametrize("standing", [True, False])
@pytest.mark.parametrize(
    ("angles_of", "period_s"), [(pedalling, 0.7), (pedalling, 1.0), (kicking, 1.2), (swinging, 1.5)]
)
def test_other_rhythms_are_no_gait(angles_of, period_s, standing):
    recording = rhythm(angles_of, period_s)
    if not standing:
        recording = replace(
            recording,
            streams={
                segment: replace(
                    s, time_s=s.time_s[1000:], acc_mps2=s.acc_mps2[1000:], gyr_dps=s.gyr_dps[1000:]
                )
                for segment, s in recording.streams.items()
            },
        )
    analysis = analyze(recording)
    assert not analysis.results
    assert any("neither walking nor running" in warning for warning in analysis.warnings)


def test_a_leg_that_swings_to_and_fro_is_no_gait(reference_data):
    name = "MT_012005D6_009-quaternions_RHJCSwinger.sto"
    try:
        results = analyze(open_recording(reference_data / "leg_swing" / name)).results
    except ImuHipError:
        results = ()
    assert not results
