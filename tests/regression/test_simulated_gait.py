"""Walking and running of a simulated person, against the truth."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.measures.gait_comparison import Verdict
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.names import MarkerLabel, Segment, Side, Task
from imu_hip.simulation import (
    HARSH,
    PERFECT,
    TYPICAL,
    GaitPlan,
    StandingBreak,
    Turn,
    simulate_run,
    simulate_walk,
)

CURVE_BAR_DEG = 2.7
"""RMS of the mean curve against the truth. The tibia of the simulated leg turns on the femur by
about as much as in life, which no shin sensor can tell from femoral rotation. Perfect thigh sensors
could, but in life skin hides half of the rotation from them, so they count little."""

GAITS = {Task.RUN: simulate_run, Task.WALK: simulate_walk}
THIRTY_SECONDS = GaitPlan(duration_s=30.0)


def true_curves(truth, side):
    strikes_s = truth.events[f"{side}_foot_strike_s"]
    angle = truth[f"{side}_femoral_rotation_deg"]
    curves = np.array(
        [
            np.interp(np.linspace(start, end, 101), truth.time_s, angle)
            for start, end in itertools.pairwise(strikes_s)
        ]
    )
    return curves - curves.mean(axis=1, keepdims=True)


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("errors", [PERFECT, TYPICAL, HARSH], ids=["perfect", "typical", "harsh"])
@pytest.mark.parametrize("calibration", [True, False], ids=["protocol", "standing only"])
@pytest.mark.parametrize("task", GAITS)
def test_strides_and_curves(task, calibration, errors, marked):
    plan = replace(THIRTY_SECONDS, calibration=calibration)
    session = GAITS[task](plan, errors, seed=1)
    recording = session.recording if marked else replace(session.recording, markers=())
    analysis = analyze(recording)
    assert {r.side: r.task for r in analysis.results} == dict.fromkeys(Side, task)
    for test in analysis.results:
        curves = true_curves(session.truth, test.side)
        left_out = dict(test.left_out)
        found = test.strides + sum(left_out.values())
        # The truth leaves out steps of less than half strength at the start and the end.
        starting = left_out.get("unlike the other strides", 0)
        assert abs(found - starting - len(curves)) <= 2
        assert len(curves) - test.strides <= 1 + left_out.get("samples were lost", 0)
        strikes_s = session.truth.events[f"{test.side}_foot_strike_s"]
        assert test.stride_time_s == pytest.approx(np.median(np.diff(strikes_s)), abs=0.01)
        error = test.curve_deg - curves.mean(axis=0)
        assert np.sqrt(np.mean(error**2)) < CURVE_BAR_DEG
        assert np.corrcoef(test.curve_deg, curves.mean(axis=0))[0, 1] > 0.9
        assert test.excursion_deg == pytest.approx(np.ptp(curves.mean(axis=0)), abs=4.5)


@pytest.mark.parametrize("task", GAITS)
def test_knee_flexion_follows_the_truth(task):
    session = GAITS[task](replace(THIRTY_SECONDS, calibration=True), TYPICAL, seed=2)
    angles = analyze(session.recording).angles
    for side in Side:
        strikes_s = session.truth.events[f"{side}_foot_strike_s"]
        moving = (angles.time_s > strikes_s[0]) & (angles.time_s < strikes_s[-1])
        name = f"{side}_knee_flexion_deg"
        error = angles.columns[name][moving] - session.truth[name][moving]
        assert np.sqrt(np.mean(error**2)) < 1.5


@pytest.mark.parametrize("task", GAITS)
def test_exchanged_sides_are_suspected(swapped, task):
    recording = GAITS[task](THIRTY_SECONDS, TYPICAL, seed=3).recording
    for given, suspected in ((recording, False), (swapped(recording), True)):
        warnings = analyze(given).warnings
        assert any("Suspected wrong side" in w for w in warnings) is suspected


@pytest.mark.parametrize("task", GAITS)
def test_gait_alone_calibrates_with_less_certainty(task):
    session = GAITS[task](replace(THIRTY_SECONDS, standing_s=0.0), TYPICAL, seed=4)
    analysis = analyze(session.recording)
    assert {r.side for r in analysis.results} == set(Side)
    for leg in analysis.calibration:
        assert leg.source == "gait alone"
        assert leg.uncertainty_deg > 5.0


def test_a_turn_and_a_stop_are_left_out():
    plan = GaitPlan(
        duration_s=60.0,
        speed_mps=1.3,
        turns=(Turn(15.0, 180.0),),
        breaks=(StandingBreak(35.0, 10.0),),
    )
    session = simulate_walk(plan, TYPICAL, seed=5)
    for test in analyze(session.recording).results:
        left_out = dict(test.left_out)
        # 180° within 3 s of strides of 1.08 s.
        assert 1 <= left_out.get("a turn", 0) <= 5
        assert left_out.get("a stop", 0) == 1
        curves = true_curves(session.truth, test.side)
        assert np.std(test.curve_deg - curves.mean(axis=0)) < CURVE_BAR_DEG


def test_a_larger_excursion_of_one_leg_is_seen():
    plan = replace(THIRTY_SECONDS, rotation_excursion_deg=18.0, excursion_difference_deg=8.0)
    session = simulate_run(plan, TYPICAL, seed=6)
    (comparison,) = analyze(session.recording).gait_comparisons
    difference = comparison.differences[GaitQuantity.CYCLE_EXCURSION]
    # The skin hides part of it.
    assert 4.0 < difference.difference < 9.0
    assert difference.low < 8.0 < difference.high
    assert comparison.verdict is Verdict.CLEAR


def test_a_run_is_no_static_test():
    session = simulate_run(THIRTY_SECONDS, TYPICAL, seed=7)
    for recording in (session.recording, replace(session.recording, markers=())):
        analysis = analyze(recording)
        assert {r.task for r in analysis.results} == {Task.RUN}
        assert any(p.label is MarkerLabel.STAND for p in analysis.phases)


@pytest.mark.parametrize("task", GAITS)
def test_hip_angles_with_a_pelvis_sensor(task):
    session = GAITS[task](THIRTY_SECONDS, TYPICAL, seed=8, pelvis_sensor=True)
    angles = analyze(session.recording).angles
    # Rotation has the error of the femur; flexion and adduction come from gravity, and the leg
    # stands 3° out of the vertical in the estimate and upright in the simulation.
    for name, bar_deg in (("rotation", CURVE_BAR_DEG), ("flexion", 0.5), ("adduction", 1.5)):
        for side in Side:
            column = f"{side}_hip_{name}_deg"
            known = np.isfinite(angles.columns[column])
            assert known.mean() > 0.6
            error = (angles.columns[column] - session.truth[column])[known]
            assert np.std(error) < bar_deg
    walked = session.truth.events["left_foot_strike_s"]
    outside = (angles.time_s < walked[0] - 2.0) | (angles.time_s > walked[-1] + 2.0)
    assert np.isnan(angles.columns["left_hip_rotation_deg"][outside]).all()


def test_a_pelvis_that_does_not_list_gives_no_hip_angles():
    # A sensor that lies on the ground all along stands for any that is not on the pelvis.
    recording = simulate_run(THIRTY_SECONDS, TYPICAL, seed=8, pelvis_sensor=True).recording
    pelvis = recording.streams[Segment.PELVIS]
    still = replace(
        pelvis, acc_mps2=0 * pelvis.acc_mps2 + (0.0, 9.8, 0.0), gyr_dps=0 * pelvis.gyr_dps
    )
    analysis = analyze(replace(recording, streams=recording.streams | {Segment.PELVIS: still}))
    assert not [name for name in analysis.angles.columns if "_hip_" in name]
    assert any("no hip angles" in warning for warning in analysis.warnings)
    assert {r.side for r in analysis.results} == set(Side)
