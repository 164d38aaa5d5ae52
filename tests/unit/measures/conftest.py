"""Trapezoids: out of rest, hold, and back, as a person with perfect control would move."""

import numpy as np
import pytest

from imu_hip.measures.repetitions import TestedLeg

RATE_HZ = 100.0


def _trapezoids(peaks_deg, *, hold_s=2.0, ramp_s=1.0, rest_s=1.5, between_deg=0.0, rate_hz=RATE_HZ):
    """Angle, shape (n,): rest, then for each peak a ramp out, a hold, a ramp back and a rest.

    With ramps of more than 20 °/s a plateau lies inside its hold, so its mean is exactly the peak.
    """
    knots = [(0.0, 0.0), (rest_s, 0.0)]
    for number, peak in enumerate(peaks_deg):
        back = between_deg if number < len(peaks_deg) - 1 else 0.0
        for duration_s, value in ((ramp_s, peak), (hold_s, peak), (ramp_s, back), (rest_s, back)):
            knots.append((knots[-1][0] + duration_s, value))
    times_s, values = np.array(knots).T
    return np.interp(np.arange(round(times_s[-1] * rate_hz)) / rate_hz, times_s, values)


def _leg(rotation_deg, *, elevation_deg=0.0, knee_deg=90.0, slope_deg=90.0, start_s=10.0):
    n = len(rotation_deg)
    return TestedLeg(
        time_s=start_s + np.arange(n) / RATE_HZ,
        rotation_deg=np.asarray(rotation_deg, dtype=float),
        thigh_elevation_deg=np.zeros(n) + elevation_deg,
        shin_slope_deg=np.zeros(n) + slope_deg,
        knee_flexion_deg=np.zeros(n) + knee_deg,
        sampling_rate_hz=RATE_HZ,
    )


@pytest.fixture(scope="session")
def trapezoids():
    return _trapezoids


@pytest.fixture(scope="session")
def tested_leg():
    return _leg
