"""Services and characteristics of a Movella (Xsens) DOT.

Source: Movella DOT BLE Services Specifications, XD0506P, tables 2, 5, 12, 20 and 22.
"""

from typing import Final


def dot_uuid(short: int) -> str:
    """The 128-bit UUID of a service or characteristic, from the 16 bits that differ."""
    return f"1517{short:04x}-4947-11e9-8646-d663bd873d93"


CONFIGURATION_SERVICE: Final = dot_uuid(0x1000)
DEVICE_INFO: Final = dot_uuid(0x1001)
DEVICE_CONTROL: Final = dot_uuid(0x1002)
DEVICE_REPORT: Final = dot_uuid(0x1004)

MEASUREMENT_SERVICE: Final = dot_uuid(0x2000)
MEASUREMENT_CONTROL: Final = dot_uuid(0x2001)
LONG_PAYLOAD: Final = dot_uuid(0x2002)
MEDIUM_PAYLOAD: Final = dot_uuid(0x2003)
SHORT_PAYLOAD: Final = dot_uuid(0x2004)
ORIENTATION_RESET: Final = dot_uuid(0x2006)
ORIENTATION_RESET_RESULT: Final = dot_uuid(0x2007)

BATTERY_SERVICE: Final = dot_uuid(0x3000)
BATTERY: Final = dot_uuid(0x3001)

MESSAGE_SERVICE: Final = dot_uuid(0x7000)
MESSAGE_CONTROL: Final = dot_uuid(0x7001)
MESSAGE_ACKNOWLEDGEMENT: Final = dot_uuid(0x7002)
MESSAGE_NOTIFICATION: Final = dot_uuid(0x7003)

COMPANY_ID: Final = 0x0886
"""Bluetooth SIG company identifier of Movella Technologies."""

PAYLOAD_SIZES: Final = {LONG_PAYLOAD: 63, MEDIUM_PAYLOAD: 40, SHORT_PAYLOAD: 20}
"""Bytes that the payload characteristics can hold."""
