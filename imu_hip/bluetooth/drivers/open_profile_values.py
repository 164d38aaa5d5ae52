"""What a sensor of the open profile says of itself; see `firmware_notes/open_profile.md`."""

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.driver import StreamSettings
from imu_hip.bluetooth.drivers.open_profile_packets import Mode

SERVICE_UUID: Final = "33ed0001-5e34-40ba-821d-2d08a1d2e514"
INFORMATION_UUID: Final = "33ed0002-5e34-40ba-821d-2d08a1d2e514"
CONTROL_UUID: Final = "33ed0003-5e34-40ba-821d-2d08a1d2e514"
STATUS_UUID: Final = "33ed0004-5e34-40ba-821d-2d08a1d2e514"
SAMPLES_UUID: Final = "33ed0005-5e34-40ba-821d-2d08a1d2e514"
BATTERY_SERVICE_UUID: Final = "0000180f-0000-1000-8000-00805f9b34fb"
BATTERY_LEVEL_UUID: Final = "00002a19-0000-1000-8000-00805f9b34fb"

VERSION: Final = 1
RATES_HZ: Final = (25, 50, 60, 100, 120, 200)
"""Rate of each bit of the rate mask, from the lowest bit."""

MODE_NAMES: Final = {
    "full": Mode.QUATERNION_ACC_GYR,
    "quaternion": Mode.QUATERNION_GYR,
    "raw": Mode.ACC_GYR,
}
TEXT_BYTES: Final = 16
INFORMATION_LAYOUT: Final = struct.Struct("<BBHH16s16s16s16s")
STATUS_LAYOUT: Final = struct.Struct("<BBHIB")
CHARGING_FLAG: Final = 0x01


class Command(IntEnum):
    """First byte of a write to the control characteristic."""

    START = 1
    STOP = 2
    LIGHT = 3
    RESET_HEADING = 4
    SET_TAG = 5


class Feature(IntFlag):
    """What a sensor can do besides streaming."""

    LIGHT = 1
    RESET_HEADING = 2
    SET_TAG = 4


@dataclass(frozen=True, slots=True)
class Information:
    """What a sensor says of itself.

    Parameters
    ----------
    rate_mask
        Bit n stands for `RATES_HZ[n]`.
    mode_mask
        Bit n stands for mode n.
    """

    version: int
    mode_mask: int
    rate_mask: int
    features: Feature
    model: str
    serial: str
    firmware: str
    tag: str

    @classmethod
    def from_bytes(cls, value: bytes) -> "Information":
        """Read the information characteristic; bytes of later versions are left alone.

        Raises
        ------
        DialogueError
            If it is too short or of another version.
        """
        if len(value) < INFORMATION_LAYOUT.size:
            raise DialogueError(f"its information has {len(value)} bytes, too few")
        version, modes, rates, features, *texts = INFORMATION_LAYOUT.unpack_from(value)
        if version != VERSION:
            raise DialogueError(
                f"it speaks version {version} of the open profile, and only {VERSION} is known"
            )
        model, serial, firmware, tag = (_text(raw) for raw in texts)
        # Features of later versions are nothing that this reader could use.
        return cls(version, modes, rates, Feature(features & 0x07), model, serial, firmware, tag)

    def to_bytes(self) -> bytes:
        """Write the information characteristic."""
        texts = (self.model, self.serial, self.firmware, self.tag)
        return INFORMATION_LAYOUT.pack(
            self.version,
            self.mode_mask,
            self.rate_mask,
            self.features,
            *(text.encode()[:TEXT_BYTES] for text in texts),
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What a sensor does now.

    Parameters
    ----------
    dropped
        Samples since power-on that were measured and could not be queued for sending.
    """

    is_streaming: bool
    mode: int
    rate_hz: int
    dropped: int = 0
    is_charging: bool = False

    @classmethod
    def from_bytes(cls, value: bytes) -> "Status":
        """Read the status characteristic; bytes of later versions are left alone.

        Raises
        ------
        DialogueError
            If it is too short.
        """
        if len(value) < STATUS_LAYOUT.size:
            raise DialogueError(f"its status has {len(value)} bytes, too few")
        state, mode, rate_hz, dropped, flags = STATUS_LAYOUT.unpack_from(value)
        return cls(state == 1, mode, rate_hz, dropped, bool(flags & CHARGING_FLAG))

    def to_bytes(self) -> bytes:
        """Write the status characteristic."""
        flags = CHARGING_FLAG if self.is_charging else 0
        return STATUS_LAYOUT.pack(self.is_streaming, self.mode, self.rate_hz, self.dropped, flags)

    def fits(self, settings: StreamSettings) -> bool:
        """Whether it streams what is wanted."""
        wanted = (True, MODE_NAMES[settings.mode], round(settings.sampling_rate_hz))
        return (self.is_streaming, self.mode, self.rate_hz) == wanted


def _text(raw: bytes) -> str:
    # A name that was cut in the middle of a character loses that character.
    text = raw.split(b"\0")[0].decode("utf-8", errors="ignore")
    return "".join(c for c in text if c.isprintable()).strip()
