"""The computer's radio: one scan or one connection attempt at a time, never both."""

import asyncio
import contextlib
from collections.abc import Callable

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError, BleakError

from imu_hip.bluetooth.backends import Backends
from imu_hip.bluetooth.connection import Connection
from imu_hip.bluetooth.errors import LinkLostError, bluetooth_error

Satisfied = Callable[[BLEDevice, AdvertisementData], bool]


class Central:
    """Scans and connects in turns; everybody who uses the radio has to share one of these.

    Systems fail when a scan and a connection, or two connections, are begun at the same time.
    """

    def __init__(self, backends: Backends | None = None, reply_timeout_s: float = 5.0) -> None:
        self._backends = backends or Backends()
        self._reply_timeout_s = reply_timeout_s
        self._turn = asyncio.Lock()
        self._missing: dict[str, BLEDevice | None] = {}

    async def scan(self, duration_s: float, satisfied: Satisfied) -> None:
        """Scan until `satisfied`, which is shown every advertisement, or time is up.

        Raises
        ------
        BluetoothError
            Where Bluetooth is off, missing or not allowed.
        """
        async with self._turn:
            await self._scan(duration_s, satisfied)

    async def find_again(self, address: str, timeout_s: float) -> BLEDevice | None:
        """Look for a device whose link was lost; None where it was not seen in time.

        Several may look at once: the first scan ends as soon as it sees any of them.
        """
        self._missing[address] = None
        try:
            async with self._turn:
                if self._missing.get(address) is None:
                    await self._scan(timeout_s, self._was_missing)
            return self._missing.get(address)
        finally:
            self._missing.pop(address, None)

    async def connect(self, device: BLEDevice, name: str, timeout_s: float) -> Connection:
        """Connect to a device that a scan saw; the time limit begins with the turn.

        Raises
        ------
        LinkLostError
            Where it cannot be reached.
        BluetoothError
            Where Bluetooth is off, missing or not allowed.
        """
        connections: list[Connection] = []

        def link_ended() -> None:
            for connection in connections:
                connection.link_lost()

        async with self._turn:
            try:
                async with asyncio.timeout(timeout_s):
                    client = await self._backends.connect(device, name, link_ended)
            except BleakBluetoothNotAvailableError as error:
                raise bluetooth_error(error) from error
            except (BleakError, TimeoutError, OSError, EOFError) as error:
                raise LinkLostError(f"{name} could not be connected to") from error
        options = self._backends.notify_options
        connection = Connection(client, name, self._reply_timeout_s, options)
        connections.append(connection)
        if not client.is_connected:
            raise LinkLostError(f"The link to {name} was lost")
        return connection

    def _was_missing(self, device: BLEDevice, _: AdvertisementData) -> bool:
        if device.address in self._missing:
            self._missing[device.address] = device
            return True
        return False

    async def _scan(self, duration_s: float, satisfied: Satisfied) -> None:
        done = asyncio.Event()

        def seen(device: BLEDevice, advertised: AdvertisementData) -> None:
            if satisfied(device, advertised):
                done.set()

        try:
            async with self._backends.open_scanner(seen):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(duration_s):
                        await done.wait()
        except (BleakError, OSError, EOFError) as error:
            raise bluetooth_error(error) from error
