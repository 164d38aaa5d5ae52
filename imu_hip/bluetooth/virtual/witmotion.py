"""A virtual WitMotion sensor: it streams all the time, bundles its frames and knows no time."""

import struct
from collections.abc import Sequence
from typing import Final

import numpy as np

from imu_hip.bluetooth.drivers.witmotion import TABLES, Table
from imu_hip.bluetooth.drivers.witmotion_packets import (
    ACC_PER_COUNT_MPS2,
    ANGLE_PER_COUNT_DEG,
    GYR_PER_COUNT_DPS,
    RATE_CODES,
    READ_REGISTERS,
    REGISTER_BATTERY,
    REGISTER_HEADER,
    REGISTER_RATE,
    REGISTER_SAVE,
    REGISTER_SERIAL,
    REGISTER_UNLOCK,
    REGISTER_VERSION,
    SAMPLE_HEADER,
    SERIAL_REGISTERS,
    UNLOCK_VALUE,
    hundredths_volt,
)
from imu_hip.bluetooth.virtual.clockwork import Clockwork, Sampling
from imu_hip.bluetooth.virtual.movement import Movement, roll_pitch_yaw_deg
from imu_hip.bluetooth.virtual.profile import (
    Advertisement,
    AttError,
    AttributeRefusedError,
    Characteristic,
    Notification,
    Service,
)
from imu_hip.bluetooth.virtual.settings import EMPTY_PERCENT, VirtualSensorSettings
from imu_hip.simulation.felt import Felt

UNLOCKED_FOR_S: Final = 10.0
"""How long registers can be written after the unlock command."""

BUNDLES_PER_S: Final = 25.0
"""It sends about so many notifications a second, with several frames each where it must."""

_FACTORY_RATE_CODE: Final = RATE_CODES[10.0]
_FIRMWARE: Final = (0x8105, 0x8000)
_RATE_OF_CODE: Final = {code: rate_hz for rate_hz, code in RATE_CODES.items()}
_COMMAND: Final = struct.Struct("<HBH")
_COMMAND_HEADER: Final = 0xAAFF
_READ: Final = 0x27


class VirtualWitMotion:
    """One WitMotion sensor with its registers.

    Parameters
    ----------
    settings
        A serial of up to 12 ASCII characters; an empty one stands for a sensor without.
    movement
        What it feels, at true time.
    now_s
        True time at which it is switched on.
    table
        Its UUIDs, on one of two bases.
    """

    def __init__(
        self,
        settings: VirtualSensorSettings,
        movement: Movement,
        now_s: float,
        *,
        table: Table = TABLES[0],
    ) -> None:
        self.settings = settings
        self._movement = movement
        self._table = table
        self._began_s = now_s
        self._clock = Clockwork(now_s, settings.drift_ppm, settings.clock_start_s)
        self._saved_code = _FACTORY_RATE_CODE
        self._frames: list[bytes] = []
        self._bundles: list[bytes] = []
        self._wake(now_s)

    @property
    def services(self) -> Sequence[Service]:
        """One service: data out, commands in."""
        table = self._table
        return (
            Service(
                table.service,
                (
                    Characteristic(table.notify, frozenset({"notify"})),
                    Characteristic(table.write, frozenset({"write", "write-without-response"})),
                ),
            ),
        )

    @property
    def advertisement(self) -> Advertisement:
        """The name that all of its kind share, and the service."""
        return Advertisement("WT901BLE67", (self._table.service,))

    @property
    def rate_hz(self) -> float:
        """Rate at which it streams now."""
        return self._sampling.rate_hz

    def read(self, uuid: str, now_s: float) -> bytes:
        """Refuse: registers are read by commands.

        Raises
        ------
        AttributeRefusedError
            Always.
        """
        del uuid, now_s
        raise AttributeRefusedError(AttError.NOT_FOUND)

    def write(self, uuid: str, value: bytes, now_s: float) -> None:
        """Take a command; what is no command is ignored, as by the sensor."""
        if uuid != self._table.write:
            raise AttributeRefusedError(AttError.NOT_FOUND)
        if len(value) != _COMMAND.size:
            return
        header, register, argument = _COMMAND.unpack(value)
        if header != _COMMAND_HEADER:
            return
        self._measure(now_s)
        if register == _READ:
            self._reply(argument, now_s)
        elif register == REGISTER_UNLOCK:
            self._unlocked_until_s = now_s + UNLOCKED_FOR_S * (argument == UNLOCK_VALUE)
        elif now_s < self._unlocked_until_s:
            self._set(register, argument, now_s)

    def notifications(self, now_s: float) -> Sequence[Notification]:
        """Bundles of frames that became complete since the last call."""
        self._measure(now_s)
        complete, self._bundles = self._bundles, []
        if self._charge(now_s) <= EMPTY_PERCENT:
            return []
        return [Notification(self._table.notify, bundle) for bundle in complete]

    def next_due_s(self, now_s: float) -> float | None:
        """When the next frame is due."""
        return now_s if self._bundles else self._sampling.next_s()

    def link_lost(self, now_s: float) -> None:
        """Take no notice."""

    def reboot(self, now_s: float) -> None:
        """Go back to the saved rate."""
        self._clock = self._clock.restarted(now_s)
        self._wake(now_s)

    def _wake(self, now_s: float) -> None:
        self._code = self._saved_code
        self._unlocked_until_s = now_s
        self._frames.clear()
        self._bundles.clear()
        self._stream(now_s)

    def _stream(self, now_s: float) -> None:
        rate_hz = _RATE_OF_CODE[self._code]
        self._sampling = Sampling(self._clock, rate_hz, now_s + 1.0 / rate_hz)

    def _set(self, register: int, value: int, now_s: float) -> None:
        if register == REGISTER_SAVE and value == 0:
            self._saved_code = self._code
        elif register == REGISTER_RATE and value in _RATE_OF_CODE:
            self._code = value
            self._stream(now_s)

    def _reply(self, first: int, now_s: float) -> None:
        registers = self._registers(now_s)
        wanted = (registers.get(first + i, 0) for i in range(READ_REGISTERS))
        # It does not wait for the bundle to be full.
        self._frames.append(REGISTER_HEADER + struct.pack("<H8H", first, *wanted))
        self._send()

    def _registers(self, now_s: float) -> dict[int, int]:
        serial = self.settings.serial.encode()[: 2 * SERIAL_REGISTERS]
        texts = struct.unpack("<6H", serial.ljust(2 * SERIAL_REGISTERS, b"\0"))
        return {
            REGISTER_RATE: self._code,
            REGISTER_VERSION: _FIRMWARE[0],
            REGISTER_VERSION + 1: _FIRMWARE[1],
            REGISTER_BATTERY: hundredths_volt(self._charge(now_s)),
            **{REGISTER_SERIAL + i: text for i, text in enumerate(texts)},
        }

    def _charge(self, now_s: float) -> int:
        return self.settings.battery_level(now_s - self._began_s)

    def _measure(self, now_s: float) -> None:
        due_s = [at_s for _, _, at_s in self._sampling.due(now_s)]
        if not due_s:
            return
        frames_per_bundle = max(1, round(self.rate_hz / BUNDLES_PER_S))
        for numbers in _counts(self._movement.at(np.array(due_s))):
            self._frames.append(SAMPLE_HEADER + numbers.tobytes())
            if len(self._frames) >= frames_per_bundle:
                self._send()

    def _send(self) -> None:
        self._bundles.append(b"".join(self._frames))
        self._frames = []


def _counts(felt: Felt) -> "np.ndarray[tuple[int, int], np.dtype[np.int16]]":
    """Numbers of sample frames, shape (n, 9), held at the ends of their ranges."""
    wanted = np.hstack(
        (
            felt.acc_mps2 / ACC_PER_COUNT_MPS2,
            felt.gyr_dps / GYR_PER_COUNT_DPS,
            roll_pitch_yaw_deg(felt.q_earth_sensor) / ANGLE_PER_COUNT_DEG,
        )
    )
    return np.clip(np.rint(wanted), -32768, 32767).astype("<i2")
