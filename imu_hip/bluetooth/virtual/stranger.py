"""Devices of other people, which advertise and are none of our business."""

from collections.abc import Sequence

from imu_hip.bluetooth.virtual.profile import (
    Advertisement,
    AttError,
    AttributeRefusedError,
    Characteristic,
    Notification,
    Service,
)

_NAMES = ("Headphones", "TV", "Watch", "", "Scale", "Mouse", "Tracker")


class Stranger:
    """One such device; it lets anybody connect and answers nothing."""

    def __init__(self, number: int) -> None:
        self._advertisement = Advertisement(
            f"{_NAMES[number % len(_NAMES)]} {number}".strip(),
            ("0000180a-0000-1000-8000-00805f9b34fb",),
            (0x004C, bytes((number, 1, 2))),
        )

    @property
    def services(self) -> Sequence[Service]:
        """A device information service with nothing in it."""
        maker = Characteristic("00002a29-0000-1000-8000-00805f9b34fb", frozenset({"read"}))
        return (Service("0000180a-0000-1000-8000-00805f9b34fb", (maker,)),)

    @property
    def advertisement(self) -> Advertisement:
        """What it advertises."""
        return self._advertisement

    def read(self, uuid: str, now_s: float) -> bytes:
        """Refuse."""
        raise AttributeRefusedError(AttError.READ_NOT_PERMITTED)

    def write(self, uuid: str, value: bytes, now_s: float) -> None:
        """Refuse."""
        raise AttributeRefusedError(AttError.WRITE_NOT_PERMITTED)

    def notifications(self, now_s: float) -> Sequence[Notification]:
        """Nothing."""
        return ()

    def next_due_s(self, now_s: float) -> float | None:
        """Never."""
        return None

    def link_lost(self, now_s: float) -> None:
        """Take note of nothing."""

    def reboot(self, now_s: float) -> None:
        """Start with nothing."""
