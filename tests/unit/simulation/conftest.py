"""Simple bodies for the tests of the simulation."""

import numpy as np
import pytest

from imu_hip.names import Side
from imu_hip.simulation.motion import BodyMotion, LegAngles, q_earth_upright

RATE_HZ = 300.0


def _body_with(seconds=4.0, **angles):
    """Both legs at the given constant angles or arrays, pelvis upright and still."""
    n = int(seconds * RATE_HZ) + 1
    names = LegAngles.__dataclass_fields__
    leg = LegAngles(**{name: np.zeros(n) + angles.get(name, 0.0) for name in names})
    upright = q_earth_upright(np.zeros(n))
    return BodyMotion(
        np.arange(n) / RATE_HZ, RATE_HZ, upright, np.zeros((n, 3)), dict.fromkeys(Side, leg)
    )


def _swinging(amplitude_deg, frequency_hz, seconds=4.0):
    t = np.arange(int(seconds * RATE_HZ) + 1) / RATE_HZ
    return amplitude_deg * np.sin(2 * np.pi * frequency_hz * t)


@pytest.fixture(scope="session")
def body_with():
    return _body_with


@pytest.fixture(scope="session")
def swinging():
    return _swinging
