"""Small tables of angles and recordings of which every number is known."""

import numpy as np
import pytest

from imu_hip.analysis.results import AngleTable
from imu_hip.names import MarkerLabel, Segment, Side
from imu_hip.recording.recording import Marker, Recording, SensorInfo, SensorStream

RATE_HZ = 50.0
NAN = np.nan


def table(start_s=2.0, rate_hz=RATE_HZ, **columns):
    """Angles with these columns, all of one length."""
    n = len(next(iter(columns.values())))
    time_s = start_s + np.arange(n) / rate_hz
    return AngleTable(time_s, rate_hz, {name: np.array(own) for name, own in columns.items()})


@pytest.fixture
def make_table():
    return table


@pytest.fixture
def angles():
    """Four samples: a hip with a hole, a knee, a femur, and a leg that was never measured."""
    return table(
        left_femoral_rotation_deg=[NAN] * 4,
        right_femoral_rotation_deg=[1.0, -2.0, 3.5, 4.0],
        left_knee_flexion_deg=[NAN] * 4,
        right_knee_flexion_deg=[60.0, 61.0, 62.0, 63.0],
        right_thigh_elevation_deg=[-90.0, -89.0, -88.0, NAN],
        right_hip_flexion_deg=[10.0, NAN, 12.0, 13.0],
        right_hip_adduction_deg=[-1.0, NAN, -3.0, -4.0],
        right_hip_rotation_deg=[5.0, NAN, 7.25, 8.0],
    )


def stream(segment, time_s, rate_hz=RATE_HZ, *, orientation=False, **kwargs):
    """Raw samples that tell their sensor, sample and channel apart."""
    n = len(time_s)
    base = 1000.0 * list(Segment).index(segment) + np.arange(n)[:, None]
    axes = np.array([0.1, 0.2, 0.3])
    kwargs |= {"acc_mps2": base + axes, "gyr_dps": base + 0.3 + axes}
    if orientation:
        turn = np.arange(n) / n
        zero = np.zeros(n)
        kwargs["q_earth_sensor"] = np.stack((np.cos(turn), zero, zero, np.sin(turn)), axis=1)
    return SensorStream(segment, np.asarray(time_s), rate_hz, **kwargs)


@pytest.fixture
def make_stream():
    return stream


@pytest.fixture
def on_one_clock():
    """Two sensors that measured at the same times from 3 s on, one with its own orientation."""
    time_s = 3.0 + np.arange(10) / RATE_HZ
    info = SensorInfo("DOT", "Jane 1", "2.0.0")
    streams = (
        stream(Segment.LEFT_THIGH, time_s, sensor=info),
        stream(Segment.LEFT_SHIN, time_s, orientation=True, sensor=info),
    )
    markers = (
        Marker(MarkerLabel.SEATED, 3.04, 3.1, Side.LEFT),
        Marker(MarkerLabel.STAND, 3.0, 3.04),
    )
    return Recording({one.segment: one for one in streams}, markers, source="Jane Doe.csv")


@pytest.fixture
def on_own_clocks():
    """Two sensors with jitter, a gap in one of them, and starts a third of a sample apart."""
    period = 1.0 / RATE_HZ
    jitter = 0.2 * period * np.sin(np.arange(40))
    first = np.arange(40) * period + jitter
    second = np.delete(np.arange(40) * period + 0.3 * period, [7, 8, 9])
    streams = (stream(Segment.LEFT_THIGH, first), stream(Segment.LEFT_SHIN, second))
    return Recording({one.segment: one for one in streams})
