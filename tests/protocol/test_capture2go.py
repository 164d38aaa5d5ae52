"""The Capture2Go's code against the golden packets of its firmware note."""

import dataclasses
import struct

import pytest

from imu_hip.bluetooth.drivers import capture2go_packages, capture2go_replies
from imu_hip.bluetooth.drivers.capture2go_data import Measured, data_kind, decode_data, encode_data
from imu_hip.bluetooth.drivers.capture2go_frames import Frame, FrameSplitter, frame_at
from imu_hip.bluetooth.drivers.capture2go_packages import encode_name
from imu_hip.bluetooth.drivers.capture2go_replies import has_right_size
from imu_hip.bluetooth.drivers.samples import Clipping, Skipped
from tests.golden import golden_rows, numbers

NOTE = "capture2go"
MESSAGES = golden_rows(NOTE, "Golden commands") + golden_rows(NOTE, "Golden replies")
DATA = golden_rows(NOTE, "Golden data")
UNUSABLE = golden_rows(NOTE, "Golden packages without a usable sample")
NOTIFICATIONS = golden_rows(NOTE, "Golden notifications")
QUANTITIES = {
    "q": ("q_earth_sensor", 1e-6),
    "gyr_dps": ("gyr_dps", 1e-9),
    "acc_mps2": ("acc_mps2", 1e-6),
    "mag_au": ("mag_au", 1e-9),
}


def _named(rows):
    return pytest.mark.parametrize("row", rows, ids=[row["name"] for row in rows])


def _value(kind, text):
    if kind is bytes:
        return bytes.fromhex(text)
    if kind is str:
        return text
    if kind in {int, bool}:
        return kind(int(text, 0))
    return tuple(map(int, numbers(text)))


def _package_type(name):
    for module in (capture2go_packages, capture2go_replies):
        if hasattr(module, name):
            return getattr(module, name)
    raise ValueError(f"there is no package {name}")


def _payload(meaning):
    """Payload that the meaning describes."""
    if "i64" in meaning:
        return struct.pack("<q", int(meaning["i64"]))
    if "u16" in meaning:
        return struct.pack("<H", int(meaning["u16"]))
    if "file" in meaning:
        return encode_name(meaning["file"])
    return _package(meaning).encode() if "package" in meaning else b""


def _package(meaning):
    kind = _package_type(meaning["package"])
    fields = {f.name: f.type for f in dataclasses.fields(kind)}
    given = {key: text for key, text in meaning.items() if key not in {"header", "package"}}
    return kind(**{key: _value(fields[key], text) for key, text in given.items()})


def _q_and_raw(meaning, sample_count):
    still = {"q": "1 0 0 0", "acc_mps2": "0 0 0", "gyr_dps": "0 0 0"} | meaning
    samples = []
    for k in range(sample_count):
        last = k == sample_count - 1
        # Angular velocity grows evenly up to the last sample; only the last orientation differs.
        ends = zip(numbers(still["gyr_dps"]), _last(still, "gyr_dps"), strict=True)
        gyr = [a + (b - a) * k / max(sample_count - 1, 1) for a, b in ends]
        q = _last(still, "q") if last else numbers(still["q"])
        samples.append(Measured(q, numbers(still["acc_mps2"]), gyr))
    return samples


def _last(meaning, key):
    return numbers(meaning.get(f"last_{key}", meaning[key]))


@_named(MESSAGES)
def test_a_golden_message_is_built_and_read(row):
    header, payload = int(row["meaning"]["header"], 0), _payload(row["meaning"])
    assert Frame(header, payload).encode() == row["packet"]
    frame = frame_at(row["packet"], 0)
    assert frame == Frame(header, payload)
    assert has_right_size(header, payload)
    if "package" in row["meaning"]:
        package = _package(row["meaning"])
        assert type(package).decode(frame.payload) == package


@_named(DATA)
def test_a_golden_data_package_is_read(row):
    meaning = row["meaning"]
    samples = decode_data(frame_at(row["packet"], 0))
    assert len(samples) == int(meaning["samples"])
    step_ns = round(1e9 / float(meaning["rate_hz"]))
    first = int(meaning["tick"])
    assert [s.tick for s in samples] == [first + k * step_ns for k in range(len(samples))]
    for key, (field, tolerance) in QUANTITIES.items():
        first_value, last_value = getattr(samples[0], field), getattr(samples[-1], field)
        if key in meaning:
            assert first_value == pytest.approx(numbers(meaning[key]), abs=tolerance)
            assert last_value == pytest.approx(_last(meaning, key), abs=tolerance)
        else:
            assert {getattr(s, field) for s in samples} == {None}
    assert {s.clipping for s in samples} == {Clipping(int(meaning.get("clipping", 0)))}


BUILT = [
    row
    for row in DATA
    # Those carry what a sensor without magnetometer, noise and rest detection never builds.
    if not {"mag_au", "clipping"} & row["meaning"].keys() and "at rest" not in row["name"]
]


@_named(BUILT)
def test_a_golden_data_package_is_built(row):
    meaning = row["meaning"]
    kind = data_kind(frame_at(row["packet"], 0).header)
    samples = _q_and_raw(meaning, int(meaning["samples"]))
    built = encode_data(kind, float(meaning["rate_hz"]), int(meaning["tick"]), samples)
    assert built.encode() == row["packet"]


def test_every_kind_of_data_package_has_a_golden_one():
    kinds = {data_kind(frame_at(row["packet"], 0).header).base for row in DATA}
    assert kinds == {0x0220, 0x0230, 0x0240, 0x0250, 0x0270, 0x0280}


@_named(UNUSABLE)
def test_a_package_that_cannot_be_trusted_gives_no_sample(row):
    items = decode_data(frame_at(row["packet"], 0))
    assert all(isinstance(item, Skipped) for item in items)
    assert {item.reason for item in items} == {row["meaning"]["reason"]}
    assert len(items) == int(row["meaning"]["skipped"])


@_named(NOTIFICATIONS)
def test_a_golden_notification_is_taken_apart(row):
    splitter = FrameSplitter()
    headers = [f.header for f in splitter.hear(row["packet"]) if isinstance(f, Frame)]
    assert headers == [int(text, 0) for text in row["meaning"]["frames"].split()]
    waiting = splitter.finish()
    assert sum(item.size for item in waiting) == int(row["meaning"]["pending"])


@_named(MESSAGES + DATA + UNUSABLE)
def test_one_wrong_bit_makes_a_golden_packet_no_frame(row):
    for place in (0, 1, 6, len(row["packet"]) - 1):
        damaged = bytearray(row["packet"])
        damaged[place] ^= 0x10
        assert frame_at(damaged, 0) is None
