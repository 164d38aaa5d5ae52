"""Which of bleak's back-ends carries the bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from bleak import BleakClient, BleakScanner
from bleak.args.bluez import BlueZNotifyArgs
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak_retry_connector import establish_connection

Seen = Callable[[BLEDevice, AdvertisementData], None]


@dataclass(frozen=True, slots=True)
class Backends:
    """Classes behind `BleakScanner` and `BleakClient`; None is bleak's own for this system.

    Parameters
    ----------
    acquires_notifications
        On Linux, take notifications from a socket of BlueZ instead of from D-Bus. It costs less
        at high rates, but some sensors do not get along with it.
    """

    scanner: type[BaseBleakScanner] | None = None
    client: type[BaseBleakClient] | None = None
    acquires_notifications: bool = False

    def open_scanner(self, on_seen: Seen) -> BleakScanner:
        """Make a scanner that reports every advertisement; it is not started."""
        return BleakScanner(on_seen, backend=self.scanner)

    @property
    def notify_options(self) -> BlueZNotifyArgs:
        """Options of `BleakClient.start_notify`; other systems than Linux take no notice."""
        return {"use_start_notify": not self.acquires_notifications}

    async def connect(
        self, device: BLEDevice, name: str, on_disconnect: Callable[[], None]
    ) -> BleakClient:
        """Connect to a device that a scan saw, with the retries that systems need.

        Raises
        ------
        BleakError
            Where it cannot be connected to.
        """
        return await establish_connection(
            BleakClient,
            device,
            name,
            disconnected_callback=lambda _: on_disconnect(),
            max_attempts=2,
            backend=self.client,
        )
