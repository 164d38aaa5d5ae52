"""Which sensors are on the air."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter_ns

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.drivers.driver import Advertised, Driver
from imu_hip.bluetooth.drivers.registry import recognise


@dataclass(frozen=True, slots=True)
class Found:
    """A device that a driver recognised.

    Parameters
    ----------
    device
        As bleak knows it; its address is a made-up UUID on macOS.
    seen_ns
        When it was last seen, on the clock of `time.perf_counter_ns`.
    """

    device: BLEDevice
    driver: Driver
    advertised: Advertised
    rssi_dbm: int
    seen_ns: int

    @property
    def address(self) -> str:
        """The host's address of the device, which may differ from that of another host."""
        return self.device.address

    @property
    def name(self) -> str:
        """Name for messages."""
        return self.advertised.name or self.driver.model


@dataclass(frozen=True, slots=True)
class Discovery:
    """What one scan saw.

    Parameters
    ----------
    found
        Recognised devices by address, in the order in which they were first seen.
    strangers
        Number of devices that no driver recognised.
    """

    found: Mapping[str, Found]
    strangers: int


async def discover(
    central: Central,
    drivers: Sequence[Driver],
    duration_s: float,
    enough: Callable[[Mapping[str, Found]], bool] = lambda _: False,
) -> Discovery:
    """Scan once; end early where what was found is `enough`.

    Raises
    ------
    BluetoothError
        Where Bluetooth is off, missing or not allowed.
    """
    found: dict[str, Found] = {}
    strangers: set[str] = set()

    def seen(device: BLEDevice, data: AdvertisementData) -> bool:
        recognised = found_device(device, data, drivers)
        if recognised is None:
            # A name or UUID may only come with the scan response.
            if device.address not in found:
                strangers.add(device.address)
            return False
        strangers.discard(device.address)
        found[device.address] = recognised
        return enough(found)

    await central.scan(duration_s, seen)
    return Discovery(dict(found), len(strangers))


def found_device(
    device: BLEDevice, data: AdvertisementData, drivers: Sequence[Driver]
) -> Found | None:
    """A device that advertises, with its driver; None where no driver knows it."""
    advertised = Advertised(
        data.local_name or device.name or "",
        data.manufacturer_data,
        frozenset(uuid.lower() for uuid in data.service_uuids),
    )
    driver = recognise(advertised, drivers)
    if driver is None:
        return None
    return Found(device, driver, advertised, data.rssi, perf_counter_ns())
