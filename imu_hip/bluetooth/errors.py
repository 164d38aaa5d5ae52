"""Errors of Bluetooth that a person can act on."""

import sys
from typing import Final

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
)

from imu_hip.errors import ImuHipError

_Reason = BleakBluetoothNotAvailableReason

_SWITCH_ON: Final = {
    "darwin": "Switch it on in System Settings > Bluetooth.",
    "win32": "Switch it on in Settings > Bluetooth & devices.",
}
_SWITCH_ON_LINUX: Final = "Switch it on: bluetoothctl power on (and: rfkill unblock bluetooth)."
_ALLOW: Final = {
    "darwin": "Allow your terminal in System Settings > Privacy & Security > Bluetooth, then "
    "start the terminal anew.",
    "win32": "Allow desktop apps in Settings > Privacy & security > Radios.",
}
_ALLOW_LINUX: Final = (
    "Add yourself to the group 'bluetooth' (sudo usermod -aG bluetooth $USER) and log in again; "
    "in a container, share the D-Bus of the host."
)
_SERVICE: Final = (
    "Start the Bluetooth service: sudo systemctl enable --now bluetooth (package 'bluez')."
)
_PLUG_IN: Final = "Plug in a Bluetooth 4.0 or newer adapter, or enable the built-in one."


class BluetoothError(ImuHipError):
    """Bluetooth, or a sensor behind it, does not do what is needed."""


class SensorsMissingError(BluetoothError):
    """Not every wanted segment has a sensor."""


class AmbiguousSensorsError(BluetoothError):
    """More than one sensor claims the same segment."""


class NotStreamingError(BluetoothError):
    """A sensor was found but could not be made to stream."""


class LinkLostError(BluetoothError):
    """The connection ended, or the sensor does not answer on it.

    Parameters
    ----------
    what
        What happened, as a sentence without a full stop.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}.", "Bring the sensor near the computer and check its battery.")


def bluetooth_error(error: Exception) -> BluetoothError:
    """Tell a person what an error of bleak or of the system's Bluetooth means."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return _not_available(error)
    if isinstance(error, BleakDBusError):
        return _refused_by_bluez(error)
    if sys.platform == "linux" and isinstance(error, (OSError, EOFError)):
        return BluetoothError("The system's D-Bus cannot be reached.", _SERVICE)
    return BluetoothError(
        f"Bluetooth failed: {str(error) or type(error).__name__}.",
        "Switch Bluetooth off and on again, then try once more.",
    )


def _not_available(error: BleakBluetoothNotAvailableError) -> BluetoothError:
    if error.reason is _Reason.POWERED_OFF:
        advice = _SWITCH_ON.get(sys.platform, _SWITCH_ON_LINUX)
        return BluetoothError("Bluetooth is switched off.", advice)
    if error.reason is _Reason.NO_BLUETOOTH:
        return BluetoothError("This computer shows no Bluetooth adapter.", _PLUG_IN)
    if error.reason is _Reason.NO_BLE_CENTRAL_ROLE:
        what = "The Bluetooth adapter cannot connect to low-energy sensors."
        return BluetoothError(what, _PLUG_IN)
    if error.reason is _Reason.UNKNOWN:
        what = f"Bluetooth is not available: {error.args[0]}."
        return BluetoothError(what, "Switch Bluetooth off and on again, then try once more.")
    advice = _ALLOW.get(sys.platform, _ALLOW_LINUX)
    return BluetoothError("This program has no permission to use Bluetooth.", advice)


def _refused_by_bluez(error: BleakDBusError) -> BluetoothError:
    name = error.dbus_error
    if name.endswith("AccessDenied") or name.endswith("NotAuthorized"):
        return BluetoothError("This program has no permission to use Bluetooth.", _ALLOW_LINUX)
    if name.endswith("NotReady"):
        return BluetoothError("Bluetooth is switched off.", _SWITCH_ON_LINUX)
    if name.endswith("ServiceUnknown"):
        return BluetoothError("The Bluetooth service is not running.", _SERVICE)
    details = error.dbus_error_details or name
    return BluetoothError(
        f"The Bluetooth service refused: {details}.",
        "Restart it: sudo systemctl restart bluetooth.",
    )
