"""The GATT table of a virtual Movella DOT."""

from typing import Final

from imu_hip.bluetooth.drivers import movella_dot_gatt as gatt
from imu_hip.bluetooth.virtual.profile import Characteristic, Property, Service


def _characteristic(uuid: str, *properties: Property) -> Characteristic:
    return Characteristic(uuid, frozenset(properties))


DOT_SERVICES: Final = (
    Service(
        gatt.CONFIGURATION_SERVICE,
        (
            _characteristic(gatt.DEVICE_INFO, "read"),
            _characteristic(gatt.DEVICE_CONTROL, "read", "write"),
            _characteristic(gatt.DEVICE_REPORT, "notify"),
        ),
    ),
    Service(
        gatt.MEASUREMENT_SERVICE,
        (
            _characteristic(gatt.MEASUREMENT_CONTROL, "read", "write"),
            _characteristic(gatt.LONG_PAYLOAD, "notify"),
            _characteristic(gatt.MEDIUM_PAYLOAD, "notify"),
            _characteristic(gatt.SHORT_PAYLOAD, "notify"),
            _characteristic(gatt.ORIENTATION_RESET, "read", "write"),
            _characteristic(gatt.ORIENTATION_RESET_RESULT, "read"),
        ),
    ),
    Service(gatt.BATTERY_SERVICE, (_characteristic(gatt.BATTERY, "read", "notify"),)),
    Service(
        gatt.MESSAGE_SERVICE,
        (
            _characteristic(gatt.MESSAGE_CONTROL, "write"),
            _characteristic(gatt.MESSAGE_ACKNOWLEDGEMENT, "read"),
            _characteristic(gatt.MESSAGE_NOTIFICATION, "notify"),
        ),
    ),
)
