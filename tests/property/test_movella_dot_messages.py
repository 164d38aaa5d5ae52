"""Properties of the codec for recording on a Movella DOT: nothing is misread, whatever comes."""

import math
import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.movella_dot_export import (
    EXPORT_FIELDS,
    MOTION_FIELDS,
    MOTION_FIELDS_WITH_MAG,
    decode_file,
    record_type,
)
from imu_hip.bluetooth.drivers.movella_dot_flash import (
    FileInfo,
    FlashInfo,
    encode_file_info,
    encode_flash_info,
    parse_file_info,
    parse_flash_info,
)
from imu_hip.bluetooth.drivers.movella_dot_messages import (
    MOST_DATA_BYTES,
    Ack,
    Channel,
    Command,
    DataPacket,
    Message,
    RecordingTime,
    encode,
    encode_ack,
    encode_command,
    encode_recording_time,
    parse,
    parse_ack,
    parse_data,
    parse_recording_time,
)
from imu_hip.bluetooth.drivers.movella_dot_received import Received
from imu_hip.bluetooth.drivers.movella_dot_sync_messages import (
    SyncKind,
    encode_sync,
    parse_sync_ack,
    root_address_of,
    sync_start_body,
)
from imu_hip.bluetooth.drivers.samples import Clipping, Sample, Skipped
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.dot_memory import DotMemory
from imu_hip.bluetooth.virtual.dot_messages import DotMessages
from imu_hip.bluetooth.virtual.movement import Felt
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings

kinds = st.integers(0, 255)
bodies = st.binary(max_size=MOST_DATA_BYTES - 1)
seconds = st.integers(0, 2**32 - 1)
durations = st.none() | st.integers(0, 0xFFFE)
fields = st.sets(st.sampled_from(sorted(EXPORT_FIELDS)), min_size=1).map(sorted).map(bytes)


def _float32(bound):
    return st.floats(-bound, bound, width=32)


class Resting:
    """A sensor that lies on a table."""

    def at(self, time_s):
        ones = np.ones((len(time_s), 1))
        return Felt(ones * [1.0, 0, 0, 0], ones * [0, 0, 9.81], ones * [0.0, 0, 0])


@st.composite
def samples(draw):
    parts = np.array(draw(st.tuples(*4 * [_float32(1.0)])))
    parts[0] += 2.0
    q = np.float32(parts / np.linalg.norm(parts))
    counts = draw(st.tuples(*3 * [st.integers(-(2**15), 2**15 - 1)]))
    return Sample(
        draw(seconds),
        q_earth_sensor=tuple(q.tolist()),
        acc_mps2=draw(st.tuples(*3 * [_float32(313.0)])),
        gyr_dps=draw(st.tuples(*3 * [_float32(4000.0)])),
        mag_au=tuple(count / 4096 for count in counts),
        clipping=Clipping(draw(st.integers(0, 7))),
    )


@given(st.binary(max_size=200))
def test_random_bytes_are_a_message_only_where_the_checksum_says_so(raw):
    message = parse(raw)
    if isinstance(message, Message):
        size = raw[1] + 3
        assert sum(raw[:size]) % 256 == 0
        assert encode(message.channel, message.kind, message.body) == raw[:size]
    else:
        assert message.reason
        assert message.size == len(raw)


@given(st.binary(max_size=200))
def test_random_bytes_never_upset_a_parser(raw):
    assert isinstance(parse_ack(raw), Ack | Skipped)
    assert isinstance(parse_sync_ack(raw), Ack | Skipped)
    assert isinstance(parse_data(raw), DataPacket | Skipped)
    assert isinstance(parse_recording_time(raw), RecordingTime | Skipped)
    assert isinstance(parse_file_info(raw), FileInfo | Skipped)
    assert isinstance(parse_flash_info([raw]), FlashInfo | Skipped)


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_random_blocks_never_upset_the_flash_information(blocks):
    header = encode_flash_info(FlashInfo(0, 2**26, ()))
    info = parse_flash_info([*header, *blocks])
    if isinstance(info, FlashInfo):
        assert 0.0 <= info.used_fraction <= 1.0


@given(kinds, kinds, bodies, st.binary(max_size=100))
def test_a_message_survives_padding(channel, kind, body, padding):
    assert parse(encode(channel, kind, body) + padding) == Message(channel, bytes([kind]) + body)


@given(kinds, kinds, bodies, st.data())
def test_one_flipped_bit_is_noticed(channel, kind, body, data):
    raw = bytearray(encode(channel, kind, body))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))
    refused = parse(bytes(raw))
    # A flipped length may make a shorter message whose own sum is right by chance; then the
    # message is shorter than what was sent.
    if place == 1 and isinstance(refused, Message):
        assert len(refused.data) < len(body) + 1
    else:
        assert isinstance(refused, Skipped)


@given(kinds, kinds, bodies, st.data())
def test_a_cut_message_is_never_read(channel, kind, body, data):
    raw = encode(channel, kind, body)
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    assert parse(cut).reason.startswith("cut off")


@given(kinds, bodies.filter(lambda body: len(body) < MOST_DATA_BYTES - 2))
def test_an_acknowledgement_comes_back(result, echoed):
    assert parse_ack(encode_ack(result, echoed)) == Ack(result, echoed)


@given(seconds, durations, durations)
def test_a_recording_time_comes_back(started_utc_s, total_s, remaining_s):
    time = RecordingTime(started_utc_s, total_s, remaining_s)
    assert parse_recording_time(encode_recording_time(time)) == time


@given(seconds, durations)
def test_a_file_information_comes_back(started_utc_s, duration_s):
    info = FileInfo(started_utc_s, duration_s)
    assert parse_file_info(encode_file_info(info)) == info


@given(
    seconds,
    st.integers(1, 2**32 - 1),
    st.lists(st.integers(0, 40), max_size=90),
    st.booleans(),
)
def test_a_flash_information_comes_back(erased_utc_s, memory_bytes, units, swapped_marks):
    info = FlashInfo(erased_utc_s, memory_bytes, tuple(units))
    blocks = encode_flash_info(info, swapped_marks=swapped_marks)
    assert {len(block) for block in blocks} == {128}
    assert parse_flash_info(blocks) == info


@given(st.binary(min_size=6, max_size=6))
def test_a_radio_address_comes_back(body):
    assert sync_start_body(root_address_of(body)) == body


def exported(sample):
    """Bytes of one exported sample with all fields of motion."""
    bits = [
        bit
        for flag, bit in (
            (Clipping.ACCELERATION, 0x001),
            (Clipping.ANGULAR_VELOCITY, 0x008),
            (Clipping.MAGNETIC_FIELD, 0x040),
        )
        if flag in sample.clipping
    ]
    counts = [round(component * 4096) for component in sample.mag_au]
    motion = (*sample.q_earth_sensor, *sample.acc_mps2, *sample.gyr_dps)
    return struct.pack("<I10f3hHBB", sample.tick, *motion, *counts, sum(bits), 0, 0)


@given(samples())
def test_a_sample_comes_back(sample):
    record = exported(sample)
    assert len(record) == 54
    assert decode_file(record, MOTION_FIELDS_WITH_MAG) == [sample]


@given(st.lists(samples(), max_size=5), st.binary(max_size=53))
def test_a_file_is_its_samples_and_what_is_left_of_the_last(written, rest):
    data = b"".join(map(exported, written))
    read = decode_file(data + rest, MOTION_FIELDS_WITH_MAG)
    assert list(read[: len(written)]) == written
    assert [type(sample) for sample in read[len(written) :]] == [Skipped] * bool(rest)


@given(fields, st.binary(max_size=400))
def test_any_fields_and_any_bytes_give_one_entry_a_record(wanted, data):
    size = record_type(wanted).itemsize
    entries = decode_file(data, wanted)
    assert len(entries) == -(-len(data) // size)
    for entry in entries:
        if isinstance(entry, Sample) and entry.q_earth_sensor is not None:
            assert abs(np.linalg.norm(entry.q_earth_sensor) - 1.0) < 0.0101


@given(st.binary(min_size=48, max_size=48))
def test_a_random_record_is_a_sample_only_with_a_unit_quaternion(record):
    (sample,) = decode_file(record, MOTION_FIELDS)
    numbers = struct.unpack_from("<10f", record, 4)
    norm = math.hypot(*numbers[:4])
    is_finite = all(map(math.isfinite, numbers))
    assert isinstance(sample, Sample) == bool(is_finite and abs(norm - 1.0) < 0.01)


commands = st.builds(
    encode_command,
    st.sampled_from(list(Command)),
    st.sampled_from([b"", b"\1", b"\2", bytes(4), bytes(6), b"\0\0\0\0\xff\xff", b"\0\7"]),
)
sync_messages = st.builds(
    encode_sync, st.sampled_from(list(SyncKind)), st.sampled_from([b"", bytes(6), b"\1"])
)
happenings = st.sampled_from(["link_lost", "reboot", "stream", "wait"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 8), commands | sync_messages | st.binary() | happenings)))
def test_a_virtual_sensor_always_answers_with_messages(events):
    sensor = DotMessages(VirtualSensorSettings("1"), Resting(), Clockwork(0.0))
    now_s = 0.0
    for elapsed_s, event in events:
        now_s += elapsed_s
        if event == "link_lost":
            sensor.link_lost(now_s)
        elif event == "reboot":
            sensor.reboot(now_s, Clockwork(now_s))
        elif event == "stream":
            sensor.streaming = not sensor.streaming
        elif event != "wait":
            sensor.write(event, now_s)
            message = parse(event)
            if isinstance(message, Message) and message.channel == Channel.RECORDING:
                assert parse_ack(sensor.acknowledgement()).answers(message.kind, message.body)
        assert all(isinstance(parse(value), Message) for value in sensor.notifications(now_s))
        due_s = sensor.next_due_s(now_s)
        assert due_s is None or due_s > now_s - 1e-6
    # Memory is never lost: what it tells can be read back by another process.
    again = DotMemory.from_json(sensor.memory.to_json())
    assert [file.info for file in again.files] == [file.info for file in sensor.memory.files]


@given(st.sets(st.integers(0, 200)), st.lists(st.integers(0, 200)), st.integers(0, 250))
def test_missing_packets_are_those_that_were_not_added(held, added, start):
    received = Received([(number, number + 1) for number in sorted(held)])
    there = set(held)
    for number in added:
        assert received.add(number) == (number not in there)
        there.add(number)
    end = max(there, default=-1) + 1
    assert received.end == end
    assert received.missing == end - len(there)
    wanted = (n for n in range(start, end) if n not in there)
    assert received.next_missing(start) == next(wanted, max(start, end))
