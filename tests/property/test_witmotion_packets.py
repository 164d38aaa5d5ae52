"""Properties of WitMotion's frames."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.samples import Sample, Skipped
from imu_hip.bluetooth.drivers.witmotion import TABLES, WitMotion
from imu_hip.bluetooth.drivers.witmotion_packets import (
    ACC_PER_COUNT_MPS2,
    FRAME_BYTES,
    GYR_PER_COUNT_DPS,
    Framing,
    charge_percent,
    hundredths_volt,
    serial_text,
    version_text,
)

NOTIFY = TABLES[0].notify

counts = st.integers(-32768, 32767)
frame_counts = st.tuples(*[counts] * 7, st.integers(-16384, 16384), counts)


def frame(numbers):
    return b"\x55\x61" + struct.pack("<9h", *numbers)


def pieces(data, value):
    """The same bytes in notifications of any size."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(value)), max_size=20)))
    return [value[a:b] for a, b in zip([0, *cuts], [*cuts, len(value)], strict=True)]


def fed(values):
    decoder = WitMotion().decoder(None)
    return [part for value in values for part in decoder.feed(NOTIFY, value)]


@given(st.lists(frame_counts, max_size=12), st.data())
def test_frames_are_read_wherever_they_are_split(frames, data):
    found = fed(pieces(data, b"".join(frame(numbers) for numbers in frames)))
    assert [part.acc_mps2 for part in found] == [
        tuple(n * ACC_PER_COUNT_MPS2 for n in numbers[:3]) for numbers in frames
    ]
    assert [part.gyr_dps for part in found] == [
        tuple(n * GYR_PER_COUNT_DPS for n in numbers[3:6]) for numbers in frames
    ]


@given(st.lists(st.binary(max_size=100), max_size=10))
def test_random_bytes_are_samples_or_left_out_and_none_is_counted_twice(values):
    found = fed(values)
    assert all(isinstance(part, Sample | Skipped) for part in found)
    used = sum(FRAME_BYTES if isinstance(part, Sample) else part.size for part in found)
    assert used <= sum(len(value) for value in values)


@given(st.lists(st.binary(max_size=100), max_size=10))
def test_framing_accounts_for_every_byte_but_the_beginning_of_a_next_frame(values):
    framing = Framing()
    found = [part for value in values for part in framing.feed(value)]
    used = sum(len(part) if isinstance(part, bytes) else part.size for part in found)
    waiting = sum(len(value) for value in values) - used
    assert 0 <= waiting < FRAME_BYTES


@given(
    st.lists(st.integers(0, 255).filter(lambda byte: byte != 0x55), min_size=1, max_size=50),
    st.lists(frame_counts, min_size=1, max_size=5),
    st.data(),
)
def test_frames_are_found_again_after_damage(damage, frames, data):
    value = bytes(damage) + b"".join(frame(numbers) for numbers in frames)
    found = fed(pieces(data, value))
    assert sum(part.size for part in found if isinstance(part, Skipped)) == len(damage)
    assert sum(isinstance(part, Sample) for part in found) == len(frames)


@given(frame_counts, st.integers(1, 19), frame_counts)
def test_a_frame_that_lost_its_end_is_left_out_and_the_next_is_read(first, kept, second):
    found = fed([frame(first)[:kept], frame(second)])
    samples = [part for part in found if isinstance(part, Sample)]
    # The rest of the first frame may hold a header by chance; even then nothing is invented.
    assert samples == fed([frame(second)])


@given(st.integers(0, 65535))
def test_a_voltage_gives_a_charge_or_none(register):
    charge = charge_percent(register)
    assert charge is None or 0 <= charge <= 100


@given(st.integers(0, 99))
def test_charge_and_voltage_belong_together(charge):
    # 0.01 V is at most 5 % (3.93 V to 3.96 V are 15 %); half of it, and 0.5 % from rounding.
    assert abs(charge_percent(hundredths_volt(charge)) - charge) <= 3


@given(st.lists(st.integers(0, 65535), min_size=8, max_size=8))
def test_registers_give_printable_text(values):
    assert serial_text(values).isprintable()
    assert version_text(values).replace(".", "").isdigit()
