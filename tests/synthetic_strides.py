"""Strides of a run whose true mean curve is known, with the noise of real runners.

Within a runner the curves of single strides scatter by 1.1 to 1.2° about their mean, and each
stride resembles the one before.
"""

import numpy as np

from imu_hip.measures.running import measure_gait
from imu_hip.measures.strides import Strides
from imu_hip.names import Side

RATE_HZ = 100.0
SAMPLES = 80
"""Samples of a stride, 0.8 s: every one is as long as the other."""

STRIDE_SD_DEG = 1.15
TOE_OFF = 0.36
"""Of the stride; whole samples would be 28.8."""

HARMONICS = np.array([1.0, 0.6, 0.35, 0.2, 0.1])


def curve_deg(phase):
    """Two unequal humps and a trough, 11.7° from end to end; phase 0 to 1."""
    turn = 2.0 * np.pi * np.asarray(phase)
    return 4.8 * np.cos(turn - 0.3) + 2.6 * np.cos(2.0 * turn - 0.9)


def autoregressive(rng, n, series, rho):
    """Noise of variance 1 in which neighbours correlate by `rho`, shape (n, series)."""
    warm_up = 60
    noise = rng.normal(size=(n + warm_up, series))
    for i in range(1, len(noise)):
        noise[i] = rho * noise[i - 1] + np.sqrt(1.0 - rho**2) * noise[i]
    return noise[warm_up:]


def measured_leg(
    rng, n, side=Side.LEFT, *, rho=0.3, gain=1.0, sd_deg=STRIDE_SD_DEG, drift_deg=0.0, noise=None
):
    """What `measure_gait` says of n strides with mean curve `gain * curve_deg`.

    Over the run the excursion grows by `drift_deg`; `noise`, shape (n, 10), replaces the drawn one.
    """
    phase = np.arange(SAMPLES) / SAMPLES
    order = np.arange(1, len(HARMONICS) + 1)
    turns = 2.0 * np.pi * np.outer(order, phase)
    shapes = np.concatenate((np.sin(turns), np.cos(turns)))
    scale = np.tile(HARMONICS / np.sqrt(np.sum(HARMONICS**2)), 2)
    drawn = autoregressive(rng, n, len(shapes), rho) if noise is None else noise
    one = curve_deg(phase)
    growth = gain + drift_deg / np.ptp(one) * np.linspace(-0.5, 0.5, n)
    curves = growth[:, None] * one + sd_deg * (drawn * scale) @ shapes
    rotation_deg = np.append(curves.ravel(), curves[-1, 0])
    edges = np.arange(n + 1) * float(SAMPLES)
    toe_off = edges[:-1] + SAMPLES * (TOE_OFF + 0.01 * rng.normal(size=n))
    later_s = 0.0 if side is Side.LEFT else 0.5 * SAMPLES / RATE_HZ
    time_s = later_s + np.arange(len(rotation_deg)) / RATE_HZ
    strides = Strides(edges[:-1], toe_off, edges[1:], ("",) * n)
    knee_flexion_deg = 4.0 * rotation_deg
    return measure_gait(time_s, rotation_deg, knee_flexion_deg, strides, side)


def true_leg(side=Side.LEFT, gain=1.0):
    """The same without any noise."""
    return measured_leg(np.random.default_rng(0), 20, side, gain=gain, sd_deg=0.0)
