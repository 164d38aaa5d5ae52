"""The code for recording on a Movella DOT against the golden tables of its firmware note."""

import struct

import pytest

from imu_hip.bluetooth.drivers.movella_dot_export import (
    MOTION_FIELDS,
    MOTION_FIELDS_WITH_MAG,
    decode_file,
    decode_records,
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
    Ack,
    Channel,
    Command,
    Event,
    Message,
    RecordingTime,
    Result,
    encode_ack,
    encode_command,
    encode_event,
    encode_recording_time,
    parse,
    parse_ack,
    parse_data,
    parse_recording_time,
    start_body,
)
from imu_hip.bluetooth.drivers.movella_dot_sync_messages import (
    SyncKind,
    SyncResult,
    encode_sync,
    parse_sync_ack,
    root_address_of,
    sync_start_body,
)
from imu_hip.bluetooth.drivers.samples import Clipping, Skipped
from tests.golden import golden_rows, numbers

NOTE = "movella_dot_recording"


def _rows(heading):
    rows = golden_rows(NOTE, heading)
    return pytest.mark.parametrize("row", rows, ids=[row["name"] for row in rows])


def _body(meaning):
    return bytes.fromhex(meaning.get("body", ""))


def _number(text):
    return None if text == "none" else int(text)


@_rows("Golden commands")
def test_a_command_is_written_and_read_as_the_note_says(row):
    meaning = row["meaning"]
    kind = Command[meaning["command"]]
    assert encode_command(kind, _body(meaning)) == row["packet"]
    assert parse(row["packet"]) == Message(Channel.RECORDING, bytes([kind]) + _body(meaning))
    if "timer_s" in meaning:
        body = start_body(int(meaning["started_utc_s"]), _number(meaning["timer_s"]))
        assert body == _body(meaning)


@_rows("Golden acknowledgements")
def test_an_acknowledgement_is_read_as_the_note_says(row):
    meaning = row["meaning"]
    kind, body = Command[meaning["to"]], _body(meaning)
    ack = parse_ack(row["packet"])
    assert ack == Ack(Result[meaning["result"]], bytes([kind]) + body)
    assert ack.answers(kind, body)
    assert not ack.answers(Command.ERASE, body)
    assert row["packet"].startswith(encode_ack(ack.result, ack.echoed))


@_rows("Golden notifications")
def test_a_notification_is_read_as_the_note_says(row):
    meaning = row["meaning"]
    message = parse(row["packet"])
    assert message.channel == Channel.RECORDING
    assert message.kind == Event[meaning["event"]]
    assert encode_event(Event(message.kind), message.body) == row["packet"]
    if "total_s" in meaning:
        time = RecordingTime(
            int(meaning["started_utc_s"]), _number(meaning["total_s"]), _number(meaning["left_s"])
        )
        assert parse_recording_time(message.body) == time
        assert encode_recording_time(time) == message.body


@_rows("Golden sync messages")
def test_a_sync_message_is_read_as_the_note_says(row):
    meaning = row["meaning"]
    kind = SyncKind[meaning["kind"]]
    assert encode_sync(kind, _body(meaning)) == row["packet"]
    assert parse(row["packet"]) == Message(Channel.SYNC, bytes([kind]) + _body(meaning))
    if "root" in meaning:
        assert sync_start_body(meaning["root"]) == _body(meaning)
        assert root_address_of(_body(meaning)) == meaning["root"]
    if "result" in meaning:
        assert parse_sync_ack(row["packet"]) == Ack(SyncResult[meaning["result"]], b"")


@_rows("Golden samples")
def test_a_sample_is_read_as_the_note_says(row):
    meaning = row["meaning"]
    fields = MOTION_FIELDS_WITH_MAG if "mag" in meaning else MOTION_FIELDS
    (sample,) = decode_file(row["packet"], fields)
    assert sample.tick == int(meaning["tick"])
    assert sample.q_earth_sensor == numbers(meaning["q"])
    assert sample.acc_mps2 == numbers(meaning["acc"])
    assert sample.gyr_dps == numbers(meaning["gyr"])
    assert sample.mag_au == (numbers(meaning["mag"]) if "mag" in meaning else None)
    assert sample.clipping == Clipping(int(meaning["clipping"]))


@_rows("Golden blocks")
def test_a_block_is_read_as_the_note_says(row):
    meaning = row["meaning"]
    block = row["packet"].ljust(128, b"\xff")
    if meaning["block"] == "file":
        info = FileInfo(int(meaning["started_utc_s"]), int(meaning["duration_s"]))
        assert parse_file_info(block) == info
        assert encode_file_info(info) == block
    elif meaning["block"] == "flash":
        info = FlashInfo(int(meaning["erased_utc_s"]), int(meaning["memory_bytes"]), ())
        assert parse_flash_info([block]) == info
        assert encode_flash_info(info) == [block]
    else:
        info = FlashInfo(0, 2**26, tuple(map(int, meaning["units"].split())))
        blocks = encode_flash_info(info, swapped_marks=block[0] == 0xCC)
        assert blocks[1:] == [block]
        assert parse_flash_info(blocks) == info


@_rows("Golden messages cut off in print")
def test_a_message_cut_off_in_print_is_refused_and_its_head_is_right(row):
    packet, meaning = row["packet"], row["meaning"]
    refused = parse(packet)
    assert isinstance(refused, Skipped)
    assert refused.reason.startswith("cut off")
    length = int(meaning["length"])
    assert packet[1] == length
    body = packet[2:].ljust(length, b"\0")
    whole = encode_event(Event(body[0]), body[1:])
    message = parse(whole)
    assert message.kind == int(meaning["kind"], 16)
    if "number" not in meaning:
        # The time of day is cut off in its last byte, the magic number and the header are not.
        assert isinstance(parse_file_info(message.body), FileInfo)
        return
    data = parse_data(message.body)
    assert data.number == int(meaning["number"])
    # The example asks for these eight fields, 80 bytes in all.
    record = decode_records(data.record, bytes.fromhex("000105060708090a"))[0]
    assert record["timestamp_us"] == int(meaning["tick"])
    assert record["q_earth_sensor"][0] == pytest.approx(float(meaning["q_w"]), abs=1e-5)


def test_the_printed_samples_are_one_step_of_60_hz_apart():
    rows = golden_rows(NOTE, "Golden messages cut off in print")
    first, second = (struct.unpack_from("<I", row["packet"], 7)[0] for row in rows[1:])
    # 1 s / 60 = 16666.7 us
    assert second - first == 16667


@_rows("Messages to skip")
def test_a_wrong_message_is_skipped_with_its_reason(row):
    refused = parse(row["packet"])
    assert isinstance(refused, Skipped)
    assert row["meaning"]["why"] in refused.reason
    assert isinstance(parse_ack(row["packet"]), Skipped)
    assert isinstance(parse_sync_ack(row["packet"]), Skipped)
