"""The kinds of sensors that can be streamed."""

from collections.abc import Sequence
from typing import Final

from imu_hip.bluetooth.drivers.capture2go import Capture2Go
from imu_hip.bluetooth.drivers.driver import Advertised, Driver
from imu_hip.bluetooth.drivers.movella_dot import MovellaDot
from imu_hip.bluetooth.drivers.open_profile import OpenProfile
from imu_hip.bluetooth.drivers.witmotion import WitMotion
from imu_hip.errors import ImuHipError

DRIVERS: Final[tuple[Driver, ...]] = (MovellaDot(), Capture2Go(), WitMotion(), OpenProfile())
"""In the order in which they are asked whether a device is theirs."""


class UnknownSensorError(ImuHipError):
    """No driver has that name."""


def driver_named(name: str) -> Driver:
    """The driver with a name.

    Raises
    ------
    UnknownSensorError
        Where there is none.
    """
    for driver in DRIVERS:
        if driver.name == name:
            return driver
    raise UnknownSensorError(
        f"No sensor is called '{name}'.",
        f"Use one of {', '.join(driver.name for driver in DRIVERS)}.",
    )


def recognise(advertised: Advertised, drivers: Sequence[Driver] = DRIVERS) -> Driver | None:
    """The driver of a device that was seen in a scan, None where it is no sensor of these."""
    return next((driver for driver in drivers if driver.recognises(advertised)), None)
