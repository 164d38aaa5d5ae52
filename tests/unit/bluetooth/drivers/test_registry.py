"""The registry of drivers."""

import pytest

from imu_hip.bluetooth.drivers.driver import Advertised
from imu_hip.bluetooth.drivers.registry import (
    DRIVERS,
    UnknownSensorError,
    driver_named,
    recognise,
)


@pytest.mark.parametrize("driver", DRIVERS, ids=[driver.name for driver in DRIVERS])
def test_a_driver_is_found_by_its_name_and_can_stream(driver):
    assert driver_named(driver.name) is driver
    assert driver.modes
    assert driver.sampling_rates_hz == tuple(sorted(driver.sampling_rates_hz))


def test_no_two_drivers_share_a_name():
    assert len({driver.name for driver in DRIVERS}) == len(DRIVERS)


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(UnknownSensorError, match="dot"):
        driver_named("polar")


def test_a_dot_is_recognised_and_a_stranger_is_not():
    assert recognise(Advertised("Xsens DOT", {0x0886: b""})) is driver_named("dot")
    assert recognise(Advertised("Headphones", {0x004C: b"\x10\x05"})) is None
