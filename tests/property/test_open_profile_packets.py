"""Properties of the open profile's packets."""

import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.driver import StreamSettings
from imu_hip.bluetooth.drivers.open_profile import OpenProfile
from imu_hip.bluetooth.drivers.open_profile_packets import (
    LARGEST_COUNT,
    SEQUENCE_MODULUS,
    TICK_MODULUS,
    Mode,
    decode,
    encode,
)
from imu_hip.bluetooth.drivers.open_profile_values import SAMPLES_UUID, Information, Status
from imu_hip.bluetooth.drivers.samples import Clipping, Sample, Skipped

modes = st.sampled_from(Mode)


def vectors(limit):
    return st.tuples(*[st.floats(-limit, limit)] * 3)


@st.composite
def quaternions(draw):
    q = np.array(draw(st.tuples(*[st.floats(-1, 1)] * 4)))
    norm = np.linalg.norm(q)
    return tuple(q / norm) if norm > 1e-3 else (1.0, 0.0, 0.0, 0.0)


@st.composite
def followers(draw):
    """Samples that follow each other, from any point of both counters."""
    tick = draw(st.integers(0, TICK_MODULUS - 1))
    sequence = draw(st.integers(0, SEQUENCE_MODULUS - 1))
    samples = []
    for _ in range(draw(st.integers(1, LARGEST_COUNT))):
        samples.append(
            Sample(
                tick,
                sequence,
                draw(quaternions()),
                draw(vectors(163.8)),
                draw(vectors(2047.9)),
                clipping=draw(st.sampled_from([Clipping(bits) for bits in range(4)])),
            )
        )
        tick = (tick + draw(st.integers(0, 65535))) % TICK_MODULUS
        sequence = (sequence + 1) % SEQUENCE_MODULUS
    return samples


def angle_between_deg(a, b):
    # The vector part of a* b has the sine of half the angle; acos of the scalar part loses digits.
    aw, av = a[0], np.array(a[1:])
    bw, bv = b[0], np.array(b[1:])
    difference = aw * bv - bw * av - np.cross(av, bv)
    return 2.0 * math.degrees(math.asin(min(1.0, float(np.linalg.norm(difference)))))


@given(modes, followers())
def test_a_packet_is_read_as_it_was_written_within_the_stated_resolution(mode, samples):
    packet = encode(mode, samples)
    assert len(packet) == mode.packet_bytes(len(samples))
    read = decode(packet, mode)
    assert len(read) == len(samples)
    for got, sent in zip(read, samples, strict=True):
        assert (got.tick, got.sequence) == (sent.tick, sent.sequence)
        assert got.clipping == sent.clipping
        assert got.gyr_dps == pytest.approx(sent.gyr_dps, abs=1 / 32 + 1e-9)
        if mode is Mode.ACC_GYR:
            assert got.q_earth_sensor is None
        else:
            assert angle_between_deg(got.q_earth_sensor, sent.q_earth_sensor) <= 0.0043
        if mode is Mode.QUATERNION_GYR:
            assert got.acc_mps2 is None
        else:
            assert got.acc_mps2 == pytest.approx(sent.acc_mps2, abs=1 / 400 + 1e-9)


@given(modes, followers(), st.data())
def test_a_packet_of_another_length_is_left_out_whole(mode, samples, data):
    packet = encode(mode, samples)
    cut = packet[: data.draw(st.integers(0, len(packet) - 1))]
    longer = packet + data.draw(st.binary(min_size=1, max_size=20))
    for wrong in (cut, longer):
        (found,) = decode(wrong, mode)
        assert isinstance(found, Skipped)
        assert found.size == len(wrong)


@given(st.sampled_from(["full", "quaternion", "raw"]), st.binary(max_size=244))
def test_random_bytes_are_samples_of_unit_quaternions_or_left_out(mode, value):
    found = OpenProfile().decoder(StreamSettings(50.0, mode)).feed(SAMPLES_UUID, value)
    assert len(found) >= 1
    for part in found:
        assert isinstance(part, Sample | Skipped)
        if isinstance(part, Sample) and part.q_earth_sensor is not None:
            # One component is the root of what the others miss to 1.
            assert math.hypot(*part.q_earth_sensor) == pytest.approx(1.0, abs=1e-9)


@given(vectors(10_000), vectors(10_000))
def test_what_is_beyond_the_range_is_flagged_and_held_at_its_end(acc, gyr):
    (got,) = decode(encode(Mode.ACC_GYR, [Sample(0, 0, acc_mps2=acc, gyr_dps=gyr)]), Mode.ACC_GYR)
    assert bool(got.clipping & Clipping.ACCELERATION) == any(
        abs(round(200 * a)) > 32767 for a in acc
    )
    assert bool(got.clipping & Clipping.ANGULAR_VELOCITY) == any(
        abs(round(16 * g)) > 32767 for g in gyr
    )
    for sent, read in zip(gyr, got.gyr_dps, strict=True):
        assert read == pytest.approx(max(-2047.9375, min(2047.9375, sent)), abs=1 / 32 + 1e-9)


@given(st.binary(max_size=200), st.sampled_from([Information, Status]))
def test_random_information_is_read_or_refused(value, kind):
    with suppress(DialogueError):
        assert isinstance(kind.from_bytes(value), kind)
