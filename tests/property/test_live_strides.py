"""Strides found live: those of the whole recording, soon after they end, however it is split."""

import itertools
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imu_hip.kinematics.calibration import CalibrationSource, LegCalibration
from imu_hip.kinematics.gravity import SegmentAxes
from imu_hip.kinematics.heading import horizontal
from imu_hip.kinematics.live_chain import AngleChain
from imu_hip.kinematics.live_orientation import ImuBlock
from imu_hip.kinematics.orientation import orient_offline
from imu_hip.kinematics.pipeline import ChainParameters, leg_angles
from imu_hip.measures.gait_events import find_gait_events
from imu_hip.measures.live_gait import LiveGait
from imu_hip.measures.strides import find_strides, normalised_curves
from imu_hip.names import SHIN, THIGH, MarkerLabel, Segment, Side
from imu_hip.simulation import PERFECT, TYPICAL, GaitPlan, simulate_run

RATE_HZ = 60.0


def fed(session, cuts):
    """Every live stride with the count of samples that had been fed when it came."""
    parameters = ChainParameters(RATE_HZ)
    chain, gait = AngleChain(session.legs, parameters), LiveGait(session.legs, parameters)
    strides = []
    for start, end in itertools.pairwise(cuts):
        blocks = {
            segment: ImuBlock(stream.acc_mps2[start:end], stream.gyr_dps[start:end])
            for segment, stream in session.recording.streams.items()
        }
        strides += [(end, stride) for stride in gait.feed(blocks, chain.feed(blocks))]
    return strides


def samples(session):
    return len(session.recording.streams[Segment.LEFT_THIGH].time_s)


def pairs(n):
    return [*range(0, n, 2), n]


def aligned(session):
    """A session whose sensors are in line with their segments."""
    axes = SegmentAxes(*np.eye(3))
    leg = LegCalibration(axes, axes, CalibrationSource.PROTOCOL, 0.0, 0.0)
    return SimpleNamespace(
        recording=session.recording, truth=session.truth, legs=dict.fromkeys(Side, leg)
    )


@pytest.fixture(scope="module")
def long_run():
    """Forty seconds of running with sensors in line with their segments."""
    errors = replace(TYPICAL, random_mounting=False)
    session = simulate_run(GaitPlan(duration_s=40.0, standing_s=4.0), errors, RATE_HZ, seed=3)
    return aligned(session)


@pytest.fixture(scope="module")
def long_run_strides(long_run):
    return fed(long_run, pairs(samples(long_run)))


@pytest.fixture(scope="module")
def whole(aligned_run):
    return [stride for _, stride in fed(aligned_run, [0, samples(aligned_run)])]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fractions=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=25))
def test_any_blocks_give_the_same_strides(aligned_run, whole, fractions):
    n = samples(aligned_run)
    split = fed(aligned_run, sorted({0, n, *(round(f * n) for f in fractions)}))
    found = sorted((stride for _, stride in split), key=lambda s: (s.end, s.side))
    expected = sorted(whole, key=lambda s: (s.end, s.side))
    assert [(s.side, s.reason) for s in found] == [(s.side, s.reason) for s in expected]
    for one, other in zip(found, expected, strict=True):
        assert (one.strike, one.end) == pytest.approx((other.strike, other.end), abs=1e-6)
        assert one.curve_deg == pytest.approx(other.curve_deg, abs=1e-6)


def offline(session, side):
    """Angles and strides of one leg of the whole recording."""
    streams, leg = session.recording.streams, session.legs[side]
    thigh, shin = streams[THIGH[side]], streams[SHIN[side]]
    q_thigh, q_shin = (orient_offline(s.acc_mps2, s.gyr_dps, RATE_HZ) for s in (thigh, shin))
    angles = leg_angles(q_thigh, q_shin, leg, side, ChainParameters(RATE_HZ))
    events = find_gait_events(shin.gyr_dps @ leg.shin.z, thigh.gyr_dps @ leg.thigh.z, RATE_HZ)
    heading = horizontal(angles.z_femur)
    return angles, find_strides(events, angles.femoral_rotation_deg, heading, RATE_HZ)


@pytest.mark.parametrize("side", Side)
def test_live_strides_begin_at_the_true_foot_strikes_and_come_within_a_stride(
    long_run, long_run_strides, side
):
    own = [(n, stride) for n, stride in long_run_strides if stride.side is side]
    true_s = long_run.truth.events[f"{side}_foot_strike_s"]
    begin_s = np.array([stride.strike for _, stride in own]) / RATE_HZ
    # Two seconds after standing and before it the steps are not whole ones.
    inside_s = true_s[(true_s > true_s[0] + 2.0) & (true_s < true_s[-1] - 2.0)]
    assert np.abs(begin_s[None, :] - inside_s[:, None]).min(axis=1).max() < 0.06
    assert len(own) <= len(true_s)
    toe_off_s = np.array([stride.toe_off for _, stride in own]) / RATE_HZ
    true_s = long_run.truth.events[f"{side}_toe_off_s"]
    true_s = true_s[(true_s > inside_s[0]) & (true_s < inside_s[-1])]
    assert np.nanmin(np.abs(toe_off_s[None, :] - true_s[:, None]), axis=1).max() < 0.06
    for fed_samples, stride in own:
        assert fed_samples - stride.end <= stride.stride_time_s * RATE_HZ


@pytest.mark.parametrize("side", Side)
def test_live_strides_and_curves_are_those_of_the_whole_recording(long_run, long_run_strides, side):
    angles, strides = offline(long_run, side)
    curves = normalised_curves(angles.femoral_rotation_deg, strides.strike, strides.end)
    # The filter settles in the first seconds; the last stride is told only after it has settled.
    inside = (strides.strike > 8.0 * RATE_HZ) & (strides.end < len(angles.y_femur) - RATE_HZ)
    own = [s for _, s in long_run_strides if s.side is side]
    live = [
        s for s in own if strides.strike[inside][0] - 2 < s.strike < strides.end[inside][-1] - 2
    ]
    assert [s.reason for s in live] == np.array(strides.reason)[inside].tolist()
    assert [s.strike for s in live] == pytest.approx(strides.strike[inside].tolist(), abs=0.5)
    assert [s.toe_off for s in live] == pytest.approx(strides.toe_off[inside].tolist(), abs=0.5)
    away_deg = np.array([s.curve_deg for s in live]) - curves[inside]
    assert np.sqrt(np.mean(away_deg**2, axis=1)).max() < 0.5


def test_standing_gives_no_stride(long_run):
    assert fed(long_run, pairs(round(3.8 * RATE_HZ))) == []


def test_straightening_the_knees_gives_no_stride():
    plan = GaitPlan(duration_s=4.0, calibration=True)
    session = aligned(simulate_run(plan, PERFECT, RATE_HZ, seed=1))
    (run,) = [m for m in session.recording.markers if m.label is MarkerLabel.RUN]
    assert fed(session, pairs(round(run.start_s * RATE_HZ))) == []


def test_one_leg_alone_has_strides(long_run, long_run_strides):
    left = SimpleNamespace(recording=long_run.recording, legs={Side.LEFT: long_run.legs[Side.LEFT]})
    alone = [stride.end for _, stride in fed(left, pairs(samples(left)))]
    assert alone == [stride.end for _, stride in long_run_strides if stride.side is Side.LEFT]
