"""bleak's client on a virtual adapter."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, TypeVar

from bleak import BleakScanner
from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.service import BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_16
from bumble import att, core
from bumble.device import Connection
from bumble.gatt_client import Client

from imu_hip.bluetooth.virtual.adapter import VirtualAdapter
from imu_hip.bluetooth.virtual.bleak_scanner import VirtualScanner
from imu_hip.bluetooth.virtual.gatt_client import LinkClient, discover
from imu_hip.bluetooth.virtual.peripheral import LARGEST_MTU

SMALLEST_MTU = 23
_CONFIGURATION = normalize_uuid_16(0x2902)
_NOTIFY, _SILENT = b"\x01\x00", b"\x00\x00"

T = TypeVar("T")

_logger = logging.getLogger(__name__)


class VirtualClient(BaseBleakClient):
    """A client of one adapter, which `make_backends` sets on a subclass."""

    adapter: ClassVar[VirtualAdapter]
    scanner: ClassVar[type[VirtualScanner]]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        services: set[str] | None = None,
        **_options_of_other_systems: object,
    ) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout
        )
        self._device: BLEDevice | None = None
        if isinstance(address_or_ble_device, BLEDevice):
            self._device = address_or_ble_device
        self._wanted_services = services
        self._connection: Connection | None = None
        self._is_announced = False
        self._ended = asyncio.Event()
        self._request_lock = asyncio.Lock()
        self._requests: set[asyncio.Task[Any]] = set()
        self._callbacks: dict[int, NotifyCallback] = {}

    @property
    def name(self) -> str:
        """Name of the sensor, or its address."""
        name = self._device.name if self._device is not None else None
        return name or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        """Negotiated size of an attribute packet in bytes."""
        return SMALLEST_MTU if self._connection is None else self._connection.att_mtu

    @property
    def is_connected(self) -> bool:
        """Whether the link is up."""
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:  # noqa: ANN401
        """Connect and discover the services.

        Raises
        ------
        BleakBluetoothNotAvailableError
            If Bluetooth is switched off.
        BleakDeviceNotFoundError
            If only an address is known, and nobody advertises with it.
        TimeoutError
            If the sensor does not answer.
        BleakError
            If there is a connection already, or the link is lost on the way.
        """
        self.adapter.check_available()
        if self.is_connected:
            raise BleakError("Client is already connected")
        if pair:
            _logger.info("%s: a virtual sensor needs no pairing", self.address)
        timeout_s = float(kwargs.get("timeout", self._timeout))
        if self._device is None:
            self._device = await self._found(timeout_s)
        self._adopt(await self.adapter.connect(self.address, timeout_s))
        try:
            async with asyncio.timeout(timeout_s):
                self.services = await self._request(self._discovered)
        except BaseException:
            await self.disconnect()
            raise
        self._is_announced = True

    async def disconnect(self) -> None:
        """End the link, if there is one."""
        if self._connection is not None:
            await self._connection.disconnect()
            await self._ended.wait()

    async def pair(self, *_args: object, **_kwargs: object) -> None:
        """Refuse; virtual sensors know no pairing."""
        raise NotImplementedError("virtual sensors know no pairing")

    async def unpair(self) -> None:
        """Refuse; virtual sensors know no pairing."""
        raise NotImplementedError("virtual sensors know no pairing")

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, **_options: object
    ) -> bytearray:
        """Read a characteristic."""
        return await self._read(characteristic.handle)

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, **_options: object
    ) -> bytearray:
        """Read a descriptor."""
        return await self._read(descriptor.handle)

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        """Write a characteristic."""
        room = characteristic.max_write_without_response_size
        if not response and len(data) > room:
            raise BleakError(f"{len(data)} bytes do not fit into {room} without response")
        await self._write(characteristic.handle, bytes(data), response=response)

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        """Write a descriptor."""
        await self._write(descriptor.handle, bytes(data), response=True)

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_options: object
    ) -> None:
        """Ask for the notifications of a characteristic."""
        if characteristic.handle in self._callbacks:
            raise BleakError(f"{characteristic} notifies already")
        configuration = _configuration(characteristic)
        # Before the request, because values may come with its answer.
        self._callbacks[characteristic.handle] = callback
        try:
            await self._write(configuration, _NOTIFY, response=True)
        except BaseException:
            self._callbacks.pop(characteristic.handle, None)
            raise

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Ask for no more notifications of a characteristic."""
        await self._write(_configuration(characteristic), _SILENT, response=True)
        self._callbacks.pop(characteristic.handle, None)

    async def _found(self, timeout_s: float) -> BLEDevice:
        device = await BleakScanner.find_device_by_address(
            self.address, timeout=timeout_s, backend=self.scanner
        )
        if device is None:
            raise BleakDeviceNotFoundError(
                self.address, f"Device with address {self.address} was not found."
            )
        return device

    def _adopt(self, connection: Connection) -> None:
        if connection.device.lookup_connection(connection.handle) is not connection:
            raise BleakError(f"the link to {self.address} ended while it was made")
        connection.gatt_client = LinkClient(connection)
        self._connection = connection
        self._ended.clear()
        connection.on(connection.EVENT_DISCONNECTION, self._on_disconnection)
        self.adapter.listen(connection, self._on_notification)

    def _on_disconnection(self, _reason: int) -> None:
        if self._connection is not None:
            self.adapter.listen(self._connection, None)
        self._connection = self.services = None
        self._callbacks.clear()
        self._ended.set()
        if self._is_announced and self._disconnected_callback is not None:
            # Scheduled, so that an error in it does no harm to the host stack.
            asyncio.get_running_loop().call_soon(self._disconnected_callback)
        self._is_announced = False

    def _on_notification(self, handle: int, value: bytes) -> None:
        if callback := self._callbacks.get(handle):
            callback(bytearray(value))

    async def _discovered(self, client: Client) -> BleakGATTServiceCollection:
        await client.request_mtu(LARGEST_MTU)
        return await discover(client, self._wanted_services)

    async def _read(self, handle: int) -> bytearray:
        return bytearray(await self._request(lambda client: client.read_value(handle)))

    async def _write(self, handle: int, data: bytes, *, response: bool) -> None:
        await self._request(lambda client: client.write_value(handle, data, response))

    async def _request(self, ask: Callable[[Client], Awaitable[T]]) -> T:
        if self._connection is None:
            raise BleakError("Not connected")
        # A task of its own: a caller who gives up must not leave a response behind that the
        # next request would take for its own.
        task = asyncio.get_running_loop().create_task(self._in_turn(self._connection, ask))
        self._requests.add(task)
        task.add_done_callback(self._on_request_done)
        return await asyncio.shield(task)

    def _on_request_done(self, task: asyncio.Task[Any]) -> None:
        self._requests.discard(task)
        if not task.cancelled():
            task.exception()

    async def _in_turn(self, connection: Connection, ask: Callable[[Client], Awaitable[T]]) -> T:
        async with self._request_lock:
            if self._connection is not connection:
                raise BleakError("Not connected")
            try:
                return await ask(connection.gatt_client)
            except att.ATT_Error as error:
                raise BleakGATTProtocolError(int(error.error_code)) from error
            except core.TimeoutError as error:
                raise TimeoutError(f"{self.address} does not answer") from error


def _configuration(characteristic: BleakGATTCharacteristic) -> int:
    descriptor = characteristic.get_descriptor(_CONFIGURATION)
    if descriptor is None:
        raise BleakError(f"{characteristic} does not notify")
    return descriptor.handle
