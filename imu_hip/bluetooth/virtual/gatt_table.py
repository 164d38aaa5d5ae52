"""The GATT table and the advertisement of a profile, as bumble wants them."""

from collections.abc import Callable, Iterator

from bumble import att, core, gatt

from imu_hip.bluetooth.virtual.profile import (
    Advertisement,
    AttributeRefusedError,
    Characteristic,
    Property,
    Service,
)

ADVERTISING_BYTES = 31
"""Room in an advertisement and in a scan response (Core Specification, Vol 6, Part B, 2.3.1)."""

_SIG_BASE = "-0000-1000-8000-00805f9b34fb"
_FLAGS = core.AdvertisingData.Flags
_TYPE = core.AdvertisingData.Type

_PROPERTIES: dict[Property, gatt.Characteristic.Properties] = {
    "read": gatt.Characteristic.Properties.READ,
    "write": gatt.Characteristic.Properties.WRITE,
    "write-without-response": gatt.Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    "notify": gatt.Characteristic.Properties.NOTIFY,
}

Read = Callable[[str], bytes]
Write = Callable[[str, bytes], None]
Subscribe = Callable[[str, bool], None]


def bumble_uuid(uuid: str) -> core.UUID:
    """Read a 128-bit UUID, in its short form where the Bluetooth SIG assigned it."""
    if uuid.endswith(_SIG_BASE) and uuid.startswith("0000"):
        return core.UUID(uuid[4:8])
    return core.UUID(uuid)


def gatt_service(service: Service, read: Read, write: Write, subscribe: Subscribe) -> gatt.Service:
    """Build a service whose reads and writes are answered by functions of the UUID.

    Parameters
    ----------
    subscribe
        Told a UUID and whether the computer wants its notifications.
    """
    return gatt.Service(
        bumble_uuid(service.uuid),
        [
            _characteristic(characteristic, read, write, subscribe)
            for characteristic in service.characteristics
        ],
    )


def _characteristic(
    described: Characteristic, read: Read, write: Write, subscribe: Subscribe
) -> gatt.Characteristic[bytes]:
    properties = gatt.Characteristic.Properties(0)
    for name in described.properties:
        properties |= _PROPERTIES[name]

    def on_read(_connection: object) -> bytes:
        if "read" not in described.properties:
            raise att.ATT_Error(att.ErrorCode.READ_NOT_PERMITTED)
        try:
            return read(described.uuid)
        except AttributeRefusedError as refused:
            raise att.ATT_Error(refused.code) from refused

    def on_write(_connection: object, value: bytes) -> None:
        if not described.properties & {"write", "write-without-response"}:
            raise att.ATT_Error(att.ErrorCode.WRITE_NOT_PERMITTED)
        try:
            write(described.uuid, bytes(value))
        except AttributeRefusedError as refused:
            raise att.ATT_Error(refused.code) from refused

    characteristic: gatt.Characteristic[bytes] = gatt.Characteristic(
        bumble_uuid(described.uuid),
        properties,
        # Allowed here and refused by the functions, so that the refusal is the sensor's own.
        gatt.Characteristic.READABLE | gatt.Characteristic.WRITEABLE,
        gatt.CharacteristicValue(read=on_read, write=on_write),
    )
    characteristic.on(
        characteristic.EVENT_SUBSCRIPTION,
        lambda _bearer, notify, _indicate: subscribe(described.uuid, notify),
    )
    return characteristic


def advertising_data(advertisement: Advertisement) -> tuple[bytes, bytes]:
    """Lay out an advertisement and its scan response, 31 bytes each.

    Flags come first, then services, then the manufacturer's data, then the name; what does not
    fit into the advertisement goes into the scan response, where a name may be cut short.

    Raises
    ------
    ValueError
        If services or manufacturer's data fit into neither.
    """
    parts = [b"", b""]
    for structure in _structures(advertisement):
        place = _place(parts, structure)
        if place is None:
            raise ValueError(f"{advertisement} does not fit into an advertisement")
        parts[place] += structure
    name = advertisement.name.encode()
    whole = _structure(_TYPE.COMPLETE_LOCAL_NAME, name)
    place = _place(parts, whole)
    if place is not None:
        parts[place] += whole
    elif (room := ADVERTISING_BYTES - len(parts[1]) - 2) > 0:
        short = name[:room].decode(errors="ignore").encode()
        parts[1] += _structure(_TYPE.SHORTENED_LOCAL_NAME, short)
    return parts[0], parts[1]


def _place(parts: list[bytes], structure: bytes) -> int | None:
    for place, part in enumerate(parts):
        if len(part) + len(structure) <= ADVERTISING_BYTES:
            return place
    return None


def _structure(kind: int, data: bytes) -> bytes:
    return bytes([len(data) + 1, kind]) + data


def _structures(advertisement: Advertisement) -> Iterator[bytes]:
    flags = _FLAGS.LE_GENERAL_DISCOVERABLE_MODE | _FLAGS.BR_EDR_NOT_SUPPORTED
    yield _structure(_TYPE.FLAGS, bytes([flags]))
    uuids = [bytes(bumble_uuid(uuid)) for uuid in advertisement.service_uuids]
    for size, kind in (
        (2, _TYPE.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS),
        (16, _TYPE.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS),
    ):
        if listed := b"".join(uuid for uuid in uuids if len(uuid) == size):
            yield _structure(kind, listed)
    if advertisement.manufacturer is not None:
        company, data = advertisement.manufacturer
        yield _structure(_TYPE.MANUFACTURER_SPECIFIC_DATA, company.to_bytes(2, "little") + data)
