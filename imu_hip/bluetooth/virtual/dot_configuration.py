"""The settings of a virtual Movella DOT, and what it says of itself."""

import zlib
from dataclasses import replace

from imu_hip.bluetooth.drivers.movella_dot_control import (
    RECORDING_RATES_HZ,
    DeviceControl,
    DeviceInfo,
    Visit,
)
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings

DEFAULT_TAG = "Xsens DOT"
LIGHT_S = 10.0
FIRMWARE = (2, 4, 0)


class DotConfiguration:
    """The device control of a sensor; it outlives a reboot.

    Parameters
    ----------
    settings
        Which sensor it is.
    """

    def __init__(self, settings: VirtualSensorSettings) -> None:
        self.info = device_info(settings.serial)
        self.control = DeviceControl(
            advertising_timeout=(10, 0),
            connected_timeout=(30, 0),
            tag=settings.tag or DEFAULT_TAG,
            output_rate_hz=60,
        )
        self.lit_until_s = float("-inf")

    @property
    def output_rate_hz(self) -> float:
        """Rate of streaming and recording."""
        return float(self.control.output_rate_hz)

    def follow(self, asked: DeviceControl, now_s: float, locked: bool) -> None:
        """Take over the fields that are visited.

        Parameters
        ----------
        locked
            Whether rate and filter cannot change now; the sensor is silent about it.
        """
        if Visit.IDENTIFY in asked.visit and asked.identifying == 1:
            self.lit_until_s = now_s + LIGHT_S
        if Visit.POWER_SAVING in asked.visit:
            self.control = replace(
                self.control,
                advertising_timeout=asked.advertising_timeout,
                connected_timeout=asked.connected_timeout,
            )
        if Visit.TAG in asked.visit:
            self.control = replace(self.control, tag=asked.tag)
        if not locked:
            self._follow_unlocked(asked)

    def _follow_unlocked(self, asked: DeviceControl) -> None:
        if Visit.OUTPUT_RATE in asked.visit and asked.output_rate_hz in RECORDING_RATES_HZ:
            self.control = replace(self.control, output_rate_hz=asked.output_rate_hz)
        if Visit.FILTER_PROFILE in asked.visit and asked.filter_profile <= 1:
            self.control = replace(self.control, filter_profile=asked.filter_profile)


def device_info(serial: str) -> DeviceInfo:
    """What a virtual sensor says of itself.

    A serial of up to 16 hexadecimal digits is told as it is; of any other text a number is made.
    """
    try:
        number = int(serial, 16) & 0xFFFF_FFFF_FFFF_FFFF
    except ValueError:
        number = 0x4019_5BFD << 32 | zlib.crc32(serial.encode("utf-8"))
    address = bytes.fromhex("d422cd") + (number & 0xFFFFFF).to_bytes(3, "big")
    return DeviceInfo(
        radio_address=address.hex(":").upper(),
        firmware=FIRMWARE,
        built=(2023, 3, 1, 12, 0, 0),
        soft_device=0,
        serial_number=number,
        product_code="XS-T02",
    )
