"""What a virtual DOT answers to each recording command, and what it refuses.

Source: Movella DOT BLE Services Specifications XD0506P rev F, sections 5.2 and 5.3.
"""

import struct
from collections.abc import Callable
from typing import Final, TypeAlias

from imu_hip.bluetooth.drivers.movella_dot_flash import encode_file_info, encode_flash_info
from imu_hip.bluetooth.drivers.movella_dot_messages import (
    UNTIMED,
    Command,
    Event,
    Message,
    RecordingTime,
    Result,
    encode_recording_time,
)
from imu_hip.bluetooth.virtual.dot_export import Export, frames_of
from imu_hip.bluetooth.virtual.dot_memory import RunningRecording
from imu_hip.bluetooth.virtual.dot_recording import ERASE_S, OnBoardRecorder
from imu_hip.bluetooth.virtual.dot_sensing import EXPORTABLE, exported

Handler: TypeAlias = Callable[[OnBoardRecorder, bytes, float], int]


def answer(recorder: OnBoardRecorder, message: Message, now_s: float) -> int:
    """Take a command; the result byte of its acknowledgement."""
    recorder.advance(now_s)
    state = recorder.state
    # A busy memory hides every other state, so that a reader must not take busy for idle.
    if message.kind == Command.GET_STATE or state == Result.FLASH_BUSY:
        return state
    if message.kind not in _HANDLERS:
        return Result.INVALID
    handler, wanted = _HANDLERS[message.kind]
    if state != wanted:
        return state
    if recorder.streaming:
        return Result.INVALID
    try:
        return handler(recorder, message.body, now_s)
    except struct.error:
        return Result.INVALID


def _erase(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    (recorder.erase_utc_s,) = struct.unpack("<I", body)
    recorder.erased_s = now_s + ERASE_S
    return Result.SUCCESS


def _start(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    started_utc_s, timer_s = struct.unpack("<IH", body)
    memory = recorder.memory
    if not memory.formatted:
        recorder.notify(Event.FORMAT_INVALID)
        return Result.INVALID
    if memory.room_samples < recorder.rate_hz:
        recorder.notify(Event.FLASH_FULL)
        return Result.INVALID
    memory.running = RunningRecording(
        started_utc_s, recorder.rate_hz, now_s, None if timer_s == UNTIMED else timer_s
    )
    return Result.SUCCESS


def _stop(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    del body
    recorder.close(now_s)
    return Result.SUCCESS


def _tell_time(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    del body
    running = recorder.memory.running
    if running is None:
        return Result.IDLE
    left_s = None
    if running.timer_s is not None:
        left_s = max(0, round(running.timer_s - (now_s - running.began_s)))
    time = RecordingTime(running.started_utc_s, running.timer_s, left_s)
    recorder.notify(Event.RECORDING_TIME, encode_recording_time(time))
    return Result.SUCCESS


def _tell_flash(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    del body, now_s
    if not recorder.memory.formatted:
        recorder.notify(Event.FORMAT_INVALID)
        return Result.SUCCESS
    blocks = encode_flash_info(recorder.memory.info, swapped_marks=recorder.quirks.swapped_marks)
    for block in blocks:
        recorder.notify(Event.FLASH_INFO, block)
    recorder.notify(Event.FLASH_INFO_DONE)
    return Result.SUCCESS


def _tell_file(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    del now_s
    (index,) = struct.unpack("<B", body)
    if not 1 <= index <= len(recorder.memory.files):
        recorder.notify(Event.NO_FILE)
        return Result.SUCCESS
    recorder.notify(Event.FILE_INFO, encode_file_info(recorder.memory.files[index - 1].info))
    recorder.notify(Event.FILE_INFO_DONE)
    return Result.SUCCESS


def _select(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    del now_s
    if not body or not EXPORTABLE.issuperset(body) or len(set(body)) != len(body):
        return Result.INVALID
    recorder.fields = body
    return Result.SUCCESS


def _send(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    (index,) = struct.unpack("<B", body)
    if not 1 <= index <= len(recorder.memory.files):
        recorder.notify(Event.NO_FILE)
        return Result.SUCCESS
    records = exported(recorder.memory.files[index - 1].records, recorder.fields)
    recorder.export = Export(frames_of(records), recorder.export_rate_per_s, from_s=now_s)
    return Result.SUCCESS


def _stop_export(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    del body, now_s
    recorder.export = None
    recorder.notify(Event.EXPORT_STOPPED)
    return Result.SUCCESS


def _resend(recorder: OnBoardRecorder, body: bytes, now_s: float) -> int:
    (number,) = struct.unpack("<I", body)
    export = recorder.export
    if export is None or not recorder.quirks.retransmits or number >= len(export.frames):
        return Result.INVALID
    export.seek(number, now_s)
    return Result.SUCCESS


_HANDLERS: Final[dict[int, tuple[Handler, Result]]] = {
    Command.ERASE: (_erase, Result.IDLE),
    Command.START: (_start, Result.IDLE),
    Command.STOP: (_stop, Result.RECORDING),
    Command.RECORDING_TIME: (_tell_time, Result.RECORDING),
    Command.FLASH_INFO: (_tell_flash, Result.IDLE),
    Command.FILE_INFO: (_tell_file, Result.IDLE),
    Command.SELECT_FIELDS: (_select, Result.IDLE),
    Command.FILE_DATA: (_send, Result.IDLE),
    Command.STOP_EXPORT: (_stop_export, Result.SENDING_DATA),
    Command.RETRANSMIT: (_resend, Result.SENDING_DATA),
}
