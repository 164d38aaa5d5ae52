"""At which rate and in which mode a sensor streams, as asked or as is best."""

from typing import Final

from imu_hip.bluetooth.capture import Placed
from imu_hip.bluetooth.drivers.driver import Driver, StreamSettings
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.errors import ImuHipError
from imu_hip.names import Segment

USUAL_RATE_HZ: Final = 60.0
"""The fastest that five Movella DOTs stream; enough for a run with the sensors' own fusion."""


def choose_settings(
    driver: Driver, sampling_rate_hz: float | None, mode: str | None
) -> StreamSettings:
    """Settings as asked; else the driver's first mode at its lowest rate from 60 Hz on.

    Raises
    ------
    ImuHipError
        Where the sensor has no such rate or mode; lists those that it has.
    """
    rates_hz = driver.sampling_rates_hz
    if sampling_rate_hz is None:
        fast_enough = [rate for rate in rates_hz if rate >= USUAL_RATE_HZ]
        sampling_rate_hz = fast_enough[0] if fast_enough else rates_hz[-1]
    if sampling_rate_hz not in rates_hz:
        raise ImuHipError(
            f"A {driver.model} does not stream at {sampling_rate_hz:g} Hz.",
            f"Choose from {', '.join(f'{rate:g}' for rate in rates_hz)} Hz.",
        )
    if mode is None:
        mode = next(iter(driver.modes))
    if mode not in driver.modes:
        known = "; ".join(f"{name}: {what}" for name, what in driver.modes.items())
        raise ImuHipError(f"A {driver.model} has no mode {mode!r}.", f"Choose from {known}.")
    return StreamSettings(sampling_rate_hz, mode)


def place(
    segment: Segment,
    sensor: KnownSensor,
    sampling_rate_hz: float | None = None,
    mode: str | None = None,
) -> Placed:
    """A sensor on a segment with what it is to stream, chosen and refused as `choose_settings`."""
    return Placed(segment, sensor, choose_settings(sensor.found.driver, sampling_rate_hz, mode))
