"""The computer's Bluetooth adapter on the virtual radio, shared by scanners and clients."""

import asyncio
from collections.abc import Callable
from typing import Self

from bleak.exc import BleakBluetoothNotAvailableError, BleakError
from bleak.exc import BleakBluetoothNotAvailableReason as Reason
from bumble import att, core, hci
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration

from imu_hip.bluetooth.virtual.controller import QuietHost, VirtualController
from imu_hip.bluetooth.virtual.radio import VirtualRadio, public_address

Heard = Callable[[Advertisement], None]
NotificationSink = Callable[[int, bytes], None]

SCAN_INTERVAL_MS = 60.0
_HANDLE_BYTES = slice(1, 3)


class VirtualAdapter:
    """The adapter: one scan for all scanners, one connection attempt at a time.

    Parameters
    ----------
    radio
        The air that it shares with the sensors.
    address
        Its public address.
    """

    def __init__(self, radio: VirtualRadio, address: str = "00:1A:7D:DA:71:13") -> None:
        self._radio = radio
        self._controller = VirtualController(
            "adapter", link=radio, public_address=public_address(address)
        )
        self._device = Device(
            config=DeviceConfiguration(name="adapter"),
            host=QuietHost(self._controller, self._controller),
        )
        # Notifications take a short cut past bumble's client, which formats a log line for each.
        self._device.l2cap_channel_manager.register_fixed_channel(att.ATT_CID, self._on_att_pdu)
        self._device.on(self._device.EVENT_ADVERTISEMENT, self._on_advertisement)
        self._scanners: list[Heard] = []
        self._sinks: dict[int, NotificationSink] = {}
        self._scan_lock = asyncio.Lock()
        self._connect_lock = asyncio.Lock()
        self._attempt: asyncio.Task[Connection] | None = None
        self._unavailable: Reason | None = None

    async def __aenter__(self) -> Self:
        await self._device.power_on()
        return self

    async def __aexit__(self, *_how_it_ended: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End all connections and leave the radio."""
        self._drop_all()
        # The host stack hears of the ends in the next turn, and those who wait in the one after.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if self._attempt is not None:
            await asyncio.gather(self._attempt, return_exceptions=True)
        await self._device.power_off()
        self._radio.remove_controller(self._controller)

    def switch_off(
        self,
        reason: Reason = Reason.POWERED_OFF,
    ) -> None:
        """Make Bluetooth unavailable for a reason; connections end, and scans hear nothing."""
        self._unavailable = reason
        self._drop_all()

    def switch_on(self) -> None:
        """Make Bluetooth available again."""
        self._unavailable = None

    def check_available(self) -> None:
        """Check that Bluetooth can be used.

        Raises
        ------
        BleakBluetoothNotAvailableError
            If it is switched off or missing.
        """
        if self._unavailable is not None:
            raise BleakBluetoothNotAvailableError(
                f"Bluetooth is not available: {self._unavailable.name}.", self._unavailable
            )

    def _drop_all(self) -> None:
        self._controller.cancel_connection()
        for connection in list(self._device.connections.values()):
            self._radio.drop_link(connection.peer_address.to_string(False))

    @property
    def hears_scan_responses(self) -> bool:
        """Whether the scan that runs asks for them."""
        return not self._device.scanning_is_passive

    async def start_scan(self, heard: Heard, *, active: bool) -> None:
        """Hear of every advertisement; the first scanner decides whether to ask for responses."""
        self.check_available()
        async with self._scan_lock:
            if not self._scanners:
                await self._begin_scanning(active)
            self._scanners.append(heard)

    async def _begin_scanning(self, active: bool) -> None:
        starting = asyncio.ensure_future(
            self._device.start_scanning(
                legacy=True,
                active=active,
                scan_interval=SCAN_INTERVAL_MS,
                scan_window=SCAN_INTERVAL_MS,
                own_address_type=hci.OwnAddressType.PUBLIC,
            )
        )
        try:
            # The wait_for of Python 3.11 inside it may swallow a cancellation.
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            await starting
            await self._device.stop_scanning(legacy=True)
            raise

    async def stop_scan(self, heard: Heard) -> None:
        """Hear no more."""
        async with self._scan_lock:
            if heard not in self._scanners:
                return
            self._scanners.remove(heard)
            if not self._scanners:
                await self._device.stop_scanning(legacy=True)

    async def connect(self, address: str, timeout_s: float) -> Connection:
        """Connect to a sensor once earlier attempts are through.

        Raises
        ------
        TimeoutError
            If it does not answer for `timeout_s` after its turn has come.
        BleakError
            If there is a connection already, or it fails.
        """
        async with self._connect_lock:
            self.check_available()
            peer = public_address(address)
            if self._device.find_connection_by_bd_addr(peer) is not None:
                raise BleakError(f"{address} is connected already")
            self._attempt = attempt = asyncio.get_running_loop().create_task(
                self._device.connect_le(
                    peer, own_address_type=hci.OwnAddressType.PUBLIC, timeout=timeout_s
                )
            )
            try:
                return await asyncio.shield(attempt)
            except asyncio.CancelledError:
                await self._give_up(attempt)
                raise
            except core.TimeoutError as error:
                raise TimeoutError(f"{address} did not answer in {timeout_s:g} s") from error
            except (core.BaseBumbleError, hci.HCI_Error) as error:
                raise BleakError(f"connecting to {address} failed: {error}") from error

    async def _give_up(self, attempt: asyncio.Task[Connection]) -> None:
        # bumble has no way back from a pending connection but the controller's own.
        await self._device.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
        outcome = (await asyncio.gather(attempt, return_exceptions=True))[0]
        if isinstance(outcome, Connection):
            self._radio.drop_link(outcome.peer_address.to_string(False))

    def listen(self, connection: Connection, sink: NotificationSink | None) -> None:
        """Send a connection's notifications, each with its attribute handle, to a function."""
        if sink is None:
            self._sinks.pop(connection.handle, None)
        else:
            self._sinks[connection.handle] = sink

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        if self._unavailable is None:
            for heard in list(self._scanners):
                heard(advertisement)

    def _on_att_pdu(self, connection_handle: int, pdu: bytes) -> None:
        if pdu[0] != att.Opcode.ATT_HANDLE_VALUE_NOTIFICATION:
            self._device.on_gatt_pdu(connection_handle, pdu)
        elif sink := self._sinks.get(connection_handle):
            sink(int.from_bytes(pdu[_HANDLE_BYTES], "little"), pdu[_HANDLE_BYTES.stop :])
