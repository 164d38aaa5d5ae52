"""The kinds of sensors that can be streamed."""

from collections.abc import Sequence
from typing import Final, cast

from imu_hip.bluetooth.drivers.capture2go import Capture2Go
from imu_hip.bluetooth.drivers.driver import Advertised, Driver
from imu_hip.bluetooth.drivers.movella_dot import MovellaDot
from imu_hip.bluetooth.drivers.open_profile import OpenProfile
from imu_hip.bluetooth.drivers.witmotion import WitMotion
from imu_hip.errors import ImuHipError
from imu_hip.plug_ins import DRIVERS as ADDED_DRIVERS
from imu_hip.plug_ins import added, unusable

DRIVERS: Final[tuple[Driver, ...]] = (MovellaDot(), Capture2Go(), WitMotion(), OpenProfile())
"""Our own, in the order in which they are asked whether a device is theirs."""

_PORT: Final = tuple(name for name in vars(Driver) if not name.startswith("_"))


class UnknownSensorError(ImuHipError):
    """No driver has that name."""


def known_drivers() -> tuple[Driver, ...]:
    """Our own drivers and those that other installed packages add, which are asked last.

    Raises
    ------
    PlugInError
        Where one that was added is no driver, or has the name of another one.
    """
    known = list(DRIVERS)
    for entry, thing in added(ADDED_DRIVERS):
        missing = [name for name in _PORT if not hasattr(thing, name)]
        if missing:
            raise unusable(entry, f"it is no driver, as it lacks {', '.join(missing)}")
        driver = cast("Driver", thing)
        if driver.name in {other.name for other in known}:
            raise unusable(entry, f"there is a driver '{driver.name}' already")
        known.append(driver)
    return tuple(known)


def driver_named(name: str) -> Driver:
    """The driver with a name.

    Raises
    ------
    UnknownSensorError
        Where there is none.
    PlugInError
        Where one that was added cannot be used.
    """
    drivers = known_drivers()
    for driver in drivers:
        if driver.name == name:
            return driver
    raise UnknownSensorError(
        f"No sensor is called '{name}'.",
        f"Use one of {', '.join(driver.name for driver in drivers)}.",
    )


def recognise(advertised: Advertised, drivers: Sequence[Driver] = DRIVERS) -> Driver | None:
    """The driver of a device that was seen in a scan, None where it is no sensor of these."""
    return next((driver for driver in drivers if driver.recognises(advertised)), None)
