"""The Movella DOT's code against the golden packets of its firmware note."""

import dataclasses

import pytest

from imu_hip.bluetooth.drivers.movella_dot_control import (
    DeviceControl,
    Reset,
    Visit,
    identify_write,
    measurement_write,
    rate_write,
    read_device_control,
    read_device_info,
)
from imu_hip.bluetooth.drivers.movella_dot_messages import Command, encode_command
from imu_hip.bluetooth.drivers.movella_dot_modes import PAYLOAD_MODES
from imu_hip.bluetooth.drivers.movella_dot_packets import (
    DotPacket,
    DotStatus,
    pack,
    sample_of,
    unpack,
)
from imu_hip.bluetooth.drivers.samples import Skipped
from tests.golden import golden_rows, numbers

MEASURED = golden_rows("movella_dot", "Golden measurement packets")
SKIPPED = golden_rows("movella_dot", "Packets to skip")
CONTROL = golden_rows("movella_dot", "Golden control packets")
FIELD_OF_KEY = {
    "q": "q_earth_sensor",
    "free_acc": "free_acc_earth_mps2",
    "acc": "acc_mps2",
    "gyr": "gyr_dps",
    "mag": "mag_au",
}


def _named(rows):
    return pytest.mark.parametrize("row", rows, ids=[row["name"] for row in rows])


def _packet(meaning):
    fields = {field: numbers(meaning[key]) for key, field in FIELD_OF_KEY.items() if key in meaning}
    status = DotStatus(*map(int, meaning["status"].split())) if "status" in meaning else None
    return DotPacket(int(meaning["tick"]), **fields, status=status)


@_named(MEASURED)
def test_a_golden_packet_is_read_as_the_note_says(row):
    mode = PAYLOAD_MODES[row["meaning"]["mode"]]
    packet = unpack(mode, row["packet"])
    wanted = _packet(row["meaning"])
    for field in dataclasses.fields(DotPacket):
        told, meant = getattr(packet, field.name), getattr(wanted, field.name)
        # Components have the precision of 32-bit floats: 0.1 is told as 0.1 + 1.5e-9.
        assert told == (meant if meant is None else pytest.approx(meant, rel=1e-7)), field.name


@_named(MEASURED)
def test_the_meaning_of_a_golden_packet_is_written_as_the_note_says(row):
    mode = PAYLOAD_MODES[row["meaning"]["mode"]]
    written = pack(mode, _packet(row["meaning"]))
    assert written == row["packet"][: len(written)]
    assert not any(row["packet"][len(written) :])


@_named([row for row in MEASURED if "acc_mps2" in row["meaning"]])
def test_free_acceleration_becomes_specific_force_in_the_sensor_frame(row):
    sample = sample_of(unpack(PAYLOAD_MODES[row["meaning"]["mode"]], row["packet"]))
    assert sample.acc_mps2 == pytest.approx(numbers(row["meaning"]["acc_mps2"]))


@_named([row for row in MEASURED if "clipping" in row["meaning"]])
def test_status_bits_become_clipping_flags(row):
    sample = sample_of(unpack(PAYLOAD_MODES[row["meaning"]["mode"]], row["packet"]))
    assert sample.clipping == int(row["meaning"]["clipping"])


@_named(SKIPPED)
def test_a_packet_that_no_sensor_can_have_measured_is_skipped(row):
    skipped = unpack(PAYLOAD_MODES[row["meaning"]["mode"]], row["packet"])
    assert isinstance(skipped, Skipped)
    assert skipped.size == len(row["packet"])


def test_the_note_has_a_golden_packet_of_every_mode():
    assert {row["meaning"]["mode"] for row in MEASURED} == set(PAYLOAD_MODES)


def _device_info(packet, meaning):
    info = read_device_info(packet)
    assert info.radio_address == meaning["radio_address"]
    assert info.serial == meaning["serial"]
    assert info.firmware == numbers(meaning["firmware"])
    assert info.built == numbers(meaning["built"])
    assert info.soft_device == int(meaning["soft_device"])
    assert info.product_code == meaning["product_code"]
    return info.pack()


def _device_control(packet, meaning):
    control = read_device_control(packet)
    assert control.visit == int(meaning["visit"])
    assert control.tag == meaning["tag"]
    assert control.output_rate_hz == int(meaning["output_rate_hz"])
    assert control.filter_profile == int(meaning["filter_profile"])
    assert control.advertising_timeout == numbers(meaning["advertising_timeout"])
    assert control.connected_timeout == numbers(meaning["connected_timeout"])
    return control.pack()


WRITTEN = {
    "info": _device_info,
    "control": _device_control,
    "identify": lambda _, meaning: identify_write(),
    "rate": lambda _, meaning: rate_write(float(meaning["rate_hz"])),
    "tag": lambda _, meaning: DeviceControl(Visit.TAG, tag=meaning["tag"]).pack(),
    "measurement": lambda _, meaning: measurement_write(
        int(meaning["action"]), int(meaning["mode"])
    ),
    "reset": lambda _, meaning: Reset[meaning["command"]].value_bytes,
    "state": lambda _, meaning: encode_command(Command.GET_STATE),
}


@_named(CONTROL)
def test_a_golden_control_packet_is_read_and_written_as_the_note_says(row):
    written = WRITTEN[row["meaning"]["kind"]](row["packet"], row["meaning"])
    assert written == row["packet"]


def test_an_address_with_the_vendors_prefix_in_front_is_taken_as_it_stands():
    (row,) = (row for row in CONTROL if row["meaning"]["kind"] == "info")
    turned = row["packet"][:6][::-1] + row["packet"][6:]
    assert read_device_info(turned).radio_address == row["meaning"]["radio_address"]
