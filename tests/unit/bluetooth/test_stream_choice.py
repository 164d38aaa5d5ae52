"""At which rate and in which mode sensors stream."""

from types import SimpleNamespace

import pytest

from imu_hip.bluetooth.drivers.registry import DRIVERS
from imu_hip.bluetooth.stream_choice import choose_settings
from imu_hip.errors import ImuHipError

MODES = {"full": "everything", "short": "orientation"}


def driver(*rates_hz):
    return SimpleNamespace(model="Sensor", sampling_rates_hz=rates_hz, modes=MODES)


@pytest.mark.parametrize(
    ("rates_hz", "chosen_hz"),
    [
        ((10.0, 60.0, 120.0), 60.0),
        ((10.0, 50.0, 100.0, 200.0), 100.0),
        # Where none is fast enough, the fastest.
        ((10.0, 50.0), 50.0),
    ],
)
def test_the_usual_rate_is_the_lowest_from_60_hz_on(rates_hz, chosen_hz):
    settings = choose_settings(driver(*rates_hz), None, None)
    assert settings.sampling_rate_hz == chosen_hz
    assert settings.mode == "full"


def test_what_is_asked_for_is_chosen():
    settings = choose_settings(driver(10.0, 60.0), 10.0, "short")
    assert (settings.sampling_rate_hz, settings.mode) == (10.0, "short")


@pytest.mark.parametrize("rate_hz", [33.0, 0.0, -60.0, float("nan"), float("inf")])
def test_a_rate_that_a_sensor_lacks_is_refused_with_those_that_it_has(rate_hz):
    with pytest.raises(ImuHipError, match=r"Sensor does not stream at .*10, 12\.5 Hz"):
        choose_settings(driver(10.0, 12.5), rate_hz, None)


def test_a_mode_that_a_sensor_lacks_is_refused_with_those_that_it_has():
    with pytest.raises(ImuHipError, match=r"no mode 'long'.*full: everything; short: orient"):
        choose_settings(driver(60.0), None, "long")


@pytest.mark.parametrize("real", DRIVERS, ids=lambda driver: driver.name)
def test_every_driver_has_usual_settings_that_it_knows(real):
    settings = choose_settings(real, None, None)
    assert settings.sampling_rate_hz in real.sampling_rates_hz
    assert settings.mode in real.modes
