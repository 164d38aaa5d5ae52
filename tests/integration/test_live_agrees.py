"""What is told live is what the analysis of the whole recording says."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.names import SHIN, Direction, Side, Task
from imu_hip.recording.recording import Recording
from imu_hip.simulation import (
    HARSH,
    TYPICAL,
    Fault,
    FaultKind,
    LegPlan,
    StaticSession,
    simulate_static_session,
)
from tests.live_legs import run_live

RATE_HZ = 60.0
IN, OUT = Direction.INTERNAL, Direction.EXTERNAL
FAULTS = (
    Fault(FaultKind.THIGH_LIFTED, Side.LEFT, IN, 2),
    Fault(FaultKind.KNEE_NOT_90, Side.RIGHT, OUT, 2),
)
CROSSED = {side: LegPlan(shin_slope_deg=(22.0, 25.0, 20.0)) for side in Side}
SESSIONS = {
    "seated": StaticSession(faults=FAULTS),
    "prone, twisted": StaticSession(task=Task.PRONE, faults=FAULTS, tibial_rotation_deg=10.0),
    "seated, twisted, knee at 78°": StaticSession(
        tibial_rotation_deg=10.0, knee_flexion_deg=78.0, tremor_deg=0.4
    ),
    "cross-legged": StaticSession(task=Task.CROSS_LEGGED, legs=CROSSED),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "errors", "seed"),
    [
        ("seated", TYPICAL, 1),
        ("seated", HARSH, 3),
        ("prone, twisted", HARSH, 1),
        ("seated, twisted, knee at 78°", TYPICAL, 3),
        ("cross-legged", HARSH, 2),
    ],
)
def test_peaks_and_validity_agree_with_the_recording(name, errors, seed):
    session = simulate_static_session(SESSIONS[name], errors, RATE_HZ, seed=seed)
    run = run_live(session.recording, feed_s=0.1)
    later = analyze(replace(session.recording, markers=tuple(run.markers)))
    for side in Side:
        true = [one for one in session.truth.repetitions if one.side is side]
        recorded = next(r for r in later.results if r.side is side).repetitions
        live = run.corrected[side]
        assert run.calibration[side].advice == ""
        assert [r.direction for r in live] == [r.direction for r in recorded]
        assert [r.valid for r in live] == [r.valid for r in recorded]
        assert [r.valid for r in live] == [one.fault is None for one in true]
        assert [r.reason.split(" ")[:3] for r in live] == [
            r.reason.split(" ")[:3] for r in recorded
        ]
        peaks = np.array([r.peak_deg for r in live])
        assert np.abs(peaks - [r.peak_deg for r in recorded]).max() < 0.5
        assert np.abs(peaks - [one.peak_deg for one in true]).max() < 1.0
        if "twisted" not in name:
            # What is told at once, before both ways can be looked, is little worse.
            told = [r.peak_deg for r in run.told(side)]
            assert np.abs(np.array(told) - peaks).max() < 1.5


@pytest.mark.slow
def test_a_sensor_lost_in_a_repetition_spoils_that_one_only():
    session = simulate_static_session(StaticSession(), TYPICAL, RATE_HZ, seed=6)
    second = [r for r in session.truth.repetitions if r.side is Side.LEFT][1]
    # The shin's sensor is away from the middle of the hold into the return, 1.4 s.
    away = (second.plateau_start_s + 0.6, second.plateau_end_s + 0.5)
    run = run_live(_without(session.recording, SHIN[Side.LEFT], away), feed_s=0.1)
    reasons = [r.reason for r in run.told(Side.LEFT)]
    assert reasons[1].startswith("samples were lost during the movement")
    assert [not reason for reason in reasons] == [True, False, True, True, True, True]
    assert [r.valid for r in run.corrected[Side.LEFT]] == [True, False, True, True, True, True]
    assert all(r.valid for r in run.told(Side.RIGHT))


def _without(recording: Recording, segment, away_s) -> Recording:
    stream = recording.streams[segment]
    kept = (stream.time_s < away_s[0]) | (stream.time_s >= away_s[1])
    lossy = replace(
        stream,
        time_s=stream.time_s[kept],
        acc_mps2=stream.acc_mps2[kept],
        gyr_dps=stream.gyr_dps[kept],
    )
    return replace(recording, streams={**recording.streams, segment: lossy})
