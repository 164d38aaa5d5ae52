"""Rhythms of the legs that are neither walking nor running, on a simulated body."""

import numpy as np

from imu_hip.names import Side
from imu_hip.simulation import PERFECT, BodyMotion, LegAngles, record
from imu_hip.simulation.motion import UPRIGHT_Q_EARTH_PELVIS

FINE_HZ = 400.0
STANDING_S = 8.0


def pedalling(phase):
    """Hip and knee flexion: the thigh from 70 to 20° over the vertical, the knee 110 to 35°."""
    return 45.0 + 25.0 * np.cos(phase), 72.5 + 37.5 * np.cos(phase - 0.35)


def kicking(phase):
    """Hip and knee flexion of a sitting person who straightens one knee after the other."""
    return np.full_like(phase, 88.0), 50.0 + 40.0 * np.cos(phase)


def swinging(phase):
    """Hip and knee flexion of a straight leg that swings to and fro."""
    return 10.0 + 30.0 * np.cos(phase), 8.0 + 8.0 * np.cos(phase - 0.5)


def rhythm(angles_of, period_s, seconds=40.0, errors=PERFECT, sampling_rate_hz=100.0):
    """A recording of 8 s of standing, then a rhythm with the legs half a period apart."""
    time_s = np.arange(int((STANDING_S + seconds) * FINE_HZ)) / FINE_HZ
    strength = np.clip((time_s - STANDING_S) / 2.0, 0.0, 1.0)
    still = np.zeros(len(time_s))
    legs = {}
    for side, ahead in ((Side.LEFT, 0.0), (Side.RIGHT, np.pi)):
        hip, knee = angles_of(2 * np.pi * (time_s - STANDING_S) / period_s + ahead)
        legs[side] = LegAngles(strength * hip, still, still, strength * knee, still, still)
    q_pelvis = np.tile(UPRIGHT_Q_EARTH_PELVIS, (len(time_s), 1))
    position = np.tile((0.0, 0.0, 0.9), (len(time_s), 1))
    body = BodyMotion(time_s, FINE_HZ, q_pelvis, position, legs)
    return record(body, sampling_rate_hz, errors, 1)
