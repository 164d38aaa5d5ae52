"""A virtual sensor on the air: a profile behind bumble's GATT server, and the pump of its data."""

import asyncio
import struct
from collections.abc import Callable
from typing import Self

from bumble import att, hci
from bumble.device import Connection, Device, DeviceConfiguration

from imu_hip.bluetooth.virtual.controller import QuietHost, VirtualController
from imu_hip.bluetooth.virtual.gatt_table import advertising_data, gatt_service
from imu_hip.bluetooth.virtual.profile import Notification, Profile
from imu_hip.bluetooth.virtual.radio import VirtualRadio, public_address

LARGEST_MTU = 247
"""Fits one data packet of 251 bytes, and is what the sensors' chips offer."""

SHORTEST_WAIT_S = 0.001
"""A profile whose next notification is overdue does not keep the loop busy."""


class VirtualPeripheral:
    """One sensor that advertises, takes a connection, and sends what its profile has to say.

    Parameters
    ----------
    radio
        The air that it shares with the computer.
    profile
        What it says.
    address
        Its public address, such as `"D4:22:CD:00:00:01"`.
    clock
        True time in seconds; it runs as fast as the event loop's.
    advertising_interval_s
        Time between two advertisements.
    """

    def __init__(
        self,
        radio: VirtualRadio,
        profile: Profile,
        address: str,
        clock: Callable[[], float],
        *,
        advertising_interval_s: float = 0.1,
    ) -> None:
        self.address = address
        self.profile = profile
        self._radio = radio
        self._clock = clock
        self._advertising_interval_s = advertising_interval_s
        self._device: Device | None = None
        self._controller: VirtualController | None = None
        self._connection: Connection | None = None
        self._handles: dict[str, int] = {}
        self._subscribed: set[str] = set()
        self._timer: asyncio.Handle | None = None
        self._advertising: asyncio.Task[None] | None = None
        self._has_been_off = False

    @property
    def is_on(self) -> bool:
        """Whether it has power."""
        return self._device is not None

    @property
    def is_connected(self) -> bool:
        """Whether it has a connection, as far as it knows."""
        return self._connection is not None

    async def __aenter__(self) -> Self:
        await self.power_on()
        return self

    async def __aexit__(self, *_how_it_ended: object) -> None:
        await self.power_off()

    async def power_on(self) -> None:
        """Start advertising; after `power_off`, the profile is told that it has rebooted."""
        if self._device is not None:
            return
        if self._has_been_off:
            self.profile.reboot(self._clock())
        self._controller = VirtualController(
            self.profile.advertisement.name,
            link=self._radio,
            public_address=public_address(self.address),
        )
        self._device = self._built_device(self._controller)
        await self._device.power_on()
        await self._advertise()
        self._pump()

    async def power_off(self) -> None:
        """Fall silent at once, without a word to the computer."""
        device, controller = self._device, self._controller
        if device is None or controller is None:
            return
        self._device = self._controller = None
        self._has_been_off = True
        if self._advertising is not None:
            await self._advertising
        controller.le_legacy_advertiser.stop()
        self._radio.drop_link(self.address)
        # Its host stack hears of the end in the next turn of the loop, and tells the profile.
        await asyncio.sleep(0)
        self._radio.remove_controller(controller)
        await device.power_off()
        self._stop_pump()

    async def reboot(self, off_s: float) -> None:
        """Lose power for a while."""
        await self.power_off()
        await asyncio.sleep(off_s)
        await self.power_on()

    def _built_device(self, controller: VirtualController) -> Device:
        configuration = DeviceConfiguration(name=self.profile.advertisement.name)
        device = Device(config=configuration, host=QuietHost(controller, controller))
        device.gatt_server.max_mtu = LARGEST_MTU
        for service in self.profile.services:
            table = gatt_service(service, self._on_read, self._on_write, self._on_subscription)
            device.add_service(table)
            for described, characteristic in zip(
                service.characteristics, table.characteristics, strict=True
            ):
                self._handles[described.uuid] = characteristic.handle
        device.on(device.EVENT_CONNECTION, self._on_connection)
        return device

    async def _advertise(self) -> None:
        if self._device is None:
            return
        data, scan_response = advertising_data(self.profile.advertisement)
        await self._device.start_advertising(
            own_address_type=hci.OwnAddressType.PUBLIC,
            advertising_data=data,
            scan_response_data=scan_response,
            advertising_interval_min=1000.0 * self._advertising_interval_s,
            advertising_interval_max=1000.0 * self._advertising_interval_s,
        )

    def _on_connection(self, connection: Connection) -> None:
        self._connection = connection
        connection.on(connection.EVENT_DISCONNECTION, self._on_disconnection)

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self._subscribed.clear()
        self.profile.link_lost(self._clock())
        self._pump_soon()
        if self._device is not None:
            self._advertising = asyncio.get_running_loop().create_task(self._advertise())

    def _on_read(self, uuid: str) -> bytes:
        return self.profile.read(uuid, self._clock())

    def _on_write(self, uuid: str, value: bytes) -> None:
        self.profile.write(uuid, value, self._clock())
        # Not now: the response to the write goes out first.
        self._pump_soon()

    def _on_subscription(self, uuid: str, wanted: bool) -> None:
        if wanted:
            self._subscribed.add(uuid)
        else:
            self._subscribed.discard(uuid)

    def _pump_soon(self) -> None:
        self._stop_pump()
        self._timer = asyncio.get_running_loop().call_soon(self._pump)

    def _stop_pump(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _pump(self) -> None:
        self._stop_pump()
        if self._device is None:
            return
        for notification in self.profile.notifications(self._clock()):
            if self._connection is not None and notification.uuid in self._subscribed:
                self._send(self._connection, notification)
        now_s = self._clock()
        due_s = self.profile.next_due_s(now_s)
        if due_s is not None:
            wait_s = max(due_s - now_s, SHORTEST_WAIT_S)
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._pump)

    def _send(self, connection: Connection, notification: Notification) -> None:
        # Straight to the attribute channel: bumble's own way starts a task for each value.
        handle = self._handles[notification.uuid]
        value = notification.value[: connection.att_mtu - 3]
        header = struct.pack("<BH", att.Opcode.ATT_HANDLE_VALUE_NOTIFICATION, handle)
        connection.send_l2cap_pdu(att.ATT_CID, header + value)
