"""What a virtual Capture2Go answers to commands."""

import struct
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from imu_hip.bluetooth.drivers.capture2go_frames import Frame, frame_at
from imu_hip.bluetooth.drivers.capture2go_packages import (
    DeviceInfo,
    ErrorCode,
    Header,
    LedMode,
    MeasurementMode,
    RecordingConfig,
    SensorState,
    SyncMode,
)
from imu_hip.bluetooth.drivers.capture2go_replies import (
    ClockRoundtrip,
    ErrorReport,
    has_right_size,
)
from imu_hip.bluetooth.virtual.capture2go_files import CommandError, FileServer
from imu_hip.bluetooth.virtual.capture2go_measuring import Measuring
from imu_hip.bluetooth.virtual.capture2go_sync import SharedAir
from imu_hip.bluetooth.virtual.capture2go_tracks import is_possible

FIRMWARE = "virtual"
PROTOCOL_VERSION = 1

_Command: TypeAlias = Callable[[bytes, float], Frame]


class Commands:
    """Everything but the files, which have their own server."""

    def __init__(
        self, serial: str, measuring: Measuring, files: FileServer, air: SharedAir
    ) -> None:
        self.light_until_s = measuring.began_s
        self._serial = serial
        self._measuring = measuring
        self._files = files
        self._air = air
        self._commands: dict[int, _Command] = {
            Header.GET_DEVICE_INFO: self._device_info,
            Header.SET_MODE: self._set_mode,
            Header.GET_MODE: self._get_mode,
            Header.SET_RECORDING_CONFIG: self._set_config,
            Header.GET_RECORDING_CONFIG: self._get_config,
            Header.START_STREAMING: self._start_streaming,
            Header.STOP_STREAMING: self._stop_streaming,
            Header.STOP_STREAMING_AND_CLEAR: self._stop_and_clear,
            Header.START_RECORDING: self._start_recording,
            Header.STOP_RECORDING: self._stop_recording,
            Header.SET_TIME: self._set_time,
            Header.CLOCK_ROUNDTRIP: self._roundtrip,
            Header.SET_LED: self._set_led,
            Header.GET_STATUS: self._status,
        }

    def answer(self, value: bytes, now_s: float) -> list[Frame]:
        """Replies to one written frame."""
        frame = frame_at(value, 0)
        # One write is one frame; what follows it is no second one.
        if frame is None or frame.size != len(value):
            return [_refusal(ErrorCode.UNPARSEABLE, Header.ERROR)]
        command = self._commands.get(frame.header)
        on_files = self._files.commands.get(frame.header)
        if command is None and on_files is None:
            return [_refusal(ErrorCode.UNKNOWN_COMMAND, frame.header)]
        if not has_right_size(frame.header, frame.payload):
            return [_refusal(ErrorCode.UNPARSEABLE, frame.header)]
        try:
            if on_files is not None:
                return on_files(frame.payload)
            return [command(frame.payload, now_s)] if command is not None else []
        except CommandError as error:
            return [_refusal(error.code, frame.header)]

    def _device_info(self, _: bytes, __: float) -> Frame:
        info = DeviceInfo(PROTOCOL_VERSION, self._serial, "virtual", "", FIRMWARE, "")
        return Frame(Header.DEVICE_INFO, info.encode())

    def _set_mode(self, payload: bytes, now_s: float) -> Frame:
        mode, measuring = MeasurementMode.decode(payload), self._measuring
        if measuring.state is not SensorState.IDLE:
            raise CommandError(ErrorCode.WRONG_STATE)
        if mode.apply_ns or not is_possible(mode):
            raise CommandError(ErrorCode.OTHER)
        before = measuring.mode
        measuring.mode = replace(mode, apply_ns=measuring.time.reading_ns(now_s))
        if (mode.sync_mode, mode.sync_id) != (before.sync_mode, before.sync_id):
            self._join(mode, now_s)
        return self._get_mode(b"", now_s)

    def _join(self, mode: MeasurementMode, now_s: float) -> None:
        time = self._measuring.time
        if mode.sync_mode == SyncMode.SENDER:
            self._air.send(mode.sync_id, time, now_s)
        elif mode.sync_mode == SyncMode.RECEIVER:
            self._air.receive(mode.sync_id, time, now_s)
        else:
            self._air.leave(time, now_s)

    def _get_mode(self, _: bytes, __: float) -> Frame:
        return Frame(Header.MODE, self._measuring.mode.encode())

    def _set_config(self, payload: bytes, _: float) -> Frame:
        self._measuring.config = RecordingConfig.decode(payload)
        return Frame(Header.RECORDING_CONFIG, payload)

    def _get_config(self, _: bytes, __: float) -> Frame:
        config = self._measuring.config or RecordingConfig(0, False, "")
        return Frame(Header.RECORDING_CONFIG, config.encode())

    def _start_streaming(self, _: bytes, now_s: float) -> Frame:
        self._measuring.start_streaming(now_s)
        return Frame(Header.STARTED_STREAMING)

    def _stop_streaming(self, _: bytes, __: float) -> Frame:
        self._measuring.stop_streaming()
        return Frame(Header.STOPPED_STREAMING)

    def _stop_and_clear(self, _: bytes, __: float) -> Frame:
        self._measuring.stop_streaming()
        return Frame(Header.STOPPED_STREAMING_AND_CLEARED)

    def _start_recording(self, _: bytes, now_s: float) -> Frame:
        self._measuring.start_recording(now_s)
        return Frame(Header.STARTED_RECORDING)

    def _stop_recording(self, _: bytes, __: float) -> Frame:
        self._measuring.stop_recording()
        return Frame(Header.STOPPED_RECORDING)

    def _set_time(self, payload: bytes, now_s: float) -> Frame:
        self._measuring.time.set_ns(now_s, struct.unpack("<q", payload)[0])
        return Frame(Header.TIME, payload)

    def _roundtrip(self, payload: bytes, now_s: float) -> Frame:
        reading_ns = self._measuring.time.reading_ns(now_s)
        asked = ClockRoundtrip.decode(payload)
        answer = replace(asked, sensor_received_ns=reading_ns, sensor_sent_ns=reading_ns)
        return Frame(Header.CLOCK_ROUNDTRIP, answer.encode())

    def _set_led(self, payload: bytes, now_s: float) -> Frame:
        mode, reading_ns = LedMode.decode(payload), self._measuring.time.reading_ns(now_s)
        start_ns = mode.start_ns or reading_ns
        end_ns = mode.end_ns + start_ns * mode.end_is_relative
        self.light_until_s = now_s + (end_ns - reading_ns) * 1e-9 * (mode.end_ns != 0)
        return Frame(Header.LED, LedMode(start_ns, end_ns, end_is_relative=False).encode())

    def _status(self, _: bytes, now_s: float) -> Frame:
        return Frame(Header.STATUS, self._measuring.status(now_s).encode())


def _refusal(code: ErrorCode, command: int) -> Frame:
    return Frame(Header.ERROR, ErrorReport(code, command).encode())
