"""Capture2Go frames and packages under every split, loss and damage."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.capture2go import Capture2Go
from imu_hip.bluetooth.drivers.capture2go_data import (
    FULL_6D_FIXED,
    FULL_6D_PACKED,
    FULL_FIXED,
    FULL_PACKED,
    QUAT_FIXED,
    QUAT_PACKED,
    Measured,
    data_kind,
    decode_data,
    decode_quaternion,
    encode_data,
    encode_quaternion,
)
from imu_hip.bluetooth.drivers.capture2go_frames import (
    TX,
    Frame,
    FrameSplitter,
    frame_at,
    split_file,
)
from imu_hip.bluetooth.drivers.capture2go_packages import (
    RATE_CODES,
    DeviceInfo,
    LedMode,
    MeasurementMode,
    RecordingConfig,
)
from imu_hip.bluetooth.drivers.capture2go_replies import (
    Chunk,
    ClockRoundtrip,
    ErrorReport,
    FileEntry,
    FileSize,
    GetBytes,
    Status,
)
from imu_hip.bluetooth.drivers.driver import StreamSettings
from imu_hip.bluetooth.drivers.samples import Sample, Skipped

KINDS = (FULL_PACKED, FULL_6D_PACKED, FULL_FIXED, FULL_6D_FIXED, QUAT_PACKED, QUAT_FIXED)
SETTINGS = StreamSettings(100.0, "full")
ACC_STEP, GYR_STEP = 16 * 9.81 / 32768, 2000 / 32768

i64 = st.integers(-(2**63), 2**63 - 1)
i16 = st.integers(-(2**15), 2**15 - 1)
u8, u16, u32 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32))
u64 = st.integers(0, 2**64 - 1)
text = st.text(st.characters(min_codepoint=33, max_codepoint=126))
names = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=64)
frames = st.builds(Frame, u16, st.binary(max_size=236))
quaternions = (
    st.tuples(*[st.floats(-1, 1)] * 4)
    .filter(lambda q: math.hypot(*q) > 0.1)
    .map(lambda q: tuple(v / math.hypot(*q) for v in q))
)
measured = st.builds(
    Measured,
    quaternions,
    st.tuples(*[st.floats(-150, 150)] * 3),
    st.tuples(*[st.floats(-1990, 1990)] * 3),
)
packages = st.one_of(
    st.builds(DeviceInfo, u16, *(text.map(lambda t, n=n: t[:n]) for n in (6, 8, 8, 12, 11))),
    st.builds(
        MeasurementMode,
        i64, st.booleans(), u8, u8, u8, u8, u8, u8, u8, u16, u8, u64,
        st.booleans(), st.booleans(), st.booleans(),
    ),
    st.builds(RecordingConfig, i64, st.booleans(), names),
    st.builds(LedMode, i64, i64, st.booleans()),
    st.builds(ClockRoundtrip, i64, i64, i64, i64),
    st.builds(Status, i64, u8, u8, st.tuples(i16, i16, i16), st.booleans(), u8, u8),
    st.builds(FileEntry, u16, names, u32),
    st.builds(FileSize, names, u32),
    st.builds(GetBytes, names, u32, u32),
    st.builds(Chunk, u32, st.binary(max_size=232)),
    st.builds(ErrorReport, u8, u16),
)  # fmt: skip


def stream_of(count, first=0):
    """Frames of `count` samples, each known by its time."""
    still = Measured((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 9.81), (0.0, 0.0, 0.0))
    return [
        encode_data(FULL_6D_FIXED, 100.0, (first + i) * 10_000_000, [still]) for i in range(count)
    ]


def cut(data, places):
    """Pieces of a stream between places, as notifications."""
    edges = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [b"\xff" + data[a:b] for a, b in pairwise(edges)]


def fed(notifications):
    decoder = Capture2Go().decoder(SETTINGS)
    return [item for value in notifications for item in decoder.feed(TX, value)]


def ticks_of(items):
    return [item.tick // 10_000_000 for item in items if isinstance(item, Sample)]


@given(packages)
def test_packages_survive_the_way_there_and_back(package):
    assert type(package).decode(package.encode()) == package


@given(frames)
def test_frames_survive_the_way_there_and_back(frame):
    assert frame_at(frame.encode(), 0) == frame


@given(quaternions)
def test_quaternions_are_kept_to_a_millionth(q):
    again = decode_quaternion(encode_quaternion(q))
    # A step is sqrt(2) / 2^20; the largest component follows from the others.
    assert abs(sum(a * b for a, b in zip(q, again, strict=True))) > 1 - 1e-11
    assert math.isclose(math.hypot(*again), 1.0, abs_tol=1e-12)


@given(st.sampled_from(KINDS), st.sampled_from(sorted(RATE_CODES)), st.data())
def test_data_survives_the_way_there_and_back(kind, rate_hz, data):
    first_ns = data.draw(st.integers(0, 2**61))
    sent = data.draw(st.lists(measured, min_size=kind.samples, max_size=kind.samples))
    frame = encode_data(kind, rate_hz, first_ns, sent)
    assert data_kind(frame.header) is kind
    samples = decode_data(frame)
    step_ns = round(1e9 / rate_hz)
    assert [sample.tick for sample in samples] == [
        first_ns + k * step_ns for k in range(kind.samples)
    ]
    for sample, given_ in zip(samples, sent, strict=True):
        assert (sample.q_earth_sensor is None) == (kind.has_raw and kind.samples > 1)
        assert (sample.mag_au is None) == (not kind.has_mag)
        if kind.has_raw:
            pairs = zip(sample.acc_mps2, given_.acc_mps2, strict=True)
            assert all(abs(a - b) <= ACC_STEP / 2 + 1e-9 for a, b in pairs)
            pairs = zip(sample.gyr_dps, given_.gyr_dps, strict=True)
            assert all(abs(a - b) <= GYR_STEP / 2 + 1e-9 for a, b in pairs)


@given(u16, st.binary(max_size=236))
def test_no_payload_makes_decoding_fail(header, payload):
    assert all(isinstance(item, Sample | Skipped) for item in decode_data(Frame(header, payload)))


@given(u64)
def test_no_bits_make_a_quaternion_that_is_no_rotation(code):
    q = decode_quaternion(code)
    assert q is None or math.isclose(math.hypot(*q), 1.0, abs_tol=1e-9)


@given(st.lists(frames, max_size=12), st.lists(st.integers(0, 5000), max_size=12))
def test_a_stream_gives_its_frames_however_it_is_split(sent, places):
    splitter = FrameSplitter()
    data = b"".join(frame.encode() for frame in sent)
    assert [item for value in cut(data, places) for item in splitter.hear(value)] == sent


@given(st.integers(1, 30), st.lists(st.integers(0, 2000), max_size=20))
def test_every_sample_comes_once_however_the_stream_is_split(count, places):
    data = b"".join(frame.encode() for frame in stream_of(count))
    assert ticks_of(fed(cut(data, places))) == list(range(count))


@given(st.lists(st.binary(max_size=244), max_size=20))
def test_random_notifications_give_no_sample_and_no_exception(values):
    assert ticks_of(fed(values)) == []


@given(st.binary(max_size=400), st.integers(8, 30), st.lists(st.integers(0, 2000), max_size=8))
def test_after_garbage_every_later_sample_comes_once(garbage, count, places):
    # Garbage can pretend one frame of up to 244 bytes, which waits for as many more: 7 samples.
    data = garbage + b"".join(frame.encode() for frame in stream_of(count))
    ticks = ticks_of(fed(cut(data, places)))
    assert ticks == list(range(len(ticks)))
    assert len(ticks) >= count - 7


@given(st.integers(10, 40), st.data())
def test_a_corrupt_byte_costs_one_sample(count, data):
    sent = bytearray(b"".join(frame.encode() for frame in stream_of(count)))
    place = data.draw(st.integers(0, len(sent) - 1))
    sent[place] ^= data.draw(st.integers(1, 255))
    frame_bytes = len(sent) // count
    items = RECORDED(bytes(sent))
    expected = [i for i in range(count) if i != place // frame_bytes]
    assert ticks_of(items) == expected
    assert sum(item.size for item in items if isinstance(item, Skipped)) == frame_bytes


RECORDED = Capture2Go().recorder.samples


@given(st.lists(st.booleans(), min_size=30, max_size=60))
def test_lost_notifications_never_repeat_or_reorder_samples(arrives):
    data = b"".join(frame.encode() for frame in stream_of(6 * len(arrives)))
    sent = [b"\xff" + data[i : i + 243] for i in range(0, len(data), 243)]
    kept = [value for value, here in zip(sent, arrives, strict=False) if here]
    ticks = ticks_of(fed(kept))
    assert ticks == sorted(set(ticks))


@given(st.integers(0, 2), st.integers(0, 20), st.integers(1, 38))
def test_real_time_frames_stand_apart_from_a_split_frame(live_count, whole, split_at):
    stream = b"".join(frame.encode() for frame in stream_of(whole + 1))
    live = stream_of(live_count, first=1000)
    edge = len(stream) - split_at
    notifications = [
        b"\xff" + stream[:edge],
        bytes([0xFF - live_count]) + b"".join(frame.encode() for frame in live) + stream[edge:],
    ]
    ticks = ticks_of(fed(notifications))
    assert ticks == [*range(whole), *range(1000, 1000 + live_count), whole]


@given(st.lists(frames, max_size=6), st.binary(max_size=300), st.lists(frames, max_size=6))
def test_a_file_loses_nothing_around_damage(before, damage, after):
    found = split_file(
        b"".join(f.encode() for f in before) + damage + b"".join(f.encode() for f in after)
    )
    assert [item for item in found if isinstance(item, Frame)] == before + after
    assert sum(item.size for item in found if isinstance(item, Skipped)) == len(damage)


@given(st.lists(frames, min_size=1, max_size=5), st.data())
def test_a_cut_last_frame_of_a_file_is_dropped(whole, data):
    encoded = b"".join(frame.encode() for frame in whole)
    cut_bytes = data.draw(st.integers(1, whole[-1].size - 1))
    found = split_file(encoded[: len(encoded) - cut_bytes])
    assert [item for item in found if isinstance(item, Frame)][: len(whole) - 1] == whole[:-1]
    assert isinstance(found[-1], Skipped)
