"""SensorStim Capture2Go: orientation without magnetometer, raw quantities, one clock for all.

Source: Capture2Go Communication Protocol, version 1 of the protocol.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.bluetooth.drivers.capture2go_data import (
    FULL_6D_FIXED,
    QUAT_FIXED,
    DataKind,
    decode_data,
)
from imu_hip.bluetooth.drivers.capture2go_exchange import ErrorReplyError, Exchange
from imu_hip.bluetooth.drivers.capture2go_frames import SERVICE, TX, FrameSplitter
from imu_hip.bluetooth.drivers.capture2go_packages import (
    RATE_CODES,
    DeviceInfo,
    ErrorCode,
    Header,
    LedMode,
    MeasurementMode,
    SensorState,
)
from imu_hip.bluetooth.drivers.capture2go_recorder import Capture2GoRecorder
from imu_hip.bluetooth.drivers.capture2go_sync import Capture2GoSync
from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError
from imu_hip.bluetooth.drivers.driver import Advertised, Battery, Identity, StreamSettings
from imu_hip.bluetooth.drivers.on_sensor import HardwareSync, OnSensorRecorder
from imu_hip.bluetooth.drivers.samples import Decoder, Sample, SensorClock, Skipped

LIGHT_S: Final = 5.0
STATUS_INTERVAL_S: Final = 1
"""As the protocol document recommends."""

_NAME = re.compile(r"IMU_[0-9A-Za-z]{6}")
_CHARGING = 128
_CLOCK = SensorClock(tick_s=1e-9)
_KINDS: Final[Mapping[str, DataKind]] = {"full": FULL_6D_FIXED, "quaternion": QUAT_FIXED}


@dataclass(frozen=True, slots=True)
class Capture2Go:
    """The driver.

    It streams packages of one sample through the buffer that the sensor empties in order, so
    that a bad link delays samples instead of losing them. The default has acceleration and
    angular velocity besides the orientation: calibration needs the angular velocity of the knee,
    and the orientation can be computed anew later. Packages of eight raw samples would take 40 %
    of the air time, but hold one orientation each; those are for recordings.
    """

    name: str = "capture2go"
    model: str = "SensorStim Capture2Go"
    clock: SensorClock = _CLOCK
    sampling_rates_hz: tuple[float, ...] = tuple(RATE_CODES)
    caveat: str = ""

    @property
    def modes(self) -> Mapping[str, str]:
        """What it can stream."""
        return {
            "full": "orientation without magnetometer, acceleration and angular velocity",
            "quaternion": "orientation without magnetometer only",
        }

    @property
    def sync(self) -> HardwareSync:
        """How clocks become one."""
        return Capture2GoSync()

    @property
    def recorder(self) -> OnSensorRecorder:
        """How it records on its own."""
        return Capture2GoRecorder()

    @property
    def reply_characteristics(self) -> tuple[str, ...]:
        """Replies share a characteristic with the samples."""
        return (TX,)

    def recognises(self, advertised: Advertised) -> bool:
        """By its service, or by its name where the service was not heard."""
        return SERVICE in advertised.service_uuids or bool(_NAME.fullmatch(advertised.name))

    def identify(self) -> Dialogue[Identity]:
        """Ask who the sensor is.

        It does not tell its radio address; the serial stands in, so that the members of a
        `SyncGroup` can be told apart on every operating system.
        """
        payload = yield from Exchange().ask(Header.GET_DEVICE_INFO, Header.DEVICE_INFO)
        info = DeviceInfo.decode(payload)
        return Identity(self.model, info.serial, "", info.firmware, radio_address=info.serial)

    def battery(self) -> Dialogue[Battery | None]:
        """Ask for the charge."""
        level = (yield from Exchange().status()).battery
        return Battery(min(level % _CHARGING, 100), level >= _CHARGING)

    def light(self) -> Dialogue[bool]:
        """Flash for some seconds."""
        mode = LedMode(0, round(LIGHT_S * 1e9), end_is_relative=True)
        yield from Exchange().ask(Header.SET_LED, Header.LED, mode.encode())
        return True

    def reset_heading(self) -> Dialogue[bool]:
        """There is no command for it."""
        yield from ()
        return False

    def stream_characteristics(self, settings: StreamSettings) -> tuple[str, ...]:
        """Everything comes through one characteristic."""
        return (TX,)

    def start(self, settings: StreamSettings) -> Dialogue[None]:
        """Start to stream, in the same group of clocks as before.

        Raises
        ------
        DialogueError
            Where the sensor refuses or is recording on its own.
        """
        exchange = Exchange()
        status = yield from exchange.status()
        if status.state == SensorState.RECORDING:
            raise DialogueError("it is recording on its own")
        if status.state == SensorState.STREAMING:
            # What the buffer still holds is of an earlier stream.
            yield from exchange.ask(
                Header.STOP_STREAMING_AND_CLEAR, Header.STOPPED_STREAMING_AND_CLEARED
            )
        yield from exchange.set_mode(streaming_mode(settings, (yield from exchange.mode())))
        yield from exchange.begin(
            Header.START_STREAMING, Header.STARTED_STREAMING, SensorState.STREAMING
        )

    def resume(self, settings: StreamSettings) -> Dialogue[None]:
        """Go on after a lost link: a sensor that still streams the same is left alone."""
        exchange = Exchange()
        if (yield from exchange.status()).state == SensorState.STREAMING:
            mode = yield from exchange.mode()
            if mode.encode()[8:] == streaming_mode(settings, mode).encode()[8:]:
                return
        yield from self.start(settings)

    def stop(self) -> Dialogue[None]:
        """Stop to stream; the reply comes behind all samples that were still to be sent."""
        try:
            yield from Exchange().ask(Header.STOP_STREAMING, Header.STOPPED_STREAMING)
        except ErrorReplyError as error:
            # Undocumented, but nothing else fits a stop of what does not run.
            if error.code != ErrorCode.WRONG_STATE:
                raise

    def decoder(self, settings: StreamSettings) -> Decoder:
        """A new decoder for one connection."""
        return _Decoder(_KINDS[settings.mode].header(settings.sampling_rate_hz))


def streaming_mode(settings: StreamSettings, present: MeasurementMode) -> MeasurementMode:
    """The measurement mode of a stream; a group of clocks stays as it is at present."""
    code = RATE_CODES[settings.sampling_rate_hz]
    return MeasurementMode(
        full_fixed=code * (settings.mode == "full"),
        quat_fixed=code * (settings.mode == "quaternion"),
        status_interval_s=STATUS_INTERVAL_S,
        sync_mode=present.sync_mode,
        sync_id=present.sync_id,
        no_mag_data=True,
    )


class _Decoder:
    """Takes the packages of one stream; whatever else comes is no sample of it.

    That matters where a piece of a stored file is damaged: the frames that it carries look like
    frames of a stream, but recordings are made of other packages.
    """

    def __init__(self, header: int) -> None:
        self._header = header
        self._splitter = FrameSplitter()

    def feed(self, uuid: str, value: bytes) -> Sequence[Sample | Skipped]:
        """Samples that are complete with this notification."""
        samples: list[Sample | Skipped] = []
        for item in self._splitter.hear(value) if uuid == TX else ():
            if isinstance(item, Skipped):
                samples.append(item)
            elif item.header == self._header:
                samples.extend(decode_data(item))
        return samples
