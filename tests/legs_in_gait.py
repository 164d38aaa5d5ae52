"""A leg in gait as bare signals: how fast its shin and thigh turn, with known events."""

import numpy as np

from imu_hip.simulation.gait_patterns import RUNNING, WALKING

PATTERNS = {"walk": WALKING, "run": RUNNING}


def pitch_rates_dps(pattern, cycles, rate_hz):
    """Shin and thigh rates of a leg that is `cycles` through its strides, shapes (n,)."""
    thigh = pattern.angles["hip_flexion"].at(cycles)
    shin = thigh - pattern.angles["knee_flexion"].at(cycles)
    return np.gradient(shin) * rate_hz, np.gradient(thigh) * rate_hz


def steady(pattern, stride_s, rate_hz=100.0, seconds=20.0, starts_at=0.3):
    """Rates of an even gait, and its true strikes and toe-offs as sample positions."""
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    rates = pitch_rates_dps(pattern, starts_at + time_s / stride_s, rate_hz)
    strike = (np.arange(1, 200) - starts_at) * stride_s * rate_hz
    toe_off = strike + pattern.contact_fraction * stride_s * rate_hz
    return rates, strike[strike < len(time_s)], toe_off[toe_off < len(time_s)]
