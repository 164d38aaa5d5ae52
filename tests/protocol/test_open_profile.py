"""The open profile's code against the golden packets of its note."""

import pytest

from imu_hip.bluetooth.drivers.open_profile_packets import Mode, decode, encode
from imu_hip.bluetooth.drivers.open_profile_values import (
    CONTROL_UUID,
    INFORMATION_UUID,
    SAMPLES_UUID,
    SERVICE_UUID,
    STATUS_UUID,
    Command,
    Feature,
    Information,
    Status,
)
from imu_hip.bluetooth.drivers.samples import Skipped
from tests.golden import NOTES, golden_rows, numbers

NOTE = "open_profile"


def rows(heading):
    return [pytest.param(row, id=row["name"]) for row in golden_rows(NOTE, heading)]


def mode_of(row):
    return Mode(int(row["meaning"]["mode"]))


@pytest.mark.parametrize("row", rows("Golden samples"))
def test_a_golden_packet_is_read_as_the_note_says(row):
    meaning = row["meaning"]
    samples = decode(row["packet"], mode_of(row))
    assert len(samples) == int(meaning["count"])
    first, last = samples[0], samples[-1]
    assert (first.sequence, first.tick) == (int(meaning["sequence"]), int(meaning["tick"]))
    assert first.clipping == int(meaning["clipping"])
    assert first.gyr_dps == numbers(meaning["gyr_dps"])
    if "q" in meaning:
        # Half a step of 1/46339.5 for three components; twice that for the one left out.
        assert first.q_earth_sensor == pytest.approx(numbers(meaning["q"]), abs=4e-5)
    else:
        assert first.q_earth_sensor is None
    if "acc_mps2" in meaning:
        assert first.acc_mps2 == pytest.approx(numbers(meaning["acc_mps2"]), abs=1e-9)
    else:
        assert first.acc_mps2 is None
    if "last_tick" in meaning:
        assert last.sequence == int(meaning["last_sequence"])
        assert last.tick == int(meaning["last_tick"])
        assert last.gyr_dps == numbers(meaning["last_gyr_dps"])
        assert last.acc_mps2 == pytest.approx(numbers(meaning["last_acc_mps2"]), abs=1e-9)


@pytest.mark.parametrize("row", rows("Golden samples"))
def test_what_was_read_is_written_as_the_same_bytes(row):
    mode = mode_of(row)
    assert encode(mode, decode(row["packet"], mode)) == row["packet"]


@pytest.mark.parametrize("row", rows("Packets that are left out"))
def test_an_inconsistent_packet_is_left_out_with_the_reason(row):
    packet = row["packet"]
    assert decode(packet, mode_of(row)) == [Skipped(row["meaning"]["reason"], len(packet))]


@pytest.mark.parametrize("row", rows("Golden information"))
def test_information_is_read_and_written_as_the_note_says(row):
    meaning = row["meaning"]
    told = Information(
        int(meaning["version"]),
        int(meaning["mode_mask"]),
        int(meaning["rate_mask"]),
        Feature(int(meaning["features"])),
        meaning["model"],
        meaning["serial"],
        meaning["firmware"],
        meaning["tag"],
    )
    assert Information.from_bytes(row["packet"]) == told
    assert told.to_bytes() == row["packet"]


@pytest.mark.parametrize("row", rows("Golden status"))
def test_status_is_read_and_written_as_the_note_says(row):
    meaning = row["meaning"]
    status = Status(
        meaning["streaming"] == "1",
        int(meaning["mode"]),
        int(meaning["rate_hz"]),
        int(meaning["dropped"]),
        meaning["charging"] == "1",
    )
    assert Status.from_bytes(row["packet"]) == status
    assert status.to_bytes() == row["packet"]


def test_the_commands_of_the_note_are_those_of_the_driver():
    told = {
        row["meaning"]["command"]: row["packet"][0] for row in golden_rows(NOTE, "Golden commands")
    }
    assert told == {command.name.lower(): command for command in Command}


@pytest.mark.parametrize(
    ("what", "uuid"),
    [
        ("**service**", SERVICE_UUID),
        ("information", INFORMATION_UUID),
        ("control", CONTROL_UUID),
        ("status", STATUS_UUID),
        ("samples", SAMPLES_UUID),
    ],
)
def test_the_note_names_the_uuids_of_the_driver(what, uuid):
    assert f"| {what} | `{uuid}` |" in (NOTES / "open_profile.md").read_text("utf-8")


@pytest.mark.parametrize("mode", Mode)
def test_the_note_tells_the_sizes_of_the_driver(mode):
    # Columns: mode, what, bytes of 1 sample, of 2, of 3.
    lines = (NOTES / "open_profile.md").read_text("utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"| {mode:d} | ") and "| 7 + " in line)
    told = [int(cell) for cell in line.split("|")[3:6]]
    assert told == [mode.packet_bytes(count) for count in (1, 2, 3)]
