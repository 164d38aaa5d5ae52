"""The WitMotion driver against the golden packets of its note."""

import pytest

from imu_hip.bluetooth.drivers.samples import Skipped
from imu_hip.bluetooth.drivers.witmotion import TABLES, WitMotion
from imu_hip.bluetooth.drivers.witmotion_packets import (
    RATE_CODES,
    charge_percent,
    read_command,
    register_values,
    serial_text,
    version_text,
    write_command,
)
from imu_hip.names import GRAVITY_MPS2
from tests.golden import NOTES, golden_rows, numbers

NOTE = "witmotion"


def rows(heading):
    return [pytest.param(row, id=row["name"]) for row in golden_rows(NOTE, heading)]


def fed(value):
    decoder = WitMotion().decoder(None)
    return list(decoder.feed(TABLES[0].notify, value))


@pytest.mark.parametrize("row", rows("Golden frames"))
def test_a_golden_frame_is_read_as_the_note_says(row):
    (sample,) = fed(row["packet"])
    acc_g = numbers(row["meaning"]["acc_g"])
    # The note rounds to 8 decimals.
    assert sample.acc_mps2 == pytest.approx([GRAVITY_MPS2 * g for g in acc_g], abs=1e-7)
    assert sample.gyr_dps == pytest.approx(numbers(row["meaning"]["gyr_dps"]), abs=1e-8)
    assert sample.clipping == int(row["meaning"]["clipping"])
    assert sample.tick is None
    assert sample.sequence is None


@pytest.mark.parametrize("row", rows("Bytes that are left out"))
def test_bytes_that_are_no_frame_are_left_out_with_the_reason(row):
    found = fed(row["packet"])
    assert {type(part) for part in found} == {Skipped}
    assert {part.reason for part in found} == {row["meaning"]["reason"]}


@pytest.mark.parametrize("row", rows("Golden replies"))
def test_a_golden_reply_is_read_as_the_note_says(row):
    meaning = row["meaning"]
    values = register_values(row["packet"], int(meaning["register"]))
    told = {
        "charge_percent": lambda: str(charge_percent(values[0])),
        "rate_hz": lambda: next(f"{hz:g}" for hz, code in RATE_CODES.items() if code == values[0]),
        "serial": lambda: serial_text(values),
        "version": lambda: version_text(values),
    }
    (key,) = set(meaning) - {"register"}
    assert told[key]() == meaning[key]


@pytest.mark.parametrize("row", rows("Golden replies"))
def test_a_reply_among_samples_is_neither_a_sample_nor_damage(row):
    assert fed(row["packet"]) == []


@pytest.mark.parametrize("row", rows("Golden commands"))
def test_commands_are_written_as_the_note_says(row):
    meaning = row["meaning"]
    if "read" in meaning:
        command = read_command(int(meaning["read"]))
    else:
        command = write_command(int(meaning["write"]), int(meaning["value"]))
    assert command == row["packet"]


@pytest.mark.parametrize(
    ("what", "uuid"),
    [("service", TABLES[0].service), ("data", TABLES[0].notify), ("commands", TABLES[0].write)],
)
def test_the_note_names_the_uuids_of_the_driver(what, uuid):
    assert f"| {what} | `{uuid}` |" in (NOTES / "witmotion.md").read_text("utf-8")
