"""One chain fed by blocks: any split of a stream gives the same angles."""

import itertools
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imu_hip.kinematics.live_chain import AngleChain
from imu_hip.kinematics.live_orientation import ImuBlock
from imu_hip.kinematics.orientation import CausalOrientation, orient_offline
from imu_hip.kinematics.pipeline import ChainParameters, LegAngles, leg_angles
from imu_hip.names import SHIN, THIGH, Segment, Side

few_examples = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
cut_fractions = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=25)


def cuts_of(fractions, n):
    return sorted({0, n, *(round(f * n) for f in fractions)})


def fed(session, cuts, rate_hz=60.0):
    chain = AngleChain(session.legs, ChainParameters(rate_hz))
    parts = {side: [] for side in Side}
    for start, end in itertools.pairwise(cuts):
        blocks = {
            segment: ImuBlock(stream.acc_mps2[start:end], stream.gyr_dps[start:end])
            for segment, stream in session.recording.streams.items()
        }
        for side, angles in chain.feed(blocks).items():
            parts[side].append(angles)
    return {
        side: {
            f.name: np.concatenate([getattr(a, f.name) for a in angles]) for f in fields(LegAngles)
        }
        for side, angles in parts.items()
    }


@pytest.fixture(scope="module", params=["aligned_run", "aligned_seated"])
def session_and_whole(request):
    session = request.getfixturevalue(request.param)
    n = len(session.recording.streams[Segment.LEFT_THIGH].time_s)
    return session, n, fed(session, [0, n])


@few_examples
@given(fractions=cut_fractions)
def test_blocks_give_what_the_whole_gives(session_and_whole, fractions):
    session, n, whole = session_and_whole
    split = fed(session, cuts_of(fractions, n))
    for side in Side:
        for name, expected in whole[side].items():
            assert split[side][name].shape == expected.shape
            np.testing.assert_allclose(
                split[side][name], expected, rtol=0.0, atol=1e-9, equal_nan=True
            )


@few_examples
@given(fractions=cut_fractions)
def test_the_orientation_filter_does_not_see_blocks(aligned_run, fractions):
    stream = aligned_run.recording.streams[Segment.RIGHT_SHIN]
    cuts = cuts_of(fractions, len(stream.time_s))
    filter_ = CausalOrientation(60.0)
    parts = [
        filter_.feed(stream.acc_mps2[a:b], stream.gyr_dps[a:b]) for a, b in itertools.pairwise(cuts)
    ]
    whole = CausalOrientation(60.0).feed(stream.acc_mps2, stream.gyr_dps)
    assert np.abs(np.concatenate(parts) - whole).max() < 1e-12


def test_blocks_of_one_leg_that_differ_in_length_are_refused(aligned_run):
    chain = AngleChain(aligned_run.legs, ChainParameters(60.0))
    blocks = {
        segment: ImuBlock(stream.acc_mps2[:9], stream.gyr_dps[:9])
        for segment, stream in aligned_run.recording.streams.items()
    }
    short = aligned_run.recording.streams[Segment.LEFT_SHIN]
    blocks[Segment.LEFT_SHIN] = ImuBlock(short.acc_mps2[:8], short.gyr_dps[:8])
    with pytest.raises(ValueError, match="left shin"):
        chain.feed(blocks)


def test_live_and_offline_angles_agree_while_seated(aligned_seated):
    # Gravity needs no window, so live and offline differ by what the filters differ only. Before
    # the live one has learnt the bias of 0.3 °/s, its time constant of 3 s lets 0.9° of it through.
    n = len(aligned_seated.truth.time_s)
    live = fed(aligned_seated, [0, n])
    streams = aligned_seated.recording.streams
    for side, leg in aligned_seated.legs.items():
        q_thigh, q_shin = (
            orient_offline(streams[s].acc_mps2, streams[s].gyr_dps, 60.0)
            for s in (THIGH[side], SHIN[side])
        )
        offline = leg_angles(q_thigh, q_shin, leg, side, ChainParameters(60.0))
        level = offline.thigh_level & live[side]["thigh_level"]
        assert level.mean() > 0.7
        for name in ("femoral_rotation_deg", "knee_flexion_deg", "thigh_elevation_deg"):
            difference = live[side][name][level] - getattr(offline, name)[level]
            assert np.sqrt(np.mean(difference**2)) < 0.9
            true = aligned_seated.truth[f"{side}_{name}"][level]
            assert np.sqrt(np.nanmean((live[side][name][level] - true) ** 2)) < 1.0
