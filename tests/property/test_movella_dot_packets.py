"""Properties of the Movella DOT's packet codec: nothing is misread, whatever comes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.movella_dot import DotDecoder
from imu_hip.bluetooth.drivers.movella_dot_gatt import PAYLOAD_SIZES
from imu_hip.bluetooth.drivers.movella_dot_modes import PAYLOAD_MODES
from imu_hip.bluetooth.drivers.movella_dot_packets import (
    LARGEST_ACC_MPS2,
    LARGEST_GYR_DPS,
    DotPacket,
    DotStatus,
    pack,
    sample_of,
    unpack,
)
from imu_hip.bluetooth.drivers.samples import Sample, Skipped
from imu_hip.kinematics.quaternion import conjugate, rotate
from imu_hip.names import GRAVITY_MPS2

modes = st.sampled_from(list(PAYLOAD_MODES.values()))


def _float32(largest):
    bound = float(np.nextafter(np.float32(largest), np.float32(0)))
    return st.floats(-bound, bound, width=32)


def _vectors(largest):
    return st.tuples(*3 * [_float32(largest)])


@st.composite
def quaternions(draw):
    parts = np.array(draw(st.tuples(*4 * [_float32(1.0)])))
    length = np.linalg.norm(parts)
    unit = parts / length if length > 1e-3 else np.array([1.0, 0.0, 0.0, 0.0])
    return tuple(float(part) for part in unit.astype(np.float32))


packets = st.builds(
    DotPacket,
    tick=st.integers(0, 2**32 - 1),
    q_earth_sensor=quaternions(),
    free_acc_earth_mps2=_vectors(200.0),
    acc_mps2=_vectors(200.0),
    gyr_dps=_vectors(3000.0),
    mag_au=st.tuples(*3 * [st.integers(-(2**15), 2**15 - 1).map(lambda n: n / 4096)]),
    status=st.builds(
        DotStatus, st.integers(0, 2**10 - 1), st.integers(0, 255), st.integers(0, 255)
    ),
)


def _is_possible(sample):
    for vector, largest in (
        # Free acceleration may be at its limit on three axes, and gravity comes on top.
        (sample.acc_mps2, math.sqrt(3) * LARGEST_ACC_MPS2 + GRAVITY_MPS2),
        (sample.gyr_dps, LARGEST_GYR_DPS),
        (sample.mag_au, 8.0),
    ):
        if vector is not None and not max(map(abs, vector)) <= largest:
            return False
    return sample.q_earth_sensor is None or abs(math.hypot(*sample.q_earth_sensor) - 1) <= 0.02


@given(modes, packets, st.data())
def test_what_is_packed_is_unpacked_unchanged_with_any_padding(mode, packet, data):
    room = PAYLOAD_SIZES[mode.characteristic] - mode.layout.size
    value = pack(mode, packet) + bytes(data.draw(st.integers(0, room)))
    told = unpack(mode, value)
    assert told.tick == packet.tick
    for quantity in mode.quantities:
        assert getattr(told, quantity.field) == getattr(packet, quantity.field)


@given(packets)
def test_specific_force_is_the_earths_acceleration_in_the_sensor_frame(packet):
    # The quaternion was rounded to 32 bits, so it is made unit again.
    q = np.array(packet.q_earth_sensor) / np.linalg.norm(packet.q_earth_sensor)
    gravity = np.array([0.0, 0.0, GRAVITY_MPS2])
    felt = rotate(conjugate(q), gravity + packet.free_acc_earth_mps2)
    assert sample_of(packet).acc_mps2 == pytest.approx(felt, abs=1e-9)


@given(modes, st.binary(max_size=80))
def test_random_bytes_become_a_possible_sample_or_are_skipped(mode, value):
    (told,) = DotDecoder(mode).feed(mode.characteristic, value)
    if isinstance(told, Skipped):
        assert told.size == len(value)
    else:
        assert isinstance(told, Sample)
        assert mode.layout.size <= len(value) <= PAYLOAD_SIZES[mode.characteristic]
        assert _is_possible(told)


@given(modes, packets, st.data())
def test_a_cut_packet_is_skipped(mode, packet, data):
    whole = pack(mode, packet)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    assert isinstance(unpack(mode, cut), Skipped)


@given(modes, packets, st.data())
def test_a_flipped_bit_changes_at_most_the_number_that_it_is_in(mode, packet, data):
    value = bytearray(pack(mode, packet))
    bit = data.draw(st.integers(0, 8 * len(value) - 1))
    value[bit // 8] ^= 1 << bit % 8
    told = unpack(mode, bytes(value))
    if isinstance(told, Skipped):
        return
    assert _is_possible(sample_of(told))
    # Written again it is the damaged packet, so nothing else moved.
    assert pack(mode, told) == bytes(value)


@given(modes, packets, st.integers(1, 255), st.data())
def test_a_byte_in_the_padding_makes_the_packet_unusable(mode, packet, byte, data):
    room = PAYLOAD_SIZES[mode.characteristic] - mode.layout.size
    if room == 0:
        return
    padding = bytearray(room)
    padding[data.draw(st.integers(0, room - 1))] = byte
    assert isinstance(unpack(mode, pack(mode, packet) + bytes(padding)), Skipped)


@given(st.binary(max_size=80))
def test_notifications_of_other_characteristics_are_not_samples(value):
    mode = PAYLOAD_MODES["quaternion"]
    other = PAYLOAD_MODES["extended-quaternion"].characteristic
    assert DotDecoder(mode).feed(other, value) == ()
