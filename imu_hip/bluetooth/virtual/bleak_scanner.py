"""bleak's scanner on a virtual adapter."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from bleak.backends.scanner import (
    AdvertisementData,
    AdvertisementDataCallback,
    BaseBleakScanner,
)
from bumble import core
from bumble.device import Advertisement

from imu_hip.bluetooth.virtual.adapter import VirtualAdapter
from imu_hip.bluetooth.virtual.gatt_client import uuid_text

_TYPE = core.AdvertisingData.Type
_UUID_BYTES: Mapping[int, int] = {
    _TYPE.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _TYPE.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _TYPE.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    _TYPE.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}
_NAMES = (_TYPE.SHORTENED_LOCAL_NAME, _TYPE.COMPLETE_LOCAL_NAME)


class VirtualScanner(BaseBleakScanner):
    """A scanner of one adapter, which `make_backends` sets on a subclass."""

    adapter: ClassVar[VirtualAdapter]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: Literal["active", "passive"],
        **_options_of_other_systems: object,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._active = scanning_mode == "active"

    async def start(self) -> None:
        """Start scanning."""
        self.seen_devices = {}
        await self.adapter.start_scan(self._on_advertisement, active=self._active)

    async def stop(self) -> None:
        """Stop scanning."""
        await self.adapter.stop_scan(self._on_advertisement)

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        # An active scan tells each advertisement twice, the second time with the scan response.
        if self.adapter.hears_scan_responses and not advertisement.is_scan_response:
            return
        data = advertisement_data(advertisement)
        if not self.is_allowed_uuid(data.service_uuids):
            return
        address = advertisement.address.to_string(False)
        device = self.create_or_update_device(
            address, address, data.local_name, {"adapter": self.adapter}, data
        )
        self.call_detection_callbacks(device, data)


def advertisement_data(advertisement: Advertisement) -> AdvertisementData:
    """Read the structures of an advertisement."""
    name: str | None = None
    manufacturer: dict[int, bytes] = {}
    uuids: list[str] = []
    for kind, value in advertisement.data.ad_structures:
        if kind in _NAMES:
            name = value.decode(errors="replace")
        elif kind == _TYPE.MANUFACTURER_SPECIFIC_DATA:
            manufacturer[int.from_bytes(value[:2], "little")] = value[2:]
        elif size := _UUID_BYTES.get(kind):
            uuids += [
                uuid_text(core.UUID.from_bytes(value[at : at + size]))
                for at in range(0, len(value), size)
            ]
    return AdvertisementData(name, manufacturer, {}, uuids, None, advertisement.rssi, ())
