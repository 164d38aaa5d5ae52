"""The virtual controller and the host stack on it, without the costs and gaps of bumble's own."""

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

from bumble import hci, ll
from bumble.controller import Controller
from bumble.host import Host

DATA_PACKET_BYTES = 251
"""Longest data packet on the air (Core Specification, Vol 6, Part B, 2.4)."""

_REPORT = hci.HCI_LE_Advertising_Report_Event
_UNITS_PER_MS = 0.625


@dataclass
class ScannableAdvertisement(ll.AdvInd):
    """An advertisement together with the scan response that belongs to it."""

    scan_response: bytes = b""
    rssi_dbm: int = 0


class VirtualController(Controller):
    """A controller on the virtual radio.

    It differs from bumble's where a real one does: the scan response is the advertiser's own, a
    pending connection can be cancelled, and a data packet carries 251 bytes. It offers legacy
    advertising only and no address resolution. The packet traffic passes without a log line,
    because bumble formats one for each packet, whether or not anybody logs, and that takes more
    time than everything else.
    """

    le_features = (
        hci.LeFeatureMask.LE_ENCRYPTION | hci.LeFeatureMask.LE_DATA_PACKET_LENGTH_EXTENSION
    )
    le_acl_data_packet_length = DATA_PACKET_BYTES
    supported_max_tx_octets = DATA_PACKET_BYTES
    supported_max_rx_octets = DATA_PACKET_BYTES
    suggested_max_tx_octets = DATA_PACKET_BYTES

    def on_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Take a command or data from the host."""
        if isinstance(packet, hci.HCI_Command):
            self.on_hci_command_packet(packet)
        elif isinstance(packet, hci.HCI_AclDataPacket):
            # Data for a link that has just ended goes nowhere, as in a real controller.
            connection = self.find_connection_by_handle(packet.connection_handle)
            if connection is not None:
                connection.on_hci_acl_data_packet(packet)

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Hand an event or data to the host, in the next turn of the loop."""
        if self.host is not None:
            asyncio.get_running_loop().call_soon(self.host.on_packet, bytes(packet))

    def on_hci_le_set_advertising_parameters_command(
        self, command: hci.HCI_LE_Set_Advertising_Parameters_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Take the advertising interval, which bumble's advertiser wants in milliseconds."""
        result = super().on_hci_le_set_advertising_parameters_command(command)
        self.le_legacy_advertiser.advertising_interval_min = round(
            command.advertising_interval_min * _UNITS_PER_MS
        )
        return result

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Give up a pending connection."""
        self.cancel_connection()
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def cancel_connection(self) -> None:
        """Give up a pending connection, and say so in an event (Vol 4, Part E, 7.8.13)."""
        pending = self.pending_le_connection
        self.pending_le_connection = None
        if pending is not None:
            self.send_hci_packet(_connection_cancelled(pending.peer_address))

    def send_advertising_pdu(self, packet: ll.AdvertisingPdu) -> None:
        """Send an advertisement with its own scan response, or a request to connect."""
        if isinstance(packet, ll.AdvInd):
            packet = ScannableAdvertisement(
                packet.advertiser_address, packet.data, self.le_legacy_advertiser.scan_response_data
            )
        if self.link:
            self.link.send_advertising_pdu(self, packet)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Report an advertisement to a host that scans, and connect if that was asked for."""
        if not isinstance(pdu, ScannableAdvertisement):
            return
        if self.le_scan_enable:
            self._report(pdu, _REPORT.EventType.ADV_IND, pdu.data)
            if self.le_scan_type == hci.HCI_LE_Set_Scan_Parameters_Command.ACTIVE_SCANNING:
                self._report(pdu, _REPORT.EventType.SCAN_RSP, pdu.scan_response)
        pending = self.pending_le_connection
        if pending is not None and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def _report(
        self, pdu: ScannableAdvertisement, event_type: "_REPORT.EventType", data: bytes
    ) -> None:
        report = _REPORT.Report(
            event_type=event_type,
            address_type=pdu.advertiser_address.address_type,
            address=pdu.advertiser_address,
            data=data,
            rssi=pdu.rssi_dbm,
        )
        self.send_hci_packet(_REPORT([report]))


def _connection_cancelled(peer: hci.Address) -> hci.HCI_LE_Connection_Complete_Event:
    return hci.HCI_LE_Connection_Complete_Event(
        status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
        connection_handle=0,
        role=hci.Role.CENTRAL,
        peer_address_type=peer.address_type,
        peer_address=peer,
        connection_interval=0,
        peripheral_latency=0,
        supervision_timeout=0,
        central_clock_accuracy=0,
    )


_Answer: TypeAlias = (
    hci.HCI_Command_Complete_Event[hci.HCI_ReturnParameters] | hci.HCI_Command_Status_Event
)


class QuietHost(Host):
    """A host stack whose packet traffic passes without a log line."""

    async def reset(self, driver_factory: None = None) -> None:
        """Reset the controller; a virtual one needs no driver."""
        await super().reset(driver_factory)

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Hand a command or data to the controller."""
        if self.hci_sink is not None:
            self.hci_sink.on_packet(bytes(packet))

    def send_acl_sdu(self, connection_handle: int, sdu: bytes) -> None:
        """Send data, or nothing where the link has just ended."""
        if connection_handle in self.connections:
            super().send_acl_sdu(connection_handle, sdu)

    def on_command_processed(self, event: _Answer) -> None:
        """Take the answer to a command; nobody waits for one that was cancelled."""
        if self.pending_response is None or not self.pending_response.done():
            super().on_command_processed(event)

    def on_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Take an event or data from the controller."""
        if isinstance(packet, hci.HCI_AclDataPacket):
            self.on_hci_acl_data_packet(packet)
        elif isinstance(packet, hci.HCI_Event):
            self.on_hci_event_packet(packet)
