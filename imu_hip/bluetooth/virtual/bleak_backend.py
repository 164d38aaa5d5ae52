"""The back-end that lets bleak, unchanged, use a virtual adapter."""

from dataclasses import dataclass

from imu_hip.bluetooth.virtual.adapter import VirtualAdapter
from imu_hip.bluetooth.virtual.bleak_client import VirtualClient
from imu_hip.bluetooth.virtual.bleak_scanner import VirtualScanner


@dataclass(frozen=True, slots=True)
class Backends:
    """Classes for the `backend` argument of `bleak.BleakScanner` and `bleak.BleakClient`."""

    scanner: type[VirtualScanner]
    client: type[VirtualClient]


def make_backends(adapter: VirtualAdapter) -> Backends:
    """Make the classes with which bleak uses one virtual adapter.

    bleak makes the instances itself, so the adapter has to be part of the class.
    """
    scanner = type("VirtualScanner", (VirtualScanner,), {"adapter": adapter})
    client = type("VirtualClient", (VirtualClient,), {"adapter": adapter, "scanner": scanner})
    return Backends(scanner, client)
