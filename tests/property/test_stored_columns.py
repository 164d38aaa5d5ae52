"""Stored files read at once hold the same as read sample by sample, whatever their bytes are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.capture2go_columns import packed_columns
from imu_hip.bluetooth.drivers.capture2go_data import (
    FULL_6D_PACKED,
    FULL_PACKED,
    QUAT_PACKED,
    Measured,
    encode_data,
)
from imu_hip.bluetooth.drivers.capture2go_frames import Frame
from imu_hip.bluetooth.drivers.capture2go_recorder import Capture2GoRecorder
from imu_hip.bluetooth.drivers.movella_dot_export import record_type
from imu_hip.bluetooth.drivers.movella_dot_recorder import DotRecorder
from imu_hip.bluetooth.drivers.stored_columns import columns_of

CAPTURE2GO = Capture2GoRecorder()


def assert_same(recorder, data):
    columns, expected = recorder.columns(data), columns_of(recorder.samples(data))
    np.testing.assert_array_equal(columns.tick, expected.tick)
    np.testing.assert_array_equal(columns.clipping, expected.clipping)
    assert columns.skipped == expected.skipped
    assert columns.partial == expected.partial
    if len(columns.tick):
        assert columns.vectors.keys() == expected.vectors.keys()
        for name, values in columns.vectors.items():
            np.testing.assert_array_equal(values, expected.vectors[name])


@pytest.mark.parametrize("recorder", [DotRecorder(), DotRecorder(magnetometer=True)])
@given(data=st.data())
def test_a_dot_file(recorder, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    records = np.frombuffer(rng.bytes(20 * recorder.unit_bytes), record_type(recorder.fields))
    records = records.copy()
    whole = rng.random(20) < 0.8
    for name in ("q_earth_sensor", "acc_mps2", "gyr_dps"):
        shape = records[name][whole].shape
        records[name][whole] = rng.standard_normal(shape)
    q = records["q_earth_sensor"][whole]
    records["q_earth_sensor"][whole] = q / np.linalg.norm(q, axis=1, keepdims=True)
    cut = data.draw(st.integers(0, recorder.unit_bytes))
    assert_same(recorder, records.tobytes()[: 20 * recorder.unit_bytes - cut])


def package(kind, rng, flags):
    samples = [
        Measured(rng.standard_normal(4), 200.0 * rng.random(3), 2500.0 * rng.random(3))
        for _ in range(kind.samples)
    ]
    for i, sample in enumerate(samples):
        q = sample.q_earth_sensor / np.linalg.norm(sample.q_earth_sensor)
        samples[i] = Measured(q, sample.acc_mps2, sample.gyr_dps)
    return encode_data(kind, 100.0, int(rng.integers(2**62)), samples, flags)


@given(
    st.sampled_from([FULL_6D_PACKED, FULL_PACKED, QUAT_PACKED]),
    st.lists(st.sampled_from(["good", "flags", "noise", "status", "random"]), max_size=8),
    st.integers(0, 2**32),
)
def test_a_capture2go_file(kind, pieces, seed):
    rng = np.random.default_rng(seed)
    data = b""
    for piece in pieces:
        frame = package(kind, rng, int(rng.integers(32)) if piece == "flags" else 0)
        if piece == "noise":
            data += rng.bytes(30)
        elif piece == "status":
            data += Frame(0x0201, bytes(19)).encode()
        elif piece == "random":
            data += Frame(frame.header, rng.bytes(len(frame.payload))).encode()
        else:
            data += frame.encode()
    assert_same(CAPTURE2GO, data)


def test_packages_of_two_kinds_are_read_one_by_one():
    rng = np.random.default_rng(1)
    data = b"".join(package(kind, rng, 0).encode() for kind in (FULL_PACKED, QUAT_PACKED))
    assert packed_columns(data) is None
    assert_same(CAPTURE2GO, data)
    # The package of the second kind is one piece without a sample of the first.
    assert (len(CAPTURE2GO.columns(data).tick), CAPTURE2GO.columns(data).skipped) == (8, 1)


@given(st.binary(max_size=400))
def test_any_bytes(data):
    assert_same(CAPTURE2GO, data)
    assert_same(DotRecorder(), data)
