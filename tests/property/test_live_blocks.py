"""Grid, orientation, angles and repetitions live: how samples are split into blocks is not seen."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imu_hip.kinematics.live_chain import LegChain
from imu_hip.kinematics.live_orientation import LiveOrientation
from imu_hip.kinematics.pipeline import ChainParameters
from imu_hip.measures.live_repetitions import LiveRepetitions, leg_in_test
from imu_hip.measures.repetitions import RepetitionParameters
from imu_hip.names import SHIN, THIGH, Side, Task
from imu_hip.recording.live_grid import PATIENCE_S, LiveGrid, LiveSamples

RATE_HZ = 60.0
SIDE = Side.LEFT
SEGMENTS = (THIGH[SIDE], SHIN[SIDE])
START_S = 38.0
"""Where the left leg's test is under way in the simulated session."""

few_examples = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def two_sensors(aligned_seated):
    """Twelve seconds of a test: times that jitter, one short gap, one of 0.5 s, one of 1.5 s."""
    rng = np.random.default_rng(5)
    streams = {}
    for segment, gaps in zip(SEGMENTS, (((2.0, 2.08), (4.0, 4.5)), ((8.0, 9.5),)), strict=True):
        stream = aligned_seated.recording.streams[segment]
        time_s = stream.time_s + rng.uniform(-0.004, 0.004, len(stream.time_s))
        kept = (time_s >= START_S) & (time_s < START_S + 12.0)
        for start, end in gaps:
            kept &= (time_s < START_S + start) | (time_s >= START_S + end)
        streams[segment] = LiveSamples(time_s[kept], stream.acc_mps2[kept], stream.gyr_dps[kept])
    return SimpleNamespace(streams=streams, leg=aligned_seated.legs[SIDE])


def fed(two_sensors, cuts_s, late_s=(0.0, 0.0)):
    """Everything that comes out when the samples come in pieces that end at given times."""
    grid = LiveGrid(SEGMENTS, RATE_HZ)
    sensors = {segment: LiveOrientation(RATE_HZ) for segment in SEGMENTS}
    chain = LegChain(two_sensors.leg, SIDE, ChainParameters(RATE_HZ))
    test = LiveRepetitions(Task.SEATED, RepetitionParameters(), 1.0, RATE_HZ)
    times, rotation, events = [], [], []
    begun = dict.fromkeys(SEGMENTS, 0)
    for cut_s in [*sorted(cuts_s), START_S + 13.0]:
        fresh = {}
        for (segment, stream), late in zip(two_sensors.streams.items(), late_s, strict=True):
            end = int(np.searchsorted(stream.time_s, cut_s - late))
            rows = slice(begun[segment], max(end, begun[segment]))
            begun[segment] = rows.stop
            fresh[segment] = LiveSamples(
                stream.time_s[rows], stream.acc_mps2[rows], stream.gyr_dps[rows]
            )
        for block in grid.feed(fresh).values():
            thigh, shin = (
                sensors[SEGMENTS[0]].feed(block.thigh),
                sensors[SEGMENTS[1]].feed(block.shin),
            )
            angles = chain.feed(thigh.q_earth_sensor, shin.q_earth_sensor)
            times.append(block.time_s)
            rotation.append(angles.femoral_rotation_deg)
            events += test.feed(leg_in_test(block.time_s, angles, RATE_HZ))
    return np.concatenate(times), np.concatenate(rotation), events


@few_examples
@given(
    fractions=st.lists(st.floats(0.0, 12.0), max_size=40),
    late_s=st.tuples(st.floats(0.0, 0.12), st.floats(0.0, 0.12)),
)
def test_neither_blocks_nor_small_delays_change_what_comes_out(two_sensors, fractions, late_s):
    expected_s, expected_deg, expected_events = fed(two_sensors, [])
    time_s, rotation_deg, events = fed(two_sensors, [START_S + f for f in fractions], late_s)
    n = len(time_s)
    # The last quarter of a second may have to wait for a sensor that is silent.
    assert len(expected_s) - n <= PATIENCE_S * RATE_HZ
    np.testing.assert_allclose(time_s, expected_s[:n], atol=1e-9)
    np.testing.assert_allclose(rotation_deg, expected_deg[:n], atol=1e-6, equal_nan=True)
    assert [type(event) for event in events] == [type(event) for event in expected_events]
    for event, expected in zip(events, expected_events, strict=True):
        assert_alike(event, expected)


def assert_alike(event, expected):
    for name in type(event).__slots__:
        value, wanted = getattr(event, name), getattr(expected, name)
        if isinstance(value, float):
            assert value == pytest.approx(wanted, abs=1e-6, nan_ok=True)
        elif hasattr(type(value), "__slots__") and hasattr(value, "peak_deg"):
            assert_alike(value, wanted)
        else:
            assert value == wanted


def test_something_does_come_out(two_sensors):
    # The property above would hold for nothing, too.
    _, rotation_deg, events = fed(two_sensors, [])
    assert len(events) >= 4
    # 0.5 s and 1.5 s are missing, and one second until the orientation has settled again.
    missing_s = np.isnan(rotation_deg).sum() / RATE_HZ
    assert missing_s == pytest.approx(3.0, abs=0.15)


def test_one_sample_at_a_time_is_one_of_the_splits(two_sensors):
    _, expected_deg, expected_events = fed(two_sensors, [])
    cuts = np.unique(np.concatenate([s.time_s for s in two_sensors.streams.values()]))
    _, rotation_deg, events = fed(two_sensors, cuts.tolist())
    np.testing.assert_allclose(
        rotation_deg, expected_deg[: len(rotation_deg)], atol=1e-6, equal_nan=True
    )
    assert len(events) == len(expected_events)
