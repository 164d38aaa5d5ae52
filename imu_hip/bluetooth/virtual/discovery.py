"""The services of a sensor as bleak describes them, asked for through bumble's GATT client."""

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.uuids import normalize_uuid_str
from bumble import core
from bumble.gatt_client import Client, ServiceProxy


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
