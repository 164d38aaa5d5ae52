"""Small recordings made of formulas."""

import numpy as np
import pytest

from imu_hip.kinematics.quaternion import normalise
from imu_hip.names import MarkerLabel, Segment, Side
from imu_hip.recording.recording import LogEntry, Marker, Recording, SensorInfo, SensorStream


def _stream(segment, *, seconds=2.0, rate_hz=100.0, drop=(), q=True, raw=True, mag=False):
    time_s = np.delete(np.arange(round(seconds * rate_hz)) / rate_hz, drop)
    phase = 2 * np.pi * 0.5 * time_s + len(segment)
    angle = 0.4 * np.sin(phase)
    flat = np.zeros_like(angle)
    orientation = normalise(np.column_stack((np.cos(angle), np.sin(angle), flat, flat + 0.1)))
    # The first part rests, so that gravity can be told from the numbers.
    moving = np.where(time_s > seconds / 2, np.sin(phase), 0.0)
    acc = np.column_stack((moving, flat, flat + 9.80665))
    gyr = np.column_stack((50.0 * np.cos(phase), flat, flat - 1.0))
    return SensorStream(
        segment,
        time_s,
        rate_hz,
        orientation if q else None,
        acc if raw else None,
        gyr if raw else None,
        np.column_stack((flat + 0.5, flat, flat - 0.8)) if mag else None,
        SensorInfo("model", f"serial-{segment}", "1.2"),
    )


@pytest.fixture(scope="session")
def make_stream():
    return _stream


@pytest.fixture
def recording(make_stream):
    """Five sensors of different kinds, with a gap, markers and a log."""
    streams = (
        make_stream(Segment.PELVIS, q=False, mag=True),
        make_stream(Segment.LEFT_THIGH, drop=(50, 51, 52)),
        make_stream(Segment.LEFT_SHIN, rate_hz=60.0),
        make_stream(Segment.RIGHT_THIGH, raw=False),
        make_stream(Segment.RIGHT_SHIN),
    )
    return Recording(
        {stream.segment: stream for stream in streams},
        markers=(
            Marker(MarkerLabel.STAND, 0.0, 0.7),
            Marker(MarkerLabel.SEATED, 0.8, 1.9, Side.LEFT),
        ),
        source="a formula",
        simulated=True,
        warnings=("made up",),
        log=(LogEntry("make", "0.1", {"seed": 3, "rates": [60, 100]}),),
    )


def _assert_same_samples(a, b, atol=0.0):
    assert list(a.streams) == list(b.streams)
    for segment, stream in a.streams.items():
        other = b.streams[segment]
        assert stream.sampling_rate_hz == other.sampling_rate_hz
        np.testing.assert_allclose(other.time_s, stream.time_s, rtol=0, atol=atol)
        for field in ("acc_mps2", "gyr_dps", "mag_au", "q_earth_sensor"):
            values, others = getattr(stream, field), getattr(other, field)
            assert (values is None) == (others is None), (segment, field)
            if values is not None:
                # The stream makes quaternions unit again, which may turn their last bit.
                allowed = max(atol, 5e-16 if field == "q_earth_sensor" else 0.0)
                np.testing.assert_allclose(others, values, rtol=0, atol=allowed)


@pytest.fixture(scope="session")
def assert_same_samples():
    return _assert_same_samples
