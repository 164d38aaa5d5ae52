"""bumble's GATT client, which here ends with its link, and services as bleak describes them."""

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError
from bleak.uuids import normalize_uuid_str
from bumble import core
from bumble.device import Connection
from bumble.gatt_client import Client, ServiceProxy


class LinkClient(Client):
    """A GATT client whose requests fail when the link is lost.

    bumble's own cancels whoever waits, which looks like a cancelled task, and a procedure that is
    between two packets then waits for the answer to a packet that goes nowhere.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._is_over = False

    def send_gatt_pdu(self, pdu: bytes) -> None:
        """Send an attribute packet.

        Raises
        ------
        BleakError
            If the link is lost.
        """
        if self._is_over:
            raise self._lost()
        super().send_gatt_pdu(pdu)

    def on_disconnection(self, *_args: object) -> None:
        """End the request that waits for its response, and all after it."""
        self._is_over = True
        if self.pending_response is not None and not self.pending_response.done():
            self.pending_response.set_exception(self._lost())

    def _lost(self) -> BleakError:
        address = self.connection.peer_address.to_string(False)
        return BleakError(f"the link to {address} was lost")


def uuid_text(uuid: core.UUID) -> str:
    """Write a UUID as bleak does: 128 bits in lower case."""
    return normalize_uuid_str(uuid.to_hex_str("-"))


async def discover(client: Client, wanted: set[str] | None) -> BleakGATTServiceCollection:
    """Ask for the services, their characteristics and descriptors.

    Parameters
    ----------
    wanted
        UUIDs of the services to ask for; None for all.

    Raises
    ------
    bumble.att.ATT_Error
        If the sensor refuses.
    """
    collection = BleakGATTServiceCollection()
    for found in await client.discover_services():
        uuid = uuid_text(found.uuid)
        if wanted is None or uuid in wanted:
            service = BleakGATTService(found, found.handle, uuid)
            collection.add_service(service)
            await _add_characteristics(client, found, service, collection)
    return collection


async def _add_characteristics(
    client: Client,
    found: ServiceProxy,
    service: BleakGATTService,
    collection: BleakGATTServiceCollection,
) -> None:
    for proxy in await client.discover_characteristics((), found):
        characteristic = BleakGATTCharacteristic(
            proxy,
            proxy.handle,
            uuid_text(proxy.uuid),
            sorted(gatt_char_props_to_strs(proxy.properties)),
            lambda: client.mtu - 3,
            service,
        )
        collection.add_characteristic(characteristic)
        for descriptor in await client.discover_descriptors(proxy):
            collection.add_descriptor(
                BleakGATTDescriptor(
                    descriptor, descriptor.handle, uuid_text(descriptor.type), characteristic
                )
            )
