"""The air between virtual sensors and the computer: links with settings, range and failures."""

import asyncio
import random
from collections import defaultdict
from dataclasses import replace

from bumble import core, hci, ll
from bumble.controller import Connection, Controller
from bumble.link import LocalLink

from imu_hip.bluetooth.virtual.controller import ScannableAdvertisement
from imu_hip.bluetooth.virtual.link import Deliver, Link, LinkSettings, NotificationCounts

_CONNECTION_TIMEOUT = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
_NOT_ESTABLISHED = hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR


def public_address(address: str) -> hci.Address:
    """Read a Bluetooth address such as `"D4:22:CD:00:00:01"`."""
    return hci.Address(address, hci.Address.PUBLIC_DEVICE_ADDRESS)


class VirtualRadio(LocalLink):
    """Carries packets between one computer and several sensors, which are told by their address.

    Parameters
    ----------
    settings
        How the link of a sensor behaves that has none of its own.
    """

    def __init__(self, settings: LinkSettings | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._default_settings = settings or LinkSettings()
        self._settings: dict[hci.Address, LinkSettings] = {}
        self._links: dict[hci.Address, Link] = {}
        self._away: set[hci.Address] = set()
        self._counts: defaultdict[hci.Address, NotificationCounts] = defaultdict(NotificationCounts)

    def set_link(self, address: str, settings: LinkSettings) -> None:
        """Set how the link of one sensor behaves, from now on."""
        peripheral = public_address(address)
        self._settings[peripheral] = settings
        if link := self._links.get(peripheral):
            link.configure(settings)

    def counts(self, address: str) -> NotificationCounts:
        """Return what has become of the notifications of one sensor so far."""
        return replace(self._counts[public_address(address)])

    def stall(self, address: str, duration_s: float) -> None:
        """Let nothing pass on the link of a sensor for a while, as when a body is in the way."""
        if link := self._links.get(public_address(address)):
            link.stall(duration_s)

    def drop_link(self, address: str) -> None:
        """End the link of a sensor on both sides, as a supervision timeout does."""
        self._end(public_address(address), _CONNECTION_TIMEOUT)

    def out_of_range(self, address: str, away: bool) -> None:
        """Take a sensor out of range, which ends its link and hides it, or bring it back."""
        peripheral = public_address(address)
        if away:
            self._away.add(peripheral)
            self._end(peripheral, _CONNECTION_TIMEOUT)
        else:
            self._away.discard(peripheral)

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: core.PhysicalTransport,
        data: bytes,
    ) -> None:
        """Queue a packet on the link that it belongs to, whatever address its sender has now."""
        connection = sender_controller.le_connections.get(destination_address)
        if connection is None or transport != core.PhysicalTransport.LE:
            return
        from_peripheral = connection.role == hci.Role.PERIPHERAL
        link = self._links.get(_peripheral_of(connection))
        if link is None:
            return
        if from_peripheral:
            link.send_to_central(data)
        else:
            link.send_to_peripheral(data)

    def send_advertising_pdu(
        self, sender_controller: Controller, packet: ll.AdvertisingPdu
    ) -> None:
        """Send an advertisement to who listens, or a request to connect to its addressee."""
        loop = asyncio.get_running_loop()
        if isinstance(packet, ll.ConnectInd):
            loop.call_soon(self._establish, sender_controller, packet)
        elif isinstance(packet, ScannableAdvertisement):
            if packet.advertiser_address in self._away:
                return
            packet.rssi_dbm = self._settings_of(packet.advertiser_address).rssi_dbm
            for listener in self.controllers:
                if listener.le_scan_enable or listener.pending_le_connection is not None:
                    loop.call_soon(listener.on_ll_advertising_pdu, packet)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Send a link layer control packet; one that ends the link follows what was queued."""
        if isinstance(packet, ll.TerminateInd):
            for peripheral in (sender_address, receiver_address):
                if link := self._links.pop(peripheral, None):
                    link.flush(from_peripheral=peripheral == sender_address)
                    link.close()
        asyncio.get_running_loop().call_soon(
            self._deliver_control, sender_address, receiver_address, packet
        )

    def _deliver_control(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        receiver = self.find_le_controller(receiver_address)
        if receiver is not None and sender_address in receiver.le_connections:
            receiver.on_ll_control_pdu(sender_address, packet)

    def _settings_of(self, peripheral: hci.Address) -> LinkSettings:
        return self._settings.get(peripheral, self._default_settings)

    def _establish(self, central: Controller, request: ll.ConnectInd) -> None:
        peripheral_address, central_address = request.advertiser_address, request.initiator_address
        sensor = self._advertiser(peripheral_address)
        if sensor is None:
            # The sensor stopped or left after the advertisement that was answered here.
            self._end(peripheral_address, _NOT_ESTABLISHED)
            return
        sensor.on_le_connect_ind(request)
        settings = self._settings_of(peripheral_address)
        self._links[peripheral_address] = Link(
            settings,
            self._counts[peripheral_address],
            random.Random(f"{settings.seed} {peripheral_address}"),
            to_central=_receiver(central, peripheral_address),
            to_peripheral=_receiver(sensor, central_address),
        )

    def _advertiser(self, address: hci.Address) -> Controller | None:
        if address in self._away:
            return None
        for controller in self.controllers:
            advertiser = controller.le_legacy_advertiser
            if advertiser.enabled and advertiser.address == address:
                return controller
        return None

    def _end(self, peripheral: hci.Address, reason: hci.HCI_ErrorCode) -> None:
        if link := self._links.pop(peripheral, None):
            link.close()
        for controller in self.controllers:
            for connection in list(controller.le_connections.values()):
                if _peripheral_of(connection) == peripheral:
                    controller.on_le_disconnected(connection, reason)


def _peripheral_of(connection: Connection) -> hci.Address:
    is_peripheral = connection.role == hci.Role.PERIPHERAL
    return connection.self_address if is_peripheral else connection.peer_address


def _receiver(controller: Controller, sender: hci.Address) -> Deliver:
    def deliver(pdu: bytes) -> None:
        # The connection may have ended on this side alone, a moment ago.
        if sender in controller.le_connections:
            controller.on_link_acl_data(sender, core.PhysicalTransport.LE, pdu)

    return deliver
